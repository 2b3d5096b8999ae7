"""The scene codes of the offices' posters: asked of WeChat once, as an account has 100,000 of them for ever."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.console_schema import POSTERS
from storage.database import for_writing, reachable


@dataclass(frozen=True, slots=True)
class Poster:
    """An office's code: `url` is what the code says, `ticket` WeChat's name for it."""

    office: str
    scene: str
    ticket: str
    url: str
    made_at: datetime


class Posters:
    """Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def all(self) -> dict[str, Poster]:
        """By office."""
        with reachable(), self._engine.connect() as connection:
            return {row.office: Poster(*row) for row in connection.execute(select(POSTERS))}

    def keep(self, poster: Poster) -> Poster:
        """Keep a new code; the one that was there already when somebody was faster. A scene that stood on another
        office's poster is this one's from now on: the list has changed, and who scans it is told of this office."""
        row = {name: getattr(poster, name) for name in Poster.__slots__}
        try:
            with reachable(), self._writing.begin() as connection:
                connection.execute(insert(POSTERS).values(row))
        except IntegrityError:
            if (before := self.all().get(poster.office)) is not None:
                return before
            with reachable(), self._writing.begin() as connection:
                connection.execute(update(POSTERS).where(POSTERS.c.scene == poster.scene).values(row))
        return poster
