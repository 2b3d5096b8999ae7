"""Links by which a person fetches their own data: short-lived, opened a few times at most, tokens kept as hashes."""

import hashlib
import re
import secrets
from importlib.resources import files

import redis

from storage.errors import StoreUnavailable
from storage.together import Together

TOKEN_BYTES = 32
LIVES_S = 15 * 60
OPENS = 3
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class ExportLinks:
    """`base_url`: the account's public address, "" without one: no links are made then.
    Every method raises StoreUnavailable."""

    def __init__(self, client: "redis.Redis", base_url: str) -> None:
        self._redis = client
        self._together = Together(client)
        self._base_url = base_url.rstrip("/")
        self._open = client.register_script(files("storage").joinpath("scripts", "open_link.lua").read_text())

    @property
    def possible(self) -> bool:
        """Can a link be made?"""
        return bool(self._base_url)

    def issue(self, person: str) -> str:
        """A fresh link for this person (a pseudonym)."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        key = _key(token)
        try:
            self._together(("HSET", key, "person", person, "left", OPENS), ("EXPIRE", key, LIVES_S))
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
        return f"{self._base_url}/export/{token}"

    def is_live(self, token: str) -> bool:
        """Whether it may still be opened; looking opens nothing."""
        if not _TOKEN.fullmatch(token):
            return False
        try:
            left = self._redis.hget(_key(token), "left")
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
        return left is not None and int(left) > 0

    def open(self, token: str) -> str | None:
        """The person it is for; one opening less is left. None: wrong, over, or opened too often."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            person = self._open(keys=[_key(token)])
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
        return person.decode() if person else None


def _key(token: str) -> str:
    return f"{{export}}:{hashlib.sha256(token.encode()).hexdigest()}"
