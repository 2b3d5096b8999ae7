"""Jobs are hints: a broker that is away or silent costs a reply a second at most, and not each reply."""

import socket
import time
from pathlib import Path

import pytest
import redis

from bot.app import connect_redis
from bot.jobs import JobQueue, make_celery
from bot.simulator.follower import Follower
from handlers.photo_job import fetch_photo, sweep
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot, settings_for

BUDGET_S = 4.0


@pytest.fixture
def hole() -> "socket.socket":
    """A port that takes connections and never says a word."""
    silent = socket.socket()
    silent.bind(("127.0.0.1", 0))
    silent.listen(8)
    return silent


@pytest.mark.parametrize("away", ["refuses", "is silent"])
@pytest.mark.parametrize("kind", ["redis", "amqp"])
def test_a_hint_never_outlasts_the_time_for_a_reply(
    tmp_path: Path, hole: "socket.socket", away: str, kind: str
) -> None:
    port = hole.getsockname()[1] if away == "is silent" else 1
    settings = settings_for("redis://127.0.0.1:1", tmp_path)
    jobs = settings.jobs.model_copy(update={"broker_url": f"{kind}://127.0.0.1:{port}//"})
    settings = settings.model_copy(update={"jobs": jobs})
    queue = JobQueue(make_celery(settings, "redis://127.0.0.1:1"), connect_redis(settings))
    began = time.monotonic()
    for _ in range(3):  # three in a row were 18 seconds
        queue.hand_over()
    assert time.monotonic() - began < BUDGET_S


def test_a_photograph_sent_while_the_broker_is_away_is_found_by_the_sweep(bot: Bot) -> None:
    follower: Follower = bot.follower()
    for line in WHOLE_CLAIM[:11]:
        act(follower, line)
    away = JobQueue(make_celery(bot.settings, "redis://127.0.0.1:1"), redis.Redis.from_url(bot.settings.redis.url))
    bot.jobs.fetch_photo = away.fetch_photo  # type: ignore[method-assign]
    exchange = follower.send_photo(b"\xff\xd8\xff" + bytes(2000))
    assert exchange.attempts == 1 and "正在检查" in exchange.text
    bot.jobs.fetch_photo = lambda person, ticket, delay_s=0: fetch_photo(bot.world, person, ticket)  # type: ignore[assignment, method-assign]
    from datetime import timedelta

    bot.clock.shift_by = lambda: timedelta(minutes=1)
    assert sweep(bot.world) == 1
    assert bot.world.pending.count() == 0
