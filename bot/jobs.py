"""The job queue as the web asks it for work. Jobs are hints; the pending index is the truth. Tasks: bot/tasks/."""

from collections.abc import Mapping
from typing import Any

import redis
from celery import Celery

from bot.config import Settings
from bot.gathering import Gathering
from bot.hints import Hints
from storage.errors import StoreUnavailable
from storage.redis_client import RedisUrl

PHOTOS, READING = "claimbot", "claimbot.reading"
"""The queues. Reading what is written on papers is slow and hungry: it has workers of its own, and may have none."""
TIME_LIMIT_S = 70
SOFT_LIMIT_S = 60
"""Fetching by both ways from a server that drips, and judging, take less."""
READERS_KEY = "{reading}:alive"
"""A reader says that it is there through its own queue: one that is behind with its work falls silent."""


ONCE_MORE = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
"""A connection that the broker's restart left behind is made anew only on a second try: without one, beat would publish
into it for ever, and nothing would be swept again."""


class JobQueue:
    """The Jobs of handlers/world.py on Celery."""

    def __init__(self, app: Celery, client: "redis.Redis") -> None:
        self._redis = client
        self._hints = Hints(app)
        self._rights = Gathering(lambda people: self._hints.now("claimbot.see_to", people))

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

    def hand_over(self) -> None:
        """Let a worker see what waits for the agency's platform."""
        self._send("claimbot.hand_over", (), expires=60)

    def take_receipt(self, person: str, way: str, msg_id: str, status: str) -> None:
        """Let a worker put it on record: SQL is never on the way to a reply."""
        self._send("claimbot.take_receipt", (person, way, msg_id, status))

    def tidy(self, person: str) -> None:
        """A worker removes photographs that nothing refers to: the store is never on the way to a reply."""
        self._send("claimbot.tidy", (person,))

    def see_to(self, person: str) -> None:
        """A worker moves to SQL what waits in the session, and erases what is to be erased."""
        self._rights.add(person)

    def flush(self) -> None:
        """Send now what is being gathered."""
        self._rights.send()

    def _send(self, name: str, args: tuple[str, ...], **options: Any) -> None:
        self._hints.send(name, args, options)


def jobs_waiting(settings: Settings, client: "redis.Redis") -> int | None:
    """How many jobs no worker has taken; None where the broker is not our Redis. Raises StoreUnavailable."""
    if settings.jobs.broker_url:
        return None
    try:
        return sum(int(client.llen(queue)) for queue in (PHOTOS, READING))
    except redis.RedisError as trouble:
        raise StoreUnavailable("redis") from trouble


def make_celery(settings: Settings, redis_url: str, every: Mapping[str, int] | None = None, queue: str = "") -> Celery:
    """The queue's client; needs no broker yet. For a worker of this queue: its tasks to be done `every` so many
    seconds, each dropped when the next is due."""
    address = RedisUrl.parse(settings.jobs.broker_url or redis_url)
    broker = address.as_broker()
    app = Celery("claimbot", broker=broker, set_as_current=False)
    app.conf.update(
        task_acks_late=True, task_reject_on_worker_lost=True, task_ignore_result=True,
        task_time_limit=TIME_LIMIT_S, task_soft_time_limit=SOFT_LIMIT_S,
        worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True, worker_hijack_root_logger=False,
        broker_transport_options=_transport_options(broker) | address.broker_options(),
        task_default_queue=PHOTOS, task_publish_retry=True, task_publish_retry_policy=ONCE_MORE,
        broker_connection_max_retries=None,  # a broker may be away for a night
        worker_enable_remote_control=False,  # nobody uses it; its queue lets only one worker a host use RabbitMQ
        worker_cancel_long_running_tasks_on_connection_loss=True,
        beat_schedule={
            name: {"task": f"claimbot.{name}", "schedule": seconds, "options": {"expires": seconds, "queue": queue}}
            for name, seconds in (every or {}).items()
        },
    )  # fmt: skip
    return app


def _transport_options(broker: str) -> dict[str, Any]:
    if broker.startswith(("redis", "sentinel")):
        return {"visibility_timeout": TIME_LIMIT_S * 3, "socket_timeout": 5, "socket_connect_timeout": 1}
    return {"connect_timeout": 1}
