"""WeChat's access_token, one for all processes: kept in Redis, renewed by one of us, and a copy in each process.

source   stable_token: service/api/base/api_getstableaccesstoken. It gives the same token until 5 minutes before its
         end, so that a second caller does no harm; what must never happen is that everybody calls, again and again.
"""

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from redis import Redis
from redis.exceptions import RedisError

Fetch = Callable[[], tuple[str, int]]
"""Asks WeChat: (token, seconds it still lives). Whatever it raises goes through to the caller."""

_MARGIN_S = 300
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


@dataclass(frozen=True, slots=True)
class TokenTimes:
    """How patient the token's keepers are with each other.

    lock_s       a holder of the lock that died is waited for no longer; above the time a call to WeChat may take
    wait_s       how long one process waits for another that is asking; past it, it asks itself
    poll_s       between two looks whether the other has finished
    renewal_s    a token that WeChat gave anew as the very same is not asked for again before
    failure_s    a failed question is not repeated before: those who waited get the same error
    """

    lock_s: float = 15.0
    wait_s: float = 6.0
    poll_s: float = 0.05
    renewal_s: float = 30.0
    failure_s: float = 2.0


class AccessToken:
    """The current access_token of one account. Safe to share between threads; works on without Redis."""

    def __init__(
        self, redis: Redis, app_id: str, times: TokenTimes | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._redis = redis
        self._key = f"wechat:token:{{{app_id}}}"
        self._lock_key = self._key + ":lock"
        self._times = times or TokenTimes()
        self._clock = clock
        self._mutex = threading.Lock()  # one thread of a process asks, the others find its answer
        self._token = ""
        self._until = 0.0
        self._insisted_at = float("-inf")  # when WeChat last gave a refused token anew as the very same
        self._failure: Exception | None = None
        self._failed_at = float("-inf")

    def current(self, fetch: Fetch) -> str:
        """A token that should be good: this process's copy, else the shared one, else a new one."""
        if self._clock() < self._until:
            return self._token
        with self._mutex:
            if self._clock() < self._until:
                return self._token
            return self._stored("") or self._asked("", fetch)

    def left_s(self) -> float | None:
        """So long the shared token is still used; None when there is none, or no Redis."""
        try:
            left_ms: int = self._redis.pttl(self._key)
        except RedisError:
            return None
        return left_ms / 1000 if left_ms > 0 else None

    def renewed(self, failing: str, fetch: Fetch) -> str:
        """A token to try after WeChat refused `failing`; `failing` itself when WeChat insists that it is the one.

        Somebody else may have renewed it long since: this process's copy and the shared one are compared first.
        """
        with self._mutex:
            now = self._clock()
            if self._token and self._token != failing and now < self._until:
                return self._token
            stored = self._stored(failing)
            if stored:
                return stored
            if self._token == failing and now - self._insisted_at < self._times.renewal_s:
                return failing
            return self._asked(failing, fetch)

    def _asked(self, failing: str, fetch: Fetch) -> str:
        """One question to WeChat, or the answer of whoever is asking just now."""
        if self._failure is not None and self._clock() - self._failed_at < self._times.failure_s:
            raise self._failure
        name = secrets.token_hex(8)
        held, found = self._locked(name, failing)
        if found:
            return found
        try:
            token, lives_s = fetch()
        except Exception as error:
            self._failure, self._failed_at = error, self._clock()
            raise
        else:
            self._failure = None
            if token == failing:
                self._insisted_at = self._clock()
            return self._kept(token, _good_for(lives_s))
        finally:
            if held:
                self._released(name)

    def _locked(self, name: str, failing: str) -> tuple[bool, str]:
        """(whether the lock is ours, the token another process brought meanwhile)."""
        give_up = self._clock() + self._times.wait_s
        try:
            while True:
                if self._redis.set(self._lock_key, name, nx=True, px=int(self._times.lock_s * 1000)):
                    found = self._stored(failing)  # between our first look and the lock somebody may have finished
                    if found:
                        self._released(name)
                    return not found, found
                if self._clock() >= give_up:
                    return False, ""
                time.sleep(self._times.poll_s)
                found = self._stored(failing)
                if found:
                    return False, found
        except RedisError:
            return False, ""  # without Redis this process asks for itself, once: the mutex is held

    def _stored(self, failing: str) -> str:
        """The shared token with time left, "" when there is none, or only the failing one, or no Redis."""
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.get(self._key)
                pipe.pttl(self._key)
                token, left_ms = pipe.execute()
        except RedisError:
            return ""
        text = token.decode() if isinstance(token, bytes) else str(token or "")
        if not text or text == failing or left_ms <= 0:
            return ""
        self._token, self._until = text, self._clock() + left_ms / 1000
        return text

    def _kept(self, token: str, good_s: int) -> str:
        self._token, self._until = token, self._clock() + good_s
        with suppress(RedisError):  # the copy in this process carries it; others ask and get the same token
            self._redis.set(self._key, token, ex=good_s)
        return token

    def _released(self, name: str) -> None:
        with suppress(RedisError):  # else it ends by itself after lock_s
            self._redis.eval(_RELEASE, 1, self._lock_key, name)


def _good_for(lives_s: int) -> int:
    """Seconds to use a token: until 5 minutes before its end; of a token near its end, half of what is left."""
    return max(lives_s - _MARGIN_S, min(lives_s // 2, 60), 1)
