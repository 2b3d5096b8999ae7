"""The audit book: only added to, whole or noticed, also when several write at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from storage.audit import Audit
from storage.database import open_engine
from storage.keyring import Keyring
from storage.migrations import upgrade

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_engine("", tmp_path)
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def book(engine: Engine, tmp_path: Path) -> Audit:
    return Audit(engine, Keyring.open(tmp_path / "keyring.json", create=True))


def past_the_trigger(engine: Engine, *statements: str) -> None:
    """As somebody would who owns the database file."""
    with engine.begin() as connection:
        for deed in ("update", "delete"):
            connection.execute(text(f"drop trigger if exists audit_no_{deed}"))
        for statement in statements:
            connection.execute(text(statement))


def test_entries_follow_each_other_and_are_read_newest_first(book: Audit) -> None:
    assert book.head() == (0, "") and book.broken_at() is None
    book.note("ann", "saw_claim", "1234567890123", at=NOW)
    book.note("ben", "approve", "1234567890123", "2026-12", at=NOW)
    assert [(one.seq, one.actor) for one in book.newest()] == [(2, "ben"), (1, "ann")]
    assert [one.seq for one in book.newest(actor="ann")] == [1] and book.newest(before=1) == []
    assert book.broken_at() is None and book.head()[0] == 2


def test_nothing_is_changed_or_taken_out(book: Audit, engine: Engine) -> None:
    book.note("ann", "saw_claim", at=NOW)
    for statement in ("update audit set actor = 'ben'", "delete from audit"):
        with pytest.raises(DatabaseError), engine.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(
    "deed",
    [
        "update audit set actor = 'ben' where seq = 2",
        "update audit set at = '2026-01-01 00:00:00.000000' where seq = 2",
        "update audit set detail = 'x' where seq = 2",
        "delete from audit where seq = 2",
        "update audit set hash = (select hash from audit where seq = 1) where seq = 2",
    ],
)
def test_whoever_gets_past_the_trigger_is_noticed(book: Audit, engine: Engine, deed: str) -> None:
    for number in range(3):
        book.note("ann", f"deed_{number}", at=NOW)
    past_the_trigger(engine, deed)
    assert book.broken_at() == 2


def test_a_book_cut_off_at_its_end_no_longer_holds_a_head_noted_before(book: Audit, engine: Engine) -> None:
    for number in range(3):
        book.note("ann", f"deed_{number}", at=NOW)
    seq, noted = book.head()
    assert book.holds(f"{seq}:{noted}")
    past_the_trigger(engine, "delete from audit where seq = 3")
    assert book.broken_at() is None and not book.holds(f"{seq}:{noted}")
    for nonsense in ("", "x", "3", ":", "99:abc", f"{seq}:{noted[:-1]}x"):
        assert not book.holds(nonsense)


def test_many_at_once_make_one_chain(book: Audit) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: book.note(f"staff-{number}", "saw_claim", at=NOW), range(40)))
    assert book.head()[0] == 40 and book.broken_at() is None
