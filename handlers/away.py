"""One message answered without the store of conversations: nothing is recorded, nothing is waited for."""

from dataclasses import replace

from dialogs import away
from dialogs.conversation import converse
from dialogs.effects import ClaimsRead, Input, ReadClaims
from dialogs.model import HandOver, OpenId, Reply, Say
from dialogs.session import Session
from handlers.inbound import Head
from handlers.perform import status_of
from handlers.world import World
from storage.errors import StoreUnavailable, Unreadable
from storage.sessions import KeptReply, mark_of


def answer(head: Head, told: Input, world: World) -> KeptReply:
    """What can be said all the same; a repeat of the message may hear something else."""
    session = Session(OpenId(head.openid))
    turn = away.answer(world.knowledge, session, told, world.moment())
    replies = turn.replies
    if any(isinstance(effect, ReadClaims) for effect in turn.effects):
        replies = _claims(session, world)
    return _kept(head, replies, int(world.clock().timestamp()))


def _claims(session: Session, world: World) -> tuple[Reply, ...]:
    """Filed claims stand in SQL; an agency's platform is not asked: what it last told stands there too."""
    try:
        found = world.claims.of(world.sessions.person_of(session.openid))
    except (StoreUnavailable, Unreadable):
        return away.claims_unknown(world.knowledge)
    read = ClaimsRead(tuple(map(status_of, found)))
    turn = converse(world.knowledge, session, read, world.moment())
    return away.claims(world.knowledge, replace(turn, effects=()))


def _kept(head: Head, replies: tuple[Reply, ...], now: int) -> KeptReply:
    mark = mark_of(head.key)
    match replies:
        case ():
            return KeptReply(mark, "success", (), now)
        case (HandOver(),) if head.is_message:
            return KeptReply(mark, "transfer", (), now)
    return KeptReply(mark, "text", tuple(one if isinstance(one, Say) else Say(one.else_say) for one in replies), now)
