"""Claims that an office has received and not decided: since when each waits."""

from datetime import datetime

from sqlalchemy import Engine, func, select

from storage.database import reachable
from storage.schema import CLAIM_EVENTS

_WITH_THE_OFFICE = ("received", "reviewing")
"""While a paper is asked for again the office waits, not the person."""


class Stalled:
    """Raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def undecided(self, before: datetime) -> list[tuple[int, datetime]]:
        """(claim id, when the office received it) of those received before then."""
        last = select(CLAIM_EVENTS.c.claim_id, func.max(CLAIM_EVENTS.c.seq).label("seq"))
        newest = last.group_by(CLAIM_EVENTS.c.claim_id).subquery()
        here = (newest.c.claim_id == CLAIM_EVENTS.c.claim_id) & (newest.c.seq == CLAIM_EVENTS.c.seq)
        standing = select(CLAIM_EVENTS.c.claim_id).join(newest, here)
        standing = standing.where(CLAIM_EVENTS.c.status.in_(_WITH_THE_OFFICE))
        received = select(CLAIM_EVENTS.c.claim_id, CLAIM_EVENTS.c.at).where(
            CLAIM_EVENTS.c.status == "received", CLAIM_EVENTS.c.at < before, CLAIM_EVENTS.c.claim_id.in_(standing)
        )
        with reachable(), self._engine.connect() as connection:
            return [(row.claim_id, row.at) for row in connection.execute(received)]
