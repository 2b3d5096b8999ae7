"""What a turn adds to the operators' numbers: after the commit, in memory, no round trip (storage/tally.py)."""

from dialogs.effects import Input, Said
from dialogs.session import Draft, Session
from dialogs.walked import SUMMARY, refused_at, walked
from handlers.world import World

BEGAN_WITHIN_S = 60
"""A draft that is new to the session but older came back from where drafts are parked: it was counted before."""


def turned(world: World, name: str, before: Session, told: Input, after: Session) -> None:
    """One message of a person (a pseudonym) was answered."""
    now = world.clock()
    day = now.date()
    world.tally.count(day, "turns")
    world.tally.person(day, name)
    known = {draft.id: draft for draft in before.drafts}
    for draft in after.drafts:
        is_back = draft.id not in known and now.timestamp() - draft.begun_at > BEGAN_WITHIN_S
        programme = world.knowledge.programmes.get(draft.programme)
        if programme is None or draft.retake is not None or is_back:
            continue
        if draft.id not in known:
            world.tally.count(day, "begun", programme.id)
        way = walked(programme, known.get(draft.id), draft)
        for step in way.reached:
            world.tally.count(day, "reached", f"{programme.id}/{step}")
        for step in way.answered:
            world.tally.count(day, "answered", f"{programme.id}/{step}")
        if isinstance(told, Said) and (step_id := refused_at(programme, before, after)) and draft == after.draft:
            world.tally.count(day, "refused", f"{programme.id}/{step_id}")
    still = {draft.id for draft in after.drafts}
    if len(after.receipts) > len(before.receipts):
        for draft in known.values():
            if draft.filing and draft.retake is None and draft.id not in still:
                _filed(world, draft, after.receipts[-1].filed_at)


def judged(world: World, programme: str, strength: str, code: str) -> None:
    """A photograph has its verdict; `code` of its worst finding, "" when there is none."""
    world.tally.count(world.clock().date(), "photo", f"{programme}/{strength}/{code}")


def _filed(world: World, draft: Draft, filed_at: int) -> None:
    day = world.clock().date()
    world.tally.count(day, "filed", draft.programme)
    world.tally.count(day, "answered", f"{draft.programme}/{SUMMARY}")
    minutes = rounded(max(0, filed_at - draft.begun_at) / 60)
    world.tally.count(day, "minutes", f"{draft.programme}/{minutes}")


def rounded(minutes: float) -> int:
    """To minutes in the first two hours, then quarters, beyond a day hours: enough for a median, few rows."""
    grain = 1 if minutes < 120 else 15 if minutes < 24 * 60 else 60
    return max(1, round(minutes / grain)) * grain
