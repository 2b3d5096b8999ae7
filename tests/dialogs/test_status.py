from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.status import STATUSES, Event, is_behind, is_decided, is_final, may_follow, standing, way

START = datetime(2026, 11, 22, tzinfo=UTC)


def events(*statuses: str) -> list[Event]:
    return [Event(n, status, START + timedelta(days=n), "agency") for n, status in enumerate(statuses, 1)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "way",
    [
        "submitted received reviewing approved paying paid",
        "submitted received reviewing needs_materials reviewing needs_materials reviewing rejected",
        "submitted withdrawn",
        "submitted received reviewing needs_materials withdrawn",
    ],
)
def test_the_ways_a_claim_can_go(way: str) -> None:
    happened = events(*way.split())
    assert standing(happened) == happened[-1]
    assert is_final(happened[-1].status)


@pytest.mark.parametrize(
    "way", ["received", "submitted approved", "submitted received approved", "submitted withdrawn received", "paid",
            "submitted received reviewing approved withdrawn", "submitted received submitted"]
)  # fmt: skip
def test_ways_it_cannot(way: str) -> None:
    with pytest.raises(ValueError, match="cannot follow"):
        standing(events(*way.split()))


def test_no_events_is_no_claim() -> None:
    with pytest.raises(ValueError, match="filing"):
        standing([])


@given(st.permutations(events("submitted", "received", "reviewing", "approved")))
def test_the_order_they_are_read_in_does_not_matter(happened: list[Event]) -> None:
    assert standing(happened).status == "approved"


@given(st.lists(st.sampled_from(STATUSES), max_size=30))
def test_from_everywhere_there_is_an_end_and_no_end_goes_on(tried: list[str]) -> None:
    present = None
    for status in tried:
        if may_follow(present, status):
            assert present is None or not is_final(present)
            present = status
    reached = {present} if present else {"submitted"}
    while not any(is_final(status) for status in reached):
        reached = {after for status in reached for after in STATUSES if may_follow(status, after)}
    assert reached


@pytest.mark.parametrize(
    ("present", "wanted", "between"),
    [
        ("submitted", "approved", "received reviewing approved"),
        ("submitted", "rejected", "received reviewing rejected"),
        ("submitted", "needs_materials", "received reviewing needs_materials"),
        ("needs_materials", "approved", "reviewing approved"),
        ("reviewing", "paid", "approved paying paid"),
        ("submitted", "submitted", ""),
        ("received", "withdrawn", "withdrawn"),
    ],
)
def test_what_lies_between_is_added(present: str, wanted: str, between: str) -> None:
    assert way(present, wanted) == tuple(between.split())  # type: ignore[arg-type]


@given(st.sampled_from(STATUSES), st.sampled_from(STATUSES))
def test_every_way_can_be_gone(present: str, wanted: str) -> None:
    found = way(present, wanted)  # type: ignore[arg-type]
    for status in found or ():
        assert may_follow(present, status)  # type: ignore[arg-type]
        present = status
    assert found is None or present == wanted


def test_what_lies_behind_is_no_contradiction() -> None:
    assert is_behind("approved", "reviewing") and is_behind("needs_materials", "received")
    assert not is_behind("withdrawn", "approved") and not is_behind("rejected", "approved")
    assert is_decided("approved") and is_decided("withdrawn") and not is_decided("needs_materials")
