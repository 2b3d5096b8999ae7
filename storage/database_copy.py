"""The whole database into a file and back: SQLite by its online backup, PostgreSQL by its own tools."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from storage.errors import StoreUnavailable

SQLITE, POSTGRES = "database.sqlite3", "database.pgdump"
BEFORE = ".before-restore"


def file_name(engine: Engine) -> str:
    """How a backup names this kind of database."""
    return SQLITE if engine.dialect.name == "sqlite" else POSTGRES


def copy_out(engine: Engine, target: Path) -> None:
    """One consistent moment of the database, beside all traffic. Raises StoreUnavailable."""
    if engine.dialect.name != "sqlite":
        _run("pg_dump", engine, "--format=custom", "--no-owner", f"--file={target}")
        return
    source = engine.url.database or ""
    try:
        with closing(sqlite3.connect(source, timeout=30)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            copy.execute("pragma journal_mode=delete")  # one whole file, no log beside it
            if (found := copy.execute("pragma integrity_check").fetchone()[0]) != "ok":
                raise StoreUnavailable(f"the database is damaged ({found}); see docs/operations.md")
    except sqlite3.Error as trouble:
        raise StoreUnavailable(f"database: {trouble}") from trouble


def copy_in(engine: Engine, source: Path) -> None:
    """This copy in place of the database; SQLite's present file stays beside it under another name. Nobody else may
    have it open. Raises StoreUnavailable."""
    if engine.dialect.name != "sqlite":
        _run("pg_restore", engine, "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
             f"--dbname={engine.url.database}", str(source))  # fmt: skip
        return
    place = Path(engine.url.database or "")
    draft = place.with_name(f"{place.name}.part")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(source, draft)
        draft.chmod(0o600)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        for end in ("", "-wal", "-shm"):
            part = place.with_name(place.name + end)
            if part.exists():
                part.replace(place.with_name(f"{place.name}{BEFORE}{end}"))
        draft.replace(place)
    except OSError as trouble:
        draft.unlink(missing_ok=True)
        raise StoreUnavailable(f"database: {trouble.strerror}") from trouble


def _run(tool: str, engine: Engine, *arguments: str) -> None:
    if shutil.which(tool) is None:
        raise StoreUnavailable(
            f"{tool} is missing: install PostgreSQL's client tools (Debian: apt-get install postgresql-client), of the "
            "server's version or newer"
        )
    url = engine.url
    place = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password,
             "PGDATABASE": url.database, **{f"PG{key.upper()}": value for key, value in url.query.items()}}  # fmt: skip
    environment = {name: str(value) for name, value in place.items() if value is not None}
    ended = subprocess.run(
        [tool, "--no-password", *arguments], env={**os.environ, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if ended.returncode:
        last = (ended.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StoreUnavailable(f"{tool}: {last}")
