"""Every sealed column of the database: which key sealed each cell, and sealing it anew."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Column, Engine, Select, Table, select, update

from storage.claim_rows import context_of
from storage.console_schema import STAFF
from storage.database import for_writing, reachable
from storage.errors import Unreadable
from storage.keyring import Keyring
from storage.schema import CLAIM_EVENTS, CLAIMS, PARKED_DRAFTS, SYSTEM_FIELDS
from storage.staff import totp_context
from storage.system_fields import WHAT


@dataclass(frozen=True, slots=True)
class Cell:
    """One sealed value. `row` is its table's primary key, `context` what it is sealed to."""

    column: Column[Any]
    row: Any
    blob: bytes
    context: bytes


@dataclass(frozen=True, slots=True)
class _Sealed:
    """One column: its table's primary key, what is read beside it, and how that makes a context."""

    column: Column[Any]
    key: Column[Any]
    beside: Column[Any]
    context: Callable[[str], bytes]


def _of_claim(what: bytes) -> Callable[[str], bytes]:
    return partial(context_of, what)


COLUMNS = (
    _Sealed(CLAIMS.c.openid, CLAIMS.c.id, CLAIMS.c.draft_id, _of_claim(b"openid")),
    _Sealed(CLAIMS.c.answers, CLAIMS.c.id, CLAIMS.c.draft_id, _of_claim(b"answers")),
    _Sealed(CLAIM_EVENTS.c.detail, CLAIM_EVENTS.c.id, CLAIMS.c.draft_id, _of_claim(b"detail")),
    _Sealed(PARKED_DRAFTS.c.blob, PARKED_DRAFTS.c.person, PARKED_DRAFTS.c.person, str.encode),
    _Sealed(SYSTEM_FIELDS.c.fields, SYSTEM_FIELDS.c.claim_id, CLAIMS.c.draft_id, _of_claim(WHAT)),
    _Sealed(STAFF.c.totp, STAFF.c.id, STAFF.c.name, totp_context),
)
"""A new sealed column belongs here too: tests/storage/test_rotation.py compares with the schema."""


class SealedColumns:
    """Read and written in pages, beside everything else. Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self._engine = engine
        self._writing = for_writing(engine)
        self._keyring = keyring

    def pages(self, most: int = 100) -> Iterator[list[Cell]]:
        """All cells, in pages of one column."""
        for sealed in COLUMNS:
            last: Any = None
            while page := self._page(sealed, last, most):
                yield page
                last = page[-1].row

    def renew(self, page: Sequence[Cell]) -> tuple[int, int]:
        """Seal a page's cells anew with the newest key, in one transaction; a cell that was changed meanwhile is left
        as it is. How many were renewed, how many cannot be opened."""
        fresh, unreadable = [], 0
        for cell in page:
            if self._keyring.is_current(cell.blob):
                continue
            try:
                plain = self._keyring.open_sealed(cell.blob, cell.context)
            except Unreadable:
                unreadable += 1
            else:
                fresh.append((cell, self._keyring.seal(plain, cell.context)))
        if not fresh:
            return 0, unreadable
        with reachable(), self._writing.begin() as connection:
            renewed = 0
            for cell, blob in fresh:
                table = _table_of(cell.column)
                (key,) = table.primary_key.columns
                here = (key == cell.row, cell.column == cell.blob)
                renewed += connection.execute(update(table).where(*here).values({cell.column.name: blob})).rowcount
        return renewed, unreadable

    def _page(self, sealed: _Sealed, after: Any, most: int) -> list[Cell]:
        found: Select[Any] = select(sealed.key.label("row"), sealed.beside.label("beside"), sealed.column.label("blob"))
        table = _table_of(sealed.column)
        if table in (CLAIM_EVENTS, SYSTEM_FIELDS):
            found = found.join_from(table, CLAIMS, CLAIMS.c.id == table.c.claim_id)
        if after is not None:
            found = found.where(sealed.key > after)
        found = found.where(sealed.column.is_not(None)).order_by(sealed.key).limit(most)
        with reachable(), self._engine.connect() as connection:
            return [
                Cell(sealed.column, row.row, bytes(row.blob), sealed.context(row.beside))
                for row in connection.execute(found)
            ]


def _table_of(column: Column[Any]) -> Table:
    table = column.table
    assert isinstance(table, Table)
    return table
