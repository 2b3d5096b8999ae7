"""Every revision, up and down, with rows in each table: nothing of the earlier schema's is lost or changed; and what an
older process still writes while a newer one has migrated is taken."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    insert,
    inspect,
    select,
)

from storage import migrations
from storage.database import open_engine

REVISIONS = [
    one.revision for one in ScriptDirectory.from_config(migrations._config(None)).walk_revisions("base", "heads")
][::-1]
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

FITTING: dict[tuple[str, str], tuple[Any, Any]] = {
    ("erasures", "person"): ("per1", None), ("erasures", "done_at"): (None, NOW),
}  # fmt: skip
"""(table, column) → values for a first and a second row, where a constraint wants more than a type."""


def rows_of(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in tables(engine):
        with engine.connect() as connection:
            found[table.name] = sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
    return found


def tables(engine: Engine) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(engine)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def columns(engine: Engine) -> dict[str, list[str]]:
    found = inspect(engine)
    return {name: [one["name"] for one in found.get_columns(name)] for name in found.get_table_names()}


def a_row(engine: Engine, table: Table, number: int) -> dict[str, Any]:
    checks = " ".join(one["sqltext"] for one in inspect(engine).get_check_constraints(table.name))
    allowed = dict(re.findall(r"(\w+) in \('([^']*)'", checks))
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.name in allowed:
            row[column.name] = allowed[column.name]
            continue
        if (table.name, column.name) in FITTING:
            row[column.name] = FITTING[table.name, column.name][number - 1]
            continue
        match column.type:
            case Boolean():
                value: Any = False
            case Integer():
                value = number
            case Float():
                value = 1.5
            case DateTime():
                value = NOW
            case Date():
                value = NOW.date()
            case LargeBinary():
                value = b"\x01" + bytes(40) + bytes([number])
            case _:
                value = f"{column.name[:3]}{number}"
        row[column.name] = value
    return row


def fill(engine: Engine, known: list[Table], number: int) -> None:
    """One row in each of these tables, in their columns alone."""
    rows = [(table, a_row(engine, table, number)) for table in known]
    with engine.begin() as connection:
        for table, row in rows:
            connection.execute(insert(table).values(row))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_engine("", tmp_path)
    yield made
    made.dispose()


def test_each_step_down_and_up_again_keeps_every_row_of_the_earlier_schema(engine: Engine) -> None:
    migrations.upgrade(engine)
    fill(engine, tables(engine), 1)
    assert all(rows_of(engine).values())
    for revision in REVISIONS[-2::-1]:
        before, had = rows_of(engine), columns(engine)
        migrations.downgrade(engine, revision)
        below, has = rows_of(engine), columns(engine)
        for name, rows in below.items():
            kept = [tuple(row[had[name].index(column)] for column in has[name]) for row in before[name]]
            assert kept == rows, (revision, name)
    migrations.upgrade(engine)
    for name, rows in rows_of(engine).items():
        assert name not in below or len(rows) == len(below[name]) == 1


def test_what_an_older_process_writes_is_taken_by_the_newer_schema(engine: Engine) -> None:
    for older, newer in pairwise(REVISIONS):
        path = Path(str(engine.url.database))
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        migrations.upgrade(engine, older)
        known = tables(engine)
        fill(engine, known, 1)
        migrations.upgrade(engine, newer)
        fill(engine, known, 2)
        counts = {name: len(rows) for name, rows in rows_of(engine).items()}
        assert all(counts[table.name] == 2 for table in known), (older, newer)
