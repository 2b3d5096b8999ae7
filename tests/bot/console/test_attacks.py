"""Attacks on the console: other offices' claims, forged forms, planted and stolen cookies, floods at the door."""

from collections.abc import Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import Flask

from bot.app import create_app
from bot.console.known_devices import COOKIE
from bot.console.permissions import OF_ROLE
from bot.console.spreadsheet import as_csv
from handlers.sign_in import LOCK_AFTER
from storage.staff import ROLES
from tests.bot.console.office import PASSWORD, Browser, Office
from tests.bot.console.test_review import token_of
from tests.bot.desk import Filed
from tests.whole import Bot

ELSEWHERE = "官渡区就业局失业保险科"


@pytest.fixture
def office(bot: Bot) -> Office:
    return Office.of(bot)


def console_of(office: Office) -> Flask:
    app: Flask = create_app(office.bot.settings, office.bot.world).extensions["console"]
    return app


def rules(office: Office) -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, rule) of every page but those of the door."""
    for rule in console_of(office).url_map.iter_rules():
        if rule.endpoint.startswith("console.") and rule.endpoint != "console.static":
            yield from (
                (rule.endpoint, method, rule.rule) for method in sorted(rule.methods or ()) if method in ("GET", "POST")
            )


def test_every_page_of_a_claim_is_shut_to_another_office(office: Office) -> None:
    ann = Filed.by(office.bot)
    elsewhere = office.signed_in("reviewer", office=ELSEWHERE)
    of_claims = [(method, rule) for _, method, rule in rules(office) if "<receipt>" in rule]
    assert len(of_claims) >= 6
    before = ann.claim
    for method, rule in of_claims:
        path = "/console" + rule.replace("<receipt>", ann.receipt)
        for deed, slot in (("approve", "id_emblem"), ("retake", "portrait")):
            page = path.replace("<deed>", deed).replace("<slot>", slot)
            token = token_of(elsewhere)
            shown = (
                elsewhere.opens(page)
                if method == "GET"
                else elsewhere.sends(page, token=token, confirmed="1", seen="1")
            )
            assert elsewhere.status == 404, (method, page)
            assert ann.claim.answers["phone"] not in shown and before.draft_id not in shown
    assert ann.claim == before
    assert not [entry for entry in office.desk.audit.newest(200) if entry.subject == ann.receipt]


ODD = ("²", "9" * 30, "9" * 5000, "-1", "1e9", "nan", "inf_1", "1_²", "1_" + "9" * 30, "\x00", "中")


def test_odd_numbers_in_an_address_break_no_page(office: Office) -> None:
    auditor, reviewer = office.signed_in("auditor"), office.signed_in("reviewer")
    for browser, path, name in (
        (auditor, "/console/audit", "before"), (auditor, "/console/numbers", "days"),
        (reviewer, "/console/claims", "after"), (reviewer, "/console/claims", "receipt"),
    ):  # fmt: skip
        for odd in ODD:
            answer = browser.http.get(f"{browser.address}{path}", params={name: odd}, timeout=20)
            assert answer.status_code in (200, 400, 404), (path, odd, answer.status_code)


def test_no_form_is_taken_without_its_token(office: Office) -> None:
    posts = [(endpoint, rule) for endpoint, method, rule in rules(office) if method == "POST"]
    needs = console_of(office).extensions["pages"].needs
    assert len(posts) >= 15
    browsers = {role: office.signed_in(role) for role in ROLES}
    stranger = office.browser()
    written = len(office.desk.audit.newest(500))
    for endpoint, rule in posts:
        right = needs[endpoint]
        path = "/console" + "".join((part.partition(">")[2] and "x" + part.partition(">")[2]) or "x" if n else part
                                    for n, part in enumerate(rule.split("<")))  # fmt: skip
        allowed = [browser for role, browser in browsers.items() if right == "signed_in" or right in OF_ROLE[role]]
        for browser in allowed if right != "anyone" else [stranger]:
            for token in ("", "forged", None if browser is stranger else ""):
                browser.page = ""
                browser.sends(path, token=token or "")
                assert browser.status == 400, (endpoint, browser.name, token)
    assert len(office.desk.audit.newest(500)) == written


def test_a_token_of_another_visitor_opens_no_form(office: Office) -> None:
    ours, theirs = office.signed_in("administrator"), office.signed_in("administrator")
    ours.sends("/console/staff/add", token=token_of(theirs), name="intruder", role="administrator", password=PASSWORD)
    assert ours.status == 400 and office.desk.roll.named("intruder") is None


def session_of(browser: Browser) -> str:
    return next(str(one.value) for one in browser.http.cookies if one.name == "console")


def test_a_planted_session_is_worth_nothing_after_the_log_in(office: Office) -> None:
    attacker = office.browser()
    attacker.opens("/console/login")
    planted = session_of(attacker)
    victim = office.signed_in("auditor")
    victim.sends("/console/logout", token=token_of(victim))
    victim.http.cookies.clear()
    victim.http.cookies.set("console", planted, domain="127.0.0.1", path="/console")
    victim.opens("/console/login")
    victim.sends("/console/login", name=victim.name, password=PASSWORD, code=office.code(victim.name))
    assert victim.status == 200 and session_of(victim) != planted
    assert "工作人员登录" in attacker.opens("/console/audit")


def test_a_stolen_cookie_ends_with_the_log_out(office: Office) -> None:
    browser = office.signed_in("auditor")
    thief = office.browser()
    thief.http.cookies.set("console", session_of(browser), domain="127.0.0.1", path="/console")
    assert "审计" in thief.opens("/console/audit") and thief.status == 200
    browser.sends("/console/logout", token=token_of(browser))
    thief.http.cookies.set("console", session_of(thief), domain="127.0.0.1", path="/console")
    assert "工作人员登录" in thief.opens("/console/audit")


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_the_door_leads_nowhere_else(office: Office, elsewhere: str) -> None:
    name = office.signed_in("auditor").name
    browser = office.browser()
    browser.opens(f"/console/login?next={elsewhere}")
    token = browser.page.partition('name="csrf_token" value="')[2].partition('"')[0]
    said = {"name": name, "password": PASSWORD, "code": office.code(name), "csrf_token": token, "next": elsewhere}
    answer = browser.http.post(
        f"{browser.address}/console/login?next={elsewhere}", data=said, timeout=20, allow_redirects=False
    )
    assert answer.headers["Location"] == "/console/"


def knocks(office: Office, name: str, password: str = "wrong password!") -> Browser:
    browser = office.browser()
    browser.opens("/console/login")
    browser.sends("/console/login", name=name, password=password, code="000000")
    return browser


def test_guesses_of_strangers_do_not_shut_out_who_has_been_in_before(office: Office) -> None:
    member = office.signed_in("reviewer")
    member.sends("/console/logout", token=token_of(member))
    for _ in range(LOCK_AFTER):
        office.desk.sign_in.knock(member.name, "wrong password!", "")
    stranger = knocks(office, member.name, PASSWORD)
    assert stranger.status == 401 and "锁定" in stranger.page
    for _ in range(12):  # and more than one address may ask in a minute
        stranger = knocks(office, "nobody")
    assert stranger.status == 429
    member.opens("/console/login")
    member.sends("/console/login", name=member.name, password=PASSWORD, code=office.code(member.name))
    assert member.status == 200 and "您好" in member.page


def test_a_known_browser_is_no_way_to_guess_on(office: Office) -> None:
    member = office.signed_in("reviewer")
    member.sends("/console/logout", token=token_of(member))
    seen = []
    for _ in range(12):
        office.bot.redis.delete(*office.bot.redis.keys("*LIMITER*10/1/minute*") or ["none"])  # a minute later
        member.opens("/console/login")
        member.sends("/console/login", name=member.name, password="wrong password!", code="")
        seen.append(member.status)
    assert seen[:10] == [401] * 10 and seen[-1] == 429
    assert office.desk.roll.named(member.name).locked_until is None  # type: ignore[union-attr]


def test_a_known_browser_is_known_for_its_own_name_and_password_only(office: Office) -> None:
    member, other = office.signed_in("reviewer"), office.signed_in("auditor")
    member.sends("/console/logout", token=token_of(member))
    for name in (member.name, other.name):
        for _ in range(LOCK_AFTER):
            office.desk.sign_in.knock(name, "wrong password!", "")
    member.opens("/console/login")
    member.sends("/console/login", name=other.name, password=PASSWORD, code=office.code(other.name))
    assert member.status == 401
    forged = office.browser()
    cookie = next(one.value for one in member.http.cookies if one.name == COOKIE)
    forged.http.cookies.set(COOKIE, f"{cookie}x", domain="127.0.0.1", path="/console/login")
    forged.opens("/console/login")
    forged.sends("/console/login", name=member.name, password=PASSWORD, code=office.code(member.name))
    assert forged.status == 401


def test_a_name_that_can_be_locked_is_not_told_from_one_that_nobody_has(office: Office) -> None:
    known = office.signed_in("reviewer").name
    for _ in range(LOCK_AFTER):
        office.desk.sign_in.knock(known, "wrong password!", "")
    told = {knocks(office, name).page.partition('role="status"')[2][:90] for name in (known, "nobody")}
    assert len(told) == 1


class Counting(PasswordHasher):
    """argon2, counting."""

    verified: list[str]

    def verify(self, hash: Any, password: Any) -> Any:
        self.verified.append(str(hash))
        return super().verify(hash, password)


def test_a_name_that_nobody_has_costs_one_hash_of_the_same_cost(office: Office) -> None:
    member = office.desk.sign_in.add("known", "auditor", "", PASSWORD)
    hasher = Counting()
    hasher.verified = []
    office.desk.sign_in._hasher = hasher
    for name in ("known", "nobody", "no such name!", ""):
        office.desk.sign_in.knock(name, "wrong password!", "123456")
    assert len(hasher.verified) == 4
    assert {str(extract_parameters(one)) for one in hasher.verified} == {str(extract_parameters(member.password))}


def test_log_ins_are_counted_by_the_address_that_our_proxy_saw(office: Office) -> None:
    settings = office.bot.settings
    server = settings.server.model_copy(update={"proxies": 1})
    app = create_app(settings.model_copy(update={"server": server}), office.bot.world)
    seen = []
    for forged in range(15):  # what the visitor claims stands left of what our proxy adds
        client = app.test_client()
        page = client.get("/console/login").get_data(as_text=True)
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        headers = {"X-Forwarded-For": f"10.0.0.{forged}, 203.0.113.9"}
        said = {"name": "nobody", "password": "x", "csrf_token": token}
        seen.append(client.post("/console/login", data=said, headers=headers).status_code)
    assert seen[-1] == 429
    client = app.test_client()
    page = client.get("/console/login").get_data(as_text=True)
    said["csrf_token"] = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert client.post("/console/login", data=said, headers={"X-Forwarded-For": "203.0.113.10"}).status_code == 401


def test_cookies_and_pages_say_what_a_browser_may_do(bot: Bot) -> None:
    settings = bot.settings.model_copy(update={"console": bot.settings.console.model_copy(update={"https": True})})
    answer = create_app(settings, bot.world).test_client().get("/console/login", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/console"))
    assert answer.headers["X-Frame-Options"] == "DENY" and "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\n=1", "\u3000=1", "\ufeff=1", "\u200b=1"]
)
def test_no_cell_of_a_table_is_a_formula(cell: str) -> None:
    (line, *_) = (
        as_csv([[cell]]).decode("utf-8-sig").split("\r\n")
        if "\r" not in cell
        else [as_csv([[cell]]).decode("utf-8-sig")]
    )
    assert line.lstrip('"').startswith("'"), line
    assert as_csv([[-1, 2.5]]).decode("utf-8-sig") == "-1,2.5\r\n"
