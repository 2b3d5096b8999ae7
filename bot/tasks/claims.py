"""Filed claims: what has happened to them is told."""

from collections.abc import Callable

from celery import Celery

from bot.logs import logger
from handlers import claim_news
from handlers.world import World
from storage.errors import StoreUnavailable

EVERY = {"tell": 5}


def add(app: Celery, world: Callable[[], World]) -> None:
    """Give the worker these tasks."""

    @app.task(name="claimbot.tell")  # type: ignore[untyped-decorator]
    def tell() -> None:
        try:
            claim_news.tell_all(world())
        except StoreUnavailable as trouble:
            logger().error("news of claims cannot be told now", trouble=str(trouble))
