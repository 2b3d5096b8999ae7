"""Numbers that every process must show alike: what the last audit of the photographs found, in one Redis hash."""

from dataclasses import dataclass
from typing import Any

import redis

from storage.errors import StoreUnavailable
from storage.pending import Pending
from storage.together import Command, Together

KEY = "{meter}:photos"
BACKUP = "{meter}:backup"
TOO_LONG_S = 600
"""A photograph is judged within seconds; what waits so long has met trouble."""
_UNREADABLE = "unreadable "


@dataclass(frozen=True, slots=True)
class PhotoReadings:
    """missing, unreadable: photographs that are referred to and are not there, or do not open. `audited_at` in unix
    seconds, None before the first audit."""

    missing: int = 0
    unreadable: int = 0
    audited_at: int | None = None


@dataclass(frozen=True, slots=True)
class PhotoNumbers:
    """What is counted of photographs now. All but `pending` must read zero."""

    missing: int
    unreadable: int
    pending: int
    pending_too_long: int
    set_aside: int
    audited_at: int | None


class Meter:
    """Raises StoreUnavailable."""

    def __init__(self, client: "redis.Redis") -> None:
        self._redis = client
        self._together = Together(client)

    def record_photos(self, missing: int, unreadable: int, part: tuple[int, int], now: int) -> None:
        """The result of one audit. It looked for every photograph, but read only the `part` (number, of how many):
        what earlier audits found in the other parts still counts."""
        number, of = part
        try:
            old = [name for name in self._fields() if name.startswith(_UNREADABLE) and not name.endswith(f"/{of}")]
            gone: tuple[Command, ...] = (("HDEL", KEY, *old),) if old else ()
            read = f"{_UNREADABLE}{number}/{of}"
            self._together(*gone, ("HSET", KEY, "missing", missing, read, unreadable, "audited_at", now))
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble

    def photos(self) -> PhotoReadings:
        """The last results."""
        try:
            found = self._fields()
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
        unreadable = sum(value for name, value in found.items() if name.startswith(_UNREADABLE))
        return PhotoReadings(found.get("missing", 0), unreadable, found.get("audited_at"))

    def record_backup(self, now: int) -> None:
        """A backup is whole."""
        try:
            self._redis.set(BACKUP, now)
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble

    def backed_up_at(self) -> int | None:
        """When the last backup was whole, unix seconds; None before the first."""
        try:
            found: Any = self._redis.get(BACKUP)
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
        return int(found) if found is not None else None

    def _fields(self) -> dict[str, int]:
        found: dict[bytes, bytes] = self._redis.hgetall(KEY)  # type: ignore[assignment]
        return {name.decode(): int(value) for name, value in found.items()}


def photo_numbers(meter: Meter, pending: Pending, now: int) -> PhotoNumbers:
    """The last audit's results and the photographs on their way, the same in every process. Raises StoreUnavailable."""
    found = meter.photos()
    too_long = pending.waiting_since(now - TOO_LONG_S)
    return PhotoNumbers(
        found.missing, found.unreadable, pending.count(), too_long, pending.set_aside_count(), found.audited_at
    )
