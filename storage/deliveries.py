"""How each piece of news went out: one row an attempt, its state only ever moving forward. No content, no openid."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.database import for_writing, reachable
from storage.schema import DELIVERIES as TABLE

State = Literal["made", "sending", "accepted", "delivered", "failed", "inbox"]
_BEFORE: dict[State, tuple[State, ...]] = {
    "made": (),
    "sending": ("made", "inbox"),
    "inbox": ("made",),
    "accepted": ("sending",),
    "delivered": ("made", "sending", "accepted", "inbox"),
    "failed": ("made", "sending", "accepted", "inbox"),
}
"""From which states each may come; nothing follows delivered and failed."""
_REASON_CHARS = 80
_NOT_YET = {"reason": "", "msg_id": ""}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt.

    person  a pseudonym
    what    the news' name: event/<receipt>/<seq>, ask/<receipt>/<slot>, a photograph's ticket, nudge/<draft>
    way     custom, subscription, template, reply; "" while none is chosen
    state   made, sending, accepted (by WeChat), delivered, failed, inbox (rides on the next reply)
    reason  why it failed, in a few words
    msg_id  by which WeChat's receipt names it, "" where there is none (yet)
    """

    id: int
    person: str
    what: str
    way: str
    state: State
    reason: str
    msg_id: str
    at: datetime


class Deliveries:
    """Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def made(self, person: str, whats: Collection[str], at: datetime) -> None:
        """There is such news. Safe to repeat while it is under way."""
        for what in whats:
            with reachable(), self._writing.begin() as connection:
                if not _open_rows(connection, person, what, ("made", "inbox", "sending", "accepted")):
                    _add(connection, person, what, "", "made", at)

    def sending(self, person: str, whats: Collection[str], way: str, at: datetime) -> list[int]:
        """An attempt begins; the ids of its rows, one a piece of news."""
        with reachable(), self._writing.begin() as connection:
            return [self._begun(connection, person, what, way, at) for what in whats]

    def move(self, ids: Sequence[int], state: State, at: datetime, *, reason: str = "", msg_id: str = "") -> int:
        """How many went on: those that are further already stay where they are."""
        values: dict[str, Any] = {"state": state, "at": at, "reason": reason[:_REASON_CHARS]}
        if msg_id:
            values["msg_id"] = msg_id[:32]
        here = (TABLE.c.id.in_(ids), TABLE.c.state.in_(_BEFORE[state]))
        with reachable(), self._writing.begin() as connection:
            return connection.execute(update(TABLE).where(*here).values(values)).rowcount

    def inbox(self, person: str, whats: Collection[str], at: datetime) -> None:
        """No way is left: it waits for the person."""
        for what in whats:
            with reachable(), self._writing.begin() as connection:
                found = _open_rows(connection, person, what, ("made", "inbox", "sending", "accepted"))
                if not found:
                    _add(connection, person, what, "", "inbox", at)
                else:
                    here = (TABLE.c.id.in_(found), TABLE.c.state.in_(_BEFORE["inbox"]))
                    connection.execute(update(TABLE).where(*here).values(state="inbox", at=at))

    def left_inbox(
        self, person: str, waiting: Collection[str], at: datetime, stale_s: int, *, lost: str = ""
    ) -> int:  # fmt: skip
        """What waited for this person and is not `waiting` any more has ridden on a reply; so has what somebody began
        to send so long ago and never ended. `lost`: why it is gone without having been read."""
        begun = (TABLE.c.state == "sending") & (TABLE.c.at < at - timedelta(seconds=stale_s))
        waited = TABLE.c.state.in_(("made", "inbox")) | begun
        here = (TABLE.c.person == person, waited, TABLE.c.what.not_in(waiting))
        with reachable(), self._writing.begin() as connection:
            if lost:
                values = {"state": "failed", "reason": lost, "at": at}
            else:
                values = {"state": "delivered", "way": "reply", "at": at}
            return connection.execute(update(TABLE).where(*here).values(values)).rowcount

    def of_message(self, person: str, way: str, msg_id: str) -> list[Delivery]:
        """The rows of the message that a receipt names. A subscription notice is sent without being told its MsgID: the
        oldest one of this person without receipt is meant."""
        known = self._read(TABLE.c.person == person, TABLE.c.way == way, TABLE.c.msg_id == msg_id)
        if known or way != "subscription":
            return known
        open_ones = self._read(
            TABLE.c.person == person, TABLE.c.way == way, TABLE.c.msg_id == "", TABLE.c.state == "accepted"
        )
        return [one for one in open_ones if one.at == open_ones[0].at]

    def of_claim(self, person: str, receipt: str) -> list[Delivery]:
        """How the person was told of this claim, oldest first."""
        names = (TABLE.c.what.startswith(f"event/{receipt}/"), TABLE.c.what.startswith(f"ask/{receipt}/"))
        return self._read(TABLE.c.person == person, names[0] | names[1])

    def of(self, person: str) -> list[Delivery]:
        """All of a person's, oldest first."""
        return self._read(TABLE.c.person == person)

    def drop_before(self, before: datetime, limit: int = 500) -> int:
        """Remove a page of the rows that nothing has happened to since then; how many."""
        old = select(TABLE.c.id).where(TABLE.c.at < before).order_by(TABLE.c.id).limit(limit)
        with reachable(), self._writing.begin() as connection:
            return connection.execute(delete(TABLE).where(TABLE.c.id.in_(old))).rowcount

    def in_inbox(self, after: str, most: int = 200) -> list[str]:
        """Persons, beyond `after` in order, for whom something waits."""
        found = select(TABLE.c.person).where(TABLE.c.state.in_(("made", "inbox", "sending")), TABLE.c.person > after)
        with reachable(), self._engine.connect() as connection:
            return list(connection.scalars(found.group_by(TABLE.c.person).order_by(TABLE.c.person).limit(most)))

    def _begun(self, connection: Connection, person: str, what: str, way: str, at: datetime) -> int:
        for row in _open_rows(connection, person, what, ("sending",)):  # who began on it has died
            values = {"state": "failed", "reason": "unsure: broken off", "at": at}
            connection.execute(update(TABLE).where(TABLE.c.id == row).values(values))
        for row in _open_rows(connection, person, what, _BEFORE["sending"]):
            values = {"state": "sending", "way": way, "at": at}
            connection.execute(update(TABLE).where(TABLE.c.id == row).values(values))
            return row
        return _add(connection, person, what, way, "sending", at)

    def _read(self, *where: ColumnElement[bool]) -> list[Delivery]:
        found = select(TABLE).where(*where).order_by(TABLE.c.id)
        with reachable(), self._engine.connect() as connection:
            return [
                Delivery(row.id, row.person, row.what, row.way, row.state, row.reason, row.msg_id, row.at)
                for row in connection.execute(found)
            ]


def _open_rows(connection: Connection, person: str, what: str, states: Sequence[State]) -> list[int]:
    here = (TABLE.c.person == person, TABLE.c.what == what, TABLE.c.state.in_(states))
    return list(connection.scalars(select(TABLE.c.id).where(*here).order_by(TABLE.c.id)))


def _add(connection: Connection, person: str, what: str, way: str, state: State, at: datetime) -> int:
    here = (TABLE.c.person == person, TABLE.c.what == what)
    number = (connection.scalar(select(func.max(TABLE.c.number)).where(*here)) or 0) + 1
    row = {"person": person, "what": what, "number": number, "way": way, "state": state, "at": at}
    try:
        with connection.begin_nested():
            added: int = connection.execute(insert(TABLE).values(row | _NOT_YET).returning(TABLE.c.id)).scalar_one()
            return added
    except IntegrityError:  # PostgreSQL: somebody else wrote this number a moment ago
        return int(connection.scalar(select(func.max(TABLE.c.id)).where(*here)) or 0)
