"""Whether every machine reads the same key file: the first one leaves a mark in Redis, the others compare theirs.

With another key file a machine would know nobody: people are named with a key of it, and a person's next message would
begin a conversation anew, beside the one that another machine keeps.
"""

import redis

from storage.errors import StoreUnavailable
from storage.keyring import Keyring

KEY = "{keyring}:mark"


class SameKeys:
    """The mark tells nothing of the keys. Both raise StoreUnavailable."""

    def __init__(self, client: "redis.Redis", keyring: Keyring) -> None:
        self._redis = client
        self._mark = keyring.keyed_hash(b"which file", b"").hex()[:32].encode()

    def agreed(self) -> bool:
        """Leave our mark if there is none; False when another file's stands there."""
        try:
            self._redis.set(KEY, self._mark, nx=True)
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
        return self.known()

    def known(self) -> bool:
        """Whether no other file's mark stands there."""
        try:
            there = self._redis.get(KEY)
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
        return there in (None, self._mark)
