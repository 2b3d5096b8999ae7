"""Answers to notices, one row an answer, none ever changed: who agreed to what, in which words, when and where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, exists, insert, select
from sqlalchemy.exc import IntegrityError

from dialogs.session import Answered
from storage.database import for_writing, reachable
from storage.errors import StoreUnavailable
from storage.schema import CLAIMS, CONSENTS

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Consent:
    """One answer ("yes", "no", "withdrawn") about one group of items ("papers", "bank", "portrait", "location").

    text_hash  SHA-256 in hex of the words that were shown
    """

    group: str
    answer: str
    notice_version: str
    at: datetime
    text_hash: str = ""
    channel: str = "chat"


class Consents:
    """Consents by person (a pseudonym). Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def record(self, answers: Mapping[str, Iterable[Answered]]) -> None:
        """Add people's answers, all or nothing; one that stands there already is no second row. A later one of the
        same group counts, the earlier stays as proof."""
        wanted = [(person, one) for person, said in answers.items() for one in said]
        if not wanted:
            return None
        for _ in range(_TRIES):
            try:
                with reachable(), self._writing.begin() as connection:
                    return _insert_missing(connection, wanted)
            except IntegrityError:
                continue  # PostgreSQL: another process is at the same answers; look again
        raise StoreUnavailable("an answer lost every race")

    def of(self, person: str) -> list[Consent]:
        """Every answer a person gave, oldest first."""
        found = select(CONSENTS).where(CONSENTS.c.person == person).order_by(CONSENTS.c.at, CONSENTS.c.id)
        with reachable(), self._engine.connect() as connection:
            return [
                Consent(row.item_group, row.answer, row.notice_version, row.at, row.text_hash, row.channel)
                for row in connection.execute(found)
            ]

    def drop_before(self, before: datetime, limit: int = 500) -> int:
        """Remove a page of the answers older than this of people who have no claim here; how many. Of claims that are
        kept they are the proof."""
        held = exists().where(CLAIMS.c.person == CONSENTS.c.person)
        old = select(CONSENTS.c.id).where(CONSENTS.c.at < before, ~held).order_by(CONSENTS.c.id).limit(limit)
        with reachable(), self._writing.begin() as connection:
            return connection.execute(delete(CONSENTS).where(CONSENTS.c.id.in_(old))).rowcount


def _insert_missing(connection: Connection, answers: list[tuple[str, Answered]]) -> None:
    names = [one.id for _, one in answers]
    known = set(connection.scalars(select(CONSENTS.c.once).where(CONSENTS.c.once.in_(names))))
    rows = [
        {
            "person": person, "item_group": one.group, "notice_version": one.notice, "text_hash": one.text_hash,
            "answer": one.answer, "at": datetime.fromtimestamp(one.at, UTC), "channel": "chat", "once": one.id,
        }
        for person, one in answers
        if one.id not in known
    ]  # fmt: skip
    if rows:
        connection.execute(insert(CONSENTS), rows)
