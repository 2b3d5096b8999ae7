"""删除我的信息: afterwards nothing of ours holds the person's number, name or openid, but what the notice says is kept."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.simulator import messages
from bot.simulator.follower import Follower
from handlers import erasing
from handlers.world import World
from storage.errors import StoreUnavailable
from storage.sessions import LEAVING_TTL_S, REVISION_BYTES
from tests.bot.desk import Desk, Filed
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM, whole_claim
from tests.traces import raw_files, sealed_blobs, traces
from tests.whole import Bot, paper

OPENID = "oVeryOwn-0000000000000000007"
CARD, PHONE, STREET = "6222000000000001234", "13800138000", "样例路"
SECRETS = (OPENID.encode(), CARD.encode(), PHONE.encode(), STREET.encode(), b"A1234567", paper("id_portrait")[:64])
"""The openid, the numbers, the address, and a photograph's bytes: fictional, of nobody else in this test."""


def all_of_it(bot: Bot) -> Follower:
    """A filed claim, a second draft with a photograph, a parked draft, a reported number, news, consents."""
    follower = bot.follower(OPENID)
    whole_claim(follower)
    for line in WHOLE_CLAIM[:12]:
        act(follower, line)
    bot.jobs.settle()
    person = bot.world.sessions.person_of(OPENID)
    value = bot.redis.get("{p:" + person + "}")
    bot.world.parked.park(person, value[REVISION_BYTES:], bot.world.clock())
    bot.world.numbers.record(person, "五华区就业局失业保险科", ("0871-63588129",), bot.world.clock().date())
    bot.world.pending.set_aside(person, "f" * 16, int(bot.world.clock().timestamp()))
    return follower


def person_of(bot: Bot) -> str:
    return bot.world.sessions.person_of(OPENID)


def gone_from_redis(bot: Bot) -> None:
    """The last of it, which WeChat's repeats need, lives for minutes: this is their end."""
    key = "{p:" + person_of(bot) + "}"
    left = bot.redis.ttl(key)
    assert 0 < left <= LEAVING_TTL_S
    bot.redis.delete(key)


def test_nothing_is_left_of_who_asks_for_everything(bot: Bot) -> None:
    follower = all_of_it(bot)
    assert traces(bot, *SECRETS)
    old = sealed_blobs(bot)
    asked = act(follower, "删除我的信息")
    assert "还有申领经办机构没接收" in asked and "找不回来" in asked
    told = act(follower, "2")
    assert "正在撤回并删除" in told and "回执号" in told
    bot.jobs.settle()
    assert bot.world.erasures.open() == []
    gone_from_redis(bot)
    assert traces(bot, *SECRETS, person_of(bot).encode()) == []
    files = raw_files(bot.settings.paths.data_dir)
    assert not any(blob in files for blob in old), "SQLite's pages and log hold no sealed value either"


def test_the_proof_is_all_that_stands(bot: Bot) -> None:
    follower = all_of_it(bot)
    act(follower, "删除我的信息")
    receipt = "".join(act(follower, "2").rsplit("回执号：", 1)[1].split("，")[0].split())
    bot.jobs.settle()
    proof = bot.world.erasures.proof(person_of(bot), receipt)
    assert proof is not None and proof.done_at is not None and proof.claims_kept == 0
    assert bot.world.erasures.proof("somebodyElse0000000000", receipt) is None


def test_a_claim_that_the_office_has_taken_up_stays_and_the_rest_goes(bot: Bot) -> None:
    ann, desk = Filed.by(bot, OPENID), Desk.of(bot)
    desk.does("receive", ann.receipt)
    for line in WHOLE_CLAIM[:12]:
        ann.says(line)
    asked = ann.says("删除我的信息")
    assert "依法保存" in asked and "63588129" in asked and "只删没提交的" not in asked
    told = ann.says("1")
    assert "依法保存" in told
    bot.jobs.settle()
    assert ann.claim.status == "received" and set(bot.world.photos.keys_of(ann.person)) == set(
        ann.claim.papers.values()
    )
    assert ann.session.draft is None and len(bot.world.consents.of(ann.person)) >= 3
    assert "经办机构已收到" in ann.says("进度")
    assert "【依法保存】" in ann.says("我的信息")


def test_the_draft_alone_can_go(bot: Bot) -> None:
    ann = Filed.by(bot, OPENID)
    ann.says("删除我的信息")
    assert "申领照常办" in ann.says("1")
    bot.jobs.settle()
    assert ann.claim.status == "submitted" and "等待经办机构接收" in ann.says("进度")


def test_who_writes_meanwhile_begins_as_a_stranger_and_keeps_what_is_new(bot: Bot) -> None:
    follower = all_of_it(bot)
    bot.jobs.stopped = True
    act(follower, "删除我的信息")
    act(follower, "2")
    assert "没有存" in act(follower, "我的信息")
    for line in WHOLE_CLAIM[:7]:
        act(follower, line)
    bot.jobs.stopped = False
    bot.clock.shift_by = lambda: timedelta(seconds=2)
    assert erasing.find_forgotten(bot.world) == 1
    session = bot.world.sessions.load(person_of(bot)).session
    assert session is not None and session.draft is not None and session.draft.answers["consent_bank"] == "yes"
    assert bot.world.claims.of(person_of(bot)) == [] and bot.world.photos.keys_of(person_of(bot)) == []
    assert bot.world.erasures.open() == []


def test_twice_at_once_is_done_once(bot: Bot) -> None:
    follower = all_of_it(bot)
    act(follower, "删除我的信息")
    with ThreadPoolExecutor(2) as pool:
        told = [exchange.text for exchange in pool.map(follower.say, ["2", "2"])]
    bot.jobs.settle()
    assert sum("回执号：" in text for text in told) == 1
    with bot.world.erasures._engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from erasures").scalar() == 1
    assert "要删除我们这里你的信息吗" in act(follower, "删除我的信息")
    assert "已删除" in act(follower, "1")
    bot.jobs.settle()
    assert bot.world.erasures.open() == []


class Broken:
    """One of the world's stores, away; for everything else as it was."""

    def __getattr__(self, name: str) -> object:
        raise StoreUnavailable("away")


@pytest.mark.parametrize("store", ["parked", "erasures", "consents", "photos", "numbers", "pending", "papers"])
def test_a_store_that_is_away_in_the_middle_is_no_end(bot: Bot, store: str) -> None:
    from dataclasses import replace

    follower = all_of_it(bot)
    bot.jobs.stopped = True
    act(follower, "删除我的信息")
    act(follower, "2")
    away: World = replace(bot.world, **{store: Broken()})
    with pytest.raises(StoreUnavailable):
        erasing.see_to(away, person_of(bot))
    erasing.find_forgotten(bot.world)
    erasing.sweep(bot.world)
    gone_from_redis(bot)
    assert traces(bot, *SECRETS) == []


def test_with_the_database_away_nothing_is_half_done(bot: Bot) -> None:
    follower = all_of_it(bot)
    act(follower, "删除我的信息")
    database = bot.settings.paths.data_dir / "claimbot.sqlite3"
    aside = database.with_suffix(".aside")
    os.rename(database, aside)
    database.mkdir()  # it cannot be opened
    assert "系统忙" in act(follower, "2")
    assert "系统忙" in act(follower, "我的信息")
    database.rmdir()
    os.rename(aside, database)
    assert "【正在填的申领】" in act(follower, "我的信息")


KILLED = """
import os, sys
from pathlib import Path
from bot.app import build_world
from bot.config import read_settings
from handlers import erasing
world = build_world(read_settings(Path(sys.argv[1])))
def dies(*_):
    os.kill(os.getpid(), 9)
at = int(sys.argv[3])
steps = list(erasing.STEPS)
steps.insert(at, dies)
erasing.STEPS = tuple(steps)
erasing.see_to(world, sys.argv[2])
"""


@pytest.mark.parametrize("at", range(len(erasing.STEPS) + 1))
def test_killed_between_any_two_steps_it_is_found_again(bot: Bot, at: int) -> None:
    follower = all_of_it(bot)
    bot.jobs.stopped = True
    act(follower, "删除我的信息")
    act(follower, "2")
    config = Desk.of(bot).config
    root = Path(__file__).parents[1]
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(config), person_of(bot), str(at)], cwd=root, capture_output=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert ended.returncode == -9, ended.stderr.decode()
    assert erasing.sweep(bot.world) == 1
    gone_from_redis(bot)
    assert traces(bot, *SECRETS, person_of(bot).encode()) == []


def test_a_closed_account_is_erased_without_a_word_and_without_sql_on_the_way(bot: Bot) -> None:
    all_of_it(bot)
    platform = bot.platform.follower("oWeChatItself-00000000000001", following=True)
    exchange = platform.send(messages.privacy("user_authorization_cancellation", OPENID, "wx0", ""), None)
    assert exchange.answer is not None and exchange.text == ""
    bot.jobs.settle()
    assert bot.world.erasures.open() == []
    gone_from_redis(bot)
    assert traces(bot, *SECRETS) == []


def test_a_late_verdict_does_not_bring_a_photograph_back(bot: Bot) -> None:
    follower = bot.follower(OPENID)
    for line in WHOLE_CLAIM[:11]:
        act(follower, line)
    bot.jobs.stopped = True
    act(follower, "[照片 id_portrait]")
    act(follower, "删除我的信息")
    act(follower, "1")
    bot.jobs.stopped = False
    from handlers.photo_job import fetch_photo

    for member in bot.redis.zrange("{pending}:photos", 0, -1):
        fetch_photo(bot.world, *member.decode().split(" "))
    erasing.find_forgotten(bot.world)
    assert bot.world.photos.keys_of(person_of(bot)) == [] and bot.world.pending.count() == 0
    gone_from_redis(bot)
    assert traces(bot, *SECRETS) == []


def test_who_unfollows_and_has_filed_nothing_leaves_nothing(bot: Bot) -> None:
    follower = bot.follower(OPENID)
    for line in WHOLE_CLAIM[:12]:
        act(follower, line)
    follower.unfollow()
    bot.jobs.settle()
    gone_from_redis(bot)
    assert traces(bot, *SECRETS) == []
