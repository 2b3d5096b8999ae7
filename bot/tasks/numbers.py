"""The operators' numbers: from where they are counted to where the console reads them."""

from collections.abc import Callable

from celery import Celery

from bot.logs import logger
from handlers import day_book
from handlers.world import World
from storage.errors import StoreUnavailable

EVERY = {"write_up_counts": 60}


def add(app: Celery, world: Callable[[], World]) -> None:
    """Give the worker these tasks."""

    @app.task(name="claimbot.write_up_counts")  # type: ignore[untyped-decorator]
    def write_up_counts() -> None:
        try:
            day_book.write_up(world())
        except StoreUnavailable as trouble:
            logger().warning("counts cannot be written up now", trouble=str(trouble))
