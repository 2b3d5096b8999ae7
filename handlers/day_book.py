"""The days' counts from Redis into SQL, where the console reads them. A job; safe to repeat, to miss, to run twice."""

from datetime import timedelta

from handlers.world import World
from storage.daily_counts import UNANSWERED

LOOKED_BACK_DAYS = 8
PERIODS = (7, 30, 90)
"""For which the number of different people is reckoned."""


def write_up(world: World) -> None:
    """The last days as they stand now. Raises StoreUnavailable."""
    world.tally.flush()
    today = world.clock().date()
    for back in range(LOOKED_BACK_DAYS):
        day = today - timedelta(days=back)
        found = world.tally.day(day)
        counts = dict(found.counts) | {(UNANSWERED, text): n for text, n in found.asked.items()}
        if found.people:
            counts["people", "1"] = found.people
        if back == 0:
            counts |= {("people", str(days)): world.tally.people(today, days) for days in PERIODS}
        if counts:
            world.counts.set(day, counts)
    world.counts.forget(today)
