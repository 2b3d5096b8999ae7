"""The SQL database: SQLite in WAL mode when nothing is configured, PostgreSQL by URL."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from storage.errors import StoreUnavailable

POSTGRES_WITHIN_S = 2
"""To connect, or to get one of the pool's connections: half of the deadline of a reply."""
_POSTGRES = {
    "connect_timeout": POSTGRES_WITHIN_S,
    "tcp_user_timeout": 3000,  # ms; a machine that vanished answers nothing, not even that it is gone
    "options": "-c lock_timeout=3000",  # ms; who holds a row for longer holds up a reply
    "application_name": "claimbot",
}
FILE_NAME = "claimbot.sqlite3"
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a receipt once given outlasts a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what is erased is overwritten
)


def open_engine(url: str, data_dir: Path, *, busy_ms: int = 5000, create: bool = True) -> Engine:
    """
    url     "" for data_dir/claimbot.sqlite3, sqlite:////a/file, or postgresql+psycopg://user:password@host/name
    busy_ms how long SQLite waits for another writer
    create  make SQLite's file when it is not there. A process that works with what `serve` or a command has made does
            not: a file that is away for a moment must not be replaced by an empty one, and each use of it
            raises StoreUnavailable meanwhile
    raises  ValueError for a URL that cannot be; StoreUnavailable when SQLite's file cannot be made.
            PostgreSQL is first met when first used: each use raises StoreUnavailable when it is away
    """
    try:
        target = make_url(url) if url else URL.create("sqlite", database=str(data_dir / FILE_NAME))
        if target.get_backend_name() == "sqlite":
            return _sqlite(target, busy_ms, create=create)
        return create_engine(
            target, hide_parameters=True, pool_pre_ping=True, pool_timeout=POSTGRES_WITHIN_S, connect_args=_POSTGRES
        )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as trouble:
        raise ValueError(f"database url: {trouble}") from trouble


def open_copy(path: Path) -> Engine:
    """SQLite's file that nobody writes any more, for reading: nothing is written beside it either."""
    where = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    return create_engine("sqlite://", creator=lambda: sqlite3.connect(where, uri=True), poolclass=NullPool)


def for_writing(engine: Engine) -> Engine:
    """The same database, its transactions holding SQLite's write lock from the start: one that reads and then
    writes could otherwise be refused in the middle."""
    return engine.execution_options(writes=True)


def start_log_anew(engine: Engine) -> None:
    """SQLite's write-ahead log still holds pages as they were before something was deleted: write it into the database
    and empty it. While others read it stays; the next time does it. Raises StoreUnavailable."""
    if engine.dialect.name != "sqlite":
        return
    with reachable():
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


@contextmanager
def reachable() -> Iterator[None]:
    """Trouble with the database becomes StoreUnavailable; a broken constraint or statement stays what it is."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except (DBAPIError, PoolTimeout) as trouble:
        cause = trouble.orig if isinstance(trouble, DBAPIError) else trouble
        raise StoreUnavailable(f"database: {type(cause).__name__}: {cause}") from trouble


def _sqlite(target: URL, busy_ms: int, *, create: bool) -> Engine:
    # one connection a use: cheap here, and nothing is inherited by a forked worker
    if not target.database or target.database == ":memory:":
        engine = create_engine(target, hide_parameters=True, poolclass=NullPool)
    elif create:
        _make_private(Path(target.database))
        engine = create_engine(target, hide_parameters=True, poolclass=NullPool)
    else:
        there = f"{Path(target.database).absolute().as_uri()}?mode=rw"
        engine = create_engine(
            target, hide_parameters=True, poolclass=NullPool,
            creator=lambda: sqlite3.connect(there, uri=True, check_same_thread=False),
        )  # fmt: skip
    event.listen(engine, "connect", lambda connection, _record: _prepare(connection, busy_ms))
    event.listen(engine, "begin", _begin)
    return engine


def _make_private(path: Path) -> None:
    """SQLite's files take the rights of the first."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as trouble:
        raise StoreUnavailable(f"the database {path} cannot be made: {trouble.strerror}") from trouble


def _prepare(connection: Any, busy_ms: int) -> None:
    connection.isolation_level = None  # the driver begins too late; `_begin` does
    for pragma in (f"PRAGMA busy_timeout={busy_ms}", *_PRAGMAS):
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
