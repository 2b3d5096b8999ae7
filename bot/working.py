"""`claimbot work`: a Celery worker of one kind."""

import logging
import signal
from typing import Any

from billiard.util import get_logger
from celery import Celery, signals

from bot.app import build_client, build_world, connect_redis, redis_url
from bot.config import Settings
from bot.flushing import flush_regularly
from bot.jobs import PHOTOS, READING, make_celery
from bot.live_content import keep_looking
from bot.orphans import die_with_parent
from bot.tasks import claims, helping, numbers, parking, photographs, reading, telling, upkeep
from bot.tasks.process_world import world_of_process
from handlers import vision
from handlers.world import World

READER_MOST_KB = 900_000
"""A child that has grown beyond is replaced; one takes about 400 MB."""


SQL_BUSY_MS = 5000
"""Nobody waits for a worker."""


@signals.worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
@signals.beat_embedded_init.connect(weak=False)  # type: ignore[untyped-decorator]
def _child(**_: Any) -> None:
    die_with_parent(signal.SIGKILL)


@signals.setup_logging.connect(weak=False)  # type: ignore[untyped-decorator]
def _logs_are_set_up(**_: Any) -> None:
    """Celery would else give its pool's logger a format of its own: one JSON line an event there too."""
    get_logger().handlers = logging.getLogger().handlers


def streams_to_log(app: Celery) -> None:
    """What the pool writes to the streams by itself (the traceback of a child whose parent is gone) becomes lines of
    the log, masked like any other. Celery does so only where it sets up the logs."""
    app.log.redirect_stdouts("WARNING")


def run(settings: Settings, kind: str) -> None:
    """Work until a signal ends it. Raises ModuleNotFoundError for reading without its extra."""
    if kind == "reading" and not vision.available():
        raise ModuleNotFoundError("to read papers install the extra: pip install 'claimbot[vision]'")

    def build() -> World:
        built = build_world(settings, sql_busy_ms=SQL_BUSY_MS)
        flush_regularly(built.tally)
        keep_looking(built.look)
        return built

    settings.paths.data_dir.mkdir(parents=True, exist_ok=True)  # of a machine that has only workers: beat writes there
    world = world_of_process(build)
    if kind == "reading":
        app = make_celery(settings, redis_url(settings), reading.EVERY, READING)
        reading.add(app, world, lambda: connect_redis(settings))
        special = [f"--queues={READING}", "--concurrency=1", f"--max-memory-per-child={READER_MOST_KB}"]
    else:
        every = photographs.EVERY | claims.EVERY | telling.EVERY | upkeep.EVERY | parking.EVERY | helping.EVERY
        every |= numbers.EVERY | (claims.HANDING_OVER if settings.agency.url else {})
        app = make_celery(settings, redis_url(settings), every, PHOTOS)
        photographs.add(app, world, lambda: build_client(settings, connect_redis(settings)))
        claims.add(app, world, settings.agency.poll_after_s)
        telling.add(app, world)
        parking.add(app, world)
        helping.add(app, world)
        numbers.add(app, world)
        own_redis = (lambda: connect_redis(settings)) if not settings.redis.url else None
        upkeep.add(app, world, upkeep.terms_of(settings), own_redis)
        special = [f"--queues={PHOTOS}", f"--concurrency={settings.jobs.concurrency}", "--max-tasks-per-child=5000"]
    streams_to_log(app)
    app.worker_main(
        [
            *("--quiet", "worker", "--beat", "--loglevel=warning", "--without-gossip", "--without-mingle", *special),
            *(f"--hostname={kind}@%h", f"--schedule={settings.paths.data_dir / f'beat-{kind}'}"),
        ]
    )
