"""Numbers for Prometheus at /metrics: no person, no content."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dialogs.pushing import WAYS
from storage.errors import StoreUnavailable
from storage.meter import PhotoNumbers
from storage.telling import TellingNumbers

SHARED_METERS = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus_client's own variable: where the processes of one server add up what they count."""


class Meters:
    """The counters of one process, each app with its own registry."""

    def __init__(self, shared: str = "") -> None:
        """`shared`: the folder in which the processes of one server add up their counters (prometheus_client's
        PROMETHEUS_MULTIPROC_DIR, set before that is imported); "" for one process."""
        self.registry = CollectorRegistry()
        self._shared = shared
        own = None if shared else self.registry
        self._rejected = Counter("claimbot_rejected_total", "Requests that are not WeChat's", ["reason"], registry=own)
        self._defects = Counter("claimbot_defects_total", "Turns that ended in an apology", registry=own)
        self._degraded = Counter(
            "claimbot_degraded_replies_total", "Messages answered without a store that was away", registry=own
        )
        self._flooded = Counter(
            "claimbot_flooded_total", "Messages not taken in: their sender sent too many", registry=own
        )
        self._turns = Histogram("claimbot_turn_seconds", "One message answered", registry=own)

    def exposition(self) -> bytes:
        """All of them as Prometheus reads it: the counters of every process of this server, the gauges read now."""
        if not self._shared:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, path=self._shared)  # type: ignore[no-untyped-call]
        return generate_latest(together) + generate_latest(self.registry)

    def degraded(self) -> None:
        """A message was answered with what can be said while a store is away."""
        self._degraded.inc()

    def rejected(self, reason: str) -> None:
        """A request refused before it was a message; `reason` is one of a few fixed words."""
        self._rejected.labels(reason).inc()

    def flooded(self) -> None:
        """A message was one too many of its sender."""
        self._flooded.inc()

    def defect(self) -> None:
        """A turn failed by a fault of ours."""
        self._defects.inc()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Time one turn."""
        with self._turns.time():
            yield


class PhotoGauges(Collector):
    """Numbers of photographs, read anew at each scrape from where every process reads them. Redis away: only
    claimbot_meter_up 0, so that an alert on absence or on it fires and no old number is shown as today's."""

    def __init__(self, read: Callable[[], PhotoNumbers]) -> None:
        self._read = read

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read when the app is built."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge a number."""
        try:
            numbers = self._read()
        except StoreUnavailable:
            yield GaugeMetricFamily("claimbot_meter_up", "Whether the shared numbers could be read", 0)
            return
        yield GaugeMetricFamily("claimbot_meter_up", "Whether the shared numbers could be read", 1)
        for name, meaning, value in (
            ("photos_missing", "Photographs that a claim refers to and the store does not have; must be 0",
             numbers.missing),
            ("photos_unreadable", "Photographs that are stored and do not open; must be 0", numbers.unreadable),
            ("photos_pending", "Photographs on their way", numbers.pending),
            ("photos_pending_too_long", "Photographs on their way for too long; must be 0", numbers.pending_too_long),
            ("photos_set_aside", "Photographs given up after every try; must be 0", numbers.set_aside),
        ):  # fmt: skip
            yield GaugeMetricFamily(f"claimbot_{name}", meaning, value)
        if numbers.audited_at is not None:
            yield GaugeMetricFamily(
                "claimbot_photos_audited_timestamp_seconds", "When all photographs were last audited, unix time",
                numbers.audited_at,
            )  # fmt: skip


class TellingGauges(Collector):
    """How people were told outside replies, and claims that wait for too long; read anew at each scrape. Redis away:
    nothing, as claimbot_meter_up says."""

    def __init__(self, read: Callable[[], TellingNumbers]) -> None:
        self._read = read

    def describe(self) -> list[Metric]:
        """Nothing is read when the app is built."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One family a number."""
        try:
            numbers = self._read()
        except StoreUnavailable:
            return
        told = CounterMetricFamily(
            "claimbot_told", "Attempts to tell people outside a reply, by way and how they ended", labels=["way", "end"]
        )
        for (way, end), count in sorted(numbers.counts.items()):
            told.add_metric([way, end], count)
        yield told
        paused = GaugeMetricFamily(
            "claimbot_telling_paused", "Ways that WeChat refuses for everybody; must be 0", labels=["way"]
        )
        for way in WAYS:
            paused.add_metric([way], way in numbers.paused)
        yield paused
        yield GaugeMetricFamily("claimbot_telling_due", "People who have news on their way to them", numbers.due)
        if numbers.stalled is not None:
            yield GaugeMetricFamily(
                "claimbot_claims_stalled", "Claims not decided ten working days after receipt; must be 0",
                numbers.stalled,
            )  # fmt: skip
