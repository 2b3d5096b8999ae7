"""Too many messages of one person: a cheap answer, nothing taken in, nobody else slowed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.config import Settings
from dialogs import wording
from handlers.flood import Floods
from tests.test_promises import commands_counted
from tests.whole import Bot, running

A_MINUTE = 300


@pytest.fixture
def strict(settings: Settings) -> Iterator[Bot]:
    with running(
        settings.model_copy(update={"reply": settings.reply.model_copy(update={"messages_a_minute": 20})})
    ) as bot:
        yield bot


def test_an_honest_burst_is_never_over() -> None:
    floods = Floods(A_MINUTE)
    now = 0.0
    for _minute in range(600):  # ten hours of nine photographs at once, three times a minute, and three words each time
        for _burst in range(3):
            assert not any(floods.is_over("honest", now) for _ in range(9 + 3))
            now += 20


def test_a_flood_is_let_through_at_the_pace_of_the_limit_and_costs_nobody_else() -> None:
    floods = Floods(A_MINUTE)
    through = sum(not floods.is_over("flooder", at / 100) for at in range(6000))  # 6,000 in a minute
    assert A_MINUTE <= through <= 2 * A_MINUTE
    assert not floods.is_over("honest", 60.0)
    assert not floods.is_over("flooder", 61.0)  # and is heard again as soon as they slow down


def test_a_clock_set_back_shuts_nobody_out() -> None:
    floods = Floods(2)
    assert [floods.is_over("one", at) for at in (1000.0, 1000.0, 1000.0, 0.0, 1060.0)] == [
        False,
        False,
        True,
        True,
        False,
    ]


def test_as_many_people_as_come_take_so_much_memory_and_no_more() -> None:
    floods = Floods(1, most_people=10)
    for number in range(1000):
        assert not floods.is_over(f"o{number}", 0.0)
    assert len(floods._buckets) == 10


def test_a_limit_of_nought_is_none() -> None:
    assert not any(Floods(0).is_over("one", 0.0) for _ in range(10_000))


def test_over_the_limit_nothing_is_taken_in_and_redis_hears_nothing(strict: Bot) -> None:
    flooder, honest = strict.follower("oFlooder-0000000000000000001"), strict.follower("oHonest-00000000000000000001")
    for text in ("申领", "昆明"):
        flooder.say(text)
    said = [flooder.say("菜单").text for _ in range(30)]
    assert said[-1] == wording.TOO_FAST
    name = strict.world.sessions.person_of(flooder.openid)
    before = strict.redis.get(f"{{p:{name}}}")
    with commands_counted(strict.redis) as counted:
        assert flooder.say("我已阅读").text == wording.TOO_FAST
    assert not counted.get("evalsha") and not counted.get("get") and strict.redis.get(f"{{p:{name}}}") == before
    assert "申领" in honest.say("菜单").text
    strict.clock.shift_by = lambda: timedelta(minutes=1)
    assert "已阅读" in flooder.say("继续").text or strict.world.sessions.load(name).session is not None
    assert flooder.say("菜单").text != wording.TOO_FAST


def test_that_somebody_leaves_is_heard_in_any_flood(strict: Bot) -> None:
    follower = strict.follower("oLeaves-00000000000000000001")
    for _ in range(25):
        follower.say("菜单")
    follower.unfollow()
    session = strict.world.sessions.load(strict.world.sessions.person_of(follower.openid)).session
    assert session is not None and session.reach.gone
