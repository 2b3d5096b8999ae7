"""The same bot on a primary, a replica and three sentinels: the primary is killed with -9, the bot goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import create_app
from bot.config import RedisPart
from bot.jobs import make_celery
from dialogs import wording
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM, commands_counted
from tests.valkeys import Watched, started, wait_for
from tests.whole import Bot, asks_again, running, settings_for


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    servers = Watched(tmp_path / "servers")
    with started(servers):
        yield servers


@pytest.fixture
def followed(watched: Watched, tmp_path: Path) -> Iterator[Bot]:
    """A bot whose answers stand on the replica before anybody hears of them."""
    settings = settings_for(watched.url, tmp_path)
    settings = settings.model_copy(update={"redis": RedisPart(url=watched.url, wait_replicas=1)})
    with running(settings) as bot:
        yield bot


def test_after_a_fail_over_everything_acknowledged_is_there_and_nobody_restarted_anything(
    followed: Bot, watched: Watched
) -> None:
    bot = followed
    people = [bot.follower(f"oFailover-{number:018d}") for number in range(8)]
    for follower in people:
        for line in WHOLE_CLAIM[:5]:
            assert not asks_again(act(follower, line))
    watched.first.kill()
    exchange = people[0].say(WHOLE_CLAIM[5])  # before the fail-over
    assert asks_again(exchange.text) and exchange.attempts == 1
    wait_for(lambda: watched.primary() == watched.second.port and bot.world.pending.count() == 0)
    # the only copy is the new primary: no answer is taken as safe until there is a second one
    watched.first._options = ("--replicaof", "127.0.0.1", str(watched.second.port))
    watched.first.start()
    wait_for(watched.replicating)
    for follower in people:
        for line in WHOLE_CLAIM[5:]:
            said = act(follower, line)
        assert "回执号" in said
        (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
        assert (claim.answers["medical_card"], claim.answers["home_address"]) == (WHOLE_CLAIM[4], WHOLE_CLAIM[5])


def test_what_no_replica_has_is_not_called_taken(followed: Bot, watched: Watched) -> None:
    follower = followed.follower()
    act(follower, WHOLE_CLAIM[0])
    watched.second.kill()
    exchange = follower.say(WHOLE_CLAIM[1])
    assert exchange.text == wording.IN_DOUBT
    assert exchange.attempts == 1
    watched.second.start()
    wait_for(watched.replicating)
    assert "我已阅读" in act(follower, "继续")


def test_waiting_for_a_replica_takes_no_further_round_trip(followed: Bot, watched: Watched) -> None:
    follower = followed.follower()
    act(follower, WHOLE_CLAIM[0])
    with commands_counted(watched.first.client) as seen:
        act(follower, WHOLE_CLAIM[1])
    assert (seen["evalsha"], seen["wait"]) == (1, 1) and seen["get"] == 1
    assert not {"script|exists", "script|load", "multi"} & set(seen)


def test_the_queue_follows_the_primary_too_and_the_console_counts_there(followed: Bot, watched: Watched) -> None:
    app = make_celery(followed.settings, watched.url)
    app.send_task("claimbot.sweep")
    assert watched.first.client.llen("claimbot") == 1
    watched.first.kill()
    wait_for(lambda: watched.primary() == watched.second.port)
    followed.world.jobs.stopped = True

    def sent() -> bool:
        app.send_task("claimbot.sweep", retry=False)
        return True

    wait_for(lambda: _forgiving(sent))
    assert watched.second.client.llen("claimbot") >= 1
    pages = create_app(followed.settings, followed.world).test_client()
    assert pages.get("/console/login").status_code == 200


def _forgiving(deed: object) -> bool:
    from kombu.exceptions import OperationalError

    try:
        return bool(deed())  # type: ignore[operator]
    except OperationalError:
        return False
