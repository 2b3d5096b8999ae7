"""Whether a partner is worth asking now, the same for every process: one Redis hash."""

from typing import Literal

import redis

State = Literal["closed", "half_open", "open"]
STATES: tuple[State, ...] = ("closed", "half_open", "open")

FAILURES_MOST = 5
OPEN_S = 30
"""So long nobody asks; then one process tries, for all."""
TRIAL_S = 20
"""Who tries and says nothing for so long is dead: another may."""


class Circuit:
    """Open after some failures in a row. With Redis away it is closed: it only saves waiting, nothing depends on it."""

    def __init__(self, client: "redis.Redis", name: str) -> None:
        self._redis = client
        self._key = f"{{{name}}}:circuit"
        self._trial = f"{{{name}}}:circuit:trial"

    def admits(self, now: float) -> bool:
        """May it be asked now? `now` in unix seconds."""
        state = self.state(now)
        if state != "half_open":
            return state == "closed"
        try:
            return bool(self._redis.set(self._trial, 1, nx=True, ex=TRIAL_S))
        except redis.RedisError:
            return True

    def worked(self) -> None:
        """It has answered."""
        self._done(self._key, self._trial)

    def failed(self, now: float) -> None:
        """It has not."""
        try:
            failures = int(self._redis.hincrby(self._key, "failures", 1))
            if failures >= FAILURES_MOST:
                self._redis.hset(self._key, "until", str(int(now) + OPEN_S))
        except redis.RedisError:
            return
        self._done(self._trial)

    def state(self, now: float) -> State:
        """For the numbers, and for who asks."""
        try:
            until: bytes | None = self._redis.hget(self._key, "until")  # type: ignore[assignment]
        except redis.RedisError:
            return "closed"
        if until is None:
            return "closed"
        return "open" if now < int(until) else "half_open"

    def _done(self, *keys: str) -> None:
        try:
            self._redis.delete(*keys)
        except redis.RedisError:
            return
