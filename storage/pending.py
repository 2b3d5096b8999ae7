"""Photographs on their way: written before the commit, removed after the verdict. The truth; jobs are hints.

Redis, all under one hash tag: when each is to be handed to a worker (again), since when it waits, how often a worker
began on it without ending well, how often it ended well but without a picture, and those set aside for good.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import redis

from storage.errors import StoreUnavailable
from storage.together import Command, Together

DUE, SINCE, BEGUN, FAILED, ASIDE = (f"{{pending}}:{name}" for name in ("photos", "since", "begun", "failed", "aside"))
ASIDE_MOST = 1000
"""Older ones are forgotten first: by then somebody has looked."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One worker begins on one photograph.

    begun   attempts in a row, this one included, that did not end well: a worker that died, a defect of ours
    failed  attempts that ended well but without a picture: WeChat or a store was away
    """

    begun: int
    failed: int


class Pending:
    """The index of pending photographs. Every method raises StoreUnavailable. Times in unix seconds."""

    def __init__(self, client: "redis.Redis") -> None:
        self._redis = client
        self._together = Together(client)
        self._claim = client.register_script(files("storage").joinpath("scripts", "claim_due.lua").read_text())

    def add(self, person: str, ticket: str, now: int, due: int) -> None:
        """This photograph waits since now; a worker that has not begun on it by `due` never got the hint."""
        member = _member(person, ticket)
        self._all(("ZADD", DUE, due, member), ("ZADD", SINCE, "NX", now, member))

    def begin(self, person: str, ticket: str, until: int) -> Attempt:
        """A worker takes it up, and is thought dead when it has not ended by `until`."""
        member = _member(person, ticket)
        _, begun, failed = self._all(
            ("ZADD", DUE, "XX", until, member), ("HINCRBY", BEGUN, member, 1), ("HGET", FAILED, member)
        )
        return Attempt(int(begun), int(failed or 0))

    def later(self, person: str, ticket: str, due: int, *, ended_well: bool) -> None:
        """Try again then. `ended_well`: the trouble lies outside, not with this photograph."""
        member = _member(person, ticket)
        well: tuple[Command, ...] = (("HDEL", BEGUN, member), ("HINCRBY", FAILED, member, 1))
        self._all(("ZADD", DUE, "XX", due, member), *(well if ended_well else ()))

    def done(self, person: str, ticket: str) -> None:
        """Its verdict stands in the session."""
        self._all(*_crossed_out(_member(person, ticket)))

    def set_aside(self, person: str, ticket: str, now: int) -> None:
        """No worker gets it again: it has broken too many. Somebody must look."""
        member = _member(person, ticket)
        oldest: Command = ("ZREMRANGEBYRANK", ASIDE, 0, -ASIDE_MOST - 1)
        self._all(("ZADD", ASIDE, now, member), oldest, *_crossed_out(member))

    def forget(self, person: str, up_to: int) -> int:
        """Cross out what a person sent until then, also what was set aside; how many. What came later stays."""
        mine = f"{person} ".encode()
        found = {
            member
            for index in (SINCE, ASIDE)
            for member in self._do(lambda index=index: self._redis.zrangebyscore(index, "-inf", up_to))  # type: ignore[misc]
            if member.startswith(mine)
        }
        for member in found:
            text = member.decode()
            self._all(("ZREM", ASIDE, text), *_crossed_out(text))
        return len(found)

    def claim_due(self, now: int, until: int, most: int = 100) -> list[tuple[str, str]]:
        """Those that are due, each handed out once: nobody else gets it before `until`."""
        rows = self._do(lambda: self._claim(keys=[DUE], args=[now, until, most]))
        return [_parts(row) for row in rows]

    def count(self) -> int:
        """How many are on their way."""
        return int(self._do(lambda: self._redis.zcard(DUE)))

    def waiting_since(self, before: int) -> int:
        """How many wait since before then."""
        return int(self._do(lambda: self._redis.zcount(SINCE, "-inf", before)))

    def oldest_since(self) -> int | None:
        """Since when the longest waiting one waits; None when none does."""
        found = self._do(lambda: self._redis.zrange(SINCE, 0, 0, withscores=True))
        return int(found[0][1]) if found else None

    def set_aside_count(self) -> int:
        """How many were set aside and not looked at."""
        return int(self._do(lambda: self._redis.zcard(ASIDE)))

    def aside(self) -> list[tuple[str, str]]:
        """(person, ticket) of those set aside, oldest first."""
        return [_parts(row) for row in self._do(lambda: self._redis.zrange(ASIDE, 0, -1))]

    def seen_to(self) -> int:
        """Somebody has looked at those set aside; how many they were."""
        count, _ = self._all(("ZCARD", ASIDE), ("DEL", ASIDE))
        return int(count)

    def _all(self, *commands: Command) -> list[Any]:
        """Several commands, all or nothing, in one round trip."""
        found: list[Any] = self._do(lambda: self._together(*commands))
        return found

    def _do(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble


def _crossed_out(member: str) -> tuple[Command, ...]:
    return (("ZREM", DUE, member), ("ZREM", SINCE, member), ("HDEL", BEGUN, member), ("HDEL", FAILED, member))


def _member(person: str, ticket: str) -> str:
    return f"{person} {ticket}"


def _parts(row: bytes) -> tuple[str, str]:
    person, ticket = row.decode().split(" ", 1)
    return person, ticket
