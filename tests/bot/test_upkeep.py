"""The worker's tasks for people's rights, run in place; and the embedded server's log begun anew."""

import time
from functools import lru_cache
from pathlib import Path

import redis
from celery import Celery

from bot.config import Retention
from bot.tasks import upkeep
from handlers.retention import Terms
from storage import embedded
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.traces import raw_files
from tests.whole import Bot, running, settings_for

RUNNING: list[Bot] = []


@lru_cache(maxsize=1)
def the_app() -> Celery:
    """One for all tests: Celery hands tasks of the same name on from app to app."""
    app = Celery("test", set_as_current=False)
    terms = Terms(draft_days=30, claims_days=0, proof_days=1096, reports_days=365)
    upkeep.add(app, lambda: RUNNING[-1].world, terms, lambda: RUNNING[-1].redis)
    return app


def task_app(bot: Bot) -> Celery:
    RUNNING[:] = [bot]
    return the_app()


def test_every_task_on_the_beat_is_there_and_may_be_run_twice(bot: Bot) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:7]:
        act(follower, line)
    app = task_app(bot)
    for name in upkeep.EVERY:
        for _ in range(2):
            app.tasks[f"claimbot.{name}"]()
    person = bot.world.sessions.person_of(follower.openid)
    app.tasks["claimbot.see_to"](person)
    assert [one.group for one in bot.world.consents.of(person)] == ["bank"]


def test_a_store_that_is_away_ends_no_worker(bot: Bot) -> None:
    app = task_app(bot)
    database = bot.settings.paths.data_dir / "claimbot.sqlite3"
    database.rename(database.with_suffix(".aside"))
    database.mkdir()
    for name in (*upkeep.EVERY, "see_to"):
        app.tasks[f"claimbot.{name}"](*(("x" * 22,) if name == "see_to" else ()))


def test_what_was_erased_leaves_the_append_only_file_too(tmp_path: Path) -> None:
    server = embedded.start(tmp_path)
    try:
        with running(settings_for(server.url, tmp_path)) as bot:
            follower = bot.follower("oLogged-0000000000000000001")
            for line in WHOLE_CLAIM[:6]:
                act(follower, line)
            person = bot.world.sessions.person_of(follower.openid)
            old = bot.redis.get("{p:" + person + "}")
            for line in ("删除我的信息", "1"):
                act(follower, line)
            bot.jobs.settle()
            log = tmp_path / "valkey"
            assert old in raw_files(log)
            task_app(bot).tasks["claimbot.retain"]()
            wait_for_log(bot.redis)
            assert old not in raw_files(log)
    finally:
        server.stop()


def wait_for_log(client: "redis.Redis") -> None:
    until = time.monotonic() + 20
    while client.info("persistence")["aof_rewrite_in_progress"] or client.info("persistence")["aof_rewrite_scheduled"]:
        assert time.monotonic() < until
        time.sleep(0.02)  # the server tells nobody when it is done


def test_the_terms_are_those_of_the_settings(bot: Bot) -> None:
    assert upkeep.terms_of(bot.settings) == Terms(30, 0, 1096, 365, False)


def test_a_helper_keeps_claims_for_a_month() -> None:
    assert Retention().claims_days_of("agency") == 0 and Retention().claims_days_of("helper") == 30
    assert Retention(claims_days=7).claims_days_of("helper") == 7
