"""Results in any order, as often as one likes: the claim ends where the newest of them says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import Settings
from dialogs.status import STATUSES, Status, way
from handlers import agency_results
from handlers.ports import Result, Wanted
from handlers.world import World
from storage.claims import Claims
from storage.errors import Missing
from storage.filed import Claim
from tests.whole import running

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
SLOTS = ("id_emblem", "id_portrait", "portrait")


@pytest.fixture(scope="module")
def world(valkey: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    from tests.whole import settings_for

    mine: Settings = settings_for(valkey.url, tmp_path_factory.mktemp("results"))  # type: ignore[attr-defined]
    with running(mine) as bot:
        claims = bot.world.claims
        yield replace(bot.world, claims=Claims(claims._engine, claims._keyring, hands_over=True))


class Count:
    claims = 0


def filed(world: World) -> str:
    Count.claims += 1
    return world.claims.file(
        draft_id=f"draft-{Count.claims}", person="annAnnannAnnannAnnann_", openid="o1", programme="kunming", version="1",
        office="五华区就业局失业保险科", answers={}, papers=dict.fromkeys(SLOTS, "0" * 40), now=NOON,
    ).receipt  # fmt: skip


def claim_of(world: World, receipt: str) -> Claim:
    found = world.claims.by_receipt(receipt)
    assert found is not None
    return found


@st.composite
def courses(draw: st.DrawFn) -> list[Result]:
    """What an agency may say of one claim, in its own order."""
    said: list[Result] = []
    here: Status = "submitted"
    open_papers: dict[str, Wanted] = {}
    for seq in range(1, draw(st.integers(1, 6)) + 1):
        ways = [one for one in STATUSES if one not in ("submitted", here) and way(here, one) is not None]
        if here == "needs_materials":
            ways.append(here)
        if not ways:
            break
        here = draw(st.sampled_from(ways))
        if here == "needs_materials":
            for slot in draw(st.sets(st.sampled_from(SLOTS), min_size=1)):
                open_papers[slot] = Wanted(slot, "blurred", seq)
        else:
            open_papers = {}
        detail = {"start": "2026-12", "end": "2027-01", "amount": "1500"} if here in ("approved", "paying", "paid") else {}
        at = NOON + timedelta(minutes=seq)
        said.append(Result(seq, here, at, detail=detail, papers=tuple(open_papers.values())))
    return said


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(courses(), st.randoms(use_true_random=False))
def test_the_newest_result_counts_whatever_came_before(world: World, course: list[Result], chance: object) -> None:
    receipt = filed(world)
    delivered = course * 2
    chance.shuffle(delivered)  # type: ignore[attr-defined]
    for result in delivered:
        assert agency_results.take(world, receipt, result) in ("taken", "known")
    claim, last = claim_of(world, receipt), course[-1]
    assert claim.status == last.status
    assert {asked.slot for asked in claim.asked} == {wanted.slot for wanted in last.papers}
    assert claim.handover is not None and claim.handover.seen == last.seq
    if last.status in ("approved", "paid"):
        told = next(event for event in claim.events if event.status == "approved")
        assert told.detail["amount"] == "1500"


def test_a_paper_that_is_not_asked_for_any_more_is_closed(world: World) -> None:
    receipt = filed(world)
    first, second = (Wanted(slot, "blurred", 1) for slot in SLOTS[:2])
    take = agency_results.take
    assert take(world, receipt, Result(1, "needs_materials", NOON, papers=(first, second))) == "taken"
    assert take(world, receipt, Result(2, "needs_materials", NOON, papers=(second,))) == "taken"
    assert [asked.slot for asked in claim_of(world, receipt).asked] == [second.slot]


def test_a_result_that_contradicts_is_said_and_changes_nothing(world: World) -> None:
    receipt = filed(world)
    take = agency_results.take
    assert take(world, receipt, Result(1, "rejected", NOON, "own_will")) == "taken"
    assert take(world, receipt, Result(2, "approved", NOON)) == "contradicts"
    assert take(world, receipt, Result(3, "needs_materials", NOON, papers=(Wanted(SLOTS[0], "", 3),))) == "contradicts"
    claim = claim_of(world, receipt)
    assert claim.status == "rejected" and claim.handover is not None and claim.handover.trouble == "result_contradicts"


def test_of_claims_of_the_desk_nothing_is_taken(world: World) -> None:
    with pytest.raises(Missing):
        agency_results.take(world, "3528914603715", Result(1, "received", NOON))
