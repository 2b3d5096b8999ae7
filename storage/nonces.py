"""Requests that a partner has signed, remembered while their signature is fresh."""

import hashlib

import redis

from storage.errors import StoreUnavailable

KEPT_S = 900
"""Longer than a signature is taken, before and after its time."""


class Nonces:
    """Raises StoreUnavailable."""

    def __init__(self, client: "redis.Redis") -> None:
        self._redis = client

    def is_same_deed(self, nonce: str, body: bytes) -> bool:
        """Remember the body under this nonce; False when the nonce was used for another one."""
        name = "nonce:" + hashlib.sha256(nonce.encode()).hexdigest()[:32]
        mark = hashlib.sha256(body).hexdigest()
        try:
            if self._redis.set(name, mark, nx=True, ex=KEPT_S):
                return True
            before: bytes | None = self._redis.get(name)  # type: ignore[assignment]
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
        return before is None or before.decode() == mark
