"""Who has news that are due: given out once, found again after a death, never forgotten by a late ending."""

import pytest
import redis

from storage.embedded import EmbeddedValkey
from storage.errors import StoreUnavailable
from storage.telling import COUNTS, DUE, PAUSED, STALLED, TellingBoard
from tests.build import nobody_listens


@pytest.fixture
def board(valkey: EmbeddedValkey) -> TellingBoard:
    client = redis.Redis(unix_socket_path=str(valkey.socket))
    client.delete(DUE, PAUSED, COUNTS, STALLED)
    return TellingBoard(client)


def test_given_out_once_and_again_when_nobody_ends_it(board: TellingBoard) -> None:
    board.add("ann", 100)
    assert board.claim_due(99, 75) == []
    (errand,) = board.claim_due(100, 75)
    assert errand.person == "ann" and board.claim_due(174, 75) == []
    assert [one.person for one in board.claim_due(176, 75)] == ["ann"]


def test_an_earlier_time_stands(board: TellingBoard) -> None:
    board.add("ann", 100)
    board.add("ann", 200)
    assert len(board.claim_due(150, 75)) == 1


def test_who_was_written_down_meanwhile_is_not_crossed_out(board: TellingBoard) -> None:
    board.add("ann", 100)
    (errand,) = board.claim_due(100, 75)
    board.add("ann", 120)
    board.settle(errand, None)
    board.settle(errand, 9999)
    assert [one.person for one in board.claim_due(120, 75)] == ["ann"]


def test_crossed_out_or_put_off(board: TellingBoard) -> None:
    for name in ("ann", "bob"):
        board.add(name, 100)
    ann, bob = board.claim_due(100, 75)
    board.settle(ann, None)
    board.settle(bob, 5000)
    assert board.claim_due(4999, 75) == [] and [one.person for one in board.claim_due(5000, 75)] == ["bob"]


def test_numbers_and_pauses(board: TellingBoard) -> None:
    assert board.numbers(0).stalled is None
    board.pause("custom", 100)
    board.count("custom", "arrived")
    board.count("custom", "arrived")
    board.set_stalled(3)
    numbers = board.numbers(99)
    assert (numbers.paused, numbers.counts, numbers.stalled) == (("custom",), {("custom", "arrived"): 2}, 3)
    assert board.paused(100) == {}


def test_redis_away_is_a_store_unavailable() -> None:
    away = TellingBoard(nobody_listens())
    for call in (lambda: away.add("a", 1), lambda: away.claim_due(1, 1), lambda: away.numbers(1)):
        with pytest.raises(StoreUnavailable):
            call()
