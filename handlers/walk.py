"""Everybody who is kept in Redis, one after the other, beside all traffic: for the jobs that look after the idle."""

from collections.abc import Iterator

from handlers.world import World
from storage.errors import SessionUnreadable
from storage.sessions import Person


def everybody(world: World) -> Iterator[Person]:
    """Each person as loaded now (its revision is what a commit needs); in no order, somebody perhaps twice, who comes
    meanwhile perhaps not. One that cannot be read is left out. Raises StoreUnavailable."""
    for name in world.sessions.names():
        try:
            person = world.sessions.load(name)
        except SessionUnreadable:
            continue  # the audit names who cannot be read
        if person.session is not None:
            yield person
