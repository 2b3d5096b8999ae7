"""Codes by which a second phone joins a claim, and how often somebody tried one. Each key has a hash tag of its own."""

import secrets
from collections.abc import Callable
from typing import Any

import redis

from storage.errors import StoreUnavailable
from storage.keyring import Keyring
from storage.together import Together

TRIES_MOST = 5
TRIES_KEPT_S = 3600


class HelpCodes:
    """Redis knows a code only as a keyed hash. Every method raises StoreUnavailable."""

    def __init__(self, client: "redis.Redis", keyring: Keyring) -> None:
        self._redis = client
        self._together = Together(client)
        self._keyring = keyring

    def offer(self, owner: str, help_id: str, lasts_s: int, digits: int) -> str:
        """A fresh code of so many digits that leads to this owner (a pseudonym)."""
        while True:
            code = f"{secrets.randbelow(10**digits):0{digits}}"
            value = f"{owner} {help_id}"
            if self._do(lambda: self._redis.set(self._key(code), value, nx=True, ex=lasts_s)):  # noqa: B023
                return code

    def whose(self, code: str) -> tuple[str, str] | None:
        """(owner, help_id) of a code; None when there is none, or none any more."""
        value = self._do(lambda: self._redis.get(self._key(code)))
        if not value:
            return None
        owner, help_id = value.decode().split(" ", 1)
        return owner, help_id

    def may_try(self, person: str) -> bool:
        """Count one try; False when this person has had too many within the hour."""
        key = f"{{tries:{person}}}"

        tries, _ = self._do(lambda: self._together(("INCR", key), ("EXPIRE", key, TRIES_KEPT_S, "NX")))
        return int(tries) <= TRIES_MOST

    def forgive(self, person: str) -> None:
        """The last try was right."""
        self._do(lambda: self._redis.delete(f"{{tries:{person}}}"))

    def _key(self, code: str) -> str:
        return f"{{help:{self._keyring.keyed_hash(b'help code', code.encode()).hex()[:32]}}}"

    def _do(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
