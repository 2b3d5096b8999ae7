"""One inbound message to one finished turn: load, advance, perform, commit; again if somebody was faster."""

import time
from dataclasses import replace

from dialogs import claim, wording
from dialogs.conversation import converse
from dialogs.effects import Clicked, FetchPhoto, FileClaim, Input, ReadClaims, Turn
from dialogs.model import HandOver, OpenId, Picture, Say
from dialogs.session import News, Session
from handlers import perform
from handlers.inbound import Head
from handlers.world import World
from storage.sessions import KeptReply, Person, mark_of, settled

POLL_S = 0.04
"""How often a waiting request looks for a photo's verdict; one load each."""


class Contended(Exception):
    """Too many races lost in a row; the message is answered with an apology and repeated by WeChat."""


def take_turn(head: Head, told: Input, world: World) -> KeptReply:
    """The reply to one message; the same bytes for its repeats. Raises StoreUnavailable, Contended."""
    started = time.monotonic()
    name = world.sessions.person_of(head.openid)
    for _ in range(world.limits.commit_tries):
        person = world.sessions.load(name)
        before = person.reply_to(head.key)
        if before is not None:
            return before if before.settled else _wait(head, before, world, name, started)
        session = person.session or Session(OpenId(head.openid))
        turn = _finished(converse(world.knowledge, session, told, world.moment()), world, person, head)
        if turn is None:
            continue
        fetching = any(isinstance(effect, FetchPhoto) for effect in turn.effects)
        reply, after = _reply(head, turn, world, settled_now=not fetching, may_hand_over=not isinstance(told, Clicked))
        perform.before_commit(turn.effects, world, name)
        if world.sessions.commit(person, after, reply, int(world.clock().timestamp())):
            perform.after_commit(turn.effects, world, name)
            return _wait(head, reply, world, name, started) if fetching else reply
    raise Contended


def _finished(turn: Turn, world: World, person: Person, head: Head) -> Turn | None:
    """Perform what the core wants to know before it can answer. None: somebody was faster, begin again."""
    effects = turn.effects
    for effect in turn.effects:
        if not isinstance(effect, FileClaim | ReadClaims):
            continue
        if isinstance(effect, FileClaim) and turn.session != person.session:
            # the confirmation stands in Redis before the claim stands in SQL: nothing can be changed in between
            world.sessions.commit(person, turn.session, None, int(world.clock().timestamp()))
            return None
        answer = perform.answer_of(effect, world, person.name, head.openid)
        if answer is not None:
            told = converse(world.knowledge, turn.session, answer, world.moment())
            turn = replace(told, replies=(*turn.replies, *told.replies), effects=(*effects, *told.effects))
    return turn


def _reply(
    head: Head, turn: Turn, world: World, *, settled_now: bool, may_hand_over: bool
) -> tuple[KeptReply, Session]:
    """The reply as it is kept, and the session without the news that ride on it."""
    mark = mark_of(head.key)
    now = int(world.clock().timestamp())
    session = turn.session
    match turn.replies:
        case (HandOver(),) if may_hand_over:
            return KeptReply(mark, "transfer", (), now), session
        case (Picture(name),) if media_id := world.pictures.media_id(name):
            return KeptReply(mark, "image", (Say(media_id),), now), session
    says = [reply if isinstance(reply, Say) else Say(reply.else_say) for reply in turn.replies]
    return KeptReply(mark, "text", (*_told(session.news), *says), now, settled_now), replace(session, news=())


def _told(news: tuple[News, ...]) -> list[Say]:
    return [Say(item.text) for item in news]


def _wait(head: Head, first: KeptReply, world: World, name: str, started: float) -> KeptReply:
    """Wait for the verdict inside the deadline, if not too many wait already; then the reply is final."""
    if world.waiting.acquire(blocking=False):
        try:
            deadline = started + world.limits.budget_ms / 1000
            while time.monotonic() < deadline:
                person = world.sessions.load(name)
                reply = person.reply_to(head.key)
                if reply is None or reply.settled:
                    return reply or first
                ticket = first.mark.hex()
                if person.session is not None and not _still_fetching(person.session, ticket):
                    better = _with_verdict(head, person, person.session, world)
                    if better is not None:
                        return better
                    continue
                time.sleep(POLL_S)
        finally:
            world.waiting.release()
    return _settle(head, first, world, name)


def _still_fetching(session: Session, ticket: str) -> bool:
    draft = session.draft
    photos = draft.photos.values() if draft is not None else ()
    return any(photo.ticket == ticket and photo.state == "fetching" for photo in photos)


def _with_verdict(head: Head, person: Person, session: Session, world: World) -> KeptReply | None:
    """The final reply of a photo message: the news so far and the open question. None: somebody was faster."""
    says = _told(session.news)
    if session.draft is not None and not session.draft.paused and session.question is None:
        says += claim.question(world.knowledge, session)
    now = int(world.clock().timestamp())
    reply = KeptReply(mark_of(head.key), "text", tuple(says) or (Say(wording.SAVED),), now)
    return reply if world.sessions.commit(person, replace(session, news=()), reply, now) else None


def _settle(head: Head, first: KeptReply, world: World, name: str) -> KeptReply:
    """The deadline came first: what was said stands, the verdict rides on the next reply."""
    final = settled(first)
    for _ in range(world.limits.commit_tries):
        person = world.sessions.load(name)
        reply = person.reply_to(head.key)
        if reply is None or reply.settled or person.session is None:
            return reply or final
        if world.sessions.commit(person, person.session, final, int(world.clock().timestamp())):
            return final
    return final
