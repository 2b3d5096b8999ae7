"""The worker's tasks of telling people, as Celery runs them: nothing that goes wrong reaches Celery."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from celery import Celery

from bot.jobs import make_celery
from bot.tasks import telling
from storage.deliveries import Deliveries
from storage.errors import StoreUnavailable
from storage.telling import TellingBoard
from tests.bot.desk import Desk, Filed
from tests.bot.test_telling import TEMPLATE, ann, deliveries, later, pushed, with_rules
from tests.build import nobody_listens
from tests.whole import Bot

__all__ = ["ann"]


@pytest.fixture
def worker(bot: Bot) -> Iterator[Celery]:
    app = make_celery(bot.settings, bot.settings.redis.url, telling.EVERY, "claimbot")
    telling.add(app, lambda: bot.world)
    yield app


def run(app: Celery, name: str, *args: str) -> Any:
    return app.tasks[f"claimbot.{name}"].apply(args=args)


def test_every_timed_task_exists(worker: Celery) -> None:
    assert {f"claimbot.{name}" for name in (*telling.EVERY, "take_receipt")} <= set(worker.tasks)


def test_news_go_out_and_receipts_are_taken(bot: Bot, worker: Celery, ann: Filed) -> None:
    with_rules(bot, customer_service=False, template=TEMPLATE)
    bot.jobs.stopped = True
    later(bot, 30)
    assert run(worker, "push_news").successful()
    bot.platform.settle()
    assert len(pushed(ann.follower)) == 1 and deliveries(ann) == [("template", "accepted")]
    (row,) = bot.world.telling.deliveries.of_claim(ann.person, ann.receipt)
    assert run(worker, "take_receipt", ann.person, "template", row.msg_id, "success").successful()
    assert deliveries(ann) == [("template", "delivered")]
    assert run(worker, "take_receipt", ann.person, "template", "12345", "success").result is None
    for name in ("walk_people", "look_for_stalled"):
        assert run(worker, name).successful()


def test_one_persons_defect_holds_up_nobody_else(bot: Bot, worker: Celery, ann: Filed) -> None:
    other = Filed.by(bot, "oOther-00000000000000000001")
    Desk.of(bot).does("receive", other.receipt)

    class Broken(Deliveries):
        def sending(self, person: str, *rest: Any) -> list[int]:  # type: ignore[override]
            if person == ann.person:
                raise RuntimeError("a defect")
            return super().sending(person, *rest)

    real = bot.world.telling
    object.__setattr__(bot.world, "telling", replace(real, deliveries=Broken(real.deliveries._engine)))
    later(bot, 30)
    assert run(worker, "push_news").successful()
    assert [len(pushed(one.follower)) for one in (ann, other)] == [0, 1]
    object.__setattr__(bot.world, "telling", real)
    for _ in range(2):
        later(bot, 80)
        run(worker, "push_news")
    assert len(pushed(ann.follower)) == 1


def test_with_redis_or_sql_away_the_tasks_end_well(bot: Bot, worker: Celery, ann: Filed) -> None:
    class SqlAway(Deliveries):
        def in_inbox(self, *_: Any) -> list[str]:
            raise StoreUnavailable("database")

    real = bot.world.telling
    away = TellingBoard(nobody_listens())
    for changed in (replace(real, board=away), replace(real, deliveries=SqlAway(real.deliveries._engine))):
        object.__setattr__(bot.world, "telling", changed)
        for name in ("push_news", "walk_people", "look_for_stalled"):
            assert run(worker, name).successful(), name
    object.__setattr__(bot.world, "telling", real)
