"""A real PostgreSQL as a process of its own: Debian's, in a folder and on a port of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from storage import migrations
from storage.database import open_engine
from tests.valkeys import free_port

_WITHIN_S = 60
_QUICK = ("fsync=off", "autovacuum=off", "unix_socket_directories=", "max_connections=60", "shared_buffers=16MB",
          "listen_addresses=127.0.0.1")  # fmt: skip
"""Killed with -9 it loses nothing: what was written is with the kernel."""


class Postgres:
    """The server; the same port and data through stop, kill and start."""

    def __init__(self) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self._numbers = count(1)
        self._template = ""
        self._process: subprocess.Popen[bytes] | None = None
        # it refuses to run as root: then it runs as the user that Debian's package has made
        self._as: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        if self._as:
            shutil.chown(self._folder, "postgres", "postgres")
        made = [self._tool("initdb"), "--pgdata", str(self._folder / "data"), "--auth=trust", "--username=claimbot",
                "--no-sync", "--encoding=UTF8", "--locale=C"]  # fmt: skip
        subprocess.run(made, check=True, capture_output=True, cwd=self._folder, **self._as)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://claimbot@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        words = [self._tool("postgres"), "-D", str(self._folder / "data"), "-p", str(self.port)]
        words += [part for option in _QUICK for part in ("-c", option)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log, cwd=self._folder, **self._as)
        until = time.monotonic() + _WITHIN_S
        while True:
            try:
                self.run("select 1")
                return
            except psycopg.OperationalError:
                assert time.monotonic() < until and self._process.poll() is None, (self._folder / "log").read_text()
                time.sleep(0.05)  # no notice comes from another process: look again

    def stop(self) -> None:
        """At once, as before a restart: every connection is cut."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """-9 for the postmaster; its children see that it is gone."""
        self._end(signal.SIGKILL)
        (self._folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, statement: str, database: str = "postgres") -> None:
        where = f"host=127.0.0.1 port={self.port} user=claimbot dbname={database} connect_timeout=5"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())

    def empty(self) -> str:
        """The URL of a fresh database without tables."""
        name = f"empty{next(self._numbers)}"
        self.run(f"create database {name}")
        return self.url(name)

    def migrated(self) -> str:
        """The URL of a fresh database as the migrations leave it."""
        name = f"test{next(self._numbers)}"
        if not self._template:
            self._template = self.empty().rsplit("/", 1)[-1]
            engine = open_engine(self.url(self._template), self._folder)
            migrations.upgrade(engine)
            engine.dispose()
        self.run(f"create database {name} template {self._template}")
        return self.url(name)

    def _end(self, by: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(by)
            self._process.wait(timeout=30)

    @staticmethod
    def _tool(name: str) -> str:
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        assert found, "PostgreSQL is not installed: `make engines` does it"
        return str(found[-1])


@contextmanager
def server() -> Iterator[Postgres]:
    """Until the tests are over."""
    made = Postgres()
    try:
        made.start()
        yield made
    finally:
        made.remove()
