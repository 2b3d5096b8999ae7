"""Deliveries move forward only, whoever moves them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import migrations
from storage.database import open_engine
from storage.deliveries import Deliveries, State

AT = datetime(2026, 7, 3, tzinfo=UTC)
RANK = {"made": 0, "inbox": 0, "sending": 1, "accepted": 2, "delivered": 3, "failed": 3}
STATES: tuple[State, ...] = ("made", "sending", "accepted", "delivered", "failed", "inbox")


@pytest.fixture
def deliveries(tmp_path: Path) -> Deliveries:
    engine = open_engine("", tmp_path)
    migrations.upgrade(engine)
    return Deliveries(engine)


def states(deliveries: Deliveries, person: str = "p") -> list[tuple[str, str]]:
    return [(one.way, one.state) for one in deliveries.of(person)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(STATES), max_size=8), st.integers(0, 10**9))
def test_no_state_is_left_for_an_earlier_one(deliveries: Deliveries, wanted: list[State], seed: int) -> None:
    person = f"p{seed}"
    (row,) = deliveries.sending(person, ["event/1/2"], "template", AT)
    before = "sending"
    for state in wanted:
        moved = deliveries.move([row], state, AT, reason="why", msg_id="7")
        now = next(one.state for one in deliveries.of(person) if one.id == row)
        assert now == (state if moved else before)
        assert RANK[now] >= RANK[before] and (RANK[before] < 3 or now == before)
        before = now


def test_one_row_an_attempt_and_the_first_takes_up_what_was_made(deliveries: Deliveries) -> None:
    for _ in range(2):
        deliveries.made("p", ["event/1/2", "event/1/3"], AT)
    assert states(deliveries) == [("", "made"), ("", "made")]
    rows = deliveries.sending("p", ["event/1/2"], "custom", AT)
    deliveries.move(rows, "failed", AT, reason="closed: " + "x" * 200)
    rows = deliveries.sending("p", ["event/1/2"], "template", AT)
    deliveries.move(rows, "accepted", AT, msg_id="200163840")
    assert states(deliveries) == [("custom", "failed"), ("", "made"), ("template", "accepted")]
    assert [row.id for row in deliveries.of_message("p", "template", "200163840")] == rows
    assert deliveries.of_message("q", "template", "200163840") == []


def test_what_waits_and_is_gone_has_ridden_on_a_reply(deliveries: Deliveries) -> None:
    deliveries.made("p", ["event/1/2"], AT)
    deliveries.inbox("p", ["event/1/2", "event/1/3"], AT)
    deliveries.inbox("p", ["event/1/3"], AT)
    assert states(deliveries) == [("", "inbox"), ("", "inbox")] and deliveries.in_inbox("") == ["p"]
    assert deliveries.left_inbox("p", {"event/1/3"}, AT, 75) == 1
    assert states(deliveries) == [("reply", "delivered"), ("", "inbox")]
    assert deliveries.in_inbox("p") == []


def test_what_somebody_died_over_is_put_on_record_as_broken_off(deliveries: Deliveries) -> None:
    deliveries.sending("p", ["event/1/2"], "custom", AT)
    assert deliveries.left_inbox("p", set(), AT, 75) == 0  # still under way
    deliveries.sending("p", ["event/1/2"], "custom", AT)
    assert states(deliveries) == [("custom", "failed"), ("custom", "sending")]
    assert deliveries.left_inbox("p", set(), AT + timedelta(seconds=80), 75) == 1
    assert states(deliveries)[-1] == ("reply", "delivered")


def test_a_receipt_without_known_msg_id_is_of_the_oldest_subscription(deliveries: Deliveries) -> None:
    for number, minutes in ((2, 0), (3, 5)):
        rows = deliveries.sending("p", [f"event/1/{number}"], "subscription", AT)
        deliveries.move(rows, "accepted", AT + timedelta(minutes=minutes))
    (first,) = deliveries.of_message("p", "subscription", "11")
    assert first.what == "event/1/2"
    deliveries.move([first.id], "delivered", AT, msg_id="11")
    (again,) = deliveries.of_message("p", "subscription", "11")
    assert again.id == first.id
    (second,) = deliveries.of_message("p", "subscription", "12")
    assert second.what == "event/1/3"


def test_claims_are_told_apart(deliveries: Deliveries) -> None:
    deliveries.made("p", ["event/3528914603715/2", "ask/3528914603715/id_emblem", "event/3528914603716/2"], AT)
    assert [one.what for one in deliveries.of_claim("p", "3528914603715")] == [
        "event/3528914603715/2", "ask/3528914603715/id_emblem",
    ]  # fmt: skip
