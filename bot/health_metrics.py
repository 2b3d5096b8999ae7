"""Numbers of the machine and its stores for /metrics: what is near its end before people notice."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.readiness import Readiness
from dialogs.status import STATUSES, Status
from storage.access_token import AccessToken
from storage.claim_numbers import ClaimNumbers
from storage.errors import StoreUnavailable
from storage.meter import Meter
from storage.pending import Pending

CLAIMS_KEPT_S = 60.0
"""Counting claims reads all their events: not at each scrape."""


class HealthGauges(Collector):
    """Read anew at each scrape; what cannot be read is absent, never old."""

    def __init__(
        self, readiness: Readiness, pending: Pending, meter: Meter, claims: ClaimNumbers, token: AccessToken,
        data_dir: Path, jobs_waiting: Callable[[], int | None], now: Callable[[], float],
    ) -> None:  # fmt: skip
        self._readiness = readiness
        self._pending = pending
        self._meter = meter
        self._claims = _Claims(claims)
        self._token = token
        self._data_dir = data_dir
        self._jobs_waiting = jobs_waiting
        self._now = now

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read when the app is built."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One family a number."""
        away = self._readiness.away()
        up = GaugeMetricFamily("claimbot_part_up", "Whether this process reaches what it needs", labels=["part"])
        for part in self._readiness.parts:
            up.add_metric([part], part not in away)
        yield up
        disk = os.statvfs(self._data_dir)
        yield GaugeMetricFamily(
            "claimbot_disk_free_bytes", "Room left where data_dir lies", disk.f_bavail * disk.f_frsize
        )
        if "redis" not in away:
            yield from self._of_redis()
        if "database" not in away:
            yield from self._claims.collect()

    def _of_redis(self) -> Iterator[GaugeMetricFamily]:
        now = self._now()
        try:
            oldest = self._pending.oldest_since()
            backup_at = self._meter.backed_up_at()
            waiting = self._jobs_waiting()
        except StoreUnavailable:
            return
        age = max(0.0, now - oldest) if oldest is not None else 0.0
        yield GaugeMetricFamily("claimbot_photos_pending_oldest_seconds", "Age of the longest awaited photograph", age)
        if backup_at is not None:
            yield GaugeMetricFamily(
                "claimbot_backup_timestamp_seconds", "When the last backup was finished, unix time", backup_at
            )
        if waiting is not None:
            yield GaugeMetricFamily("claimbot_jobs_waiting", "Jobs that no worker has taken yet", waiting)
        left_s = self._token.left_s()
        if left_s is not None:
            yield GaugeMetricFamily(
                "claimbot_token_expiry_timestamp_seconds", "Until when the shared access_token is used, unix time",
                now + left_s,
            )  # fmt: skip


class _Claims:
    """Filed claims by where they stand, counted once in a while."""

    def __init__(self, numbers: ClaimNumbers) -> None:
        self._numbers = numbers
        self._counts: Mapping[Status, int] = {}
        self._counted_at = float("-inf")

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if time.monotonic() - self._counted_at > CLAIMS_KEPT_S:
            try:
                self._counts = self._numbers.all_by_status()
            except StoreUnavailable:
                return
            self._counted_at = time.monotonic()
        family = GaugeMetricFamily("claimbot_claims", "Filed claims by where they stand", labels=["status"])
        for status in STATUSES:
            family.add_metric([status], self._counts.get(status, 0))
        yield family
