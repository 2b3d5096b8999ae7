"""Who may come into the console, and what each role may do there."""

from datetime import timedelta

import pytest
from flask import Flask

from bot.app import create_app
from bot.console.permissions import OF_ROLE
from handlers.sign_in import LOCK_AFTER
from storage.staff import ROLES, Role
from tests.bot.console.office import PASSWORD, Office
from tests.whole import Bot


@pytest.fixture
def office(bot: Bot) -> Office:
    return Office.of(bot)


def test_one_comes_in_with_password_and_code_and_goes_out_again(office: Office) -> None:
    browser = office.signed_in("reviewer")
    assert "申领审核" in browser.opens("/console/")
    browser.sends("/console/logout")
    assert "工作人员登录" in browser.opens("/console/claims")
    browser.sends("/console/login", name=browser.name, password=PASSWORD, code=office.code(browser.name))
    assert "申领审核" in browser.page


def test_a_code_is_good_once(office: Office) -> None:
    first = office.signed_in("auditor")
    used = office.code(first.name)
    for expected in (200, 401):
        other = office.browser()
        other.opens("/console/login")
        other.sends("/console/login", name=first.name, password=PASSWORD, code=used)
        assert other.status == expected


def test_what_is_wrong_is_not_told_and_after_five_the_door_is_shut(office: Office) -> None:
    known = office.signed_in("reviewer")
    stranger = office.browser()
    stranger.opens("/console/login")
    told = {stranger.sends("/console/login", name=name, password=word, code=code).partition('role="status"')[2][:60]
            for name, word, code in ((known.name, "wrong password!", "000000"), ("nobody", PASSWORD, "000000"),
                                     (known.name, PASSWORD, "000000"), ("x" * 500, "y" * 5000, "一二三"))}  # fmt: skip
    assert len(told) == 1 and stranger.status == 401
    for _ in range(LOCK_AFTER):
        office.desk.sign_in.knock(known.name, "wrong password!", "")
    right = office.desk.sign_in.knock(known.name, PASSWORD, office.code(known.name))
    assert right.refusal == "locked"
    office.bot.clock.shift_by = lambda: timedelta(minutes=16)
    assert office.desk.sign_in.knock(known.name, PASSWORD, office.code(known.name)).member is not None


def test_who_is_disabled_or_renewed_is_out_at_once(office: Office) -> None:
    browser = office.signed_in("auditor")
    office.desk.roll.disable(browser.name, office.bot.world.clock())
    assert "工作人员登录" in browser.opens("/console/audit")
    browser.sends("/console/login", name=browser.name, password=PASSWORD, code=office.code(browser.name))
    assert browser.status == 401


def test_idle_logs_out(office: Office) -> None:
    browser = office.signed_in("auditor")
    office.bot.clock.shift_by = lambda: timedelta(minutes=16)
    assert "自动退出" in browser.opens("/console/audit")


def test_logins_are_limited(office: Office) -> None:
    browser = office.browser()
    browser.opens("/console/login")
    page = browser.page
    seen = []
    for _ in range(12):
        browser.page = page
        browser.sends("/console/login", name="nobody", password="wrong password!", code="")
        seen.append(browser.status)
    assert 429 in seen and "太频繁" in browser.page


def test_a_form_without_its_token_does_nothing(office: Office) -> None:
    browser = office.signed_in("administrator")
    browser.opens("/console/staff")
    browser.sends(
        "/console/staff/add", token="forged", name="intruder", role="administrator", office="", password=PASSWORD
    )
    assert browser.status == 400 and office.desk.roll.named("intruder") is None


def test_pages_say_what_a_browser_may_do(office: Office) -> None:
    browser = office.signed_in("reviewer")
    answer = browser.http.get(f"{browser.address}/console/claims", timeout=20)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert (
        answer.headers["Cache-Control"] == "no-store" and "<script>" not in answer.text and "style=" not in answer.text
    )
    cookie = next(one for one in browser.http.cookies if one.name == "console")
    assert cookie.path == "/console" and cookie.has_nonstandard_attr("HttpOnly")


def _routes(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, a path) of every route of the console."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("console.") and rule.endpoint != "console.static":
            path = "/console" + rule.rule.replace("<receipt>", "1000000000000").replace("<slot>", "id_emblem")
            path = path.replace("<name>", "nobody").replace("<deed>", "disable").replace("<path:filename>", "x")
            found += [(rule.endpoint, method, path) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


@pytest.mark.parametrize("role", ROLES)
def test_every_route_by_every_role(office: Office, role: Role) -> None:
    app = create_app(office.bot.settings, office.bot.world).extensions["console"]
    needs = app.extensions["pages"].needs
    routes = _routes(app)
    assert {endpoint for endpoint, _, _ in routes} | {"console.static"} == set(needs)
    browser = office.signed_in(role)
    for endpoint, method, path in routes:
        right = needs[endpoint]
        if right in ("anyone", "signed_in"):
            continue
        token = browser.opens("/console/")
        assert token
        answer = browser.opens(path) if method == "GET" else browser.sends(path)
        assert (browser.status == 403) == (right not in OF_ROLE[role]), (endpoint, role, browser.status, answer[:200])
        assert browser.status < 500


def test_a_stranger_sees_only_the_door(office: Office) -> None:
    app = create_app(office.bot.settings, office.bot.world).extensions["console"]
    for endpoint, method, path in _routes(app):
        stranger = office.browser()
        stranger.opens("/console/login")
        answer = stranger.opens(path) if method == "GET" else stranger.sends(path)
        assert "工作人员登录" in answer, endpoint
