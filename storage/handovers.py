"""Filed claims on their way to the agency's own platform: what it has been told, what we have heard, what comes next.

What is to be told is nowhere copied: it is the claimant's own events beyond `told`. `told` and `seen` only grow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, case, func, insert, or_, select, update

from storage.database import for_writing, reachable
from storage.schema import HANDOVERS

State = Literal["waiting", "sent", "refused", "ended"]
Withdrawal = Literal["", "wanted", "late"]


@dataclass(frozen=True, slots=True)
class Handover:
    """
    state       "waiting" (something is to be told), "sent", "refused" (an operator must act), "ended" (final)
    remote      the agency's own reference, "" before it has the claim
    told        up to which of the claimant's events the agency knows; 0: it has nothing of this claim
    seen        the number of the newest result taken from the agency
    withdrawal  "wanted", or "late": the agency had decided before it heard
    tries       since the last success
    due_at      when it is tried next; while somebody is at it, when they are thought dead
    heard_at    when the agency last said anything of this claim, or was asked
    trouble     the code of the last failure
    """

    claim_id: int
    state: State
    remote: str
    told: int
    seen: int
    withdrawal: Withdrawal
    tries: int
    due_at: datetime
    heard_at: datetime
    trouble: str


def begun() -> ColumnElement[bool]:
    """Of HANDOVERS: the platform has the claim, or may have it."""
    return and_(HANDOVERS.c.state != "ended", or_(HANDOVERS.c.told > 0, HANDOVERS.c.tries > 0))


def begin(connection: Connection, claim_id: int, now: datetime) -> None:
    """Within the transaction that files the claim."""
    connection.execute(insert(HANDOVERS).values(claim_id=claim_id, state="waiting", due_at=now, heard_at=now))


def wake(connection: Connection, claim_id: int, now: datetime) -> None:
    """Within the transaction of a deed of the claimant: the agency is to hear of it. No claim of the desk has a row."""
    here = (HANDOVERS.c.claim_id == claim_id, HANDOVERS.c.state.in_(("waiting", "sent")))
    connection.execute(update(HANDOVERS).where(*here).values(state="waiting", due_at=now))


def handovers_of(connection: Connection, claim_ids: Sequence[int]) -> dict[int, Handover]:
    """By claim id; claims of the desk have none."""
    rows = connection.execute(select(HANDOVERS).where(HANDOVERS.c.claim_id.in_(claim_ids)))
    return {row.claim_id: _handover(row) for row in rows}


class Handovers:
    """Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def due(self, now: datetime, limit: int = 10) -> list[int]:
        """The claims of which the agency is to be told something now, longest due first."""
        found = select(HANDOVERS.c.claim_id).where(HANDOVERS.c.state == "waiting", HANDOVERS.c.due_at <= now)
        return self._ids(found.order_by(HANDOVERS.c.due_at).limit(limit))

    def lease(self, claim_id: int, now: datetime, until: datetime) -> Handover | None:
        """Take a claim that is due in hand; None when somebody else has, or nothing is to be told."""
        here = (HANDOVERS.c.claim_id == claim_id, HANDOVERS.c.state == "waiting", HANDOVERS.c.due_at <= now)
        taking = update(HANDOVERS).where(*here).values(due_at=until, tries=HANDOVERS.c.tries + 1)
        with reachable(), self._writing.begin() as connection:
            row = connection.execute(taking.returning(*HANDOVERS.c)).one_or_none()
        return _handover(row) if row is not None else None

    def told(self, claim_id: int, up_to: int, remote: str = "") -> None:
        """The agency knows of the claimant's events up to this one."""
        more = case((HANDOVERS.c.told < up_to, up_to), else_=HANDOVERS.c.told)
        self._set(claim_id, told=more, trouble="", **({"remote": remote} if remote else {}))

    def settle(self, leased: Handover, state: State) -> None:
        """Nothing is left to be told. Not when the claimant has done something since it was leased."""
        here = (HANDOVERS.c.claim_id == leased.claim_id, HANDOVERS.c.due_at == leased.due_at)
        done = update(HANDOVERS).where(*here, HANDOVERS.c.state != "ended").values(state=state, tries=0)
        with reachable(), self._writing.begin() as connection:
            connection.execute(done)

    def later(self, leased: Handover, due_at: datetime, trouble: str) -> None:
        """It failed: try again then, unless somebody wants it sooner."""
        here = (HANDOVERS.c.claim_id == leased.claim_id, HANDOVERS.c.due_at == leased.due_at)
        with reachable(), self._writing.begin() as connection:
            connection.execute(update(HANDOVERS).where(*here).values(due_at=due_at, trouble=trouble))

    def refused(self, leased: Handover, trouble: str) -> None:
        """The agency does not take it, however often it is asked."""
        here = (HANDOVERS.c.claim_id == leased.claim_id, HANDOVERS.c.state != "ended")
        with reachable(), self._writing.begin() as connection:
            connection.execute(update(HANDOVERS).where(*here).values(state="refused", trouble=trouble))

    def again(self, claim_id: int, now: datetime) -> bool:
        """An operator has mended what was refused: it is tried now. False when it was not refused."""
        here = (HANDOVERS.c.claim_id == claim_id, HANDOVERS.c.state == "refused")
        trying = update(HANDOVERS).where(*here).values(state="waiting", due_at=now, tries=0)
        with reachable(), self._writing.begin() as connection:
            return connection.execute(trying).rowcount == 1

    def want_withdrawal(self, claim_id: int, now: datetime) -> bool:
        """The claimant wants it back: the agency is to be told. False when there is nothing to tell: the agency never
        took it, or it has ended."""
        may_be_there = or_(HANDOVERS.c.state.in_(("waiting", "sent")), HANDOVERS.c.told > 0)
        here = (HANDOVERS.c.claim_id == claim_id, HANDOVERS.c.state != "ended", may_be_there)
        wanted = update(HANDOVERS).where(*here).values(withdrawal="wanted", state="waiting", due_at=now)
        with reachable(), self._writing.begin() as connection:
            return connection.execute(wanted).rowcount == 1

    def withdrawal_came_late(self, claim_id: int) -> None:
        """The agency had decided before it heard of the withdrawal."""
        self._set(claim_id, withdrawal="late", trouble="already_decided")

    def ended(self, claim_id: int) -> None:
        """Nothing is told or asked any more."""
        self._set(claim_id, state="ended", trouble="")

    def heard(self, claim_id: int, at: datetime, seen: int = 0, trouble: str = "") -> None:
        """The agency has said something, up to its result `seen`, or has nothing new to say."""
        more = case((HANDOVERS.c.seen < seen, seen), else_=HANDOVERS.c.seen)
        self._set(claim_id, heard_at=at, seen=more, **({"trouble": trouble} if trouble else {}))

    def silent_since(self, before: datetime, limit: int = 20) -> list[int]:
        """Claims the agency has, undecided, of which nothing was heard since; longest silent first."""
        here = (HANDOVERS.c.state != "ended", HANDOVERS.c.told > 0, HANDOVERS.c.heard_at <= before)
        return self._ids(select(HANDOVERS.c.claim_id).where(*here).order_by(HANDOVERS.c.heard_at).limit(limit))

    def counts(self, late: datetime) -> Mapping[str, int]:
        """How many are "waiting", of these "late" (to be tried, and still not told, since before then), "refused"."""
        waiting = HANDOVERS.c.state == "waiting"
        found = select(
            func.count().filter(waiting).label("waiting"),
            func.count().filter(waiting, HANDOVERS.c.heard_at <= late, HANDOVERS.c.told == 0).label("late"),
            func.count().filter(or_(HANDOVERS.c.state == "refused", HANDOVERS.c.withdrawal == "late")).label("refused"),
        )
        with reachable(), self._engine.connect() as connection:
            return dict(connection.execute(found).mappings().one())

    def _ids(self, found: Any) -> list[int]:
        with reachable(), self._engine.connect() as connection:
            return list(connection.scalars(found))

    def _set(self, claim_id: int, **values: Any) -> None:
        with reachable(), self._writing.begin() as connection:
            connection.execute(update(HANDOVERS).where(HANDOVERS.c.claim_id == claim_id).values(**values))


def _handover(row: Row[Any]) -> Handover:
    return Handover(
        row.claim_id, cast("State", row.state), row.remote, row.told, row.seen, cast("Withdrawal", row.withdrawal),
        row.tries, row.due_at, row.heard_at, row.trouble,
    )  # fmt: skip
