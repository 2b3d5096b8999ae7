"""What a worker does with one photograph: fetch, judge, store, and feed the verdict into the person's session.

Every step may happen twice, and the worker may die between any two: the pending index is told before and after.
"""

import hashlib
import random
from collections.abc import Mapping
from typing import Literal

from msgspec.structs import replace

from dialogs.conversation import converse
from dialogs.effects import DropPhotos, FetchPhoto, HandInPaper, Input, PaperHandedIn, PaperRead, PhotoJudged
from dialogs.programme import Programme
from dialogs.session import Draft, Photo, Session
from handlers import counting, notify, own_claims, perform
from handlers.photos import Fingerprint, Judged, PhotoLimits, Wanted, compared, judge
from handlers.ports import MediaGone, MediaUnfit, WeChatError
from handlers.world import World
from storage.errors import Missing, StoreUnavailable, Unreadable
from storage.sessions import Person

Outcome = Literal["done", "later", "aside"]

GIVE_UP_AFTER_S = 24 * 3600
"""A media_id dies after 3 days: after one day the person is asked for the photograph again."""
THOUGHT_DEAD_AFTER_S = 75
"""Longer than the time limit of a job."""
BEGUN_MOST = 5
"""So many workers may die, or stumble over a defect of ours, on one photograph before it is set aside."""
ROUNDS_MOST = 5
"""How often a picture is judged anew in one job because it was moved to another slot meanwhile."""
FIRST_DELAY_S = 2.0
LONGEST_DELAY_S = 600.0
SOON_S = 60.0
"""Delays up to this are handed to the queue at once; longer ones are left to the sweeper."""
READ_WITHIN_S = 60
"""A reader that has said nothing by then is gone: a paper asked for again does not wait for its advice any longer."""
DAMAGED = {"empty", "format", "broken", "truncated"}
UNFIT = "这不是能用的照片。请用手机拍一张，再发一次。"


def fetch_photo(world: World, person: str, ticket: str) -> Outcome:
    """Safe to run twice, at once, and after the draft is gone. Raises StoreUnavailable, or any defect of ours: the
    pending index then hands it out again, but not for ever (`put_off` makes it sooner)."""
    now = int(world.clock().timestamp())
    attempt = world.pending.begin(person, ticket, now + THOUGHT_DEAD_AFTER_S)
    if attempt.begun > BEGUN_MOST:
        _feed(world, person, PhotoJudged(ticket, "failed"))
        world.pending.set_aside(person, ticket, now)
        return "aside"
    try:
        _see_through(world, person, ticket)
        if _is_being_read(world, person, ticket, last_chance=attempt.failed > 0):
            due = int(world.clock().timestamp() + READ_WITHIN_S)
            world.pending.later(person, ticket, due, ended_well=True)
            return "later"
        _hand_in(world, person, ticket)
    except (WeChatError, StoreUnavailable) as trouble:
        slow = isinstance(trouble, WeChatError) and trouble.remedy not in ("again", "renew", "gone")
        delay_s = delay_after(attempt.failed + (4 if slow else 0))
        due = int(world.clock().timestamp() + delay_s)
        world.pending.later(person, ticket, due + perform.HINT_LOST_AFTER_S * (delay_s <= SOON_S), ended_well=True)
        if delay_s <= SOON_S:
            world.jobs.fetch_photo(person, ticket, delay_s)
        return "later"
    world.pending.done(person, ticket)
    if _waiting(world.sessions.load(person).session, ticket) is not None:
        # moved in between: who moved it had written it down before we crossed it out
        world.pending.add(person, ticket, now, int(world.clock().timestamp()) + perform.HINT_LOST_AFTER_S)
    return "done"


def put_off(world: World, person: str, ticket: str, *, ended_well: bool) -> None:
    """A job was broken off: soon again. Unless it `ended_well` it counts against the photograph.
    Raises StoreUnavailable."""
    world.pending.later(person, ticket, int(world.clock().timestamp() + FIRST_DELAY_S), ended_well=ended_well)


def delay_after(failed: int) -> float:
    """Seconds to the next try: doubled each time, with jitter so that a returning WeChat is not stormed."""
    whole: float = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(failed, 20))
    return whole * random.uniform(0.5, 1.0)


def _see_through(world: World, person: str, ticket: str) -> None:
    """From whatever stands in the session to a verdict in it; again when the picture was moved meanwhile."""
    for _ in range(ROUNDS_MOST):
        session = world.sessions.load(person).session
        waiting = _waiting(session, ticket)
        if session is None or waiting is None:
            return
        slot, photo = waiting
        _feed(world, person, *_verdict(world, person, session, slot, photo))
    raise StoreUnavailable("a photograph is moved from slot to slot")


def _is_being_read(world: World, person: str, ticket: str, *, last_chance: bool) -> bool:
    """Is a paper that was asked for again being read? Then it is handed in when that is done, by whom is quicker."""
    session = world.sessions.load(person).session
    draft = session.draft if session is not None else None
    if draft is None or draft.retake is None:
        return False
    photo = draft.photos.get(draft.retake.slot)
    if photo is None or photo.ticket != ticket or not photo.reading:
        return False
    if not last_chance:
        return True
    _tell(world, person, PaperRead(ticket, draft.retake.slot), ticket)
    return False


def _hand_in(world: World, person: str, ticket: str) -> None:
    """A paper that was asked for again goes to the office. Raises StoreUnavailable: the pending index tries again."""
    session = world.sessions.load(person).session
    draft = session.draft if session is not None else None
    if draft is None or draft.retake is None or not draft.filing:
        return
    asked = draft.retake
    photo = draft.photos.get(asked.slot)
    if photo is None or photo.ticket != ticket or not photo.key:
        return
    try:
        taken = own_claims.hand_in(
            world, person, asked.receipt, asked.slot, photo.key, photo.fingerprint, world.clock()
        )
    except Missing:
        taken = False
    _tell(world, person, PaperHandedIn(ticket, taken), ticket)


def _tell(world: World, person: str, told: Input, seen_to: str) -> None:
    for _ in range(world.limits.commit_tries):
        if feed(world, person, told, seen_to):
            return
    raise StoreUnavailable("what became of a paper lost every race")


def _waiting(session: Session | None, ticket: str) -> tuple[str, Photo] | None:
    if session is None or session.draft is None:
        return None
    for slot, photo in session.draft.photos.items():
        if photo.ticket == ticket and photo.state == "fetching":
            return slot, photo
    return None


def _verdict(world: World, person: str, session: Session, slot: str, photo: Photo) -> tuple[PhotoJudged, Judged | None]:
    """The verdict to feed, and the judgement it rests on where the bytes could be judged."""
    draft = session.draft
    assert draft is not None
    try:
        data = _bytes(world, person, photo)
    except (MediaGone, Missing, Unreadable):
        return PhotoJudged(photo.ticket, "lost"), None
    except MediaUnfit:
        return PhotoJudged(photo.ticket, "refuse", UNFIT, slot=slot), None
    wanted = _wanted(world.knowledge.programmes[draft.programme], slot)
    judged = judge(data, wanted, limits_of(world))
    if not photo.key and any(reason.code in DAMAGED for reason in judged.reasons):
        try:
            # a gateway may have cut it on its way: look by the other way, if there is one
            data = world.media.fetch("" if photo.pic_url else photo.media_id, photo.pic_url)
        except (MediaGone, MediaUnfit, WeChatError):
            pass
        else:
            judged = judge(data, wanted, limits_of(world))
    # the MD5 by which the phone announced it, no safeguard of anything
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    key = world.photos.put(person, data) if judged.strength != "refuse" else ""
    step = world.knowledge.programmes[draft.programme].step(slot)
    counting.judged(world, draft.programme, judged.strength, judged.reasons[0].code if judged.reasons else "")
    reading = bool(key) and step is not None and bool(step.paper) and world.jobs.can_read()
    told = PhotoJudged(
        photo.ticket, judged.strength, judged.says, key, str(judged.fingerprint), slot, md5, reading
    )  # fmt: skip
    return told, judged


def _bytes(world: World, person: str, photo: Photo) -> bytes:
    """From our store when they lie there already, else from WeChat."""
    if photo.key:
        return world.photos.get(person, photo.key)
    if int(world.clock().timestamp()) - photo.came_at > GIVE_UP_AFTER_S:
        raise MediaGone("a day has gone")
    return world.media.fetch(photo.media_id, photo.pic_url)


def limits_of(world: World) -> PhotoLimits:
    """The caps on a photograph's bytes and pixels."""
    return PhotoLimits(max_bytes=world.limits.photo_max_bytes)


def _wanted(programme: Programme, slot: str) -> Wanted:
    step = programme.step(slot)
    return Wanted(step.wanted, step.colour) if step is not None else Wanted()  # type: ignore[arg-type]


def _feed(world: World, person: str, verdict: PhotoJudged, judged: Judged | None = None) -> None:
    """Tell the core, whoever else writes to the session meanwhile. Raises StoreUnavailable."""
    for _ in range(world.limits.commit_tries):
        loaded = world.sessions.load(person)
        draft = loaded.session.draft if loaded.session is not None else None
        if loaded.session is None or draft is None:
            perform.after_commit((DropPhotos((verdict.key,)),) if verdict.key else (), world, person)
            return
        told = verdict
        if judged is not None and judged.strength != "refuse":
            programme = world.knowledge.programmes[draft.programme]
            others = _others(programme, draft, verdict.ticket)
            told = _compared(verdict, judged, _wanted(programme, verdict.slot), others)
        if feed(world, person, told, loaded=loaded):  # what it was compared with is what it is written beside
            return
    raise StoreUnavailable("a verdict lost every race")


def feed(world: World, person: str, told: Input, seen_to: str = "", loaded: Person | None = None) -> bool:
    """Tell the core something that nobody waits for; False when somebody was faster. Raises StoreUnavailable.

    seen_to  the ticket of the photograph that the calling job is at: what is to be done for it, it does itself
    loaded   the session on which `told` rests, where it rests on one
    """
    loaded = loaded or world.sessions.load(person)
    if loaded.session is None:
        return True
    turn = converse(world.knowledge, loaded.session, told, world.moment())
    if turn.session == loaded.session and not turn.effects:
        return True
    perform.before_commit(turn.effects, world, person)
    notify.note(world, person, turn.session)
    if not world.sessions.commit(loaded, turn.session, None, int(world.clock().timestamp())):
        return False
    seen_to = told.ticket if isinstance(told, PhotoJudged) else seen_to
    effects = (one for one in turn.effects if not (isinstance(one, FetchPhoto | HandInPaper) and one.ticket == seen_to))
    perform.after_commit(tuple(effects), world, person)
    return True


def _others(programme: Programme, draft: Draft, ticket: str) -> Mapping[str, Fingerprint]:
    """How the pictures in the other slots look, by the names the person knows."""
    found = {}
    for slot, photo in draft.photos.items():
        step = programme.step(slot)
        if photo.ticket != ticket and photo.fingerprint:
            found[step.label if step is not None else slot] = Fingerprint(photo.fingerprint)
    return found


def _compared(verdict: PhotoJudged, judged: Judged, wanted: Wanted, others: Mapping[str, Fingerprint]) -> PhotoJudged:
    """The verdict when the same picture lies in another slot: looked for late, as two of a burst are judged at once."""
    now = compared(judged, wanted, others)
    if now.strength == judged.strength and now.says == judged.says:
        return verdict
    return replace(verdict, strength=now.strength, says=now.says, reading=verdict.reading and now.strength != "refuse")


def sweep(world: World) -> int:
    """Hand out what is due: a worker died, a hint was lost, a long delay is over. Returns how many."""
    now = int(world.clock().timestamp())
    overdue = world.pending.claim_due(now, now + perform.HINT_LOST_AFTER_S)
    for person, ticket in overdue:
        world.jobs.fetch_photo(person, ticket)
    return len(overdue)
