"""Each store and partner away × each kind of message: a useful reply within WeChat's five seconds, and afterwards
everything as it should be. The outages are real: servers stopped, frozen, full, files locked or gone."""

import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from bot.simulator import messages
from bot.simulator.follower import Follower
from dialogs.model import OpenId
from handlers import erasing
from handlers.photo_job import sweep
from storage import embedded
from storage.errors import StoreUnavailable
from tests.bot.console.office import Browser, Office
from tests.build import KUNMING_ANSWERS
from tests.outages import (
    House,
    Outage,
    both_gone,
    photos_gone,
    redis_a_replica,
    redis_frozen,
    redis_full,
    redis_gone,
    redis_without_quorum,
    sql_gone,
    sql_locked,
    token_refused,
    wait_known_back,
)
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import paper, running, settings_for


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    server = embedded.start(tmp_path)
    with running(settings_for(server.url, tmp_path)) as bot:
        ann, bob = bot.follower("oAnn-00000000000000000000001"), bot.follower("oBob-00000000000000000000001")
        for line in ("申领", "昆明", "我已阅读", "2", "昆明市五华区样例路1号", "同意"):
            act(ann, line)
        filed = bot.world.claims.file(
            draft_id="b" * 32, person=bot.world.sessions.person_of(bob.openid), openid=OpenId(bob.openid),
            programme="kunming", version=bot.world.knowledge.programmes["kunming"].version,
            office="昆明市社会保险局", answers=KUNMING_ANSWERS, papers={}, now=bot.clock(),
        )  # fmt: skip
        house = House(bot, server, ann, bob, filed.receipt)
        try:
            yield house
        finally:
            if house.server.process is not None:
                house.server.process.send_signal(signal.SIGCONT)
    house.server.stop()


NO_SESSIONS: tuple[Outage, ...] = (redis_gone, redis_frozen)
NO_WRITES: tuple[Outage, ...] = (redis_full, redis_a_replica, redis_without_quorum)
SESSIONS: tuple[Outage, ...] = (sql_gone, sql_locked, photos_gone, token_refused)

KINDS = {
    "an answer": "6222000000000001234",
    "a question": "失业金能领多久",
    "an office": "五华区电话是多少",
    "papers": "材料",
    "steps": "步骤",
    "frequent questions": "常见问题",
    "the menu": "菜单",
    "a menu button": "[菜单 MATERIALS]",
    "a photograph": "[照片 id_portrait]",
    "a position": "[位置 25.04 102.71]",
    "a person": "人工",
    "stop": "取消",
    "erase me": "删除我的信息",
    "show me": "我的信息",
    "go on": "继续",
    "a number": "1",
    "voice": "[语音]",
}
SAFE = "之前填的都在"


@pytest.mark.parametrize("outage", (*NO_SESSIONS, *NO_WRITES, both_gone), ids=lambda one: one.__name__)
def test_without_sessions_what_needs_none_is_answered_and_nothing_is_recorded(house: House, outage: Outage) -> None:
    before = house.answers
    with outage(house):
        told = {kind: house.says(line) for kind, line in KINDS.items()}
        status = house.says("进度", who="bob")
    for kind, words in {
        "a question": "缴费", "an office": "五华区", "papers": "身份证", "a menu button": "身份证",
        "frequent questions": "大家常问这些", "the menu": "你可以发", "a position": "区县的名字", "a person": "电话",
        "voice": "打字",
    }.items():  # fmt: skip
        assert words in told[kind], (kind, told[kind])
    for kind in ("an answer", "stop", "go on", "a number"):
        assert SAFE in told[kind] and "“继续”" in told[kind], (kind, told[kind])
    assert "没有存下" in told["a photograph"] and "再发一次" in told["a photograph"]
    assert "还没有办" in told["erase me"] and "还没有办" in told["show me"]
    assert ("已提交" in status and "昆明市社会保险局" in status) if outage is not both_gone else "急的话打" in status
    assert house.answers == before
    assert house.bot.world.pending.count() == 0
    assert "银行卡号" in house.says("继续")
    house.says("6222000000000001234")
    assert house.answers == {**before, "bank_account": "6222000000000001234"}


@pytest.mark.parametrize("outage", SESSIONS, ids=lambda one: one.__name__)
def test_with_another_store_away_the_claim_goes_on(house: House, outage: Outage) -> None:
    with outage(house):
        told = {kind: house.says(line) for kind, line in KINDS.items() if kind not in ("an answer", "a number")}
        house.says("继续")
        assert "联系电话" in house.says("6222000000000001234")
        house.says("13800138000")
        status = house.says("进度", who="bob")
    assert all(told.values())
    assert "请过几分钟" in status or "已提交" in status
    assert house.answers["bank_account"] == "6222000000000001234" and house.answers["phone"] == "13800138000"
    assert "已提交" in house.says("进度", who="bob")


def ready_to_file(house: House) -> Follower:
    carl = house.bot.follower("oCarl-0000000000000000000001")
    for line in WHOLE_CLAIM[:-1]:
        act(carl, line)
    return carl


def claims_of(house: House, follower: Follower) -> list[str]:
    found = house.bot.world.claims.of(house.bot.world.sessions.person_of(follower.openid))
    return [claim.receipt for claim in found]


@pytest.mark.parametrize("outage", [sql_gone, sql_locked])
def test_filing_without_sql_says_that_it_is_not_filed_and_works_afterwards(house: House, outage: Outage) -> None:
    carl = ready_to_file(house)
    with outage(house):
        exchange = carl.say("提交")
        assert exchange.attempts == 1 and "还没有提交成功" in exchange.text and "再发“提交”" in exchange.text
        assert outage is sql_locked or "还没有提交成功" in act(carl, "我的信息")  # closed until it is filed
    assert claims_of(house, carl) == []
    assert "已提交" in act(carl, "提交")
    assert len(claims_of(house, carl)) == 1


def test_redis_that_freezes_between_filing_and_the_commit_leaves_one_claim_and_its_receipt(house: House) -> None:
    carl = ready_to_file(house)
    name = house.bot.world.sessions.person_of(carl.openid)
    with ThreadPoolExecutor(1) as pool:
        with sql_locked(house):
            filing = pool.submit(carl.say, "提交")
            until = time.monotonic() + 20
            while not _is_filing(house, name) and time.monotonic() < until and not filing.done():
                pass
            assert house.server.process is not None
            os.kill(house.server.process.pid, signal.SIGSTOP)
        exchange = filing.result()  # filed, or too late for SQL: the words fit both
    os.kill(house.server.process.pid, signal.SIGCONT)
    wait_known_back(house)
    assert exchange.attempts == 1 and any(words in exchange.text for words in ("安全保存着", "你填的都在", SAFE)), exchange.text
    said = act(carl, "继续")
    if "已提交" not in said:
        said = act(carl, "提交")
    (receipt,) = claims_of(house, carl)
    assert receipt in said.replace(" ", "")


def _is_filing(house: House, name: str) -> bool:
    session = house.bot.world.sessions.load(name).session
    return session is not None and session.draft is not None and session.draft.filing


def test_a_photograph_waits_for_its_store_and_is_received_afterwards(house: House) -> None:
    bot, carl = house.bot, house.bot.follower("oCarl-0000000000000000000001")
    for line in WHOLE_CLAIM[:11]:
        act(carl, line)
    with photos_gone(house):
        exchange = carl.send_photo(paper("id_portrait"))
        assert exchange.attempts == 1 and "正在检查" in exchange.text
        assert bot.world.pending.count() == 1
        assert "检查中" in act(carl, "照片")
    bot.clock.shift_by = lambda: timedelta(minutes=10)
    sweep(bot.world)  # unless a worker's own try came first
    bot.jobs.settle()
    assert "✓ 身份证人像面已收到（1/7）" in act(carl, "帮助")
    assert bot.world.pending.count() == 0


def test_with_the_token_refused_a_photograph_comes_by_its_address(house: House) -> None:
    carl = house.bot.follower("oCarl-0000000000000000000001")
    for line in WHOLE_CLAIM[:11]:
        act(carl, line)
    with token_refused(house):
        assert "✓ 身份证人像面已收到（1/7）" in act(carl, "[照片 id_portrait]")
        assert house.bot.platform.faults.met


@pytest.mark.parametrize("leaves", ["unfollows", "closes"])
def test_who_leaves_while_redis_is_away_is_forgotten_when_it_is_back(house: House, leaves: str) -> None:
    bot, carl = house.bot, ready_to_file(house)
    name = bot.world.sessions.person_of(carl.openid)
    assert bot.world.photos.keys_of(name)
    bot.clock.shift_by = lambda: timedelta(seconds=2)  # who has written in the same second stays
    with redis_gone(house):
        if leaves == "unfollows":
            carl.unfollow()
        else:
            itself = bot.follower("oWeChatItself-00000000000001")
            itself.send(messages.privacy("user_authorization_cancellation", carl.openid, "wx0", ""), None)
        with suppress(StoreUnavailable):
            erasing.sweep(bot.world)
    assert erasing.sweep(bot.world) == 1
    session = bot.world.sessions.load(name).session
    assert session is None or session.draft is None
    assert bot.world.photos.keys_of(name) == []
    assert house.answers["home_address"]  # nobody else's


@pytest.mark.parametrize("outage", [redis_frozen, sql_gone], ids=lambda one: one.__name__)
def test_the_console_shows_a_page_in_chinese_and_works_afterwards(house: House, outage: Outage) -> None:
    reviewer = Office.of(house.bot).signed_in("reviewer", "昆明市社会保险局")
    stranger = Browser(house.bot.address)
    with outage(house):
        for path in ("/console/login", "/console/", "/console/claims"):
            for browser in (reviewer, stranger):
                page = browser.opens(path)
                assert browser.status in (200, 503) and re.search("[一-鿿]{4}", page), (path, browser.status)
        stranger.sends("/console/login", name="nobody", password="nothing at all")
        assert stranger.status in (200, 401, 503) and "Traceback" not in stranger.page
    assert "昆明市社会保险局" in reviewer.opens("/console/claims") and reviewer.status == 200
