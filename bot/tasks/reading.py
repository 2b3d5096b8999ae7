"""Reading what is written on papers: for workers with the extra [vision]."""

from collections.abc import Callable

import redis
from celery import Celery

from bot.jobs import READERS_KEY
from bot.logs import logger
from bot.tasks.edge import attempted
from handlers import paper_job
from handlers.vision import PaperReader
from handlers.world import World

READER_GONE_AFTER_S = 12
EVERY = {"reader_alive": 4}


def add(app: Celery, world: Callable[[], World], client: Callable[[], "redis.Redis"]) -> None:
    """Give the worker these tasks."""
    readers: list[PaperReader] = []

    @app.task(name="claimbot.read_paper")  # type: ignore[untyped-decorator]
    def read_paper(person: str, ticket: str) -> None:
        if not readers:
            readers.append(PaperReader())
        # advice only: whatever comes of it, the photograph stands as it was judged
        attempted("read_paper", "paper not read", lambda: paper_job.read_paper(world(), readers[0], person, ticket),
                  ticket=ticket)  # fmt: skip

    @app.task(name="claimbot.reader_alive")  # type: ignore[untyped-decorator]
    def reader_alive() -> None:
        try:
            client().set(READERS_KEY, 1, ex=READER_GONE_AFTER_S)
        except redis.RedisError:
            logger().error("reader: redis unavailable")
