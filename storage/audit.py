"""The book of who saw or did what: rows are only added, and each one's hash covers the row before.

The hash is keyed with the key that never rotates, so that whoever can write into the database cannot write it anew.
What no chain can show by itself is that its end was cut off: `head` is what an auditor notes down and compares.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from storage.console_schema import AUDIT
from storage.database import for_writing, reachable
from storage.errors import StoreUnavailable
from storage.keyring import Keyring

_TRIES = 20
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One row.

    actor    a staff name, or "console" for what happened before anybody was signed in
    deed     a word of ours: signed_in, saw_paper, approved, …
    subject  what it was done to: a receipt number, a staff name, …; never a claimant's name or number
    """

    seq: int
    at: datetime
    actor: str
    deed: str
    subject: str
    detail: str
    hash: str


class Audit:
    """Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self._engine = engine
        self._writing = for_writing(engine)
        self._keyring = keyring

    def note(self, actor: str, deed: str, subject: str = "", detail: str = "", *, at: datetime) -> Entry:
        """Add a row; it stands when this returns."""
        for _ in range(_TRIES):
            try:
                with reachable(), self._writing.begin() as connection:
                    return self._add(connection, actor[:64], deed[:64], subject[:200], detail[:500], at)
            except IntegrityError:
                continue  # PostgreSQL: somebody else took this number; look again
        raise StoreUnavailable("an audit entry lost every race")

    def newest(self, limit: int = 100, before: int = 0, actor: str = "", subject: str = "") -> list[Entry]:
        """Rows below number `before` (0: from the newest), newest first; of one actor or subject only."""
        wanted = select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(limit)
        wanted = wanted.where(AUDIT.c.seq < before) if before else wanted
        wanted = wanted.where(AUDIT.c.actor == actor) if actor else wanted
        wanted = wanted.where(AUDIT.c.subject == subject) if subject else wanted
        with reachable(), self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(wanted)]

    def head(self) -> tuple[int, str]:
        """The newest row's number and hash; (0, "") while the book is empty."""
        with reachable(), self._engine.connect() as connection:
            return self._head(connection)

    def holds(self, head: str) -> bool:
        """Whether this head, noted as "seq:hash" some time ago, is still in the book."""
        seq, _, noted = head.partition(":")
        if not seq.isdigit():
            return False
        with reachable(), self._engine.connect() as connection:
            return connection.scalar(select(AUDIT.c.hash).where(AUDIT.c.seq == int(seq))) == noted

    def broken_at(self) -> int | None:
        """The number of the first row that is missing, out of place or changed; None when the chain is whole."""
        last, chain = 0, ""
        for entry in self._everything():
            if entry.seq != last + 1 or self._hash(chain, entry) != entry.hash:
                return last + 1
            last, chain = entry.seq, entry.hash
        return None

    def _add(self, connection: Connection, actor: str, deed: str, subject: str, detail: str, at: datetime) -> Entry:
        last, chain = self._head(connection)
        bare = Entry(last + 1, at.astimezone(UTC), actor, deed, subject, detail, "")
        kept = Entry(last + 1, bare.at, actor, deed, subject, detail, self._hash(chain, bare))
        connection.execute(
            insert(AUDIT).values(
                seq=kept.seq, at=kept.at, actor=actor, deed=deed, subject=subject, detail=detail, hash=kept.hash
            )
        )
        return kept

    def _head(self, connection: Connection) -> tuple[int, str]:
        newest = select(func.max(AUDIT.c.seq)).scalar_subquery()
        row = connection.execute(select(AUDIT.c.seq, AUDIT.c.hash).where(AUDIT.c.seq == newest)).one_or_none()
        return (row.seq, row.hash) if row is not None else (0, "")

    def _hash(self, chain: str, entry: Entry) -> str:
        said = [chain, entry.seq, entry.at.isoformat(), entry.actor, entry.deed, entry.subject, entry.detail]
        return self._keyring.keyed_hash(b"audit", json.dumps(said, ensure_ascii=False).encode()).hex()

    def _everything(self) -> Iterator[Entry]:
        last = 0
        while True:
            wanted = select(AUDIT).where(AUDIT.c.seq > last).order_by(AUDIT.c.seq).limit(_PAGE)
            with reachable(), self._engine.connect() as connection:
                rows = connection.execute(wanted).all()
            if not rows:
                return
            yield from (_entry(row) for row in rows)
            last = rows[-1].seq


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.seq, row.at, row.actor, row.deed, row.subject, row.detail, row.hash)
