"""What Redis holds of ours, out and in again: by DUMP and RESTORE of our own keys, whoever else shares the server.

A record is the length in 4 bytes and msgpack of (key, milliseconds to live or 0, DUMP). Jobs, the token, links and
counters that last minutes are left out: jobs are hints, the rest comes anew.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import redis

from storage.errors import StoreUnavailable

PEOPLE = "{p:*"
SHARED = ("{pending}:*", "{telling}:*", "{meter}:*", "{tally}:*", "{help:*", "{tries:*")
"""After the people: what a session waits for is written down before it, so it is found here or done already."""
_AT_ONCE = 200
_MARK_MOST = 40
"""Bytes of a dumped mark, at most: what is sealed is longer (storage/sessions.py)."""

Record = tuple[bytes, int, bytes]


class PeopleDump:
    """Every method raises StoreUnavailable."""

    def __init__(self, client: "redis.Redis") -> None:
        self._redis = client

    def records(self) -> Iterator[Record]:
        """Everything of ours, the people first; beside all traffic. A key may come twice."""
        for pattern in (PEOPLE, *SHARED):
            yield from self.of(self._keys(pattern))

    def of(self, keys: Iterable[bytes]) -> Iterator[Record]:
        """These keys as they are now; those that are gone are left out."""
        keys = iter(keys)
        while page := list(islice(keys, _AT_ONCE)):
            yield from self._page(page)

    def is_empty(self) -> bool:
        """Is nothing of ours here?"""
        return next((key for pattern in (PEOPLE, *SHARED) for key in self._keys(pattern)), None) is None

    def clear(self) -> None:
        """Remove everything of ours."""
        for pattern in (PEOPLE, *SHARED):
            for key in self._keys(pattern):
                self._do(lambda key=key: self._redis.delete(key))  # type: ignore[misc]

    def load(self, records: Iterable[Record]) -> int:
        """Put records back, the later of one key in place of the earlier; how many."""
        count = 0
        for key, ttl, dumped in records:
            self._do(lambda k=key, t=ttl, d=dumped: self._redis.restore(k, t, d, replace=True))  # type: ignore[misc]
            count += 1
        return count

    def _page(self, keys: list[bytes]) -> list[Record]:
        def read() -> list[Any]:
            with self._redis.pipeline(transaction=False) as pipe:
                for key in keys:
                    pipe.dump(key)
                    pipe.pttl(key)
                return list(pipe.execute())

        found = self._do(read)
        rows = zip(keys, found[::2], found[1::2], strict=True)
        return [(key, max(0, ttl), dumped) for key, dumped, ttl in rows if dumped is not None]

    def _keys(self, pattern: str) -> Iterator[bytes]:
        try:
            yield from self._redis.scan_iter(match=pattern, count=500)
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble

    def _do(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except redis.RedisError as trouble:
            raise StoreUnavailable(f"redis: {type(trouble).__name__}") from trouble


def write(path: Path, records: Iterable[Record]) -> dict[bytes, bool]:
    """Append records to a file. Their keys, each with whether only the mark stands there that a draft is parked in SQL.
    Raises StoreUnavailable."""
    encode = msgspec.msgpack.Encoder().encode
    keys = {}
    try:
        with path.open("ab") as file:
            for record in records:
                packed = encode(record)
                file.write(len(packed).to_bytes(4) + packed)
                keys[record[0]] = record[0].startswith(b"{p:") and len(record[2]) < _MARK_MOST
    except OSError as trouble:
        raise StoreUnavailable(f"{path.name}: {trouble.strerror}") from trouble
    return keys


def read(path: Path) -> Iterator[Record]:
    """The records of a file whose hash is right already."""
    decode = msgspec.msgpack.Decoder(Record).decode
    with path.open("rb") as file:
        while size := file.read(4):
            yield decode(file.read(int.from_bytes(size)))
