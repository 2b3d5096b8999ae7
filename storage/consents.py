"""Answers to notices, one row an answer, none ever changed: who agreed to what, in which words, when and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from storage.database import for_writing, reachable
from storage.schema import CONSENTS


@dataclass(frozen=True, slots=True)
class Consent:
    """One answer about one group of items ("papers", "bank", "portrait", "location").

    text_hash  SHA-256 in hex of the words that were shown; "" when only the notice's version is known
    """

    group: str
    answer: str
    notice_version: str
    at: datetime
    text_hash: str = ""
    channel: str = "chat"


class Consents:
    """Consents by person (a pseudonym). Every method raises StoreUnavailable; `Claims.erase` removes them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def record(self, person: str, consent: Consent) -> None:
        """Add an answer; a later one of the same group counts, the earlier stays as proof."""
        with reachable(), self._writing.begin() as connection:
            insert_consents(connection, person, [consent])

    def of(self, person: str) -> list[Consent]:
        """Every answer a person gave, oldest first."""
        found = select(CONSENTS).where(CONSENTS.c.person == person).order_by(CONSENTS.c.id)
        with reachable(), self._engine.connect() as connection:
            return [
                Consent(row.item_group, row.answer, row.notice_version, row.at, row.text_hash, row.channel)
                for row in connection.execute(found)
            ]


def insert_consents(connection: Connection, person: str, consents: Iterable[Consent]) -> None:
    """Add answers within the caller's transaction."""
    rows = [
        {
            "person": person, "item_group": one.group, "notice_version": one.notice_version,
            "text_hash": one.text_hash, "answer": one.answer, "at": one.at, "channel": one.channel,
        }
        for one in consents
    ]  # fmt: skip
    if rows:
        connection.execute(insert(CONSENTS), rows)
