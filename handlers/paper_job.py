"""What a reader does with one stored photograph: read what is written on it, and tell the core what that advises."""

import hashlib

from dialogs.effects import PaperRead
from dialogs.papers import Paper, Seen, remarks
from dialogs.photo_words import Reason, says
from dialogs.programme import Programme
from dialogs.session import Draft, Session
from handlers import counting
from handlers.photo_job import feed
from handlers.picture_file import PhotoRefused
from handlers.ports import Reader
from handlers.world import World
from storage.errors import Missing, StoreUnavailable, Unreadable

_HOLDER_CHARS = 8


def read_paper(world: World, reader: Reader, person: str, ticket: str) -> None:
    """Safe to run twice, and after the draft is gone. Raises StoreUnavailable; then there is no advice."""
    found = _found(world, reader, person, ticket)
    if found is None:
        return
    for _ in range(world.limits.commit_tries):
        if feed(world, person, found):
            return
    raise StoreUnavailable("what was read lost every race")


def _found(world: World, reader: Reader, person: str, ticket: str) -> PaperRead | None:
    session = world.sessions.load(person).session
    draft = session.draft if session is not None else None
    slot = _read_slot(session, ticket)
    if draft is None or slot is None:
        return None
    programme = world.knowledge.programmes[draft.programme]
    step = programme.step(slot)
    if step is None or not step.paper:
        return PaperRead(ticket, slot)
    try:
        data = world.photos.get(person, draft.photos[slot].key)
        seen = reader.read(data, step.paper)  # type: ignore[arg-type]
    except (Missing, Unreadable, PhotoRefused):
        return PaperRead(ticket, slot)
    advice = _advice(programme, draft, slot, step.paper, seen)  # type: ignore[arg-type]
    if advice:
        counting.judged(world, programme.id, "advise", advice[0].code)
    holder = _holder(draft, seen.id_numbers[0]) if len(seen.id_numbers) == 1 else ""
    return PaperRead(ticket, slot, seen.paper or "", says(advice), holder)


def _read_slot(session: Session | None, ticket: str) -> str | None:
    photos = session.draft.photos if session is not None and session.draft is not None else {}
    return next((slot for slot, photo in photos.items() if photo.ticket == ticket and photo.reading), None)


def _advice(programme: Programme, draft: Draft, slot: str, wanted: Paper, seen: Seen) -> tuple[Reason, ...]:
    """Numbers are compared with those typed and with those on the other papers; of the latter only a keyed hash is
    kept, so that no identity number stands in a session for it."""
    typed = {step.kind: draft.answers[step.id] for step in programme.asked if draft.answers.get(step.id)}
    kept = {photo.holder for other, photo in draft.photos.items() if other != slot and photo.holder}
    known = {number for number in seen.id_numbers if _holder(draft, number) in kept} or ({"another's"} if kept else ())
    return remarks(wanted, seen, typed, known)


def _holder(draft: Draft, number: str) -> str:
    return hashlib.blake2b(number.encode(), key=draft.id.encode()[:64]).hexdigest()[:_HOLDER_CHARS]
