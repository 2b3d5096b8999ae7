"""Celery: tasks that are each safe to run twice. Jobs are hints; the pending index is the truth."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import redis
from celery import Celery, signals
from celery.exceptions import SoftTimeLimitExceeded
from kombu.exceptions import OperationalError

from bot.config import Settings
from bot.logs import logger
from handlers import claim_news, number_report, paper_job, photo_audit, photo_job, sheet_job
from handlers.pictures import Uploads
from handlers.ports import WeChatError
from handlers.vision import PaperReader
from handlers.world import World
from storage.errors import StoreUnavailable

PHOTOS, READING = "claimbot", "claimbot.reading"
"""The queues. Reading what is written on papers is slow and hungry: it has workers of its own, and may have none."""
SWEEP_EVERY_S = 5
PICTURES_EVERY_S = 60
TIME_LIMIT_S = 70
SOFT_LIMIT_S = 60
"""Fetching by both ways from a server that drips, and judging, take less."""
READERS_KEY = "{reading}:alive"
READER_SEEN_EVERY_S = 4
READER_GONE_AFTER_S = 12
"""A reader says that it is there through its own queue: one that is behind with its work falls silent."""
AUDIT_EVERY_S = 3600
AUDIT_PARTS = 24
"""All photographs are looked for each hour, and each is read and opened once a day."""


class JobQueue:
    """The Jobs of handlers/world.py on Celery."""

    def __init__(self, app: Celery, client: "redis.Redis") -> None:
        self._app = app
        self._redis = client

    def fetch_photo(self, person: str, ticket: str, delay_s: float = 0) -> None:
        """Hand the photograph to a worker; a broker that is away is forgiven, the sweeper finds it later."""
        self._send("claimbot.fetch_photo", (person, ticket), countdown=delay_s or None)

    def can_read(self) -> bool:
        """Has a reader been seen lately? One that is behind with its work is not seen."""
        try:
            return bool(self._redis.exists(READERS_KEY))
        except redis.RedisError:
            return False

    def read_paper(self, person: str, ticket: str) -> None:
        """Let a reader look at it."""
        self._send("claimbot.read_paper", (person, ticket), queue=READING, expires=60)

    def draw_sheet(self, person: str, ticket: str) -> None:
        """Draw the papers of this person's draft."""
        self._send("claimbot.draw_sheet", (person, ticket), expires=60)

    def report_number(self, person: str, office: str, phones: str, day: str) -> None:
        """Let a worker put it on the operators' list: SQL is never on the way to a reply."""
        self._send("claimbot.report_number", (person, office, phones, day))

    def _send(self, name: str, args: tuple[str, ...], **options: Any) -> None:
        try:
            self._app.send_task(name, args=args, retry=False, ignore_result=True, **options)
        except OperationalError:
            logger().error("broker unavailable", job=name)


def make_celery(settings: Settings, redis_url: str, kind: str = "photos") -> Celery:
    """The queue's client; needs no broker yet. `kind` of worker it may become: photos or reading."""
    broker = settings.jobs.broker_url or _as_broker(redis_url)
    app = Celery("claimbot", broker=broker, set_as_current=False)
    app.conf.update(
        task_acks_late=True, task_reject_on_worker_lost=True, task_ignore_result=True,
        task_time_limit=TIME_LIMIT_S, task_soft_time_limit=SOFT_LIMIT_S,
        worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True, worker_hijack_root_logger=False,
        broker_transport_options=_transport_options(broker),
        task_default_queue=PHOTOS, task_publish_retry=False, worker_cancel_long_running_tasks_on_connection_loss=True,
        beat_schedule=_schedule(kind),
    )  # fmt: skip
    return app


def _schedule(kind: str) -> dict[str, dict[str, Any]]:
    """What is done again and again; each on the queue of its kind, and dropped when the next is due."""
    every = {
        "photos": {
            "sweep": SWEEP_EVERY_S,
            "upload_pictures": PICTURES_EVERY_S,
            "audit": AUDIT_EVERY_S,
            "tell": SWEEP_EVERY_S,
        },
        "reading": {"reader_alive": READER_SEEN_EVERY_S},
    }[kind]
    queue = {"photos": PHOTOS, "reading": READING}[kind]
    return {
        name: {"task": f"claimbot.{name}", "schedule": seconds, "options": {"expires": seconds, "queue": queue}}
        for name, seconds in every.items()
    }


def add_photos(app: Celery, build: Callable[[], World], uploads: Callable[[], Uploads]) -> None:
    """What a worker for photographs can do. `build` makes the worker process's own connections."""
    world = _world_of_process(build)

    @app.task(name="claimbot.fetch_photo")  # type: ignore[untyped-decorator]
    def fetch_photo(person: str, ticket: str) -> None:
        try:
            outcome = photo_job.fetch_photo(world(), person, ticket)
        except StoreUnavailable as trouble:
            logger().warning("photo not fetched yet", ticket=ticket, trouble=str(trouble))
        except SoftTimeLimitExceeded:
            logger().warning("photo not fetched yet", ticket=ticket, trouble="too slow")
            with suppress(StoreUnavailable):
                photo_job.put_off(world(), person, ticket, ended_well=True)
        except Exception:  # the pending index hands it out again; after a few times it is set aside
            logger().exception("defect in a job", job="fetch_photo", ticket=ticket)
            with suppress(StoreUnavailable):
                photo_job.put_off(world(), person, ticket, ended_well=False)
        else:
            if outcome == "later":
                logger().warning("photo not fetched yet", ticket=ticket)
            if outcome == "aside":
                logger().error("photo set aside: it has broken every worker that touched it", ticket=ticket)

    @app.task(name="claimbot.draw_sheet")  # type: ignore[untyped-decorator]
    def draw_sheet(person: str, ticket: str) -> None:
        try:
            sheet_job.draw_sheet(world(), uploads(), person, ticket)
        except StoreUnavailable as trouble:
            logger().warning("papers not drawn", ticket=ticket, trouble=str(trouble))

    @app.task(name="claimbot.audit", time_limit=AUDIT_EVERY_S, soft_time_limit=AUDIT_EVERY_S - 60)  # type: ignore[untyped-decorator]
    def audit() -> None:
        try:
            part = int(world().clock().timestamp()) // AUDIT_EVERY_S % AUDIT_PARTS
            found = photo_audit.audit(world(), read_part=(part, AUDIT_PARTS))
            asked = photo_audit.ask_again(world(), found.to_ask_again)
        except StoreUnavailable as trouble:
            logger().error("audit: store unavailable", trouble=str(trouble))
            return
        if found.orphans or found.missing or found.unreadable:
            logger().error(
                "audit of the photographs", orphans=found.orphans, missing=found.missing,
                unreadable=found.unreadable, asked_again=asked,
            )  # fmt: skip

    @app.task(name="claimbot.sweep")  # type: ignore[untyped-decorator]
    def sweep() -> None:
        try:
            found = photo_job.sweep(world())
        except StoreUnavailable:
            logger().error("sweep: store unavailable")
            return
        if found:
            logger().warning("photographs handed out again", count=found)

    @app.task(name="claimbot.tell")  # type: ignore[untyped-decorator]
    def tell() -> None:
        try:
            claim_news.tell_all(world())
        except StoreUnavailable as trouble:
            logger().error("news of claims cannot be told now", trouble=str(trouble))

    @app.task(name="claimbot.report_number", bind=True, max_retries=8)  # type: ignore[untyped-decorator]
    def report_number(self: Any, person: str, office: str, phones: str, day: str) -> None:
        try:
            number_report.record(world(), person, office, phones, day)
        except StoreUnavailable as trouble:
            raise self.retry(countdown=min(2**self.request.retries * 5, 600), exc=trouble) from trouble

    @app.task(name="claimbot.upload_pictures")  # type: ignore[untyped-decorator]
    def upload_pictures() -> None:
        try:
            world().pictures.upload(uploads())
        except (WeChatError, StoreUnavailable, OSError) as trouble:
            logger().error("a picture cannot be uploaded", trouble=str(trouble))


def add_reading(app: Celery, build: Callable[[], World], client: Callable[[], "redis.Redis"]) -> None:
    """What a worker with the extra [vision] can do."""
    world = _world_of_process(build)
    readers: list[PaperReader] = []

    @app.task(name="claimbot.read_paper")  # type: ignore[untyped-decorator]
    def read_paper(person: str, ticket: str) -> None:
        if not readers:
            readers.append(PaperReader())
        try:
            paper_job.read_paper(world(), readers[0], person, ticket)
        except StoreUnavailable as trouble:
            logger().warning("paper not read", ticket=ticket, trouble=str(trouble))
        except Exception:  # advice only: the photograph stands as it was judged
            logger().exception("defect in a job", job="read_paper", ticket=ticket)

    @app.task(name="claimbot.reader_alive")  # type: ignore[untyped-decorator]
    def reader_alive() -> None:
        try:
            client().set(READERS_KEY, 1, ex=READER_GONE_AFTER_S)
        except redis.RedisError:
            logger().error("reader: redis unavailable")


def _world_of_process(build: Callable[[], World]) -> Callable[[], World]:
    worlds: list[World] = []

    def world() -> World:
        if not worlds:
            worlds.append(build())
        return worlds[0]

    @signals.worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
    def fresh(**_: Any) -> None:
        worlds.clear()

    return world


def _as_broker(redis_url: str) -> str:
    return redis_url.replace("unix://", "redis+socket://", 1)


def _transport_options(broker: str) -> dict[str, float]:
    if broker.startswith(("redis", "rediss")):
        return {"visibility_timeout": TIME_LIMIT_S * 3, "socket_timeout": 5, "socket_connect_timeout": 2}
    return {"connect_timeout": 2}
