"""Celery: tasks that are each safe to run twice. Jobs are hints; the pending index is the truth."""

from collections.abc import Callable
from typing import Any

from celery import Celery, signals
from kombu.exceptions import OperationalError

from bot.config import Settings
from bot.logs import logger
from handlers import photo_job
from handlers.pictures import Uploads
from handlers.ports import WeChatError
from handlers.world import World
from storage.errors import StoreUnavailable

SWEEP_EVERY_S = 30
PICTURES_EVERY_S = 60
RETRIES = 8
TIME_LIMIT_S = 120


class JobQueue:
    """The Jobs of handlers/world.py on Celery."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def fetch_photo(self, person: str, ticket: str) -> None:
        """Hand the photograph to a worker; a broker that is away is forgiven, the sweeper finds it later."""
        try:
            self._app.send_task("claimbot.fetch_photo", args=(person, ticket), retry=False, ignore_result=True)
        except OperationalError:
            logger().error("broker unavailable")


def make_celery(settings: Settings, redis_url: str) -> Celery:
    """The queue's client; needs no broker yet."""
    broker = settings.jobs.broker_url or _as_broker(redis_url)
    app = Celery("claimbot", broker=broker, set_as_current=False)
    app.conf.update(
        task_acks_late=True, task_reject_on_worker_lost=True, task_ignore_result=True, task_time_limit=TIME_LIMIT_S,
        worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True, worker_hijack_root_logger=False,
        broker_transport_options={
            "visibility_timeout": TIME_LIMIT_S * 3, "socket_timeout": 5, "socket_connect_timeout": 2,
        },
        task_default_queue="claimbot", task_publish_retry=False,
        beat_schedule={
            "sweep": {"task": "claimbot.sweep", "schedule": SWEEP_EVERY_S},
            "pictures": {"task": "claimbot.upload_pictures", "schedule": PICTURES_EVERY_S},
        },
        beat_schedule_filename=str(settings.paths.data_dir / "beat"),
    )  # fmt: skip
    return app


def add_tasks(app: Celery, build: Callable[[], World], uploads: Callable[[], Uploads]) -> None:
    """What a worker can do. `build` makes the worker process's own connections."""
    worlds: list[World] = []

    def world() -> World:
        if not worlds:
            worlds.append(build())
        return worlds[0]

    @signals.worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
    def fresh(**_: Any) -> None:
        worlds.clear()

    @app.task(name="claimbot.fetch_photo", bind=True, max_retries=RETRIES)  # type: ignore[untyped-decorator]
    def fetch_photo(self: Any, person: str, ticket: str) -> None:
        try:
            photo_job.fetch_photo(world(), person, ticket)
        except (WeChatError, StoreUnavailable) as trouble:
            logger().warning("photo not fetched yet", ticket=ticket, trouble=type(trouble).__name__)
            raise self.retry(countdown=min(2**self.request.retries, 300), exc=trouble) from trouble
        except Exception:
            logger().exception("defect in a job", job="fetch_photo", ticket=ticket)
            raise

    @app.task(name="claimbot.sweep")  # type: ignore[untyped-decorator]
    def sweep() -> None:
        try:
            found = photo_job.sweep(world())
        except StoreUnavailable:
            logger().error("sweep: store unavailable")
            return
        if found:
            logger().warning("photographs handed out again", count=found)

    @app.task(name="claimbot.upload_pictures")  # type: ignore[untyped-decorator]
    def upload_pictures() -> None:
        try:
            world().pictures.upload(uploads())
        except (WeChatError, StoreUnavailable, OSError) as trouble:
            logger().error("a picture cannot be uploaded", trouble=str(trouble))


def _as_broker(redis_url: str) -> str:
    return redis_url.replace("unix://", "redis+socket://", 1)
