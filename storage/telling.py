"""What every process must know alike of telling people: who has news that are due, which ways do not work now, how
often each was taken. Redis, all under one hash tag.

A person is written down before the news are committed, and crossed out only if nobody has written them down again
meanwhile: what is due is found again whoever dies.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import redis

from storage.errors import StoreUnavailable

DUE, PAUSED, COUNTS, STALLED = (f"{{telling}}:{name}" for name in ("due", "paused", "counts", "stalled"))


@dataclass(frozen=True, slots=True)
class Errand:
    """One person to look after now; nobody else is given them before `until`."""

    person: str
    until: float


@dataclass(frozen=True, slots=True)
class TellingNumbers:
    """counts: (way, how it ended) to how often; paused: the ways that do not work now; stalled: claims that the law's
    days have gone by for, None before they were first looked for."""

    counts: dict[tuple[str, str], int]
    paused: tuple[str, ...]
    due: int
    stalled: int | None


class TellingBoard:
    """Every method raises StoreUnavailable. Times in unix seconds."""

    def __init__(self, client: "redis.Redis") -> None:
        self._redis = client
        scripts = files("storage").joinpath("scripts")
        self._claim = client.register_script(scripts.joinpath("claim_due.lua").read_text())
        self._settle = client.register_script(scripts.joinpath("settle_due.lua").read_text())

    def add(self, person: str, due: int) -> None:
        """This person has news that are due then, or earlier already."""
        self._do(lambda: self._redis.zadd(DUE, {person: due}, lt=True))

    def claim_due(self, now: int, within_s: int, most: int = 100) -> list[Errand]:
        """Those whose news are due, each handed out once within `within_s`."""
        until = now + within_s + 0.5  # half a second tells it from what `add` writes
        rows = self._do(lambda: self._claim(keys=[DUE], args=[now, until, most]))
        return [Errand(row.decode(), until) for row in rows]

    def settle(self, errand: Errand, due: int | None) -> None:
        """Look again then; None: nothing is due any more as far as this errand knows. Who was written down meanwhile
        stays so."""
        args: list[str | int | float] = [errand.person, errand.until, "" if due is None else due]
        self._do(lambda: self._settle(keys=[DUE], args=args))

    def forget(self, person: str) -> None:
        """Nothing is due for them."""
        self._do(lambda: self._redis.zrem(DUE, person))

    def pause(self, way: str, until: int) -> None:
        """This way does not work now, for nobody."""
        self._do(lambda: self._redis.hset(PAUSED, way, until))

    def paused(self, now: int) -> dict[str, int]:
        """The ways that do not work now, and until when they are left alone."""
        found = self._do(lambda: self._redis.hgetall(PAUSED))
        return {way.decode(): int(until) for way, until in found.items() if int(until) > now}

    def count(self, way: str, end: str) -> None:
        """One attempt ended so."""
        self._do(lambda: self._redis.hincrby(COUNTS, f"{way} {end}", 1))

    def set_stalled(self, count: int) -> None:
        """So many claims wait for longer than the law allows."""
        self._do(lambda: self._redis.set(STALLED, count))

    def numbers(self, now: int) -> TellingNumbers:
        """For /metrics and `claimbot check`."""
        counts = self._do(lambda: self._redis.hgetall(COUNTS))
        stalled = self._do(lambda: self._redis.get(STALLED))
        found = {}
        for name, count in counts.items():
            way, _, end = name.decode().partition(" ")
            found[way, end] = int(count)
        due = int(self._do(lambda: self._redis.zcard(DUE)))
        return TellingNumbers(found, tuple(self.paused(now)), due, int(stalled) if stalled is not None else None)

    def _do(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
