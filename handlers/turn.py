"""One inbound message to one finished turn: load, advance, perform, commit; again if somebody was faster."""

import time

from msgspec.structs import replace

from dialogs import allowance, photo_news
from dialogs.conversation import converse, said_of
from dialogs.effects import (
    DrawSheet,
    ErasePerson,
    FetchPhoto,
    FileClaim,
    HandInPaper,
    Input,
    ReadClaims,
    Said,
    Sent,
    Turn,
    WithdrawClaim,
)
from dialogs.help_effects import ANSWERED as OF_HELP
from dialogs.model import HandOver, OpenId, Picture, Reply, Say, SentPicture
from dialogs.records import Forget, ReadRecords
from dialogs.session import Session
from dialogs.slots import noticed
from dialogs.verify_effects import ANSWERED as OF_VERIFYING
from handlers import counting, helping, parking, perform, verification
from handlers.dispatch import dated, earning
from handlers.inbound import Head
from handlers.world import World
from storage.errors import StoreUnavailable
from storage.sessions import KeptReply, Person, mark_of, settled

POLL_S = 0.04
"""How often a waiting request looks whether the worker is done; one load each."""


class Contended(Exception):
    """Too many races lost in a row; the message is answered with an apology and repeated by WeChat."""


def take_turn(head: Head, told: Input, world: World) -> KeptReply:
    """The reply to one message; the same bytes for its repeats. Raises Contended; StoreUnavailable, as ParkedAway when
    the person's draft cannot be fetched from where it is parked."""
    started = time.monotonic()
    name = world.sessions.person_of(head.openid)
    told = dated(told, int(world.clock().timestamp()))
    for _ in range(world.limits.commit_tries):
        person = parking.load(world, name)
        before = person.reply_to(head.key)
        if before is not None:
            return before if before.settled else _wait(head, before, world, name, before.awaits, started)
        if _other_version(world, person.session):
            world.look()  # who answered before may have taken up already what was published since we looked
        session = person.session or Session(OpenId(head.openid))
        if head.order:
            session = noticed(session, head.created, head.order, typed=isinstance(told, Said))
        turn = _finished(converse(world.knowledge, session, told, world.moment()), world, person, head)
        if turn is None:
            continue
        turn = _with_earned(turn, head, told, world)
        awaited = _awaited(told, turn)
        reply, after = _reply(head, turn, world, awaited=awaited, may_hand_over=head.is_message)
        perform.before_commit(turn.effects, world, name)
        if isinstance(told, Forget) or any(isinstance(effect, ErasePerson) for effect in turn.effects):
            person = replace(person, replies=())  # what was answered before holds what was said
        if world.sessions.commit(person, after, reply, int(world.clock().timestamp())):
            parking.returned(world, person)
            perform.after_commit(turn.effects, world, name)
            counting.turned(world, name, session, told, after)
            return _wait(head, reply, world, name, awaited, started) if awaited else reply
    raise Contended


def _other_version(world: World, session: Session | None) -> bool:
    draft = session.draft if session is not None else None
    programme = world.knowledge.programmes.get(draft.programme) if draft is not None else None
    return draft is not None and programme is not None and draft.version != programme.version


def _finished(turn: Turn, world: World, person: Person, head: Head) -> Turn | None:
    """Perform what the core wants to know before it can answer. None: somebody was faster, begin again."""
    effects = turn.effects
    for effect in turn.effects:
        if not isinstance(effect, (FileClaim, ReadClaims, WithdrawClaim, ReadRecords, *OF_HELP, *OF_VERIFYING)):
            continue
        if isinstance(effect, FileClaim) and turn.session != person.session:
            # the confirmation stands in Redis before the claim stands in SQL: nothing can be changed in between
            if world.sessions.commit(person, turn.session, None, int(world.clock().timestamp())):
                parking.returned(world, person)
            return None
        if isinstance(effect, OF_HELP):
            answer = helping.answer_of(effect, world, person.name)
        elif isinstance(effect, OF_VERIFYING):
            answer = verification.answer_of(effect, world, person.name)
        else:
            answer = perform.answer_of(effect, world, person.name, head.openid)
        if answer is not None:
            told = converse(world.knowledge, turn.session, answer, world.moment())
            turn = replace(told, replies=(*turn.replies, *told.replies), effects=(*effects, *told.effects))
    return turn


def _with_earned(turn: Turn, head: Head, told: Input, world: World) -> Turn:
    """What the person did allows us so many messages outside a reply."""
    trigger = earning(head, told)
    if trigger is None:
        return turn
    reach = allowance.earned(turn.session.reach, trigger, head.created, int(world.clock().timestamp()))
    return replace(turn, session=replace(turn.session, reach=reach))


def _awaited(told: Input, turn: Turn) -> tuple[str, ...]:
    """The tickets of what workers do for this message before its reply is final: of a photograph only its own."""
    works = FetchPhoto | DrawSheet | HandInPaper
    tickets = tuple(effect.ticket for effect in turn.effects if isinstance(effect, works))
    return tuple(ticket for ticket in tickets if ticket == told.ticket) if isinstance(told, Sent) else tickets


def _reply(
    head: Head, turn: Turn, world: World, *, awaited: tuple[str, ...], may_hand_over: bool
) -> tuple[KeptReply, Session]:
    """The reply as it is kept, and the session without the news that ride on it."""
    mark = mark_of(head.key)
    now = int(world.clock().timestamp())
    match turn.replies:
        case ():  # an event that wants no words; news wait for a message
            return KeptReply(mark, "success", (), now), turn.session
        case (HandOver(),) if may_hand_over:
            return KeptReply(mark, "transfer", (), now), turn.session
        case (SentPicture(media_id),):
            return KeptReply(mark, "image", (Say(media_id),), now), turn.session
        case (Picture(name),) if media_id := world.pictures.media_id(name):
            return KeptReply(mark, "image", (Say(media_id),), now), turn.session
    news, session = photo_news.riding(world.knowledge, turn.session, now)
    answer = [_in_words(reply) for reply in turn.replies]
    fresh = [say for say in map(_in_words, news) if not any(say.text in other.text for other in answer)]
    says = (*fresh, *answer)
    return KeptReply(mark, "text", says, now, not awaited, awaited), session


def _in_words(reply: Reply) -> Say:
    return reply if isinstance(reply, Say) else Say(reply.else_say)


def _wait(head: Head, first: KeptReply, world: World, name: str, tickets: tuple[str, ...], started: float) -> KeptReply:
    """Wait for the worker inside the deadline, if not too many wait already; then the reply is final."""
    try:
        return _waited(head, first, world, name, tickets, started)
    except StoreUnavailable:
        return settled(first)  # it was taken in: to ask for it again would bring it twice


def _waited(
    head: Head, first: KeptReply, world: World, name: str, tickets: tuple[str, ...], started: float
) -> KeptReply:
    if world.waiting.acquire(blocking=False):
        try:
            while (spent_ms := (time.monotonic() - started) * 1000) < world.limits.budget_ms:
                person = world.sessions.load(name)
                reply = person.reply_to(head.key)
                if reply is None or reply.settled:
                    return reply or first
                if final := _final(head, person, tickets, world, reading_too=spent_ms < world.limits.reading_ms):
                    return final
                time.sleep(POLL_S)
        finally:
            world.waiting.release()
    return _settle(head, first, world, name, tickets)


def _final(
    head: Head, person: Person, tickets: tuple[str, ...], world: World, *, reading_too: bool
) -> KeptReply | None:
    """The reply that a worker's deed made possible. None: not yet, or somebody was faster with the session."""
    if person.session is None:
        return None
    turn = said_of(world.knowledge, person.session, tickets, reading_too=reading_too)
    if turn is None:
        return None
    now = int(world.clock().timestamp())
    match turn.replies:
        case (SentPicture(media_id),):
            reply = KeptReply(mark_of(head.key), "image", (Say(media_id),), now)
        case _:
            reply = KeptReply(mark_of(head.key), "text", tuple(_in_words(reply) for reply in turn.replies), now)
    return reply if world.sessions.commit(person, turn.session, reply, now) else None


def _settle(head: Head, first: KeptReply, world: World, name: str, tickets: tuple[str, ...]) -> KeptReply:
    """The deadline came first: what was said stands unless there is better by now; the rest rides on the next reply."""
    final = settled(first)
    for _ in range(world.limits.commit_tries):
        person = world.sessions.load(name)
        reply = person.reply_to(head.key)
        if reply is None or reply.settled or person.session is None:
            return reply or final
        if better := _final(head, person, tickets, world, reading_too=False):
            return better
        if world.sessions.commit(person, person.session, final, int(world.clock().timestamp())):
            return final
    return final
