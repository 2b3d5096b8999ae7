"""A limit of messages a person, so that nobody who floods us costs the others their answers. Kept in this process
alone: a message over the limit costs no round trip, and nothing of it is taken in (docs/decisions/0022-floods.md)."""

import threading
from collections import OrderedDict

MOST_PEOPLE = 20_000
"""Remembered at once; the one silent for longest is forgotten first, which forgives them everything."""


class Floods:
    """A bucket a person: `a_minute` messages at once, filled again in a minute. Safe to share between threads."""

    def __init__(self, a_minute: int, most_people: int = MOST_PEOPLE) -> None:
        """a_minute  0: no limit"""
        self._a_minute = a_minute
        self._most_people = most_people
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def is_over(self, openid: str, now: float) -> bool:
        """Count one message of this person, at unix seconds; whether it is one too many. Those too many are not
        counted: who sends on and on is heard again at the pace of the limit."""
        if not self._a_minute:
            return False
        with self._lock:
            left, at = self._buckets.pop(openid, (float(self._a_minute), now))
            left = min(left + max(now - at, 0.0) * self._a_minute / 60, float(self._a_minute))
            over = left < 1
            self._buckets[openid] = (left if over else left - 1, max(now, at))
            if len(self._buckets) > self._most_people:
                self._buckets.popitem(last=False)
            return over
