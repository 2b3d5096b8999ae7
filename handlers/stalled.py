"""Claims for which the law's days have gone by: the office hears of it, not the person."""

from datetime import timedelta

from dialogs.working_days import HANDLED_WITHIN, working_days_gone
from handlers.world import CHINA, World


def look(world: World) -> int:
    """How many claims an office received more than ten working days ago and has not decided; shown in /metrics.
    Raises StoreUnavailable."""
    now = world.clock()
    today = now.astimezone(CHINA).date()
    received = world.telling.stalled.undecided(now - timedelta(days=HANDLED_WITHIN))
    count = sum(working_days_gone(at.astimezone(CHINA).date(), today) > HANDLED_WITHIN for _, at in received)
    world.telling.board.set_stalled(count)
    return count
