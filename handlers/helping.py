"""Between a claimant's session and that of who takes photographs for them.

The claim's session is written first, by the helper's message: its key is the photograph's ticket, so a message that
comes again after a crash changes nothing there and is answered anew. Photographs lie with the claimant from the start.
"""

import secrets
import time
from contextlib import suppress
from datetime import timedelta

from dialogs import helping
from dialogs.effects import Input, Unavailable
from dialogs.help_effects import (
    HandLent,
    HelperJoined,
    HelperSent,
    HelpJoined,
    HelpOffered,
    HelpOver,
    JoinHelp,
    LeaveHelp,
    LendHand,
    OfferHelp,
)
from handlers import parking
from handlers.session_news import tell
from handlers.world import World
from storage.errors import SessionUnreadable, StoreUnavailable

POLL_S = 0.05
LEFT_FOR_THE_REST_MS = 1200
"""Of the time for a reply, what is kept for all else than waiting for a photograph's verdict."""


def answer_of(effect: OfferHelp | JoinHelp | LendHand | LeaveHelp, world: World, person: str) -> Input | None:
    """Perform it, before the reply; what the core is told of it."""
    try:
        match effect:
            case OfferHelp():
                return offer(world, person)
            case JoinHelp(code):
                return join(world, person, code)
            case LendHand():
                return lend(world, person, effect)
            case LeaveHelp(owner, help_id):
                tell(world, owner, HelpOver(help_id, "helper"))
    except StoreUnavailable:
        return None if isinstance(effect, LeaveHelp) else Unavailable("help")
    return None


def offer(world: World, owner: str) -> HelpOffered:
    """A code for this person's claim. Raises StoreUnavailable, as all here does."""
    help_id = secrets.token_hex(16)
    code = world.help_codes.offer(owner, help_id, helping.LASTS_S, helping.CODE_DIGITS)
    return HelpOffered(help_id, code, int(world.clock().timestamp()) + helping.LASTS_S)


def join(world: World, helper: str, code: str) -> HelpJoined:
    """Who typed a code helps whose it is, unless somebody else does already. It is in the log before it counts."""
    if not world.help_codes.may_try(helper):
        return HelpJoined("locked")
    found = world.help_codes.whose(code)
    if found is None:
        return HelpJoined("unknown")
    owner, help_id = found
    if owner == helper:
        return HelpJoined("own")
    session = tell(world, owner, HelperJoined(help_id, helper))
    why = helping.may_join(session, help_id, helper, world.moment()) if session is not None else "unknown"
    if session is None or session.help is None or why:
        return HelpJoined(why or "unknown")
    now = world.clock()
    until = now + timedelta(seconds=session.help.until - int(now.timestamp()))
    world.helpings.begin(help_id, owner, helper, now, until)
    world.help_codes.forgive(helper)
    return HelpJoined("", owner, help_id, session.help.until, helping.view(world.knowledge, session, "", ()).open)


def lend(world: World, helper: str, hand: LendHand) -> HandLent:
    """Put the helper's photograph into the claim, and wait a while for what is said of it."""
    if hand.photo is not None:
        session = tell(world, hand.owner, HelperSent(hand.id, helper, hand.photo))
    else:
        session = parking.load(world, hand.owner).session
    taken = hand.photo is None or (session is not None and helping.holds(session, hand.photo.ticket))
    lent_before = hand.photo is not None and taken  # perhaps all was complete with it
    if session is None or not (lent_before or helping.is_helper(session, hand.id, helper, world.moment())):
        return HandLent("ended" if hand.photo is None else "over")
    what = "asked" if hand.photo is None else "taken" if taken else "closed"
    seen = helping.view(world.knowledge, session, what, hand.tickets if taken else hand.tickets[:-1])
    if what == "taken":
        asked_again = session.draft is not None and session.draft.retake is not None
        seen = _waited(world, hand, seen, HandLent("taken", complete=True) if asked_again else HandLent("ended"))
    if seen.complete and not any(shot.state == "fetching" for shot in seen.shots):
        tell(world, hand.owner, HelpOver(hand.id, "complete"))
    return seen


def close_overdue(world: World) -> int:
    """Those whose time is over get their end, in the claim and in the log; how many. Safe to repeat."""
    closed = 0
    for help_id, owner in world.helpings.overdue(world.clock()):
        with suppress(SessionUnreadable):
            tell(world, owner, HelpOver(help_id, "time"))
        world.helpings.end(help_id, "ended", world.clock(), None)  # all that is left to say where the claim is gone
        closed += 1
    return closed


def _waited(world: World, hand: LendHand, seen: HandLent, gone: HandLent) -> HandLent:
    """Until the verdict on the newest photograph, within the time for a reply; the others are told later. `gone`: what
    it means that the draft is: handed in, or dropped."""
    assert hand.photo is not None
    until = time.monotonic() + (world.limits.budget_ms - LEFT_FOR_THE_REST_MS) / 1000
    if not world.waiting.acquire(blocking=False):
        return seen
    try:
        while _is_checked(seen, hand.photo.ticket) and time.monotonic() < until:
            time.sleep(POLL_S)
            session = world.sessions.load(hand.owner).session
            if session is None or session.draft is None:
                return gone
            seen = helping.view(world.knowledge, session, seen.what, hand.tickets)
    except StoreUnavailable:
        pass  # it was taken in: said later
    finally:
        world.waiting.release()
    return seen


def _is_checked(seen: HandLent, ticket: str) -> bool:
    return any(shot.ticket == ticket and shot.state == "fetching" for shot in seen.shots)
