"""What the agency says of a claim becomes events of ours. Each result is whole: older ones, and the same again, add
nothing; what lies between where we stood and where the agency stands is added as implied."""

from datetime import datetime
from typing import Literal

from dialogs.status import IMPLIED, Status, is_behind, is_final, way
from handlers.ports import Result
from handlers.world import World
from storage.errors import Missing, NotAllowed
from storage.filed import Claim

ACTOR = "agency"
_TRIES = 5
_TOLD_IN_BETWEEN: tuple[Status, ...] = ("approved",)
"""Implied or not, this the person wants to hear."""

Taken = Literal["taken", "known", "contradicts", "unknown_paper"]


def ask(world: World, claim: Claim, within_s: float = 0) -> Taken | None:
    """Ask the agency where a claim is; None when there is nothing new.
    Raises AgencyUnavailable, AgencyRefused, StoreUnavailable."""
    seen = claim.handover.seen if claim.handover is not None else 0
    found = world.agency.result(claim, seen, within_s)
    if found is None:
        world.handovers.heard(claim.id, world.clock())
        return None
    taken = take(world, claim.receipt, found)
    if taken != "taken":  # it was asked: the others come first next time
        world.handovers.heard(claim.id, world.clock(), trouble="" if taken == "known" else f"result_{taken}")
    return taken


def take(world: World, receipt: str, result: Result) -> Taken:
    """Safe to repeat, at once and in any order. Raises StoreUnavailable; Missing for a claim that was not handed over.

    contradicts    no way leads there from where the claim stands (it was refused and is approved now): an operator
                   must look
    unknown_paper  a paper is asked for that the claim never had: nothing is changed
    """
    for _ in range(_TRIES):
        claim = world.claims.by_receipt(receipt)
        if claim is None or claim.handover is None:
            raise Missing(f"no claim {receipt} that was handed over")
        if result.seq <= claim.handover.seen or claim.status == "withdrawn":
            return "known"
        if any(wanted.slot not in claim.papers for wanted in result.papers):
            return "unknown_paper"
        try:
            taken = _apply(world, claim, result)
        except NotAllowed:
            continue  # another result, or the claimant, was faster: look again
        if result.fields:
            world.system_fields.add(claim.id, result.fields)
        trouble = "result_contradicts" if taken == "contradicts" else ""
        world.handovers.heard(claim.id, world.clock(), seen=result.seq, trouble=trouble)
        if is_final(result.status) and taken == "taken":
            world.handovers.ended(claim.id)
        return taken
    return "contradicts"


def _apply(world: World, claim: Claim, result: Result) -> Taken:
    present = claim.status
    at = min(result.at, world.clock())
    if result.status == "needs_materials":
        return _asked_again(world, claim, result, at)
    steps = way(present, result.status)
    if steps is None:
        return "known" if is_behind(present, result.status) else "contradicts"
    for status in steps:
        last = status == steps[-1]
        told = last or status in _TOLD_IN_BETWEEN
        detail = dict(result.detail) if status == "approved" else {}
        if last and result.words:
            detail["words"] = result.words
        world.claims.append(
            claim.id, status, actor=ACTOR, at=at, reason=result.reason if last else "" if told else IMPLIED,
            detail=detail,
        )  # fmt: skip
    return "taken"


def _asked_again(world: World, claim: Claim, result: Result, at: datetime) -> Taken:
    """Only what is asked for anew: a paper that the person handed in since they were asked is on its way. What is open
    and not named any more is closed."""
    before = {(event.detail.get("slot"), event.detail.get("ask")) for event in claim.events}
    new = [wanted for wanted in result.papers if (wanted.slot, str(wanted.ask)) not in before]
    named = {wanted.slot for wanted in result.papers}
    dropped = [asked.slot for asked in claim.asked if asked.slot not in named]
    if not new and not dropped:
        return "known"
    steps = way(claim.status, "needs_materials")
    if steps is None:
        return "contradicts"
    if new:
        for status in steps[:-1]:
            world.claims.append(claim.id, status, actor=ACTOR, at=at, reason=IMPLIED)
    for wanted in new:
        detail = {"slot": wanted.slot, "ask": str(wanted.ask)} | ({"words": result.words} if result.words else {})
        world.claims.append(
            claim.id, "needs_materials", actor=ACTOR, at=at, reason=wanted.reason, detail=detail, reopen=wanted.slot
        )
    for slot in dropped:
        world.claims.set_paper(claim.id, slot, "kept")
    return "taken"
