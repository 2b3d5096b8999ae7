"""The log of second phones: who helped whom, from when until when, and how many photographs came."""

from datetime import datetime

from sqlalchemy import Engine, insert, select, update
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

    def overdue(self, now: datetime, limit: int = 500) -> list[tuple[str, str]]:
        """(id, owner) of those whose time is over and whose end is not written down."""
        found = select(HELPINGS.c.id, HELPINGS.c.owner).where(HELPINGS.c.ended_at.is_(None), HELPINGS.c.until < now)
        with reachable(), self._engine.connect() as connection:
            return [(row.id, row.owner) for row in connection.execute(found.limit(limit))]
