"""Filed claims go to the agency's own platform: submitted, papers handed in later, withdrawals. Each deed has a name of
its own there (the draft id, the number of the claimant's event): whatever dies in between, it is done once.

What is to be told are the claimant's own events that it does not know yet; the row says up to which it does.
"""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from dialogs.status import HANDED_OVER, NOT_TAKEN, Event
from handlers import agency_results
from handlers.ports import AgencyRefused, AgencyUnavailable
from handlers.world import World
from storage.errors import Missing, NotAllowed, Unreadable
from storage.filed import Claim
from storage.handovers import Handover

LEASE = timedelta(seconds=90)
"""Longer than a job may run: who has taken a claim in hand and said nothing since is dead."""
FIRST_DELAY_S = 5.0
LONGEST_DELAY_S = 600.0
BEGUN_WITHIN_S = 25.0
"""No further claim is begun after so long: each may need a minute, and a job has its limit."""
SYSTEM = "system"
ID_NUMBER = "证件号码"
"""What the ID number is called among the system fields of a programme that has none of its own."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """One claim dealt with: "done", "later" or "refused", and by which code."""

    claim_id: int
    outcome: Literal["done", "later", "refused"]
    code: str = ""


def hand_over(world: World, most: int = 10) -> list[Dealt]:
    """Tell the agency what waits to be told; what became of each claim. Raises StoreUnavailable."""
    if not world.agency.hands_over:
        return []
    done: list[Dealt] = []
    began = time.monotonic()
    for claim_id in world.handovers.due(world.clock(), most):
        if time.monotonic() - began > BEGUN_WITHIN_S:
            break
        now = world.clock()
        leased = world.handovers.lease(claim_id, now, now + LEASE)
        if leased is None:
            continue
        dealt, is_away = _deal_with(world, leased)
        done.append(dealt)
        if is_away:
            break
    return done


def ask_silent(world: World, after: timedelta, most: int = 20) -> int:
    """Ask for results of claims of which nothing was heard for so long; of how many there was news.
    Raises StoreUnavailable."""
    if not world.agency.hands_over:
        return 0
    news = 0
    began = time.monotonic()
    for claim_id in world.handovers.silent_since(world.clock() - after, most):
        if time.monotonic() - began > BEGUN_WITHIN_S:
            break
        try:
            claim = world.claims.by_id(claim_id)
            news += claim is not None and agency_results.ask(world, claim) == "taken"
        except AgencyUnavailable:
            break
        except AgencyRefused as refused:
            world.handovers.heard(claim_id, world.clock(), trouble=refused.code)
        except Missing:
            continue  # erased in this moment
        except Unreadable:  # one that does not open does not hold up the others
            world.handovers.heard(claim_id, world.clock(), trouble="unreadable")
    return news


def delay_after(tries: int) -> float:
    """Seconds to the next try: doubled each time, with jitter so that a returning agency is not stormed."""
    whole: float = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(max(tries - 1, 0), 20))
    return whole * random.uniform(0.5, 1.0)


def _deal_with(world: World, leased: Handover) -> tuple[Dealt, bool]:
    """What became of it, and whether the agency cannot be asked for anything now."""
    trouble, is_away = "", False
    try:
        claim = world.claims.by_id(leased.claim_id)
        if claim is not None:
            _tell(world, claim, leased)
    except AgencyRefused as refused:
        _refused(world, leased, refused.code)
        return Dealt(leased.claim_id, "refused", refused.code), False
    except AgencyUnavailable as unavailable:
        trouble, is_away = unavailable.code, True
    except Missing:
        trouble = "paper_missing"
    except Unreadable:
        trouble = "unreadable"
    if not trouble:
        return Dealt(leased.claim_id, "done"), False
    world.handovers.later(leased, world.clock() + timedelta(seconds=delay_after(leased.tries)), trouble)
    return Dealt(leased.claim_id, "later", trouble), is_away


def _tell(world: World, claim: Claim, leased: Handover) -> None:
    if claim.status == "withdrawn":
        if leased.told and claim.standing.is_claimants:  # taken back while no platform was set
            world.agency.withdraw(claim)
        world.handovers.ended(claim.id)
        return
    if leased.withdrawal == "wanted":
        _withdraw(world, claim, leased)
        return
    if not leased.told:
        _submit(world, claim)
    for event in _papers_to_tell(claim, leased.told):
        slot = event.detail["slot"]
        try:
            world.agency.hand_in(claim, event.seq, slot, _opened(world, claim, slot))
        except AgencyRefused as refused:
            if refused.code != "not_asked":  # the agency goes on without it: what it says next counts
                raise
        world.handovers.told(claim.id, event.seq)
    world.handovers.settle(leased, "sent")


def _submit(world: World, claim: Claim) -> None:
    reference = world.agency.submit(claim, {slot: _opened(world, claim, slot) for slot in claim.papers})
    with suppress(NotAllowed):  # a result was here before this answer
        world.claims.append(
            claim.id, "submitted", actor=SYSTEM, at=world.clock(), reason=HANDED_OVER, detail={"reference": reference}
        )
    world.handovers.told(claim.id, 1, reference)
    world.handovers.heard(claim.id, world.clock())
    with suppress(AgencyUnavailable, AgencyRefused):  # shown where known, needed nowhere
        _prefill(world, claim)


def _prefill(world: World, claim: Claim) -> None:
    """Where it is known who the person is, the agency's systems know more: the programme's system fields, or what the
    social-security card holds for a programme without any."""
    programme = world.knowledge.programmes.get(claim.programme)
    steps = programme.system_fields if programme is not None else ()
    keys = [step.id for step in steps if step.kind == "id_number"] if steps else [ID_NUMBER]
    known = {**claim.answers, **claim.system}  # the real-name check's, or what an earlier result of the agency told
    number = next((known[key] for key in keys if known.get(key)), "")
    if not number:
        return
    if not steps:
        world.system_fields.add(claim.id, world.agency.sync_social_card(number))
        return
    of_programme = {step.id for step in steps}
    found = world.agency.prefill(number)
    world.system_fields.add(claim.id, {key: value for key, value in found.items() if key in of_programme})


def _papers_to_tell(claim: Claim, told: int) -> list[Event]:
    """The claimant's handing in of papers that the agency does not know, the newest of each paper."""
    newest = {
        event.detail.get("slot"): event
        for event in claim.events
        if event.is_claimants and event.seq > max(told, 1) and event.detail.get("slot") in claim.papers
    }
    return sorted(newest.values(), key=lambda event: event.seq)


def _opened(world: World, claim: Claim, slot: str) -> Callable[[], bytes]:
    return lambda: world.photos.get(claim.person, claim.papers[slot])


def _withdraw(world: World, claim: Claim, leased: Handover) -> None:
    never_sent = not leased.told and leased.tries == 1
    if not never_sent:
        try:
            world.agency.withdraw(claim)
        except AgencyRefused as refused:
            if refused.code != "already_decided":
                raise
            world.handovers.withdrawal_came_late(claim.id)
            world.handovers.settle(leased, "sent")
            with suppress(AgencyUnavailable, AgencyRefused):
                agency_results.ask(world, claim)
            return
    with suppress(NotAllowed):  # decided in this very moment: the next result says how
        world.claims.append(claim.id, "withdrawn", actor=SYSTEM, at=world.clock(), reason="asked_for")
    world.handovers.ended(claim.id)


def _refused(world: World, leased: Handover, code: str) -> None:
    """The person is told to call the office, the operator sees it in /metrics and `claimbot claim show`."""
    if not leased.told:
        with suppress(NotAllowed):
            world.claims.append(leased.claim_id, "submitted", actor=SYSTEM, at=world.clock(), reason=NOT_TAKEN)
    world.handovers.refused(leased, code)
