"""The reviewers' queue: filed claims with where they stand and who has them in hand. No contents: nothing is opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, delete, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from dialogs.status import Status
from storage.console_schema import ASSIGNMENTS
from storage.database import for_writing, reachable
from storage.schema import CLAIM_EVENTS, CLAIMS

_LAST = CLAIM_EVENTS.alias("last")
_NEWEST = (
    select(func.max(CLAIM_EVENTS.c.seq))
    .where(CLAIM_EVENTS.c.claim_id == CLAIMS.c.id)
    .correlate(CLAIMS)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue. `staff`: who has it in hand, "" nobody."""

    claim_id: int
    receipt: str
    programme: str
    office: str
    filed_at: datetime
    status: Status
    since: datetime
    staff: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is cut down to; empty: no cut. `statuses` any of these; `staff` "-" for what nobody has."""

    office: str = ""
    statuses: tuple[Status, ...] = ()
    staff: str = ""


class Queue:
    """Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def page(self, wanted: Wanted, limit: int, after: tuple[datetime, int] | None = None) -> list[Waiting]:
        """Oldest first, beyond the claim filed at `after` (its time and id)."""
        found = self._cut(select(
            CLAIMS.c.id, CLAIMS.c.receipt, CLAIMS.c.programme, CLAIMS.c.office, CLAIMS.c.filed_at, _LAST.c.status,
            _LAST.c.at, ASSIGNMENTS.c.staff,
        ), wanted)  # fmt: skip
        if after is not None:
            found = found.where(tuple_(CLAIMS.c.filed_at, CLAIMS.c.id) > after)
        with reachable(), self._engine.connect() as connection:
            rows = connection.execute(found.order_by(CLAIMS.c.filed_at, CLAIMS.c.id).limit(limit)).all()
        return [
            Waiting(row.id, row.receipt, row.programme, row.office, row.filed_at, row.status, row.at, row.staff or "")
            for row in rows
        ]

    def counts(self, wanted: Wanted) -> Mapping[Status, int]:
        """How many claims stand where."""
        found = self._cut(select(_LAST.c.status, func.count()), wanted).group_by(_LAST.c.status)
        with reachable(), self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(found)}

    def holder(self, claim_id: int) -> str:
        """Who has it in hand, "" nobody."""
        with reachable(), self._engine.connect() as connection:
            held = select(ASSIGNMENTS.c.staff).where(ASSIGNMENTS.c.claim_id == claim_id)
            return connection.scalar(held) or ""

    def take(self, claim_id: int, staff: str, at: datetime, *, over: bool = False) -> str:
        """Take a claim in hand unless somebody has it (`over`: even then). Who has it now."""
        row = {"claim_id": claim_id, "staff": staff, "at": at}
        try:
            with reachable(), self._writing.begin() as connection:
                connection.execute(insert(ASSIGNMENTS).values(row))
                return staff
        except IntegrityError:
            pass
        if over:
            with reachable(), self._writing.begin() as connection:
                connection.execute(update(ASSIGNMENTS).where(ASSIGNMENTS.c.claim_id == claim_id).values(row))
        return self.holder(claim_id)

    def put_back(self, claim_id: int, staff: str) -> None:
        """Out of this person's hand, if it is there."""
        here = (ASSIGNMENTS.c.claim_id == claim_id, ASSIGNMENTS.c.staff == staff)
        with reachable(), self._writing.begin() as connection:
            connection.execute(delete(ASSIGNMENTS).where(*here))

    @staticmethod
    def _cut(found: Select[Any], wanted: Wanted) -> Select[Any]:
        found = found.select_from(CLAIMS).join(_LAST, (_LAST.c.claim_id == CLAIMS.c.id) & (_LAST.c.seq == _NEWEST))
        found = found.outerjoin(ASSIGNMENTS, ASSIGNMENTS.c.claim_id == CLAIMS.c.id)
        if wanted.office:
            found = found.where(CLAIMS.c.office == wanted.office)
        if wanted.statuses:
            found = found.where(_LAST.c.status.in_(wanted.statuses))
        if wanted.staff:
            found = found.where(ASSIGNMENTS.c.staff == (None if wanted.staff == "-" else wanted.staff))
        return found
