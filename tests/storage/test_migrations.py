import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from storage import migrations
from storage.console_schema import METADATA
from storage.database import FILE_NAME, open_engine, reachable
from storage.errors import StoreUnavailable


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_engine("", tmp_path)


def test_a_fresh_database_gets_exactly_the_schema(engine: Engine) -> None:
    assert not migrations.is_current(engine)
    migrations.upgrade(engine)
    assert migrations.is_current(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_every_constraint_has_the_name_the_schema_gives_it(engine: Engine) -> None:
    migrations.upgrade(engine)
    found = inspect(engine)
    for table in METADATA.sorted_tables:
        named = {str(constraint.name) for constraint in table.constraints}
        there = {found.get_pk_constraint(table.name)["name"]}
        there |= {one["name"] for one in found.get_unique_constraints(table.name)}
        there |= {one["name"] for one in found.get_check_constraints(table.name)}
        there |= {one["name"] for one in found.get_foreign_keys(table.name)}
        assert there == named


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    for _ in range(2):
        migrations.upgrade(engine)
    assert migrations.is_current(engine)


def test_down_and_up_again(engine: Engine) -> None:
    migrations.upgrade(engine)
    migrations.downgrade(engine)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrations.upgrade(engine)
    assert migrations.is_current(engine)


def test_processes_that_start_together_upgrade_once(tmp_path: Path) -> None:
    lines = (
        "import sys; from pathlib import Path; from storage import migrations;"
        "from storage.database import open_engine; migrations.upgrade(open_engine('', Path(sys.argv[1])))"
    )

    def start(_: int) -> str:
        command = [sys.executable, "-c", lines, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stderr

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(start, range(3))) == ["", "", ""]
    assert migrations.is_current(open_engine("", tmp_path))


def test_sqlite_is_durable_private_and_checks_what_refers(engine: Engine, tmp_path: Path) -> None:
    with engine.connect() as connection:
        settings = [
            connection.scalar(text(f"pragma {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert settings == ["wal", 2, 1, 5000]
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("url", ["nonsense", "mysql+nothing://x/y"])
def test_a_url_that_cannot_be_is_named(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="database url"):
        open_engine(url, tmp_path)


def test_a_place_without_room_for_a_database_is_a_store_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="file"):
        open_engine("", tmp_path / "file")


def test_postgresql_that_is_away_is_a_store_unavailable(tmp_path: Path) -> None:
    engine = open_engine("postgresql+psycopg://a:secret@127.0.0.1:9/x", tmp_path)
    with pytest.raises(StoreUnavailable) as away:
        migrations.is_current(engine)
    assert "secret" not in str(away.value)


def test_a_database_that_is_away_for_a_moment_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    migrations.upgrade(open_engine("", tmp_path))
    working = open_engine("", tmp_path, create=False)
    file, away = tmp_path / FILE_NAME, tmp_path / "away"
    file.rename(away)
    with pytest.raises(StoreUnavailable), reachable(), working.connect():
        pass
    assert not file.exists()
    open_engine("", tmp_path, create=False)  # another process begins meanwhile
    assert not file.exists()
    away.rename(file)
    assert migrations.is_current(working)
