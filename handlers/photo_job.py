"""What a worker does with one photograph: fetch, judge, store, and feed the verdict into the person's session."""

from dialogs.conversation import converse
from dialogs.effects import DropPhotos, PhotoJudged
from dialogs.programme import Programme
from dialogs.session import Photo, Session
from handlers import perform
from handlers.photos import Fingerprint, PhotoLimits, Wanted, judge
from handlers.ports import MediaGone, MediaUnfit
from handlers.world import World
from storage.errors import StoreUnavailable

GIVE_UP_AFTER_S = 24 * 3600
"""A media_id dies after 3 days: after one day the person is asked for the photograph again."""


def fetch_photo(world: World, person: str, ticket: str) -> None:
    """Safe to run twice, and after the draft is gone.

    raises  WeChatError, StoreUnavailable: to be tried again later; the pending index still knows of it
    """
    kept = world.sessions.load(person).session
    waiting = _waiting(kept, ticket)
    if kept is None or waiting is None:
        world.pending.done(person, ticket)
        return
    slot, photo = waiting
    verdict = _verdict(world, person, kept, slot, photo)
    _feed(world, person, verdict)
    world.pending.done(person, ticket)


def _waiting(session: Session | None, ticket: str) -> tuple[str, Photo] | None:
    if session is None or session.draft is None:
        return None
    for slot, photo in session.draft.photos.items():
        if photo.ticket == ticket and photo.state == "fetching":
            return slot, photo
    return None


def _verdict(world: World, person: str, session: Session, slot: str, photo: Photo) -> PhotoJudged:
    draft = session.draft
    assert draft is not None
    if int(world.clock().timestamp()) - photo.sent_at > GIVE_UP_AFTER_S:
        return PhotoJudged(photo.ticket, "lost")
    try:
        data = world.media.fetch(photo.media_id, photo.pic_url)
    except MediaGone:
        return PhotoJudged(photo.ticket, "lost")
    except MediaUnfit:
        return PhotoJudged(photo.ticket, "refuse", "这不是能用的照片。请用手机拍一张，再发一次。")
    step = world.knowledge.programmes[draft.programme].step(slot)
    wanted = Wanted(step.wanted if step is not None else "any", step.colour if step is not None else False)  # type: ignore[arg-type]
    others = {
        _label(world.knowledge.programmes[draft.programme], other): Fingerprint(other_photo.fingerprint)
        for other, other_photo in draft.photos.items()
        if other != slot and other_photo.fingerprint
    }
    judged = judge(data, wanted, PhotoLimits(max_bytes=world.limits.photo_max_bytes), others)
    if judged.strength == "refuse":
        return PhotoJudged(photo.ticket, "refuse", judged.says)
    key = world.photos.put(person, data)
    return PhotoJudged(photo.ticket, judged.strength, judged.says, key, str(judged.fingerprint))


def _label(programme: Programme, slot: str) -> str:
    step = programme.step(slot)
    return step.label if step is not None else slot


def _feed(world: World, person: str, verdict: PhotoJudged) -> None:
    for _ in range(world.limits.commit_tries):
        loaded = world.sessions.load(person)
        if loaded.session is None:
            turn_effects = (DropPhotos((verdict.key,)),) if verdict.key else ()
            perform.after_commit(turn_effects, world, person)
            return
        turn = converse(world.knowledge, loaded.session, verdict, world.moment())
        if world.sessions.commit(loaded, turn.session, None, int(world.clock().timestamp())):
            perform.after_commit(turn.effects, world, person)
            return
    raise StoreUnavailable("a verdict lost every race")


def sweep(world: World, overdue_after_s: int = 60) -> int:
    """Hand out again what a dead worker left. Returns how many."""
    now = int(world.clock().timestamp())
    overdue = world.pending.overdue(now - overdue_after_s)
    for person, ticket in overdue:
        world.pending.add(person, ticket, now)
        world.jobs.fetch_photo(person, ticket)
    return len(overdue)
