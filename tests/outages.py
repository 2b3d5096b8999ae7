"""A bot on servers of its own, and ways in which each of them is really away."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass

import redis

from bot.simulator.faults import Fault
from bot.simulator.follower import Follower
from storage import embedded
from storage.database import FILE_NAME
from storage.outage import TRY_EVERY_S
from tests.test_conversations import act
from tests.whole import Bot


@dataclass
class House:
    """A bot on a Valkey of its own. `ann` is asked for her bank account, `bob` has filed."""

    bot: Bot
    server: embedded.EmbeddedValkey
    ann: Follower
    bob: Follower
    receipt: str

    @property
    def answers(self) -> dict[str, str]:
        session = self.bot.world.sessions.load(self.bot.world.sessions.person_of(self.ann.openid)).session
        assert session is not None and session.draft is not None
        return session.draft.answers

    def says(self, line: str, who: str = "ann") -> str:
        """Answered at the first try: the simulated WeChat hangs up after five seconds and repeats, as the real one."""
        follower = self.ann if who == "ann" else self.bob
        before = len(follower.exchanges)
        text = act(follower, line)
        assert all(one.attempts == 1 and not one.failed for one in follower.exchanges[before:]), line
        return text


@contextmanager
def redis_gone(house: House) -> Iterator[None]:
    house.server.stop()
    yield
    house.server = embedded.start(house.bot.settings.paths.data_dir)


@contextmanager
def redis_frozen(house: House) -> Iterator[None]:
    assert house.server.process is not None
    os.kill(house.server.process.pid, signal.SIGSTOP)
    yield
    os.kill(house.server.process.pid, signal.SIGCONT)
    redis.Redis.from_url(house.server.url).ping()
    assert wait_known_back(house)


def wait_known_back(house: House) -> bool:
    """As if the time had gone by after which the next one is let through."""
    outage = house.bot.world.sessions._outage
    outage._next_try = outage._next_try and outage._next_try - TRY_EVERY_S
    return True


@contextmanager
def redis_set(house: House, **settings: object) -> Iterator[None]:
    client = redis.Redis.from_url(house.server.url)
    before = {name: client.config_get(name)[name] for name in settings}
    for name, value in settings.items():
        client.config_set(name, value)
    yield
    for name, value in before.items():
        client.config_set(name, value)


@contextmanager
def redis_full(house: House) -> Iterator[None]:
    with redis_set(house, maxmemory=1):
        yield


@contextmanager
def redis_a_replica(house: House) -> Iterator[None]:
    client = redis.Redis.from_url(house.server.url)
    client.replicaof("127.0.0.1", 1)
    yield
    client.replicaof("NO", "ONE")


@contextmanager
def redis_without_quorum(house: House) -> Iterator[None]:
    """NOREPLICAS: a primary that would lose what it takes refuses to take it."""
    with redis_set(house, **{"min-replicas-to-write": 1}):
        yield


@contextmanager
def sql_gone(house: House) -> Iterator[None]:
    path = house.bot.settings.paths.data_dir / FILE_NAME
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    yield
    path.rmdir()
    path.with_suffix(".away").rename(path)


@contextmanager
def sql_locked(house: House) -> Iterator[None]:
    path = house.bot.settings.paths.data_dir / FILE_NAME
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield
        holder.execute("ROLLBACK")


@contextmanager
def both_gone(house: House) -> Iterator[None]:
    with redis_gone(house), sql_gone(house):
        yield


@contextmanager
def photos_gone(house: House) -> Iterator[None]:
    folder = house.bot.settings.paths.data_dir / "photos"
    folder.rename(folder.with_suffix(".away"))
    folder.touch()
    yield
    folder.unlink()
    folder.with_suffix(".away").rename(folder)


@contextmanager
def token_refused(house: House) -> Iterator[None]:
    house.bot.platform.faults.add(
        Fault("errcode", path="stable_token", errcode=40164, errmsg="invalid ip 203.0.113.9", times=-1)
    )
    yield
    house.bot.platform.faults.clear()


Outage = Callable[[House], AbstractContextManager[None]]
