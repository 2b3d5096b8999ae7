"""access_token, both families: the old `token` and `stable_token`, valid side by side."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot.simulator.errors import WeChatSays

LIFE_S = 7200
GRACE_S = 300  # an old-family token outlives its successor's birth by about so much
RENEW_BEFORE_S = 300  # stable_token hands out a new one this long before the end
OLD_PER_DAY = 2000
FORCED_PER_DAY = 20
FORCED_APART_S = 30
DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Issued:
    """A token and when it dies, in unix seconds."""

    token: str
    until: float


class Tokens:
    """Issues and checks. Threads may come at once."""

    def __init__(self, app_id: str, app_secret: str, now: Callable[[], float]) -> None:
        self._app_id, self._secret, self._now = app_id, app_secret, now
        self._lock = threading.Lock()
        self._old: Issued | None = None
        self._stable: Issued | None = None
        self._valid: dict[str, float] = {}
        self._expired: set[str] = set()
        self._superseded: set[str] = set()
        self._issued_old: list[float] = []
        self._forced: list[float] = []

    def credential(self, app_id: str, secret: str, grant_type: str) -> None:
        """Raises WeChatSays for a wrong grant_type, appid or secret."""
        if grant_type != "client_credential":
            raise WeChatSays(40002)
        if not app_id:
            raise WeChatSays(41002)
        if app_id != self._app_id:
            raise WeChatSays(40013)
        if not secret:
            raise WeChatSays(41004)
        if secret != self._secret:
            raise WeChatSays(40125)

    def old(self) -> tuple[str, int]:
        """GET cgi-bin/token: always a new one; the one before dies after the grace."""
        with self._lock:
            now = self._now()
            self._issued_old = [at for at in self._issued_old if now - at < DAY_S]
            if len(self._issued_old) >= OLD_PER_DAY:
                raise WeChatSays(45009)
            self._issued_old.append(now)
            if self._old and self._old.token in self._valid:
                self._superseded.add(self._old.token)
                self._valid[self._old.token] = min(self._valid[self._old.token], now + GRACE_S)
            self._old = self._issue(now)
            return self._old.token, LIFE_S

    def stable(self, force_refresh: bool = False) -> tuple[str, int]:
        """POST cgi-bin/stable_token: the same one until 5 minutes before its end, and the seconds it has left."""
        with self._lock:
            now = self._now()
            held = self._stable if self._stable and self._stable.token in self._valid else None
            if force_refresh:
                self._count_forced(now)
                if held:
                    del self._valid[held.token]
                held = None
            if held is None or held.until - now <= RENEW_BEFORE_S:
                held = self._stable = self._issue(now)
            return held.token, int(held.until - now)

    def check(self, token: str) -> None:
        """Raises WeChatSays 41001, 40014, 40001 or 42001."""
        if not token:
            raise WeChatSays(41001)
        with self._lock:
            until = self._valid.get(token)
            if until is None:
                if token in self._expired:
                    raise WeChatSays(42001)
                raise WeChatSays(40001 if len(token) >= 32 else 40014)
            if until <= self._now():
                del self._valid[token]
                if token in self._superseded:
                    raise WeChatSays(40001)
                self._expired.add(token)
                raise WeChatSays(42001)

    def expire(self) -> None:
        """As if two hours had passed: every token answers 42001."""
        with self._lock:
            self._expired |= set(self._valid)
            self._valid.clear()

    def revoke(self) -> None:
        """As if somebody else had fetched one: every token answers 40001."""
        with self._lock:
            self._valid.clear()

    def _count_forced(self, now: float) -> None:
        self._forced = [at for at in self._forced if now - at < DAY_S]
        if len(self._forced) >= FORCED_PER_DAY:
            raise WeChatSays(45009)
        if self._forced and now - self._forced[-1] < FORCED_APART_S:
            raise WeChatSays(45011)
        self._forced.append(now)

    def _issue(self, now: float) -> Issued:
        issued = Issued(f"90_{secrets.token_urlsafe(112)}", now + LIFE_S)
        self._valid[issued.token] = issued.until
        return issued
