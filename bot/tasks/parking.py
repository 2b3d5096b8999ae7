"""Idle drafts leave Redis for SQL."""

from collections.abc import Callable

from celery import Celery

from bot.logs import logger
from handlers.parking import park_idle
from handlers.world import World
from storage.errors import StoreUnavailable

PARK_EVERY_S = 3600
EVERY = {"park": PARK_EVERY_S}


def add(app: Celery, world: Callable[[], World]) -> None:
    """Give the worker this task."""

    @app.task(name="claimbot.park", time_limit=PARK_EVERY_S, soft_time_limit=PARK_EVERY_S - 60)  # type: ignore[untyped-decorator]
    def park() -> None:
        try:
            swept = park_idle(world())
        except StoreUnavailable as trouble:
            logger().error("idle drafts not parked", trouble=str(trouble))
            return
        if swept.parked or swept.marked or swept.removed:
            logger().info("drafts parked", parked=swept.parked, marked=swept.marked, removed=swept.removed)
