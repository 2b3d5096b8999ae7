"""How many filed claims stand where, and which wait too long at their office. Nothing of a claim is opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, func, select

from dialogs.status import Status
from storage.database import reachable
from storage.schema import CLAIM_EVENTS, CLAIMS

_NEWEST = select(CLAIM_EVENTS.c.claim_id, func.max(CLAIM_EVENTS.c.seq).label("seq")).group_by(CLAIM_EVENTS.c.claim_id)
_END = _NEWEST.subquery("newest")
_LAST = CLAIM_EVENTS.alias("last")
_STANDING = CLAIMS.join(_END, _END.c.claim_id == CLAIMS.c.id).join(
    _LAST, (_LAST.c.claim_id == CLAIMS.c.id) & (_LAST.c.seq == _END.c.seq)
)
"""Every claim beside its newest event; one pass over the events, as all claims are counted."""
AT_THE_OFFICE: tuple[Status, ...] = ("received", "reviewing")
"""It is the office's turn: what needs materials waits for the person."""


@dataclass(frozen=True, slots=True)
class Stalled:
    """An office's claims that were received too long ago and are not decided."""

    office: str
    claims: int
    oldest: datetime


class ClaimNumbers:
    """Every method raises StoreUnavailable. `programme` "" for all."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def by_status(self, since: datetime, programme: str = "") -> Mapping[Status, int]:
        """Where the claims stand that were filed since then."""
        found = select(_LAST.c.status, func.count().label("n")).select_from(_STANDING)
        found = found.where(CLAIMS.c.filed_at >= since)
        found = found.where(CLAIMS.c.programme == programme) if programme else found
        with reachable(), self._engine.connect() as connection:
            return {row.status: row.n for row in connection.execute(found.group_by(_LAST.c.status))}

    def all_by_status(self) -> Mapping[Status, int]:
        """Where all claims stand."""
        return self.by_status(datetime.fromtimestamp(0, UTC))

    def stalled(self, received_before: datetime, programme: str = "", most: int = 50) -> list[Stalled]:
        """Claims received before then on which the office has still to decide, most first."""
        received = CLAIM_EVENTS.alias("received")
        claims, oldest = func.count().label("claims"), func.min(received.c.at).label("oldest")
        found = select(CLAIMS.c.office, claims, oldest).select_from(_STANDING)
        found = found.join(received, (received.c.claim_id == CLAIMS.c.id) & (received.c.status == "received"))
        found = found.where(_LAST.c.status.in_(AT_THE_OFFICE), received.c.at < received_before)
        found = found.where(CLAIMS.c.programme == programme) if programme else found
        found = found.group_by(CLAIMS.c.office).order_by(claims.desc(), CLAIMS.c.office).limit(most)
        with reachable(), self._engine.connect() as connection:
            return [Stalled(row.office, row.claims, row.oldest) for row in connection.execute(found)]
