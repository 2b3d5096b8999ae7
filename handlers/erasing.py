"""A person is erased, and their answers to notices reach SQL: jobs safe to repeat, found again after kill -9.

The wish stands in the session (dialogs/farewell.py) from the very turn that confirmed it, then in SQL until every step
is done. A step may run twice; nothing that came after the wish is touched.
"""

from collections.abc import Callable
from dataclasses import replace

from dialogs.consents import WITHDRAWN
from dialogs.conversation import converse
from dialogs.effects import Unfollowed
from dialogs.model import OpenId
from dialogs.records import Forget
from dialogs.session import Session
from handlers import parking
from handlers.photo_removal import needed, tidy
from handlers.world import World
from storage.erasures import Erasure
from storage.errors import SessionUnreadable, StoreUnavailable

LEFT, CLOSED = "left", "closed unheard"
"""Causes of wishes that came while Redis was away, from who stopped following (what was filed stays) or closed the
account's access: their session has still to be emptied."""


class NotYet(StoreUnavailable):
    """One person's erasure waits for something of theirs; nobody else's does."""


def see_to(world: World, person: str) -> int:
    """Move to SQL what the session holds of a person's rights, and carry it out; how many erasures were done.
    Raises StoreUnavailable: a sweep comes again."""
    if _moved_to_sql(world, person):
        tidy(world, person)
    done = 0
    for erasure in world.erasures.open_of(person):
        carry_out(world, erasure)
        done += 1
    return done


def _moved_to_sql(world: World, person: str) -> bool:
    """Whether pictures may lie there that a withdrawn consent was for."""
    withdrawn = False
    for _ in range(world.limits.commit_tries):
        loaded = parking.load(world, person)
        session = loaded.session
        if session is None or not (session.rights.unrecorded or session.rights.erasing):
            return withdrawn
        rights = session.rights
        world.consents.record(person, rights.unrecorded)
        for wish in rights.erasing:
            world.erasures.ask(person, wish)
        withdrawn = withdrawn or any(one.answer == WITHDRAWN for one in rights.unrecorded)
        moved = replace(session, rights=replace(rights, unrecorded=(), erasing=()))
        parking.commit(world, loaded, moved, None)  # a lost race: look again
    raise StoreUnavailable("a session lost every race")


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
