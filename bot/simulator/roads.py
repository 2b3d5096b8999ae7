"""What goes wrong with pushes on their way to the bot, on order: by Python (`platform.roads.add`), by HTTP or by page
(`orders`)."""

import threading
import time
from dataclasses import dataclass, field, replace
from typing import Literal

Kind = Literal[
    "lost",  # the bot answers, but WeChat never hears it: after the patience the push is repeated
    "overlap",  # after delay_s the repeat is sent though the first is still unanswered; the later answer counts
    "hold",  # leaves delay_s late: what was sent after it comes before it
    "gather",  # waits for others, at most delay_s; then all leave at the same moment
    "cut",  # half of the body arrives, then the line drops; repeated
    "slow",  # the body takes delay_s to arrive
    "skew",  # signed and dated offset_s away from the true time
]
KINDS: tuple[Kind, ...] = ("lost", "overlap", "hold", "gather", "cut", "slow", "skew")
FOR_EVER = -1


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing to go wrong.

    match     only pushes of this follower, or whose XML holds this; "" meets every one
    times     how many pushes; -1 for ever
    delay_s   how long, where the kind says so
    offset_s  of "skew"; the bot takes 300 either way
    many      of "gather": so many leave together
    until     over at this moment of time.monotonic(); 0 never
    """

    kind: Kind
    match: str = ""
    times: int = 1
    delay_s: float = 0.0
    offset_s: int = 0
    many: int = 2
    until: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind: {self.kind!r}")


@dataclass
class _Gathering:
    """Pushes that wait for each other."""

    left: int
    full: threading.Event = field(default_factory=threading.Event)


class Roads:
    """The orders, first come first served. Threads may come at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Trouble] = []
        self._gathering: _Gathering | None = None
        self.met: list[str] = []
        """The kind of every trouble that struck."""

    def add(self, trouble: Trouble, lasts_s: float = 0.0) -> None:
        """`lasts_s`: over after so many seconds, whether it struck or not."""
        with self._lock:
            self._waiting.append(replace(trouble, until=time.monotonic() + lasts_s) if lasts_s else trouble)

    def clear(self) -> None:
        with self._lock:
            self._waiting = []

    def waiting(self) -> tuple[Trouble, ...]:
        with self._lock:
            self._forget_old()
            return tuple(self._waiting)

    def take(self, sender: str, xml: str) -> Trouble | None:
        """The trouble that meets this push, used once."""
        with self._lock:
            self._forget_old()
            for at, trouble in enumerate(self._waiting):
                if trouble.match and trouble.match != sender and trouble.match not in xml:
                    continue
                if trouble.times == 1:
                    del self._waiting[at]
                elif trouble.times > 1:
                    self._waiting[at] = replace(trouble, times=trouble.times - 1)
                self.met.append(trouble.kind)
                return trouble
        return None

    def gather(self, trouble: Trouble) -> None:
        """Wait until the burst is complete, at most delay_s."""
        with self._lock:
            if self._gathering is None:
                self._gathering = _Gathering(trouble.many)
            mine = self._gathering
            mine.left -= 1
            if mine.left <= 0:
                self._gathering = None
                mine.full.set()
        mine.full.wait(trouble.delay_s)
        with self._lock:
            if self._gathering is mine:
                self._gathering = None

    def _forget_old(self) -> None:
        now = time.monotonic()
        self._waiting = [one for one in self._waiting if not one.until or one.until > now]
