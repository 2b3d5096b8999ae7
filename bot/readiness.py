"""Whether this process can do all its work now: which of its stores answer. Cheap, and asked of them once a second."""

import threading
import time
from collections.abc import Callable, Mapping

from handlers.world import World
from storage.errors import KeyringError, StoreUnavailable
from storage.keyring import Keyring

KEPT_S = 1.0


class Readiness:
    """Threads may ask at once: one looks, the others hear what it found before."""

    def __init__(self, checks: Mapping[str, Callable[[], object]], clock: Callable[[], float] = time.monotonic) -> None:
        """checks: each raises StoreUnavailable or KeyringError when its part is away. The first look is made when it is
        first asked."""
        self._checks = checks
        self._clock = clock
        self._looking = threading.Lock()
        self._away: tuple[str, ...] | None = None
        self._looked_at = float("-inf")

    @property
    def parts(self) -> tuple[str, ...]:
        """What is looked at."""
        return tuple(self._checks)

    def away(self) -> tuple[str, ...]:
        """The parts that do not work, by name alone."""
        if self._away is not None and self._clock() - self._looked_at < KEPT_S:
            return self._away
        if not self._looking.acquire(blocking=self._away is None):
            return self._away or ()
        try:
            self._away = tuple(name for name, check in self._checks.items() if not _works(check))
            self._looked_at = self._clock()
            return self._away
        finally:
            self._looking.release()


def checks_of(world: World, keyring: Keyring) -> Mapping[str, Callable[[], object]]:
    """What a web process needs. Photographs are the workers' matter: `claimbot check` and the metrics tell of them."""
    return {
        "redis": world.pending.count,
        "database": world.erasures.look,
        "keys": lambda: keyring.seal(b"", b"ready"),
        "programmes": lambda: world.knowledge.programmes,
    }


def _works(check: Callable[[], object]) -> bool:
    try:
        check()
    except (StoreUnavailable, KeyringError):
        return False
    return True
