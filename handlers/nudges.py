"""Unfinished claims are brought to mind, each once: written down first, so that nobody is reminded twice whatever
dies. One that does not arrive is not sent again."""


from msgspec.structs import replace

from dialogs import inbox, nudging
from dialogs.allowance import closed, gone, spent, used_up
from dialogs.session import Reach
from handlers import attempts, notify
from handlers.walk import everybody
from handlers.world import CHINA, World
from storage.sessions import Person


def nudge_all(world: World) -> notify.Swept:
    """Walk over everybody; at night nobody is reminded. Who has news that got lost from the list is put on it again.
    Raises StoreUnavailable."""
    rules = world.telling.rules
    people = 0
    troubles: list[str] = []
    alarms: list[str] = []
    for person in everybody(world):
        session = person.session
        assert session is not None
        notify.note(world, person.name, session)
        if not (rules.nudge and rules.customer_service and is_waking(world)):
            continue
        now = int(world.clock().timestamp())
        if not nudging.is_due(session, now) or "custom" in world.telling.board.paused(now):
            continue
        attempt = nudge(world, person)
        if attempt is None:
            continue
        people += 1
        if attempt.trouble:
            (alarms if attempt.is_alarm else troubles).append(f"nudge: {attempt.trouble}")
    return notify.Swept(people, tuple(troubles), tuple(alarms))


def is_waking(world: World) -> bool:
    """May a person be reminded at this hour?"""
    first, last = world.telling.rules.waking
    return first <= world.clock().astimezone(CHINA).time() < last


def nudge(world: World, person: Person) -> attempts.Attempt | None:
    """Remind one person if it is time; None when it is not, or somebody was faster. Raises StoreUnavailable."""
    session, at = person.session, world.clock()
    now = int(at.timestamp())
    if session is None or session.draft is None or not nudging.is_due(session, now):
        return None
    text = nudging.words(world.knowledge, session)
    if not text:
        return None
    marked = replace(session, draft=replace(session.draft, nudged_at=now), reach=spent(session.reach, now))
    if not world.sessions.commit(person, marked, None, now):
        return None  # they are writing: there is nothing to remind them of
    rows = world.telling.deliveries.sending(person.name, [f"nudge/{session.draft.id[:32]}"], "custom", at)
    attempt = attempts.said(world.telling, session.openid, (text,))
    notify.record(world, rows, "custom", attempt)
    _learn(world, person.name, attempt.outcome)
    return attempt


def _learn(world: World, name: str, outcome: inbox.Outcome) -> None:
    """What the refusal says about this person's allowance."""
    match outcome.end:
        case "closed":
            change = closed
        case "used_up":
            change = used_up
        case "gone":
            change = gone
        case _:
            return
    for _ in range(world.limits.commit_tries):
        loaded = world.sessions.load(name)
        if loaded.session is None:
            return
        reach: Reach = change(loaded.session.reach)
        if world.sessions.commit(loaded, replace(loaded.session, reach=reach), None, int(world.clock().timestamp())):
            return
