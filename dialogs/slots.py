"""Which slot a photograph belongs to, and what moves when slots are changed. Pure; `photos.py` puts it into words.

A photograph belongs to the slot that was open when it was sent. WeChat pushes those of one burst at once and in any
order, so the ones that are still unanswered are kept in the order of sending; what was already told, or put into its
slot by name, stays.
"""

from collections.abc import Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace

from dialogs import engine
from dialogs.programme import Programme, Step
from dialogs.session import Draft, Numbering, Photo, Session

GREW_ENOUGH = 3
"""After so many messages in order MsgId is believed to tell the order of sending."""
REACTION_S = 5
"""Nobody reads that a photograph was poor, takes another and sends it in less."""


class Placed(Struct, frozen=True):
    """A draft after photographs were put into slots.

    slot     where the new one stands
    judge    tickets whose pictures must be judged, in the order of their slots: new ones, and those moved to a slot
             that asks for something else
    """

    draft: Draft
    slot: str
    judge: tuple[str, ...]


def place(
    programme: Programme, draft: Draft, photo: Photo, movable: Collection[str] = (), asked: str = ""
) -> Placed | None:
    """Put a new photograph into its slot; None when no slot is open for photographs now.

    movable  tickets of photographs that may have come before an earlier one of the same second
    asked   the slot of which the person was just asked: retake or keep? A photograph sent in answer replaces it
    """
    run = _open_run(programme, draft)
    if not run:
        return None
    if asked in draft.photos and photo.sent_at - draft.photos[asked].sent_at > REACTION_S:
        return Placed(engine.place_photo(draft, asked, replace(photo, fixed=True)), asked, (photo.ticket,))
    open_slots = [step.id for step in run if _is_open(step, draft)]
    later = {step.id for step in run if _goes_behind(draft.photos.get(step.id), photo, movable)}
    passed = later - set(draft.reopened)  # a refused one that was sent after this one moves on to the next open slot
    target = next(
        (slot for slot in open_slots if slot not in passed and not _passes_by(draft.photos.get(slot), photo)),
        open_slots[0],
    )
    if target in draft.reopened:
        return Placed(engine.place_photo(draft, target, replace(photo, fixed=True)), target, (photo.ticket,))
    later.discard(target)  # no other slot is open: it takes the refused one's
    seats = [step.id for step in run if step.id == target or step.id in later]
    seated = sorted((photo, *(draft.photos[slot] for slot in later)), key=_sent)
    placed = _seated(programme, draft, dict(zip(seats, seated, strict=True)))
    slot = next(seat for seat, other in zip(seats, seated, strict=True) if other is photo)
    return replace(placed, slot=slot)


def swap(programme: Programme, draft: Draft, one: str, other: str) -> Placed:
    """Exchange what stands in two slots; one of them may be empty."""
    return rearrange(programme, draft, {one: draft.photos.get(other), other: draft.photos.get(one)})


def rearrange(programme: Programme, draft: Draft, wanted: Mapping[str, Photo | None]) -> Placed:
    """Put these photographs into these slots, None for an empty one."""
    emptied = {slot for slot, photo in wanted.items() if photo is None}
    bare = replace(draft, photos={slot: photo for slot, photo in draft.photos.items() if slot not in emptied})
    seats = {slot: replace(photo, fixed=True) for slot, photo in wanted.items() if photo is not None}
    return _seated(programme, bare, seats, draft)


def moves(programme: Programme, draft: Draft) -> dict[str, str]:
    """Where the photographs would stand by what is written on them: slot to the slot its picture is in now.

    Empty when they stand right, or when nothing can be said. Besides those that were recognised only pictures move
    that must make room; what the person put in its place by name stays.
    """
    papers = {step.id: step.paper for step in engine.slots(programme, draft)}
    filled = [slot for slot in papers if slot in draft.photos and draft.photos[slot].key]
    # one whose bytes are still on their way keeps its slot: nothing else names it
    homes = [slot for slot in papers if slot in filled or not _is_coming(draft.photos.get(slot))]
    stay = (slot for slot in filled if draft.photos[slot].fixed or papers[slot] == draft.photos[slot].seen)
    source = {slot: slot for slot in stay}
    for slot in filled:
        seen = draft.photos[slot].seen
        home = next((other for other in homes if papers[other] == seen and other not in source), "")
        if slot not in source.values() and seen and home:
            source[home] = slot
    for slot in filled:
        if slot in source.values():
            continue
        free = [other for other in filled if other not in source]
        source[slot if slot in free else free[0]] = slot
    return {slot: of for slot, of in source.items() if slot != of}


def sort(programme: Programme, draft: Draft) -> Placed:
    """Move the photographs as `moves` says."""
    moved = moves(programme, draft)
    left = {of: None for of in moved.values() if of not in moved}
    return rearrange(programme, draft, {**left, **{slot: draft.photos[of] for slot, of in moved.items()}})


def noticed(session: Session, created: int, msg_id: int, *, typed: bool) -> Session:
    """Learn from one message whether MsgIds grow with time.

    typed  a text: people type one after the other, so that also within one second the later has come later
    """
    known = session.numbering
    if known is None:
        return replace(session, numbering=Numbering(created, msg_id))
    if created < known.created or msg_id == known.msg_id:
        return session  # held up on its way, or a repeat
    grew = known.grew
    if msg_id < known.msg_id and (typed or created > known.created):
        grew = -1
    elif msg_id > known.msg_id and grew >= 0:
        grew = min(GREW_ENOUGH, grew + 1)
    return replace(session, numbering=Numbering(created, max(msg_id, known.msg_id) if grew >= 0 else msg_id, grew))


def is_ordered(session: Session) -> bool:
    """Does MsgId tell which of two messages of one second was sent first?"""
    return session.numbering is not None and session.numbering.grew >= GREW_ENOUGH


def left_so(draft: Draft) -> Draft:
    """The person wants every photograph where it is."""
    return replace(draft, photos={slot: replace(photo, fixed=True) for slot, photo in draft.photos.items()})


def _open_run(programme: Programme, draft: Draft) -> list[Step]:
    """The photo steps that hang together with the open one; none when something else is asked."""
    steps = engine.relevant_steps(programme, draft)
    step = engine.open_step(programme, draft)
    if step is None or step.kind != "photo":
        return []
    at = steps.index(step)
    first = at
    while first and steps[first - 1].kind == "photo":
        first -= 1
    end = at
    while end < len(steps) and steps[end].kind == "photo":
        end += 1
    return list(steps[first:end])


def _is_open(step: Step, draft: Draft) -> bool:
    photo = draft.photos.get(step.id)
    if step.id in draft.reopened:
        return True
    return photo.state not in engine.ACCEPTED_PHOTO if photo is not None else step.id not in draft.answers


def _passes_by(refused: Photo | None, photo: Photo) -> bool:
    return refused is not None and refused.state == "retake" and photo.sent_at <= refused.passed_by


def _is_coming(photo: Photo | None) -> bool:
    return photo is not None and photo.state == "fetching"


def _goes_behind(placed: Photo | None, photo: Photo, movable: Collection[str]) -> bool:
    """Was this placed one sent after the new one?"""
    if placed is None or placed.fixed:
        return False
    if placed.sent_at != photo.sent_at:
        return placed.sent_at > photo.sent_at
    return placed.ticket in movable and placed.order > photo.order


def _sent(photo: Photo) -> tuple[int, int]:
    return photo.sent_at, photo.order


def _seated(programme: Programme, draft: Draft, seats: Mapping[str, Photo], before: Draft | None = None) -> Placed:
    stood = {photo.ticket: slot for slot, photo in (before or draft).photos.items()}
    judge = []
    for seat, photo in seats.items():
        was = stood.get(photo.ticket)
        if was == seat:
            continue
        anew = was is not None and bool(photo.key) and not _ask_the_same(programme, was, seat)
        if anew or was is None:
            judge.append(photo.ticket)
        moved = replace(photo, state="fetching", remark="", reading=False) if anew else photo
        draft = engine.place_photo(draft, seat, moved)
    return Placed(draft, next(iter(seats), ""), tuple(judge))


def _ask_the_same(programme: Programme, one: str, other: str) -> bool:
    """Is a verdict for the one slot one for the other too?"""
    here, there = programme.step(one), programme.step(other)
    return here is not None and there is not None and asks(here) == asks(there)


def asks(step: Step) -> tuple[str, bool, str]:
    """What a slot asks of a picture."""
    return step.wanted, step.colour, step.paper
