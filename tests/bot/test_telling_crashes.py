"""Whoever dies or races while news go out: nothing is lost, and what may have been seen twice says so."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier

import pytest

from bot.simulator.faults import Fault
from bot.wechat_client import WeChatClient
from bot.wechat_http import Timeouts
from dialogs.model import OpenId, Say
from handlers import notify
from handlers.ports import Messenger
from handlers.world import World
from storage.access_token import AccessToken
from storage.deliveries import Deliveries
from storage.errors import StoreUnavailable
from storage.telling import Errand, TellingBoard
from tests.bot.desk import Desk, Filed
from tests.bot.test_telling import NEWS, TEMPLATE, ann, deliveries, later, pushed, seen, swept, with_rules
from tests.whole import Bot

__all__ = ["ann"]


class Killed(BaseException):
    """The process is gone: nothing after this runs, as after kill -9."""


@dataclass
class Dying:
    """A Messenger whose process dies at the call, before or after WeChat has it; `meanwhile` happens during it."""

    real: Messenger
    before: bool = False
    after: bool = False
    meanwhile: Callable[[], object] = lambda: None

    def send(self, openid: OpenId, say: Say) -> None:
        self._around(lambda: self.real.send(openid, say))

    def send_template(
        self, openid: OpenId, template_id: str, values: Mapping[str, str], *, url: str = "", client_msg_id: str = ""
    ) -> str:
        found: list[str] = []
        self._around(lambda: found.append(
            self.real.send_template(openid, template_id, values, url=url, client_msg_id=client_msg_id)
        ))  # fmt: skip
        return found[0]

    def send_typing(self, openid: OpenId, on: bool = True) -> None:
        raise AssertionError

    def send_subscription(self, openid: OpenId, template_id: str, values: Mapping[str, str], *, page: str = "") -> None:
        raise AssertionError

    def _around(self, call: Callable[[], object]) -> None:
        if self.before:
            raise Killed
        self.meanwhile()
        call()
        if self.after:
            raise Killed


def with_messenger(bot: Bot, messenger: Messenger) -> World:
    return replace(bot.world, telling=replace(bot.world.telling, messenger=messenger))


def killed_while_sending(bot: Bot, **how: bool) -> None:
    """A worker takes the errand and dies in the middle of it."""
    later(bot, 30)
    errand = notify.next_errand(bot.world)
    assert errand is not None
    with pytest.raises(Killed):
        notify.look_after(with_messenger(bot, Dying(bot.world.telling.messenger, **how)), errand)
    bot.platform.settle()


def test_killed_before_the_call_it_is_sent_by_the_next(bot: Bot, ann: Filed) -> None:
    killed_while_sending(bot, before=True)
    assert pushed(ann.follower) == [] and ann.session.reach.sending is not None
    assert swept(bot, 30).people == 0
    swept(bot, 50)
    swept(bot, 61)
    (line,) = pushed(ann.follower)
    assert NEWS in line.text and "可能已经发过" in line.text
    assert swept(bot, 3600).people == 0 and ann.session.news == ()


def test_killed_after_the_call_it_is_said_once_more_with_a_mark(bot: Bot, ann: Filed) -> None:
    killed_while_sending(bot, after=True)
    swept(bot, 80)
    swept(bot, 61)
    first, second = pushed(ann.follower)
    assert "可能已经发过" not in first.text and "可能已经发过" in second.text
    assert swept(bot, 3600).people == 0 and NEWS not in ann.says("帮助")


def test_killed_and_then_the_person_writes(bot: Bot, ann: Filed) -> None:
    killed_while_sending(bot, before=True)
    assert NEWS not in ann.says("你好")  # it may be on its way
    later(bot, 80)
    said = ann.says("你好")
    assert NEWS in said and "可能已经发过" in said
    swept(bot, 100)
    assert pushed(ann.follower) == [] and seen(ann.follower, "经办机构已收到") == 1


def test_a_template_repeated_after_a_kill_is_shown_once(bot: Bot, ann: Filed) -> None:
    with_rules(bot, customer_service=False, template=TEMPLATE)
    killed_while_sending(bot, after=True)
    swept(bot, 80)
    swept(bot, 61)
    assert bot.platform.calls.count("message/template/send") == 2
    assert [line.via for line in pushed(ann.follower)] == ["template"]
    assert deliveries(ann)[-1][1] in ("accepted", "delivered")


def test_who_writes_while_it_is_being_sent_reads_it_once(bot: Bot, ann: Filed) -> None:
    later(bot, 30)
    errand = notify.next_errand(bot.world)
    assert errand is not None
    replies: list[str] = []
    busy = Dying(bot.world.telling.messenger, meanwhile=lambda: replies.append(ann.says("帮助")))
    notify.look_after(with_messenger(bot, busy), errand)
    assert replies and NEWS not in replies[0]
    assert len(pushed(ann.follower)) == 1 and ann.session.news == () and ann.session.reach.sending is None
    assert NEWS not in ann.says("帮助")


def test_who_erases_everything_while_it_is_being_sent_has_nothing_left(bot: Bot, ann: Filed) -> None:
    def erase() -> None:
        ann.says("删除我的信息")
        ann.says("1")

    later(bot, 30)
    errand = notify.next_errand(bot.world)
    assert errand is not None
    notify.look_after(with_messenger(bot, Dying(bot.world.telling.messenger, meanwhile=erase)), errand)
    assert ann.session.news == () and ann.session.reach.sending is None


def test_more_news_while_one_is_being_sent_follow_it(bot: Bot, ann: Filed) -> None:
    later(bot, 30)
    errand = notify.next_errand(bot.world)
    assert errand is not None
    busy = Dying(bot.world.telling.messenger, meanwhile=lambda: Desk.of(bot).does("review", ann.receipt))
    notify.look_after(with_messenger(bot, busy), errand)
    swept(bot)
    assert ["经办机构已收到" in line.text for line in pushed(ann.follower)] == [True, False]
    assert "正在审核" in pushed(ann.follower)[1].text


def test_two_workers_at_once_send_one_message(bot: Bot, ann: Filed) -> None:
    later(bot, 30)
    both = Barrier(2)

    def look(_: int) -> object:
        both.wait()
        return notify.look_after(bot.world, Errand(ann.person, 0))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(look, range(2)))
    assert len(pushed(ann.follower)) == 1 and ann.session.news == ()
    assert deliveries(ann) == [("custom", "delivered")]


def test_the_same_errand_is_given_out_once(bot: Bot, ann: Filed) -> None:
    later(bot, 30)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: notify.next_errand(bot.world), range(4)))
    assert sum(one is not None for one in found) == 1


class SqlAway(Deliveries):
    def sending(self, *_: object) -> list[int]:  # type: ignore[override]
        raise StoreUnavailable("database")


def test_with_sql_away_nothing_is_sent_and_nothing_is_lost(bot: Bot, ann: Filed) -> None:
    later(bot, 30)
    away = replace(bot.world.telling, deliveries=SqlAway(bot.world.telling.deliveries._engine))
    errand = notify.next_errand(bot.world)
    assert errand is not None
    with pytest.raises(StoreUnavailable):
        notify.look_after(replace(bot.world, telling=away), errand)
    assert pushed(ann.follower) == [] and ann.session.reach.left == 5
    swept(bot, 80)
    (line,) = pushed(ann.follower)
    assert "可能已经发过" not in line.text


class RedisAway(TellingBoard):
    def paused(self, now: int) -> dict[str, int]:
        raise StoreUnavailable("redis")


def test_with_redis_away_it_is_found_again(bot: Bot, ann: Filed) -> None:
    later(bot, 30)
    away = replace(bot.world.telling, board=RedisAway(bot.redis))
    errand = notify.next_errand(bot.world)
    assert errand is not None
    with pytest.raises(StoreUnavailable):
        notify.look_after(replace(bot.world, telling=away), errand)
    swept(bot, 80)
    assert len(pushed(ann.follower)) == 1


def test_a_time_out_after_which_it_arrives_is_told_once_more_with_a_mark(bot: Bot, ann: Filed) -> None:
    wechat = bot.settings.wechat
    secret, token = wechat.app_secret.get_secret_value(), AccessToken(bot.redis, wechat.app_id)
    hasty = WeChatClient(
        wechat.api_base_url, wechat.app_id, secret, token, timeouts=Timeouts(read_s=0.3, whole_s=0.5)
    )  # fmt: skip
    bot.platform.faults.add(Fault("delay", "message/custom/send", delay_s=0.8))
    later(bot, 30)
    errand = notify.next_errand(bot.world)
    assert errand is not None
    found = notify.look_after(with_messenger(bot, hasty), errand)
    assert len(found.troubles) == 1 and ann.session.news[0].tell is not None and ann.session.news[0].tell.unsure
    newest = ann.follower.conversation.after()[-1].id
    if not pushed(ann.follower):
        ann.follower.conversation.after(newest, wait_s=5)  # WeChat was only slow
    assert bot.platform.calls.count("message/custom/send") == 1
    swept(bot, 61)
    assert ["可能已经发过" in line.text for line in pushed(ann.follower)] == [False, True]


def test_a_receipt_that_comes_twice_late_or_for_nobody_moves_nothing_back(bot: Bot, ann: Filed) -> None:
    with_rules(bot, customer_service=False, template=TEMPLATE)
    swept(bot)
    (row,) = bot.world.telling.deliveries.of_claim(ann.person, ann.receipt)
    assert row.state == "delivered"
    assert not notify.receipt(bot.world, ann.person, "template", "999", "success")
    for status in ("failed:user block", "success", "failed: system failed"):
        assert notify.receipt(bot.world, ann.person, "template", row.msg_id, status)
    assert deliveries(ann) == [("template", "delivered")]
