"""Drafts that nobody touched for days: out of Redis, kept in SQL until the person writes again."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from storage.database import for_writing, reachable
from storage.schema import PARKED_DRAFTS


class ParkedDrafts:
    """Sealed session bytes by person (a pseudonym). Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def park(self, person: str, blob: bytes, at: datetime) -> bool:
        """Keep a draft in place of one that was not parked later; False when that cannot be. `blob` is sealed already;
        `at` is before it was read: who stalled in between never replaces what another has parked since."""
        here = (PARKED_DRAFTS.c.person == person, PARKED_DRAFTS.c.parked_at <= at)
        try:
            with reachable(), self._writing.begin() as connection:
                connection.execute(delete(PARKED_DRAFTS).where(*here))
                connection.execute(insert(PARKED_DRAFTS).values(person=person, blob=blob, parked_at=at))
        except IntegrityError:
            return False
        return True

    def parked(self, person: str) -> bytes | None:
        """The draft, still parked: it is dropped only when Redis has it again."""
        with reachable(), self._engine.connect() as connection:
            return connection.scalar(select(PARKED_DRAFTS.c.blob).where(PARKED_DRAFTS.c.person == person))

    def drop(self, person: str, blob: bytes | None = None) -> bool:
        """Remove a parked draft, with `blob` only if it is still this one; False when there was none."""
        here = [PARKED_DRAFTS.c.person == person, *([PARKED_DRAFTS.c.blob == blob] if blob is not None else [])]
        with reachable(), self._writing.begin() as connection:
            return connection.execute(delete(PARKED_DRAFTS).where(*here)).rowcount > 0

    def drop_unchanged(self, person: str, blob: bytes) -> bool:
        """Remove this very draft; False when it is gone, or another one was parked meanwhile."""
        here = (PARKED_DRAFTS.c.person == person, PARKED_DRAFTS.c.blob == blob)
        with reachable(), self._writing.begin() as connection:
            return connection.execute(delete(PARKED_DRAFTS).where(*here)).rowcount > 0

    def parked_before(self, before: datetime, limit: int = 500) -> list[str]:
        """The persons whose drafts have lain longest: for the retention sweep."""
        found = select(PARKED_DRAFTS.c.person).where(PARKED_DRAFTS.c.parked_at < before)
        with reachable(), self._engine.connect() as connection:
            return list(connection.scalars(found.order_by(PARKED_DRAFTS.c.parked_at).limit(limit)))

    def everything(self, page: int = 100) -> Iterator[tuple[str, bytes]]:
        """Every parked draft with its person, read in pages."""
        last = ""
        while rows := self._page(last, page):
            yield from rows
            last = rows[-1][0]

    def _page(self, after: str, most: int) -> list[tuple[str, bytes]]:
        found = select(PARKED_DRAFTS.c.person, PARKED_DRAFTS.c.blob).where(PARKED_DRAFTS.c.person > after)
        with reachable(), self._engine.connect() as connection:
            rows = connection.execute(found.order_by(PARKED_DRAFTS.c.person).limit(most))
            return [(row.person, row.blob) for row in rows]
