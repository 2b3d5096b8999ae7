"""Second phones whose time is over."""

from collections.abc import Callable

from celery import Celery

from bot.logs import logger
from handlers.helping import close_overdue
from handlers.world import World
from storage.errors import StoreUnavailable

EVERY = {"close_help": 60}


def add(app: Celery, world: Callable[[], World]) -> None:
    """Give the worker this task."""

    @app.task(name="claimbot.close_help")  # type: ignore[untyped-decorator]
    def close_help() -> None:
        try:
            close_overdue(world())
        except StoreUnavailable as trouble:
            logger().error("second phones not ended", trouble=str(trouble))
