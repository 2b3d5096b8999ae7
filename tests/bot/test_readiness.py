"""/healthz, /readyz and counters of several processes, as the proxy and the monitoring see them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from bot.readiness import KEPT_S, Readiness
from bot.workers import Workers
from storage import embedded
from storage.database import FILE_NAME
from storage.errors import StoreUnavailable
from tests.storage.test_outage import At
from tests.whole import Bot, running, settings_for


def ask(bot: Bot, path: str) -> tuple[int, str]:
    answer = requests.get(f"{bot.address}{path}", timeout=10)
    return answer.status_code, answer.text


def test_ready_names_what_is_away_and_alive_asks_nobody(tmp_path: Path) -> None:
    server = embedded.start(tmp_path)
    with running(settings_for(server.url, tmp_path)) as bot:
        server.stop()
        path = bot.settings.paths.data_dir / FILE_NAME
        path.rename(path.with_suffix(".away"))
        path.mkdir()
        assert ask(bot, "/healthz") == (200, "ok")
        assert ask(bot, "/readyz") == (503, "not ready: redis, database")


def test_when_all_is_well_it_is_ready(bot: Bot) -> None:
    assert ask(bot, "/readyz") == (200, "ready")


def test_the_stores_are_asked_once_a_second_however_often_somebody_asks() -> None:
    at, looks = At(), []

    def away() -> None:
        looks.append(at.now)
        raise StoreUnavailable("a secret address")

    readiness = Readiness({"redis": away, "keys": lambda: None}, at)
    assert [readiness.away() for _ in range(5)] == [("redis",)] * 5 and len(looks) == 1
    at.now += KEPT_S
    assert readiness.away() == ("redis",) and len(looks) == 2


COUNTS = """
import sys
from bot.metrics import Meters
meters = Meters(sys.argv[1])
for _ in range(int(sys.argv[2])):
    meters.degraded()
print(meters.exposition().decode())
"""


def test_the_processes_of_one_server_count_together(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    said = ""
    for count in ("2", "3"):
        said = subprocess.run(
            [sys.executable, "-c", COUNTS, str(tmp_path), count], env=environment, capture_output=True, text=True,
            check=True, timeout=60,
        ).stdout  # fmt: skip
    assert "claimbot_degraded_replies_total 5.0" in said and said.count("# HELP claimbot_degraded") == 1


def test_who_watches_the_workers_outlives_a_start_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    workers = Workers(None)
    (thread,) = workers._threads
    thread.join(0.5)
    assert thread.is_alive()
    workers.stop()
    assert not thread.is_alive()
