"""What a claimant can do with claims of their own, whoever decides on them: look, hand in a paper, take one back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from dialogs.status import CLAIMANT, is_decided
from handlers import agency_results
from handlers.ports import AgencyRefused, AgencyUnavailable
from handlers.world import World
from storage.errors import Missing, NotAllowed
from storage.filed import Claim

Withdrawn = Literal["done", "passed_on", "decided"]

ASKED_MOST = 2
ASKED_WITHIN_S = 0.8
ASKED_AGAIN_AFTER = timedelta(seconds=10)
"""Who asks 进度 waits for the agency's answer, but not long, and not each time."""


def results(world: World, person: str) -> Sequence[Claim]:
    """Where each claim of this person (a pseudonym) stands, newest first; an agency's platform is asked before.
    Raises StoreUnavailable."""
    claims = world.claims.of(person)
    if not world.agency.hands_over:
        return claims
    now = world.clock()
    asked = [claim for claim in claims if _may_have_news(claim, now)][:ASKED_MOST]
    for claim in asked:
        try:
            agency_results.ask(world, claim, within_s=ASKED_WITHIN_S)
        except AgencyRefused:
            continue  # what we know is shown
        except AgencyUnavailable:
            break
    return world.claims.of(person) if asked else claims


def _may_have_news(claim: Claim, now: datetime) -> bool:
    handover = claim.handover
    if handover is None or handover.state == "ended" or not handover.told:
        return False
    return now - handover.heard_at >= ASKED_AGAIN_AFTER


def hand_in(world: World, person: str, receipt: str, slot: str, photo_key: str, fingerprint: str, at: datetime) -> bool:
    """A new photograph for a paper that was asked for again; with the last of them the claim returns to review. Safe to
    repeat. False when this paper is not asked for any more. Raises StoreUnavailable; Missing without such a claim."""
    claim = _own(world, person, receipt)
    taken = world.claims.hand_in(claim.id, slot, photo_key, fingerprint, at)
    if taken and claim.handover is not None:
        world.jobs.hand_over()
    return taken


def withdraw(world: World, person: str, receipt: str, at: datetime) -> Withdrawn:
    """Take a claim back. "passed_on": the agency's platform is told, and only when it agrees the claim is withdrawn.
    Safe to repeat. Raises StoreUnavailable; Missing without such a claim."""
    claim = _own(world, person, receipt)
    if claim.status == "withdrawn":
        return "done"
    if is_decided(claim.status):
        return "decided"
    handover = claim.handover
    if handover is not None and world.agency.hands_over and world.handovers.want_withdrawal(claim.id, at):
        world.jobs.hand_over()
        return "passed_on"
    try:
        world.claims.append(claim.id, "withdrawn", actor=CLAIMANT, at=at)
    except NotAllowed:
        return "decided"  # in this very moment
    if handover is not None and not handover.told:
        world.handovers.ended(claim.id)
    return "done"


def _own(world: World, person: str, receipt: str) -> Claim:
    claim = world.claims.by_receipt(receipt)
    if claim is None or claim.person != person:
        raise Missing(f"no claim {receipt} of this person")
    return claim
