"""Numbers for Prometheus at /metrics: no person, no content."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram


class Meters:
    """The counters of one process, each app with its own registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._rejected = Counter(
            "claimbot_rejected_total", "Requests that are not WeChat's", ["reason"], registry=self.registry
        )
        self._defects = Counter("claimbot_defects_total", "Turns that ended in an apology", registry=self.registry)
        self._turns = Histogram("claimbot_turn_seconds", "One message answered", registry=self.registry)

    def rejected(self, reason: str) -> None:
        """A request refused before it was a message; `reason` is one of a few fixed words."""
        self._rejected.labels(reason).inc()

    def defect(self) -> None:
        """A turn failed by a fault of ours."""
        self._defects.inc()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Time one turn."""
        with self._turns.time():
            yield
