"""The tests of the SQL stores once more, on a real PostgreSQL; and what only it can do wrong."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from storage import migrations
from storage.claims import Claims
from storage.database import open_engine
from storage.deliveries import Deliveries
from storage.keyring import Keyring
from storage.menus import MenuVersions
from tests.postgres import Postgres
from tests.storage import test_audit, test_claims, test_deliveries, test_menus, test_migrations

OF_SQLITE = {
    "test_two_processes_that_file_the_same_drafts_agree_on_every_receipt", "test_a_locked_database_is_a_store_unavailable",
    "test_what_happened_cannot_be_changed_even_by_sql", "test_a_disk_that_is_full_is_a_store_unavailable", "test_nothing_personal_lies_in_the_database_in_clear",
    "test_whoever_gets_past_the_trigger_is_noticed",  # both write as SQLite wants it
    "test_no_state_is_left_for_an_earlier_one",  # of many examples: the order of states is no matter of the database
    "test_a_book_cut_off_at_its_end_no_longer_holds_a_head_noted_before",
}  # fmt: skip
for module in (test_claims, test_deliveries, test_audit, test_menus):
    for name, deed in vars(module).items():
        if name.startswith("test_") and name not in OF_SQLITE:
            globals()[name] = deed
keyring, claims, consents = test_claims.keyring, test_claims.claims, test_claims.consents
book = test_audit.book


@pytest.fixture
def engine(postgres: Postgres, tmp_path: Path) -> Iterator[Engine]:
    made = open_engine(postgres.migrated(), tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def deliveries(engine: Engine) -> Deliveries:
    return Deliveries(engine)


@pytest.fixture
def versions(engine: Engine) -> MenuVersions:
    return MenuVersions(engine)


@pytest.fixture
def empty(postgres: Postgres, tmp_path: Path) -> Iterator[Engine]:
    made = open_engine(postgres.empty(), tmp_path)
    yield made
    made.dispose()


def test_the_migrations_leave_exactly_the_schema_and_go_down_and_up(empty: Engine) -> None:
    test_migrations.test_a_fresh_database_gets_exactly_the_schema(empty)
    test_migrations.test_every_constraint_has_the_name_the_schema_gives_it(empty)
    migrations.downgrade(empty)
    assert inspect(empty).get_table_names() == ["alembic_version"]
    with empty.connect() as connection:
        left = connection.scalar(text(
            "select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public'"
        ))  # fmt: skip
    assert left == 0  # the triggers' functions are gone too
    migrations.upgrade(empty)
    assert migrations.is_current(empty)


def test_many_that_start_together_upgrade_once(empty: Engine, tmp_path: Path) -> None:
    engines = [open_engine(str(empty.url), tmp_path) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrations.upgrade, engines))
    assert migrations.is_current(empty)


def test_what_happened_cannot_be_changed_even_by_sql_here(claims: Claims, engine: Engine) -> None:
    test_claims.a_claim(claims)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("update claim_events set status = 'paid'"))


FILES = """
import json, sys
from datetime import datetime, UTC
from pathlib import Path
from storage.claims import Claims
from storage.database import open_engine
from storage.keyring import Keyring
home = Path(sys.argv[1])
claims = Claims(open_engine(sys.argv[2], home), Keyring.open(home / "keyring.json"))
print("ready", flush=True)
sys.stdin.readline()
filed = [claims.file(draft_id=f"d{n}", person="p" * 22, openid="o" * 28, programme="kunming", version="3", office="x",
                     answers={"a": "b"}, papers={}, now=datetime.now(UTC)).receipt for n in range(20)]
print(json.dumps(filed))
"""


def test_two_processes_that_file_at_once_agree_on_every_receipt(
    claims: Claims, engine: Engine, keyring: Keyring, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", FILES, str(tmp_path), str(engine.url)]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for one in both:
        assert one.stdout is not None and one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    first, second = (json.loads(one.communicate(timeout=60)[0]) for one in both)
    assert first == second and len(set(first)) == 20
    assert len(claims.of("p" * 22)) == 20
