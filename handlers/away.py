"""One message answered without the store of conversations: nothing is recorded, nothing is waited for."""

from msgspec.structs import replace

from dialogs import away
from dialogs.conversation import converse
from dialogs.effects import ClaimsRead, Input, ReadClaims, Unfollowed
from dialogs.model import HandOver, OpenId, Reply, Say
from dialogs.records import Forget
from dialogs.session import Erasing, Session
from handlers.erasing import CLOSED, LEFT
from handlers.inbound import Head
from handlers.perform import status_of
from handlers.world import World
from storage.errors import StoreUnavailable, Unreadable
from storage.sessions import KeptReply, mark_of


def answer(head: Head, told: Input, world: World) -> KeptReply:
    """What can be said all the same; a repeat of the message may hear something else. Raises StoreUnavailable for a
    wish that nothing can keep now."""
    keep_wish(head, told, world)
    session = Session(OpenId(head.openid))
    turn = away.answer(world.knowledge, session, told, world.moment())
    replies = turn.replies
    if any(isinstance(effect, ReadClaims) for effect in turn.effects):
        replies = _claims(session, world)
    return _kept(head, replies, int(world.clock().timestamp()))


def keep_wish(head: Head, told: Input, world: World) -> bool:
    """What WeChat asks for once and nobody repeats: whoever left or closed the account's access is to be forgotten. It
    stands in SQL until Redis is back; False for everything else. Raises StoreUnavailable: SQL is away too."""
    if not isinstance(told, Unfollowed | Forget):
        return False
    moment, left = world.moment(), isinstance(told, Unfollowed)
    wish = Erasing(moment.receipt, int(moment.now.timestamp()), LEFT if left else CLOSED, claims=not left)
    world.erasures.ask(world.sessions.person_of(head.openid), wish)
    return True


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
