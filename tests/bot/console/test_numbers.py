"""The operators' numbers over HTTP."""

import csv
import io
from datetime import timedelta

import pytest

from bot.console.figures import working_days_before
from bot.console.spreadsheet import as_csv
from handlers import day_book
from handlers.world import CHINA, china_now
from tests.bot.console.office import Browser, Office
from tests.bot.desk import Filed
from tests.test_conversations import act
from tests.whole import Bot


@pytest.fixture
def office(bot: Bot) -> Office:
    return Office.of(bot)


def cells(browser: Browser) -> list[list[str]]:
    answer = browser.http.get(f"{browser.address}/console/numbers.csv?days=7", timeout=20)
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_day_of_claims_is_seen_on_the_page_and_in_the_csv(office: Office) -> None:
    bot = office.bot
    Filed.by(bot)
    other = bot.follower("oOther-000000000000000000001")
    for line in ("申领", "昆明", "我已阅读", "呜呜呜呜喵"):
        act(other, line)
    day_book.write_up(bot.world)
    operator = office.signed_in("operator")
    page = operator.opens("/console/numbers?days=7")
    assert (
        operator.status == 200 and "缴纳医保的方式" in page and "已提交" in page and "请重拍" in page
    ) or "照片" in page
    assert "<script>" not in page and "style=" not in page
    rows = {(row[0], row[1]): row[2:] for row in cells(operator)}
    assert rows["总数", "人"][0] == "2" and rows["总数", "开始申领"][0] == "2" and rows["总数", "提交申领"][0] == "1"
    assert rows["流程 kunming", "缴纳医保的方式"] == ["2", "1", "1"]
    assert rows["申领状态", "已提交"][0] == "1"
    assert ("exported_numbers", operator.name) in {(one.deed, one.actor) for one in office.desk.audit.newest()}


def test_each_chart_is_an_image_of_its_own_without_script(office: Office) -> None:
    operator = office.signed_in("operator")
    for name in ("days", "states", "photos", "kunming", "jilin"):
        svg = operator.opens(f"/console/numbers/charts/{name}.svg?days=90")
        assert operator.status == 200 and "<svg" in svg and "<script" not in svg and "http-equiv" not in svg
    operator.opens("/console/numbers/charts/nothing.svg")
    assert operator.status == 404


def test_claims_that_lie_too_long_are_named_by_office(office: Office) -> None:
    bot = office.bot
    ann, now = Filed.by(bot), bot.clock()
    office.desk.review.receive(ann.receipt, "zhang.li", now)
    operator = office.signed_in("operator")
    assert "没有。" in operator.opens("/console/numbers")
    assert not office.desk.claim_numbers.stalled(working_days_before(now, 10))
    (late,) = office.desk.claim_numbers.stalled(working_days_before(now + timedelta(days=15), 10))
    assert (late.office, late.claims) == (ann.claim.office, 1)
    assert not office.desk.claim_numbers.stalled(now + timedelta(days=1), "jilin")
    office.desk.review.review(ann.receipt, "zhang.li", now)
    office.desk.review.retake(ann.receipt, "id_portrait", next(iter(bot.world.knowledge.reasons.retake)),
                              bot.world.knowledge.reasons, "zhang.li", now)  # fmt: skip
    assert not office.desk.claim_numbers.stalled(now + timedelta(days=1))


def test_working_days_skip_weekends() -> None:
    monday = china_now().replace(year=2026, month=11, day=23, tzinfo=CHINA)
    assert working_days_before(monday, 1).day == 20 and working_days_before(monday, 10).day == 9


def test_a_page_asks_the_database_as_often_for_many_claims_as_for_none(office: Office) -> None:
    operator = office.signed_in("operator")

    def statements(path: str) -> int:
        seen = operator.statements(path)
        assert operator.status == 200
        return sum(not one.startswith("BEGIN") for one in seen)

    without = statements("/console/numbers?days=7")
    for number in range(3):
        Filed.by(office.bot, f"oFiled-00000000000000000000{number}")
    day_book.write_up(office.bot.world)
    assert statements("/console/numbers?days=30") == without <= 12
    assert statements("/console/numbers/charts/states.svg?days=30") <= 3


def test_while_redis_is_away_the_page_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from storage.errors import StoreUnavailable

    def away(*_: object) -> None:
        raise StoreUnavailable("redis")

    operator = office.signed_in("operator")
    monkeypatch.setattr("bot.console.figures.photo_numbers", away)
    assert "Redis 连不上" in operator.opens("/console/numbers") and operator.status == 200


def test_nothing_in_a_csv_is_a_formula() -> None:
    table = as_csv([("=1+1", "+86", "-2", "@x", " =cmd", "plain", -3, "＝1")]).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(table))) == ["'=1+1", "'+86", "'-2", "'@x", "' =cmd", "plain", "-3", "'＝1"]


def test_nonsense_in_the_address_is_the_default(office: Office) -> None:
    auditor = office.signed_in("auditor")
    assert "近 30 天" in auditor.opens("/console/numbers?days=0;drop&programme=<x>") and auditor.status == 200
