"""A private Valkey, a fresh database, the whole app behind HTTP, and WeChat simulated in front of it."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.logs import configure
from tests.leaks import leaks, written

if TYPE_CHECKING:  # the parts are loaded when a test wants them: tests of the core stay quick
    from bot.config import Settings
    from storage.embedded import EmbeddedValkey
    from tests.postgres import Postgres
    from tests.s3 import S3Server
    from tests.whole import Bot


def pytest_configure() -> None:
    """Logs as in production, for the whole suite: what they say is looked through after each test."""
    configure("debug")


LONG = (
    "test_after_filing.py", "test_several_machines.py", "test_storm.py", "test_chaos.py", "test_processes.py",
    "test_kills_come_back.py", "test_numbers_of_processes.py", "test_graceful_stop.py",
)  # fmt: skip
"""Mostly waiting for processes and leases: begun first, they wait beside the others."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; the rest in their order."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that logged a number, a name, an openid or a secret has failed, whatever it asserted."""
    report = yield
    if report.when == "teardown" and (found := [leak for text in written(item) for leak in leaks(text)]):
        report.outcome = "failed"
        report.longrepr = "private in what was logged:\n" + "\n".join(found[:10])
    return report


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[EmbeddedValkey]":
    """A real server for this test process."""
    from storage import embedded

    server = embedded.start(tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def s3() -> "Iterator[S3Server]":
    """A real S3 server (moto's) for this test process; each test takes a bucket of its own."""
    from tests.s3 import moto

    with moto() as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> "Iterator[Postgres]":
    """A real PostgreSQL for this test process; each test takes a database of its own."""
    from tests.postgres import server

    with server() as running_server:
        yield running_server


@pytest.fixture
def settings(valkey: "EmbeddedValkey", tmp_path: Path) -> "Settings":
    """Settings of a bot of this test's own."""
    from tests.whole import settings_for

    return settings_for(valkey.url, tmp_path)


@pytest.fixture
def bot(settings: "Settings") -> "Iterator[Bot]":
    """Everything real but the worker's process: the webhook over HTTP, Valkey, SQLite, photographs on disk."""
    from tests.whole import running

    with running(settings) as whole:
        yield whole
