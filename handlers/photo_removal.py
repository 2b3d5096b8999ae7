"""Photographs go only when nothing refers to them: not the session, not a parked draft, not a filed claim.

What makes it safe beside everything else: a worker stores a photograph first and commits its verdict afterwards, and
it can commit only while the session waits for that very ticket. So bytes are taken out, and only then it is looked
whether the session names them or waits for any photograph; if so they are put back. What was stored before we took it
out is named or waited for by then; what is stored after lies there anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dialogs.photos import keys_in
from dialogs.session import Session
from handlers.world import World
from storage.errors import Unreadable


@dataclass(frozen=True, slots=True)
class Needed:
    """The keys that something of a person refers to. `waiting`: a verdict may still add one."""

    keys: frozenset[str]
    waiting: bool


@dataclass(frozen=True, slots=True)
class Removed:
    """How many photographs went, and how many were left because no key of ours has sealed them."""

    gone: int = 0
    foreign: int = 0


def needed(world: World, person: str) -> Needed:
    """Session, then SQL, then session again: what moves from one to the other meanwhile is seen in one of them.
    Raises StoreUnavailable; SessionUnreadable when it cannot be known."""
    before = world.sessions.load(person).session
    keys = world.papers.keys_of(person)
    blob = world.parked.parked(person)
    parked = world.sessions.session_in(person, blob) if blob is not None else None
    after = world.sessions.load(person).session
    for session in (before, parked, after):
        keys |= keys_in(session) if session is not None else set()
    return Needed(frozenset(keys), _waits(before) or _waits(after))


def remove(world: World, person: str, keys: Iterable[str]) -> Removed:
    """Delete those of these photographs that nothing refers to. While a verdict is awaited nothing goes: the audit
    comes again. Raises StoreUnavailable, SessionUnreadable."""
    known = needed(world, person)
    if known.waiting:
        return Removed()
    gone = foreign = 0
    for key in sorted(set(keys) - known.keys):
        try:
            sealed = world.photos.take_out(person, key)
        except Unreadable:
            foreign += 1
            continue
        if sealed is None:
            continue
        now = needed(world, person)
        if now.waiting or key in now.keys:
            world.photos.put_back(person, key, sealed)
        else:
            gone += 1
    return Removed(gone, foreign)


def tidy(world: World, person: str) -> Removed:
    """Delete every photograph of a person that nothing refers to, as after a cancelled, erased or filed draft.
    Raises StoreUnavailable, SessionUnreadable."""
    return remove(world, person, world.photos.keys_of(person))


def _waits(session: Session | None) -> bool:
    drafts = session.drafts if session is not None else ()
    return any(photo.state == "fetching" for draft in drafts for photo in draft.photos.values())
