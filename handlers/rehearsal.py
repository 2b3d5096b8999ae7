"""What a changed programme would do to the claims in progress, counted before it goes live. Nobody sees a value."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from msgspec.structs import replace

from dialogs import engine
from dialogs.offices import Directory
from dialogs.programme import Programme
from dialogs.session import Draft, Session
from handlers.world import World
from storage.errors import SessionUnreadable, StoreUnavailable

MOST_S = 8.0
Fate = Literal["unchanged", "new_question", "redo", "blocked"]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How many claims in progress

    unchanged     go on as if nothing had changed
    new_question  are asked something more
    redo          have given an answer that is not taken any more
    blocked       cannot go on by themselves: confirmed and waiting to be filed while something more would be asked,
                  or unreadable
    whole         False when there was not the time to look at everybody
    """

    unchanged: int = 0
    new_question: int = 0
    redo: int = 0
    blocked: int = 0
    whole: bool = True


def rehearse(world: World, old: Programme | None, new: Programme, most_s: float = MOST_S) -> Rehearsed:
    """Walk every draft of this programme, in Redis and parked, under its new form. Raises StoreUnavailable."""
    fates: Counter[Fate] = Counter()
    until, whole, seen = time.monotonic() + most_s, True, set()
    today = world.clock().date()
    for session in _sessions(world):
        if time.monotonic() > until:
            whole = False
            break
        if session is None:
            fates["blocked"] += 1
            continue
        for draft in session.drafts:
            if draft.programme == new.id and draft.retake is None and draft.id not in seen:
                seen.add(draft.id)
                fates[_fate(old, new, draft, today, world.knowledge.directory)] += 1
    return Rehearsed(fates["unchanged"], fates["new_question"], fates["redo"], fates["blocked"], whole)


def _sessions(world: World) -> Iterator[Session | None]:
    """Everybody's; None for one that cannot be read."""
    for name in world.sessions.names():
        try:
            session = world.sessions.load(name).session
        except SessionUnreadable:
            yield None
        else:
            if session is not None:
                yield session
    for name, blob in world.parked.everything():
        try:
            yield world.sessions.session_in(name, blob)
        except (SessionUnreadable, StoreUnavailable):
            yield None


def _fate(old: Programme | None, new: Programme, draft: Draft, today: date, directory: Directory) -> Fate:
    moved, again = engine.revised(new, replace(draft, version=""), today, directory)
    if draft.filing:
        return "unchanged" if engine.open_step(new, moved) is None else "blocked"
    if any(step in draft.answers and step not in moved.answers for step in (one.id for one in new.asked)):
        return "redo"
    asked = {step.id for step in engine.relevant_steps(new, moved)}
    before = {step.id for step in engine.relevant_steps(old, draft)} if old is not None else set()
    return "new_question" if again or asked - before else "unchanged"
