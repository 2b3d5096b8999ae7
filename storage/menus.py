"""Versions of the account's menu, never changed once written, and the book of what was published when.

What is live only WeChat knows; this is what we wanted, and how far we came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Engine, Row, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.console_schema import MENU_PUBLICATIONS, MENU_VERSIONS
from storage.database import for_writing, reachable
from storage.errors import Missing

Outcome = Literal["begun", "done", "stopped"]


class Overtaken(Exception):
    """Somebody else saved or published in between: look at theirs first."""


@dataclass(frozen=True, slots=True)
class Version:
    """One menu as it was saved. `content` is TOML (bot/menu_set.py); numbers count from 1 without gaps."""

    number: int
    content: str
    note: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """One attempt to put a version live.

    outcome  "begun" and not ended: under way, or its process died and nobody knows how far it came
    detail   where it stopped and why, in words; "" when done
    """

    id: int
    version: int
    by: str
    at: datetime
    outcome: Outcome
    detail: str


class MenuVersions:
    """In SQL. Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def add(self, content: str, note: str, by: str, at: datetime, *, seen: int) -> Version:
        """A new version. `seen`: the newest its maker knew, 0 for none. Raises Overtaken when there is a newer one."""
        made = Version(seen + 1, content, note[:200], by[:64], at)
        row = {"number": made.number, "content": content, "note": made.note, "made_by": made.made_by, "made_at": at}
        try:
            with reachable(), self._writing.begin() as connection:
                if (connection.scalar(select(func.max(MENU_VERSIONS.c.number))) or 0) != seen:
                    raise Overtaken
                connection.execute(insert(MENU_VERSIONS).values(row))
        except IntegrityError as taken:
            raise Overtaken from taken
        return made

    def newest(self) -> Version | None:
        """The version with the highest number."""
        wanted = select(MENU_VERSIONS).order_by(MENU_VERSIONS.c.number.desc()).limit(1)
        with reachable(), self._engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        return _version(row) if row is not None else None

    def newest_number(self) -> int:
        """0 before the first."""
        with reachable(), self._engine.connect() as connection:
            return connection.scalar(select(func.max(MENU_VERSIONS.c.number))) or 0

    def get(self, number: int) -> Version:
        """Raises Missing."""
        with reachable(), self._engine.connect() as connection:
            row = connection.execute(select(MENU_VERSIONS).where(MENU_VERSIONS.c.number == number)).one_or_none()
        if row is None:
            raise Missing(f"menu version {number}")
        return _version(row)

    def listed(self, limit: int, before: int = 0) -> Sequence[Version]:
        """Newest first, below number `before` (0: from the newest)."""
        wanted = select(MENU_VERSIONS).order_by(MENU_VERSIONS.c.number.desc()).limit(limit)
        wanted = wanted.where(MENU_VERSIONS.c.number < before) if before else wanted
        with reachable(), self._engine.connect() as connection:
            return [_version(row) for row in connection.execute(wanted)]

    def begin(self, number: int, by: str, at: datetime, *, seen: int) -> Publication:
        """Note that a version is being published, before anything is sent. `seen` is the newest publication its maker
        knew, 0 for none. Raises Overtaken when there is a newer one."""
        row = {"id": seen + 1, "version": number, "by": by[:64], "at": at, "outcome": "begun", "detail": ""}
        try:
            with reachable(), self._writing.begin() as connection:
                if (connection.scalar(select(func.max(MENU_PUBLICATIONS.c.id))) or 0) != seen:
                    raise Overtaken
                connection.execute(insert(MENU_PUBLICATIONS).values(row))
        except IntegrityError as taken:
            raise Overtaken from taken
        return Publication(seen + 1, number, by[:64], at, "begun", "")

    def end(self, publication: int, outcome: Outcome, detail: str = "") -> None:
        """How it ended. Safe to repeat."""
        ended = update(MENU_PUBLICATIONS).where(MENU_PUBLICATIONS.c.id == publication)
        with reachable(), self._writing.begin() as connection:
            connection.execute(ended.values(outcome=outcome, detail=detail[:500]))

    def last_publication(self) -> Publication | None:
        """The newest, whatever became of it."""
        return self._last(select(MENU_PUBLICATIONS))

    def last_done(self) -> Publication | None:
        """The newest that went well."""
        return self._last(select(MENU_PUBLICATIONS).where(MENU_PUBLICATIONS.c.outcome == "done"))

    def _last(self, wanted: Select[Any]) -> Publication | None:
        wanted = wanted.order_by(MENU_PUBLICATIONS.c.id.desc()).limit(1)
        with reachable(), self._engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        return _publication(row) if row is not None else None

    def publications(self, numbers: Sequence[int]) -> Sequence[Publication]:
        """Of these versions, oldest first."""
        wanted = select(MENU_PUBLICATIONS).where(MENU_PUBLICATIONS.c.version.in_(numbers))
        with reachable(), self._engine.connect() as connection:
            return [_publication(row) for row in connection.execute(wanted.order_by(MENU_PUBLICATIONS.c.id))]


def _version(row: Row[Any]) -> Version:
    return Version(row.number, row.content, row.note, row.made_by, row.made_at)


def _publication(row: Row[Any]) -> Publication:
    return Publication(row.id, row.version, row.by, row.at, row.outcome, row.detail)
