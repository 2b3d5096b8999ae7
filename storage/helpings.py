"""The log of second phones: who helped whom, from when until when, and how many photographs came."""

from datetime import datetime

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.database import for_writing, reachable
from storage.schema import HELPINGS


class Helpings:
    """Persons are pseudonyms. Every method raises StoreUnavailable and is safe to repeat."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def begin(self, help_id: str, owner: str, helper: str, at: datetime, until: datetime) -> None:
        """Somebody joined."""
        row = {"id": help_id, "owner": owner, "helper": helper, "began_at": at, "until": until}
        try:
            with reachable(), self._writing.begin() as connection:
                connection.execute(insert(HELPINGS).values(row))
        except IntegrityError:
            return  # it stands there

    def end(self, help_id: str, why: str, at: datetime, photos: int | None) -> bool:
        """It has ended; False when that is known, or nobody had joined. `photos` None: not known any more."""
        here = (HELPINGS.c.id == help_id, HELPINGS.c.ended_at.is_(None))
        with reachable(), self._writing.begin() as connection:
            done = connection.execute(update(HELPINGS).where(*here).values(ended_at=at, why=why, photos=photos))
            return done.rowcount > 0

    def forget(self, person: str) -> None:
        """Nothing is known of this person any more: neither who helped them, nor whom they helped."""
        with reachable(), self._writing.begin() as connection:
            connection.execute(delete(HELPINGS).where(HELPINGS.c.owner == person))
            connection.execute(update(HELPINGS).where(HELPINGS.c.helper == person).values(helper=""))

    def drop_before(self, before: datetime, limit: int = 500) -> int:
        """Remove a page of those that ended before then; how many."""
        old = select(HELPINGS.c.id).where(HELPINGS.c.ended_at < before).limit(limit)
        with reachable(), self._writing.begin() as connection:
            return connection.execute(delete(HELPINGS).where(HELPINGS.c.id.in_(old))).rowcount

    def overdue(self, now: datetime, limit: int = 500) -> list[tuple[str, str]]:
        """(id, owner) of those whose time is over and whose end is not written down."""
        found = select(HELPINGS.c.id, HELPINGS.c.owner).where(HELPINGS.c.ended_at.is_(None), HELPINGS.c.until < now)
        with reachable(), self._engine.connect() as connection:
            return [(row.id, row.owner) for row in connection.execute(found.limit(limit))]
