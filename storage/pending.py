"""Photographs on their way: written before the commit, removed after the verdict. The truth; jobs are hints."""

from collections.abc import Callable
from typing import Any

import redis

from storage.errors import StoreUnavailable

KEY = "{pending}:photos"


class Pending:
    """A sorted set of "<person> <ticket>" by the time it was last tried. Raises StoreUnavailable."""

    def __init__(self, client: "redis.Redis") -> None:
        self._redis = client

    def add(self, person: str, ticket: str, now: int) -> None:
        """This photograph is being fetched since now."""
        self._do(lambda: self._redis.zadd(KEY, {f"{person} {ticket}": now}))

    def done(self, person: str, ticket: str) -> None:
        """Its verdict stands in the session."""
        self._do(lambda: self._redis.zrem(KEY, f"{person} {ticket}"))

    def overdue(self, before: int, most: int = 100) -> list[tuple[str, str]]:
        """Photographs last tried before this time: a worker died or a job was lost."""
        rows = self._do(lambda: self._redis.zrangebyscore(KEY, 0, before, start=0, num=most))
        parts = (row.decode().split(" ", 1) for row in rows)
        return [(person, ticket) for person, ticket in parts]

    def count(self) -> int:
        """How many are on their way."""
        return int(self._do(lambda: self._redis.zcard(KEY)))

    def _do(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
