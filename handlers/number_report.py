"""The job that puts a dead number on the operators' list."""

from datetime import date

from handlers.world import World


def record(world: World, person: str, office: str, phones: str, day: str) -> bool:
    """Note one report; False when it stands there already. Safe to run twice. Raises StoreUnavailable."""
    return world.numbers.record(person, office, tuple(phones.split(";")), date.fromisoformat(day))
