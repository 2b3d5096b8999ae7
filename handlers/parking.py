"""Drafts that nobody touched for days: from Redis to SQL, and back with the person's next message.

What makes it safe: SQL has the draft before Redis gives it up, and Redis has it again before SQL gives it up. Between
these only a mark stands in Redis, and only under that mark the row in SQL counts. A row beside a living session is left
over from a crash or a lost race: `clean` removes it, having first made sure that nobody is about to leave the mark.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from msgspec.structs import replace

from dialogs.session import Draft, Session
from handlers.world import World
from storage.errors import SessionUnreadable, StoreUnavailable
from storage.sessions import KeptReply, Person


class ParkedAway(StoreUnavailable):
    """The draft is parked and SQL cannot be reached: nothing is lost, and nothing may be written meanwhile."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one walk did. marked: drafts whose mark Redis had lost; removed: rows left over from a crash."""

    parked: int = 0
    marked: int = 0
    removed: int = 0


def load(world: World, name: str) -> Person:
    """All that is kept of a person, wherever it lies; one round trip more when it is parked. After a commit call
    `returned`. Raises StoreUnavailable, as ParkedAway when it is SQL that is away."""
    person = world.sessions.load(name)
    if not person.parked:
        return person
    try:
        blob = world.parked.parked(name)
    except StoreUnavailable as away:
        raise ParkedAway("parked drafts") from away
    if blob is None:  # kept no longer, or back already: then the commit will not succeed
        return person
    return replace(person, session=world.sessions.session_in(name, blob), sealed=blob)


def commit(world: World, person: Person, session: Session, reply: KeptReply | None) -> bool:
    """As Sessions.commit; a draft that was parked lies in Redis afterwards. Raises StoreUnavailable."""
    if not world.sessions.commit(person, session, reply, int(world.clock().timestamp())):
        return False
    returned(world, person)
    return True


def returned(world: World, person: Person) -> None:
    """Redis has the draft again. What fails here is left to the walk."""
    if person.parked and person.sealed:
        with suppress(StoreUnavailable):
            world.parked.drop(person.name, person.sealed)


def park_idle(world: World) -> Swept:
    """Walk everybody and every parked row; safe beside all traffic and beside itself. Raises StoreUnavailable: what was
    done stays done, run it again."""
    idle_since = int(world.clock().timestamp()) - world.limits.park_after_s
    parked = 0
    for name in world.sessions.names():
        with suppress(SessionUnreadable):  # the audit names who cannot be read
            parked += park(world, name, idle_since)
    cleaned = [_cleaned(world, name, blob) for name, blob in world.parked.everything()]
    return Swept(parked, cleaned.count("marked"), cleaned.count("removed"))


def park(world: World, name: str, idle_since: int) -> bool:
    """Park one person who has been silent since then (unix seconds) and has a draft that nothing works on; whether it
    was done. Raises StoreUnavailable, SessionUnreadable."""
    at = world.clock()
    person = world.sessions.load(name)
    session = person.session
    if session is None or not session.drafts or session.last_at > idle_since or _is_worked_on(session.drafts):
        return False
    if session.rights.unrecorded or session.rights.erasing:  # SQL must hear of it first
        return False
    if not world.parked.park(name, person.sealed, at):
        return False
    if world.sessions.leave_mark(person):
        return True
    if world.sessions.load(name).revision:
        clean(world, name, person.sealed)
    else:  # erased meanwhile: nothing may come back
        world.parked.drop(name, person.sealed)
    return False


def clean(world: World, name: str, blob: bytes) -> str:
    """See that a parked row and Redis agree: "marked", "removed" or "" when they did.
    Raises StoreUnavailable, SessionUnreadable."""
    for _ in range(world.limits.commit_tries):
        person = world.sessions.load(name)
        if person.parked:
            return ""
        if not person.revision:  # Redis has lost it: without the mark the person would be a stranger
            return "marked" if world.sessions.leave_mark(person) else ""
        if world.sessions.touch(person):  # whoever was about to leave the mark cannot any more
            return "removed" if world.parked.drop(name, blob) else ""
    return ""


def _cleaned(world: World, name: str, blob: bytes) -> str:
    try:
        return clean(world, name, blob)
    except SessionUnreadable:
        return ""


def _is_worked_on(drafts: Iterable[Draft]) -> bool:
    """Is a photograph on its way, a paper asked for again being read, or the whole being filed?"""
    return any(
        draft.filing
        or any(photo.state == "fetching" or (photo.reading and draft.retake) for photo in draft.photos.values())
        for draft in drafts
    )
