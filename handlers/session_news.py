"""Telling a person's session something while they are not here."""

from dialogs.conversation import converse
from dialogs.effects import Input
from dialogs.session import Session
from handlers import parking, perform
from handlers.world import World
from storage.errors import StoreUnavailable


def tell(world: World, name: str, told: Input) -> Session | None:
    """What the session is afterwards; None when there is none. What it already knew is not written again.
    Raises StoreUnavailable."""
    for _ in range(world.limits.commit_tries):
        person = parking.load(world, name)
        if person.session is None:
            return None
        turn = converse(world.knowledge, person.session, told, world.moment())
        if turn.session == person.session:
            return person.session
        perform.before_commit(turn.effects, world, name)
        if parking.commit(world, person, turn.session, None):
            perform.after_commit(turn.effects, world, name)
            return turn.session
    raise StoreUnavailable("what was told lost every race")
