from collections.abc import Iterator

import pytest
import redis

from storage.embedded import EmbeddedValkey
from storage.errors import StoreUnavailable
from storage.meter import KEY, Meter, PhotoReadings
from tests.build import nobody_listens


@pytest.fixture
def meter(valkey: EmbeddedValkey) -> Iterator[Meter]:
    client = redis.Redis(unix_socket_path=str(valkey.socket))
    client.delete(KEY)
    yield Meter(client)
    client.delete(KEY)


def test_before_the_first_audit_nothing_is_known(meter: Meter) -> None:
    assert meter.photos() == PhotoReadings(0, 0, None)


def test_every_process_reads_what_one_has_recorded(meter: Meter, valkey: EmbeddedValkey) -> None:
    meter.record_photos(missing=2, unreadable=1, part=(0, 1), now=1_700_000_000)
    assert Meter(redis.Redis(unix_socket_path=str(valkey.socket))).photos() == PhotoReadings(2, 1, 1_700_000_000)


def test_what_one_part_found_counts_until_that_part_is_read_again(meter: Meter) -> None:
    meter.record_photos(0, 3, (1, 4), 100)
    meter.record_photos(0, 0, (2, 4), 200)
    meter.record_photos(0, 1, (3, 4), 300)
    assert meter.photos() == PhotoReadings(0, 4, 300)
    meter.record_photos(0, 0, (1, 4), 400)
    assert meter.photos().unreadable == 1
    meter.record_photos(0, 0, (0, 1), 500)
    assert meter.photos() == PhotoReadings(0, 0, 500)


def test_redis_away_is_a_store_unavailable() -> None:
    meter = Meter(nobody_listens())
    for deed in (meter.photos, lambda: meter.record_photos(0, 0, (0, 1), 1)):
        with pytest.raises(StoreUnavailable):
            deed()
