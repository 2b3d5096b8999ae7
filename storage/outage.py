"""Known to be away: while a store does not answer, one caller in a while tries it, and nobody else waits for it."""

import threading
import time
from collections.abc import Callable

TRY_EVERY_S = 0.25
"""Who is let through may wait for a whole time-out: few threads do at once, and a server that only stalled for a moment
is found back in a quarter of a second."""


class Outage:
    """What one process knows of one store; threads may ask at once. It ends by itself with the first that succeeds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._next_try: float | None = None

    @property
    def lasts(self) -> bool:
        """Did the last try fail?"""
        return self._next_try is not None

    def admits(self) -> bool:
        """May the store be asked now? While it is away: one caller each TRY_EVERY_S."""
        if self._next_try is None:
            return True
        with self._lock:
            now = self._clock()
            if self._next_try is not None and now < self._next_try:
                return False
            if self._next_try is not None:
                self._next_try = now + TRY_EVERY_S
            return True

    def failed(self) -> None:
        """It could not be reached, or did not answer in time."""
        with self._lock:
            self._next_try = self._clock() + TRY_EVERY_S

    def ended(self) -> None:
        """It has answered."""
        if self._next_try is not None:
            with self._lock:
                self._next_try = None
