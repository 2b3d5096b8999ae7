"""News that go out to people, receipts of them, reminders, and claims that wait for too long."""

import time
from collections.abc import Callable
from typing import Any

from celery import Celery

from bot.logs import logger
from bot.tasks.edge import attempted
from handlers import notify, nudges, stalled
from handlers.world import World
from storage.errors import StoreUnavailable
from storage.telling import Errand

EVERY = {"push_news": 5, "walk_people": 3600, "look_for_stalled": 24 * 3600}
WALK_LIMIT_S = 3000
PUSH_S = 4.0
"""Photographs use the same workers: a run ends before the next begins."""


def add(app: Celery, world: Callable[[], World]) -> None:
    """Give this worker, and no other app of the process, these tasks."""

    @app.task(name="claimbot.push_news", shared=False)  # type: ignore[untyped-decorator]
    def push_news() -> None:
        ends = time.monotonic() + PUSH_S
        try:
            while time.monotonic() < ends and (errand := notify.next_errand(world())) is not None:
                _look_after(world(), errand)
        except StoreUnavailable as trouble:
            logger().error("news cannot go out now", trouble=str(trouble))

    @app.task(name="claimbot.walk_people", shared=False, time_limit=WALK_LIMIT_S + 60, soft_time_limit=WALK_LIMIT_S)  # type: ignore[untyped-decorator]
    def walk_people() -> None:
        try:
            _log(nudges.nudge_all(world()))
            notify.settle_inboxes(world())
        except StoreUnavailable as trouble:
            logger().error("people cannot be reminded now", trouble=str(trouble))

    @app.task(name="claimbot.take_receipt", shared=False, bind=True, max_retries=6)  # type: ignore[untyped-decorator]
    def take_receipt(self: Any, person: str, way: str, msg_id: str, status: str) -> None:
        try:
            known = notify.receipt(world(), person, way, msg_id, status)
        except StoreUnavailable as trouble:
            raise self.retry(countdown=min(2**self.request.retries * 5, 600), exc=trouble) from trouble
        if not known and self.request.retries < 2:  # it may be here before we have written down what it is about
            raise self.retry(countdown=5)

    @app.task(name="claimbot.look_for_stalled", shared=False)  # type: ignore[untyped-decorator]
    def look_for_stalled() -> None:
        try:
            count = stalled.look(world())
        except StoreUnavailable as trouble:
            logger().error("stalled claims cannot be looked for now", trouble=str(trouble))
            return
        if count:
            logger().warning("claims wait for longer than ten working days", count=count)


def _look_after(world: World, errand: Errand) -> None:
    attempted("push_news", "not sent", lambda: _log(notify.look_after(world, errand)))  # one holds up nobody else


def _log(swept: notify.Swept) -> None:
    for trouble in swept.troubles:
        logger().warning("not sent", trouble=trouble)
    for alarm in dict.fromkeys(swept.alarms):
        logger().error("messages cannot be sent: an operator must act", trouble=alarm)
