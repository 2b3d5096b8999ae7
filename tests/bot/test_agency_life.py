"""A claim at an agency with a platform of its own: handed over once, its results told, papers and withdrawals passed on."""

from collections.abc import Iterator

import pytest

from bot.config import Settings
from tests.bot.agency_house import House, housed
from tests.bot.desk import Desk, Filed
from tests.test_promises import whole_claim
from tests.whole import paper


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    with housed(settings, slow_s=3.0) as whole:
        yield whole


def test_a_claim_is_handed_over_and_its_results_are_told(house: House) -> None:
    replies = whole_claim(house.bot.follower("oFiled-000000000000000000001"))
    assert "已提交，等待转交" in replies[-1] and "回执号" in replies[-1] and "63588129" in replies[-1]
    ann = Filed(house.bot, house.bot.follower("oFiled-000000000000000000001"), next(iter_receipts(house)))
    house.bot.jobs.settle()
    house.works()
    heard = ann.says("帮助")
    assert "已转交" in heard and "等待经办机构接收" in heard
    assert "已转交" not in ann.says("帮助")
    there = house.there(ann)
    assert there.submitted["answers"]["bank_account"] == "6222000000000001234"
    assert house.agency.book.papers[there.papers["id_portrait"]] == paper("id_portrait")
    assert set(there.papers) == set(ann.claim.papers)
    house.agency.book.decide(ann.receipt, "received")
    assert "经办机构已收到" in ann.says("帮助")
    house.agency.book.decide(ann.receipt, "approved", start="2026-12", end="2027-11", amount="1500.50")
    heard = ann.says("你好")
    for words in ("审批通过", "开始日期：2026年12月", "终止日期：2027年11月", "金额：1500.50 元", "失业保险待遇查询"):
        assert words in heard
    assert "正在审核" not in heard  # what lies between is implied, not told
    house.agency.book.decide(ann.receipt, "paid")
    assert "已发放" in ann.says("进度")
    assert [event.status for event in ann.claim.events] == [
        "submitted", "submitted", "received", "reviewing", "approved", "paying", "paid",
    ]  # fmt: skip
    assert [status for _, status in house.agency.callbacks] == [200] * 3
    assert ann.claim.handover is not None and ann.claim.handover.state == "ended"


def iter_receipts(house: House) -> Iterator[str]:
    world = house.bot.world
    return (claim.receipt for claim in world.claims.newest())
