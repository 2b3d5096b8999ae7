"""Idle drafts leave Redis for SQL and come back with the next message; nothing is lost wherever a process dies."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.app import build_rotation
from bot.simulator.follower import Follower
from dialogs.session import Session
from handlers import claim_news, parking, photo_audit, photo_job
from storage.database import FILE_NAME
from storage.errors import StoreUnavailable
from storage.sessions import PARKED, REVISION_BYTES
from tests.bot.desk import Desk, Filed
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot, paper

IDLE = timedelta(days=8)


def later(bot: Bot, days: timedelta = IDLE) -> parking.Swept:
    """The walk as it will be made then; the phones' clocks stay."""
    bot.jobs.settle()  # what SQL must hear of first has been told
    bot.clock.shift_by = lambda: days
    try:
        return parking.park_idle(bot.world)
    finally:
        bot.clock.shift_by = timedelta


@dataclass
class Claimant:
    """Somebody in the middle of a claim: the address is given, the bank account is asked."""

    bot: Bot
    follower: Follower

    @classmethod
    def of(cls, bot: Bot, lines: int = 7, name: str = "oParked-00000000000000000001") -> "Claimant":
        follower = bot.follower(name)
        for line in WHOLE_CLAIM[:lines]:
            act(follower, line)
        bot.jobs.settle()
        return cls(bot, follower)

    @property
    def person(self) -> str:
        return self.bot.world.sessions.person_of(self.follower.openid)

    @property
    def key(self) -> str:
        return "{p:" + self.person + "}"

    @property
    def value(self) -> bytes:
        return self.bot.redis.get(self.key) or b""

    @property
    def row(self) -> bytes | None:
        return self.bot.world.parked.parked(self.person)

    @property
    def session(self) -> Session | None:
        return self.bot.world.sessions.load(self.person).session

    @property
    def answers(self) -> dict[str, str]:
        found = self.session
        assert found is not None and found.draft is not None
        return found.draft.answers

    def says(self, line: str) -> str:
        return act(self.follower, line)

    def parked(self) -> "Claimant":
        assert later(self.bot).parked == 1
        assert self.value[REVISION_BYTES:] == PARKED and self.row is not None
        return self


@contextmanager
def sql_away(bot: Bot) -> Iterator[None]:
    """SQLite's file is not there; a folder stands in its place."""
    path = bot.settings.paths.data_dir / FILE_NAME
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        path.with_suffix(".away").rename(path)


def test_an_idle_draft_is_parked_and_comes_back_whole(bot: Bot) -> None:
    ann = Claimant.of(bot)
    before = ann.answers
    assert parking.park_idle(bot.world).parked == 0 and ann.row is None
    ann.parked()
    assert len(ann.value) == REVISION_BYTES + 1
    assert parking.park_idle(bot.world) == parking.Swept()
    assert "银行卡号" in ann.says("继续")
    assert ann.answers == before and ann.row is None
    ann.says("6222000000000001234")
    assert ann.answers == {**before, "bank_account": "6222000000000001234"}
    assert parking.park_idle(bot.world) == parking.Swept()


def test_the_first_message_is_an_answer_like_any_other(bot: Bot) -> None:
    ann = Claimant.of(bot).parked()
    assert "联系电话" in ann.says("6222000000000001234")
    assert ann.answers["bank_account"] == "6222000000000001234"


def test_a_person_without_a_draft_is_left_alone(bot: Bot) -> None:
    ann = Claimant.of(bot, 1)
    assert later(bot).parked == 0 and ann.row is None


def test_two_messages_at_once_on_return_are_both_counted(bot: Bot) -> None:
    ann = Claimant.of(bot).parked()
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(ann.says, ["帮助", "6222000000000001234", "进度", "帮助"]))
    assert all(replies) and ann.answers["bank_account"] == "6222000000000001234"
    parking.park_idle(bot.world)
    assert ann.row is None and ann.answers["bank_account"] == "6222000000000001234"


def test_the_same_message_twice_on_return_is_one_answer(bot: Bot) -> None:
    ann = Claimant.of(bot).parked()
    nodes = (("MsgType", "text"), ("Content", "6222000000000001234"), ("MsgId", str(ann.follower.new_msg_id())))
    bodies = {answer.body for answer in ann.follower.copies(nodes, 3) if answer is not None}
    assert len(bodies) == 1 and ann.answers["bank_account"] == "6222000000000001234"


def test_with_sql_away_nothing_is_lost_or_doubled(bot: Bot) -> None:
    ann = Claimant.of(bot).parked()
    mark = ann.value
    with sql_away(bot):
        for line in ("6222000000000001234", "申领", "[照片 id_portrait]"):
            assert "你的答案安全保存着" in ann.says(line)
        assert ann.value == mark
    assert "联系电话" in ann.says("6222000000000001234")


def test_with_sql_away_nobody_is_parked(bot: Bot) -> None:
    ann = Claimant.of(bot)
    before = ann.value
    with sql_away(bot), pytest.raises(StoreUnavailable):
        later(bot)
    assert ann.value == before


def test_killed_before_the_mark(bot: Bot) -> None:
    ann = Claimant.of(bot)
    bot.world.parked.park(ann.person, ann.value[REVISION_BYTES:], bot.world.clock())
    ann.says("6222000000000001234")
    assert parking.park_idle(bot.world) == parking.Swept(removed=1)
    assert ann.row is None and ann.answers["bank_account"] == "6222000000000001234"


def test_killed_after_redis_has_it_again(bot: Bot) -> None:
    ann = Claimant.of(bot).parked()
    old = ann.row
    assert old is not None
    ann.says("6222000000000001234")
    bot.world.parked.park(ann.person, old, bot.world.clock())  # as if the row had not been dropped
    ann.says("13800138000")
    assert parking.park_idle(bot.world).removed == 1 and ann.row is None
    assert set(ann.answers) >= {"bank_account", "phone"}
    assert later(bot, 2 * IDLE).parked == 1
    ann.says("继续")
    assert set(ann.answers) >= {"bank_account", "phone"}


def test_who_stalls_while_parking_replaces_nothing_newer(bot: Bot) -> None:
    ann = Claimant.of(bot)
    old, at = ann.value[REVISION_BYTES:], bot.world.clock()
    ann.says("6222000000000001234")
    ann.parked()
    assert not bot.world.parked.park(ann.person, old, at)
    ann.says("继续")
    assert "bank_account" in ann.answers


def test_a_row_is_not_removed_under_somebody_who_is_parking(bot: Bot) -> None:
    ann = Claimant.of(bot)
    loaded = bot.world.sessions.load(ann.person)
    bot.world.parked.park(ann.person, loaded.sealed, bot.world.clock())
    assert parking.clean(bot.world, ann.person, loaded.sealed) == "removed"
    assert not bot.world.sessions.leave_mark(loaded)  # else the draft would be nowhere
    assert ann.session is not None


def test_redis_that_lost_the_mark_gets_it_again(bot: Bot) -> None:
    ann = Claimant.of(bot).parked()
    bot.redis.delete(ann.key)
    assert parking.park_idle(bot.world).marked == 1
    assert "银行卡号" in ann.says("继续")


def test_a_photograph_on_its_way_is_never_parked(bot: Bot) -> None:
    ann = Claimant.of(bot, 11)
    bot.jobs.stopped = True
    ann.says("[照片 id_portrait]")
    assert later(bot).parked == 0
    photo_job.fetch_photo(bot.world, ann.person, next(iter(ann.session.draft.photos.values())).ticket)  # type: ignore[union-attr]
    assert later(bot).parked == 1


def test_photographs_of_a_parked_draft_outlive_the_audit(bot: Bot) -> None:
    ann = Claimant.of(bot, 13)
    ann.parked()
    found = photo_audit.audit(bot.world)
    assert (found.referred, found.read, found.missing, found.orphans) == (2, 2, 0, 0)
    assert "户口册" in ann.says("继续")
    keys = bot.world.photos.keys_of(ann.person)
    assert paper("id_portrait") in {bot.world.photos.get(ann.person, key) for key in keys}


def test_keys_change_under_a_parked_draft(bot: Bot) -> None:
    ann = Claimant.of(bot).parked()
    rotation = build_rotation(bot.settings)
    rotation.begin(1)
    assert rotation.renew_all(lambda _: None) == 1
    assert rotation.drop_old(10_000)
    assert "银行卡号" in ann.says("继续")
    assert ann.row is None


def test_news_of_a_claim_reach_who_has_another_draft_parked(bot: Bot) -> None:
    desk, ann = Desk.of(bot), Filed.by(bot)
    for line in WHOLE_CLAIM[:7]:
        ann.says(line)
    assert later(bot).parked == 1
    desk.does("receive", ann.receipt)
    claim_news.tell_all(bot.world)
    assert bot.world.parked.parked(ann.person) is None
    assert later(bot).parked == 1  # still idle: with its news
    heard = ann.says("继续")
    assert "经办机构已收到" in heard and "银行卡号" in heard


def test_news_that_are_known_leave_the_draft_where_it_is(bot: Bot) -> None:
    desk, ann = Desk.of(bot), Filed.by(bot)
    desk.does("receive", ann.receipt)
    for line in WHOLE_CLAIM[:7]:
        ann.says(line)
    assert later(bot).parked == 1
    claim_news.tell(bot.world, ann.claim.id)
    assert bot.world.parked.parked(ann.person) is not None
    assert "银行卡号" in ann.says("继续")


def test_who_unfollows_or_erases_leaves_nothing_parked(bot: Bot) -> None:
    ann = Claimant.of(bot, 12).parked()
    ann.follower.unfollow()
    ben = Claimant.of(bot, 12, "oParked-00000000000000000002")
    later(bot, 2 * IDLE)
    assert ben.row is not None
    ben.says("删除我的信息")
    assert "已删除" in ben.says("1")
    bot.jobs.settle()
    for one in (ann, ben):
        assert one.row is None and list(bot.world.photos.keys_of(one.person)) == []
        assert one.session is not None and one.session.draft is None


def test_erased_while_it_is_being_parked(bot: Bot) -> None:
    ann = Claimant.of(bot)
    loaded, at = bot.world.sessions.load(ann.person), bot.world.clock()
    ann.says("删除我的信息")
    ann.says("1")
    assert bot.world.parked.park(ann.person, loaded.sealed, at) and not bot.world.sessions.leave_mark(loaded)
    parking.park_idle(bot.world)
    assert ann.row is None and "没有存" in ann.says("我的信息")


def test_a_parked_person_keeps_few_bytes_in_redis(bot: Bot) -> None:
    ann = Claimant.of(bot, 12)
    before = bot.redis.memory_usage(ann.key)
    ann.parked()
    after = bot.redis.memory_usage(ann.key)
    print(f"bytes of a person in Redis: {before} with a draft, {after} parked")
    assert after <= 128 < before
