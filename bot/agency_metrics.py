"""Numbers of the agency's platform for /metrics, the same in every process."""

from collections.abc import Iterator
from datetime import timedelta

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from handlers.world import World
from storage.circuit import STATES, Circuit
from storage.errors import StoreUnavailable

LATE = timedelta(minutes=10)


class AgencyGauges(Collector):
    """Read anew at each scrape; with the database away the counts are absent, never old."""

    def __init__(self, world: World, circuit: Circuit) -> None:
        self._world = world
        self._circuit = circuit

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read when the app is built."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The circuit and the claims on their way."""
        now = self._world.clock()
        state = STATES.index(self._circuit.state(now.timestamp()))
        yield GaugeMetricFamily(
            "claimbot_agency_circuit", "0 closed: it is asked; 1 one tries; 2 open: nobody asks", state
        )
        try:
            counts = self._world.handovers.counts(now - LATE)
        except StoreUnavailable:
            return
        for name, meaning in (
            ("waiting", "Claims of which the agency is to be told something"),
            ("late", "Of these, claims it has not had for more than ten minutes; must be 0"),
            ("refused", "Claims that need an operator: the agency does not take them; must be 0"),
        ):
            yield GaugeMetricFamily(f"claimbot_handovers_{name}", meaning, counts[name])
