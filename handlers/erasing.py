"""A person is erased, and their answers to notices reach SQL: jobs safe to repeat, found again after kill -9.

The wish stands in the session (dialogs/farewell.py) from the very turn that confirmed it, then in SQL until every step
is done. A step may run twice; nothing that came after the wish is touched.
"""

from collections.abc import Callable

from msgspec.structs import replace

from dialogs.consents import WITHDRAWN
from dialogs.conversation import converse
from dialogs.effects import Unfollowed
from dialogs.model import OpenId
from dialogs.records import Forget
from dialogs.session import NO_RIGHTS_USED, Rights, Session
from handlers import parking
from handlers.photo_removal import needed, tidy
from handlers.world import World
from storage.erasures import Erasure
from storage.errors import SessionUnreadable, StoreUnavailable
from storage.sessions import Person

LEFT, CLOSED = "left", "closed unheard"
"""Causes of wishes that came while Redis was away, from who stopped following (what was filed stays) or closed the
account's access: their session has still to be emptied."""


class NotYet(StoreUnavailable):
    """One person's erasure waits for something of theirs; nobody else's does."""


def see_to(world: World, *people: str) -> int:
    """Move to SQL what these sessions hold of people's rights, all answers in one transaction, and carry it out; how
    many erasures were done. Raises StoreUnavailable, of one as of all: a sweep comes again."""
    left, withdrew, wished = people, list[str](), list[str]()
    for _ in range(world.limits.commit_tries):
        held = [one for one in (parking.load(world, person) for person in left) if _rights(one) != NO_RIGHTS_USED]
        world.consents.record({one.name: _rights(one).unrecorded for one in held})
        for one in held:
            for wish in _rights(one).erasing:
                world.erasures.ask(one.name, wish)
        left = tuple(one.name for one in held if not _moved_to_sql(world, one))  # lost a race: look again
        withdrew += [one.name for one in held if any(said.answer == WITHDRAWN for said in _rights(one).unrecorded)]
        wished += [one.name for one in held if _rights(one).erasing]
        if not left:
            break
    else:
        raise StoreUnavailable("a session lost every race")
    for person in dict.fromkeys(withdrew):
        tidy(world, person)
    erasures = [erasure for person in dict.fromkeys(wished) for erasure in world.erasures.open_of(person)]
    for erasure in erasures:
        carry_out(world, erasure)
    return len(erasures)


def _rights(person: Person) -> Rights:
    """What waits for SQL of this person's rights."""
    rights = person.session.rights if person.session is not None else NO_RIGHTS_USED
    return replace(NO_RIGHTS_USED, unrecorded=rights.unrecorded, erasing=rights.erasing)


def _moved_to_sql(world: World, person: Person) -> bool:
    session = person.session
    assert session is not None
    moved = replace(session, rights=replace(session.rights, unrecorded=(), erasing=()))
    return parking.commit(world, person, moved, None)


def carry_out(world: World, erasure: Erasure) -> None:
    """Every step, then the proof. Raises StoreUnavailable: it stays open, and the next sweep begins at the first."""
    for step in STEPS:
        step(world, erasure)
    world.erasures.finish(erasure.receipt, world.erasures.claims_left(erasure.person), world.clock())


def _session(world: World, erasure: Erasure) -> None:
    """Every other wish has emptied the session with its own turn. Whoever has written since is somebody again."""
    if erasure.cause not in (LEFT, CLOSED):
        return
    told = Unfollowed() if erasure.cause == LEFT else Forget(erasure.cause)
    for _ in range(world.limits.commit_tries):
        loaded = parking.load(world, erasure.person)
        session = loaded.session
        if session is None or session.last_at >= int(erasure.asked_at.timestamp()):
            return
        left = converse(world.knowledge, session, told, world.moment()).session
        left = replace(left, rights=replace(left.rights, erasing=session.rights.erasing))
        if parking.commit(world, replace(loaded, replies=()), left, None):
            return
    raise NotYet("a session lost every race")


def _parked(world: World, erasure: Erasure) -> None:
    world.parked.drop(erasure.person)


def _claims(world: World, erasure: Erasure) -> None:
    if erasure.with_claims:
        helper = world.knowledge.account.role == "helper"  # nobody's office: there is nothing the law wants kept
        world.erasures.forget_claims(erasure.person, also_taken=helper)


def _consents(world: World, erasure: Erasure) -> None:
    """Of claims that stay they are the proof."""
    if not world.erasures.claims_left(erasure.person):
        world.erasures.forget_consents(erasure.person, erasure.asked_at)


def _deliveries(world: World, erasure: Erasure) -> None:
    """How they were told of claims that stay is the office's record."""
    if not world.erasures.claims_left(erasure.person):
        world.erasures.forget_deliveries(erasure.person, erasure.asked_at)


def _errands(world: World, erasure: Erasure) -> None:
    """Whoever has had news since is found again by the walk over all sessions."""
    if not world.erasures.claims_left(erasure.person):
        world.telling.board.forget(erasure.person)


def _helpings(world: World, erasure: Erasure) -> None:
    world.helpings.forget(erasure.person)


def _pending(world: World, erasure: Erasure) -> None:
    world.pending.forget(erasure.person, int(erasure.asked_at.timestamp()))


def _photographs(world: World, erasure: Erasure) -> None:
    if needed(world, erasure.person).waiting:
        raise NotYet("a photograph sent since is on its way: what nobody needs can be told when it is here")
    tidy(world, erasure.person)


def _reports(world: World, erasure: Erasure) -> None:
    world.numbers.forget(erasure.person)


STEPS: tuple[Callable[[World, Erasure], None], ...] = (
    _session, _parked, _claims, _consents, _deliveries, _errands, _helpings, _pending, _photographs, _reports,
)  # fmt: skip
"""What is kept of a person outside the session, each removed by one of these. A new store of personal data needs one:
tests/test_erasure.py searches every table, key and file."""


def sweep(world: World) -> int:
    """Erasures that are not done: a worker died, a store was away; how many are now. Raises StoreUnavailable when a
    store is away still."""
    done, last = 0, ""
    while page := world.erasures.open(after=last):
        for erasure in page:
            try:
                carry_out(world, erasure)
                done += 1
            except (SessionUnreadable, NotYet):
                continue  # the others do not wait for this one
        last = page[-1].receipt
    return done


def find_forgotten(world: World) -> int:
    """Look through all sessions for what a lost hint left there; how many people had something. Raises
    StoreUnavailable."""
    found = 0
    for person in world.sessions.names():
        try:
            session = world.sessions.load(person).session
            if session is not None and (session.rights.unrecorded or session.rights.erasing):
                found += 1
                see_to(world, person)
        except (SessionUnreadable, NotYet):
            continue  # the audit names who cannot be read
    return found


def forget(world: World, openid: str, cause: str) -> str:
    """Erase a person without asking them; the receipt number. Raises StoreUnavailable: once it is written down (in the
    session), it is done sooner or later."""
    person = world.sessions.person_of(openid)
    for _ in range(world.limits.commit_tries):
        loaded = replace(parking.load(world, person), replies=())  # what was answered holds what was said
        session = loaded.session or Session(OpenId(openid))
        moment = world.moment()
        turn = converse(world.knowledge, session, Forget(cause), moment)
        if parking.commit(world, loaded, turn.session, None):
            see_to(world, person)
            return moment.receipt
    raise StoreUnavailable("an erasure lost every race")
