"""News reach a person who does not write: which way they still can, and doing it, once.

load → plan → write down that it is being sent → SQL → call WeChat → write down how it ended. Who is faster in writing
it down sends it; who dies in between leaves it to the next one (docs/decisions/0015-telling-people.md).
"""

from dataclasses import dataclass

from dialogs import agents, inbox, pushing
from dialogs.session import Sending, Session
from handlers import attempts, parking
from handlers.world import World
from storage.errors import SessionUnreadable, StoreUnavailable
from storage.telling import Errand

TURN_S = inbox.STALE_S
UNREADABLE_S = 3600
HELD_AGAIN_S = 600
"""A human agent has the chat: nothing of ours interferes, and it is looked again after a while."""
_WORTH_A_LINE = ("unsure", "again", "refused", "paused")
"""Ends that say something of WeChat or of us; the others are how people live."""
STEPS_MOST = 8
"""Attempts for one person in a row: each takes the next way, or the next message."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many people were looked after, and what went wrong, fit for a log; `alarms` are for an operator."""

    people: int
    troubles: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()


def note(world: World, person: str, session: Session) -> None:
    """To be called before a session with news is committed: they will be found. Raises StoreUnavailable."""
    due = pushing.next_due(session)
    if due is not None:
        world.telling.board.add(person, due)


def made(world: World, person: str, before: Session | None, after: Session) -> None:
    """Put the new news of claims on record; what is missed here is put there when it is sent.
    Raises StoreUnavailable."""
    known = {item.ticket for item in before.news} if before is not None else set()
    new = [item.ticket for item in after.news if item.state == "claim" and item.ticket not in known]
    world.telling.deliveries.made(person, new, world.clock())


def next_errand(world: World) -> Errand | None:
    """Somebody whose news are due, given to nobody else for a while. Raises StoreUnavailable."""
    found = world.telling.board.claim_due(int(world.clock().timestamp()), TURN_S, 1)
    return found[0] if found else None


def look_after(world: World, errand: Errand) -> Swept:
    """All that can go out to this person now. Raises StoreUnavailable: they are given out again."""
    troubles: list[str] = []
    alarms: list[str] = []
    try:
        due = deliver(world, errand.person, troubles, alarms)
    except SessionUnreadable:
        due = int(world.clock().timestamp()) + UNREADABLE_S  # the audit names who cannot be read
    world.telling.board.settle(errand, due)
    return Swept(1, tuple(troubles), tuple(alarms))


def deliver(world: World, person: str, troubles: list[str], alarms: list[str]) -> int | None:
    """All that can go out to one person now; when to look again, None when there is nothing to wait for.
    Raises StoreUnavailable."""
    telling = world.telling
    for _ in range(STEPS_MOST):
        loaded = parking.load(world, person)
        if loaded.session is None:
            return None
        at = world.clock()
        now = int(at.timestamp())
        if agents.is_held(loaded.session, now):
            return now + HELD_AGAIN_S
        session = inbox.returned(loaded.session, now)
        paused = telling.board.paused(now)
        ways = [way for way in telling.rules.ways if way not in paused]
        notice = telling.rules.subscription
        plan = pushing.plan(world.knowledge, session, now, ways, notice.template_id if notice is not None else "")
        if plan is None:
            if session != loaded.session and not parking.commit(world, loaded, session, None):
                continue
            return _nothing_to_send(world, person, session, now, paused)
        template = notice.template_id if notice is not None and plan.way == "subscription" else ""
        marked = inbox.taken(session, plan.way, plan.items, now, len(plan.messages), template)
        if not parking.commit(world, loaded, marked, None):
            continue
        sending = marked.reach.sending
        assert sending is not None
        rows = _begun(world, person, plan, sending)
        tries = max((item.tell.tries for item in plan.items if item.tell is not None), default=0)
        attempt = attempts.made(telling, session.openid, plan, at, tries)
        _settle(world, person, sending, attempt)
        record(world, rows, plan.way, attempt)
        if attempt.outcome.end in _WORTH_A_LINE:
            (alarms if attempt.is_alarm else troubles).append(f"{plan.way}: {attempt.trouble}")
    return int(world.clock().timestamp()) + attempts.MINUTE_S


def _begun(world: World, person: str, plan: pushing.Plan, sending: Sending) -> list[int]:
    """Put the attempt on record; with SQL away nothing is sent. Raises StoreUnavailable."""
    if plan.way == "custom" and not plan.messages:  # what they were about is gone
        return []
    try:
        return world.telling.deliveries.sending(person, [item.ticket for item in plan.items], plan.way, world.clock())
    except StoreUnavailable:
        template = world.telling.rules.subscription.template_id if world.telling.rules.subscription else ""
        _settle(world, person, sending, attempts.Attempt(inbox.Outcome("paused", template=template)))
        raise


def _nothing_to_send(world: World, person: str, session: Session, now: int, paused: dict[str, int]) -> int | None:
    """Nothing is due, or no way is left: then it rides on the next reply."""
    _put_on_record(world, person, session)
    stuck = pushing.due_now(session, now)
    if not stuck:
        return pushing.next_due(session)
    world.telling.deliveries.inbox(person, [item.ticket for item in stuck if item.state == "claim"], world.clock())
    later = [item.tell.due for item in pushing.deeds(session) if item.tell is not None and item.tell.due > now]
    ends = [until for way, until in paused.items() if way in world.telling.rules.ways]
    return min((*later, *ends), default=None) if not session.reach.gone else None


def _waiting(session: Session) -> set[str]:
    sending = session.reach.sending
    under_way = (*sending.tickets, *(item.ticket for item in sending.items)) if sending is not None else ()
    return {*under_way, *(item.ticket for item in session.news)}


def _settle(world: World, person: str, sending: Sending, attempt: attempts.Attempt) -> None:
    """Write down how it ended, whoever else writes meanwhile. Raises StoreUnavailable: then nobody knows, and it is
    told once more."""
    for _ in range(world.limits.commit_tries):
        loaded = parking.load(world, person)
        if loaded.session is None:
            return
        now = int(world.clock().timestamp())
        session = inbox.settled(loaded.session, sending, attempt.outcome, now)
        if session is loaded.session or parking.commit(world, loaded, session, None):
            return
    raise StoreUnavailable("how a message ended lost every race")


def record(world: World, rows: list[int], way: str, attempt: attempts.Attempt) -> None:
    """Put on record how an attempt ended; a way that does not work for anybody is left alone for a while."""
    telling, at = world.telling, world.clock()
    end = attempt.outcome.end
    if end == "arrived":  # a customer-service message lies in the chat; of the others a receipt comes
        telling.deliveries.move(rows, "accepted", at, msg_id=attempt.msg_id)
        if way == "custom":
            telling.deliveries.move(rows, "delivered", at)
    else:
        telling.deliveries.move(rows, "failed", at, reason=f"{end}: {attempt.trouble}")
    if end == "paused":
        telling.board.pause(way, int(at.timestamp()) + attempts.PAUSE_S)
    telling.board.count(way, end)


def receipt(world: World, person: str, way: str, msg_id: str, status: str) -> bool:
    """WeChat says what became of a template message or subscription notice. A failed one makes way for the next way.
    Safe to repeat; False when no such message is known (yet). Raises StoreUnavailable."""
    rows = world.telling.deliveries.of_message(person, way, msg_id)
    if not rows:
        return False
    at = world.clock()
    if status.lower() == "success":
        world.telling.deliveries.move([row.id for row in rows], "delivered", at, msg_id=msg_id)
        return True
    moved = world.telling.deliveries.move([row.id for row in rows], "failed", at, reason=status, msg_id=msg_id)
    if moved:
        _point_again(world, person, {row.what for row in rows})
    return True


def _point_again(world: World, person: str, names: set[str]) -> None:
    for _ in range(world.limits.commit_tries):
        loaded = parking.load(world, person)
        session = loaded.session
        if session is None:
            return
        for name in names:
            session = inbox.unpointed(session, name)
        if session is loaded.session:
            return
        note(world, person, session)
        if parking.commit(world, loaded, session, None):
            return
    raise StoreUnavailable("a receipt lost every race")


def settle_inboxes(world: World) -> int:
    """What waited for people and has ridden on a reply since is put on record; how many. Raises StoreUnavailable."""
    settled, last = 0, ""
    while people := world.telling.deliveries.in_inbox(last):
        for person in people:
            settled += settle_inbox(world, person)
        last = people[-1]
    return settled


def settle_inbox(world: World, person: str) -> int:
    """The same for one person."""
    try:
        session = parking.load(world, person).session
    except SessionUnreadable:
        return 0
    return _put_on_record(world, person, session)


def _put_on_record(world: World, person: str, session: Session | None) -> int:
    """What became of news that lie in the inbox no longer."""
    lost = "gone: they do not follow any more" if session is None or session.reach.gone else ""
    waiting = _waiting(session) if session is not None else set()
    return world.telling.deliveries.left_inbox(person, waiting, world.clock(), TURN_S, lost=lost)
