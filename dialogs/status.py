"""Where a claim stands: the fold of its events, and which status may follow which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

Status = Literal[
    "submitted", "received", "reviewing", "needs_materials", "approved", "paying", "paid", "rejected", "withdrawn"
]
STATUSES: tuple[Status, ...] = get_args(Status)

FIRST: Status = "submitted"
CLAIMANT = "claimant"
_NEXT: Mapping[Status, frozenset[Status]] = {
    "submitted": frozenset({"submitted", "received", "withdrawn"}),  # again: handed over, or not taken
    "received": frozenset({"reviewing", "withdrawn"}),
    "reviewing": frozenset({"needs_materials", "approved", "rejected", "withdrawn"}),
    "needs_materials": frozenset({"needs_materials", "reviewing", "withdrawn"}),  # again: for one more paper
    "approved": frozenset({"paying"}),
    "paying": frozenset({"paid"}),
    "paid": frozenset(),
    "rejected": frozenset(),
    "withdrawn": frozenset(),
}


HANDED_OVER, NOT_TAKEN, IMPLIED = "handed_over", "not_taken", "implied"
"""Reasons of ours: the agency's platform has the claim; it does not take it; the agency named only what came after."""
_COURSE: tuple[Status, ...] = ("submitted", "received", "reviewing", "approved", "paying", "paid")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a claim.

    actor   "claimant", "agency", "system", or a reviewer's staff name
    reason  a code, "" without one: why a paper is asked again, why a claim is refused
    detail  what a person wrote or the agency gave (start, end, amount, slot): may hold personal data
    """

    seq: int
    status: Status
    at: datetime
    actor: str
    reason: str = ""
    detail: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_claimants(self) -> bool:
        """Did the person do it themselves?"""
        return self.actor == CLAIMANT


def may_follow(present: Status | None, wanted: str) -> bool:
    """Whether a claim that stands at `present` (None: not yet filed) may come to `wanted`."""
    return wanted == FIRST if present is None else wanted in _NEXT[present]


def is_final(status: Status) -> bool:
    """Whether nothing can follow."""
    return not _NEXT[status]


def way(present: Status, wanted: Status) -> tuple[Status, ...] | None:
    """What must happen for a claim that stands at `present` to stand at `wanted`, the last of it `wanted` itself: an
    agency may tell only where it is. () when it stands there, None when no way leads there."""
    if present == wanted:
        return ()
    ways: list[tuple[Status, ...]] = [()]
    for _ in _COURSE:
        longer = []
        for so_far in ways:
            here = so_far[-1] if so_far else present
            if may_follow(here, wanted):
                return (*so_far, wanted)
            longer += [(*so_far, step) for step in _COURSE if step != here and may_follow(here, step)]
        ways = longer
    return None


def is_behind(present: Status, wanted: Status) -> bool:
    """Is `wanted` where a claim that stands at `present` must have been before?"""
    at = "reviewing" if present in ("needs_materials", "rejected") else present
    return at in _COURSE and wanted in _COURSE and _COURSE.index(wanted) <= _COURSE.index(at)


def is_decided(status: Status) -> bool:
    """Whether it is too late for the claimant to withdraw."""
    return not may_follow(status, "withdrawn")


def standing(events: Sequence[Event]) -> Event:
    """The event that led to where the claim stands now: since when, by whom and why.

    events  of one claim, at least one, in any order
    raises  ValueError when one was not allowed after the one before: somebody wrote past `Claims.append`
    """
    ordered = sorted(events, key=lambda event: event.seq)
    present: Status | None = None
    for event in ordered:
        if not may_follow(present, event.status):
            raise ValueError(f"event {event.seq}: {event.status} cannot follow {present}")
        present = event.status
    if not ordered:
        raise ValueError("a claim has at least the event of its filing")
    return ordered[-1]
