"""Who is to be erased, what of them goes from SQL, and the proof that it was done: a receipt, a time, nobody's name."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Select, delete, exists, insert, or_, select, true, update
from sqlalchemy.exc import IntegrityError

from dialogs.session import Erasing
from dialogs.status import STATUSES, is_final
from storage.database import for_writing, reachable, start_log_anew
from storage.handovers import begun
from storage.keyring import Keyring
from storage.schema import CLAIM_EVENTS, CLAIMS, CONSENTS, DELIVERIES, ERASURES, HANDOVERS

UNTAKEN = ("submitted", "withdrawn")
"""A claim to which nothing else has happened was taken up by no office, unless its platform may have it."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """One that is not done yet. `with_claims`: also those that no office has taken up."""

    receipt: str
    person: str
    cause: str
    with_claims: bool
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """One as it stands: `done_at` is None while it is under way."""

    asked_at: datetime
    done_at: datetime | None
    claims_kept: int | None


class Erasures:
    """Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self._engine = engine
        self._writing = for_writing(engine)
        self._keyring = keyring

    def look(self) -> None:
        """Does the database answer? Costs next to nothing."""
        with reachable(), self._engine.connect() as connection:
            connection.execute(select(ERASURES.c.id).limit(1))

    def ask(self, person: str, wish: Erasing) -> None:
        """Write it down, once a receipt number."""
        row = {
            "receipt": wish.receipt, "person": person, "proof": self._proof(person, wish.receipt), "cause": wish.cause,
            "with_claims": wish.claims, "asked_at": datetime.fromtimestamp(wish.at, UTC),
        }  # fmt: skip
        known = select(ERASURES.c.id).where(ERASURES.c.receipt == wish.receipt)
        try:
            with reachable(), self._writing.begin() as connection:
                if connection.scalar(known) is None:
                    connection.execute(insert(ERASURES).values(row))
        except IntegrityError:
            return  # PostgreSQL: somebody else has written it at the same moment

    def open(self, limit: int = 100, after: str = "") -> list[Erasure]:
        """A page of those not done yet, by receipt number, beyond `after`."""
        found = select(ERASURES).where(ERASURES.c.done_at.is_(None), ERASURES.c.receipt > after)
        return self._read(found.order_by(ERASURES.c.receipt).limit(limit))

    def open_of(self, person: str) -> list[Erasure]:
        """Those of one person, oldest first."""
        return self._read(select(ERASURES).where(ERASURES.c.person == person).order_by(ERASURES.c.id))

    def finish(self, receipt: str, claims_kept: int, at: datetime) -> None:
        """It is done: the row names nobody from now on, and the database's log is begun anew."""
        here = (ERASURES.c.receipt == receipt, ERASURES.c.done_at.is_(None))
        with reachable(), self._writing.begin() as connection:
            connection.execute(update(ERASURES).where(*here).values(person=None, done_at=at, claims_kept=claims_kept))
        start_log_anew(self._engine)

    def proof(self, person: str, receipt: str) -> Proof | None:
        """Whether this person was erased under this receipt number; None when not, or when the proof is gone."""
        here = (ERASURES.c.receipt == receipt, ERASURES.c.proof == self._proof(person, receipt))
        with reachable(), self._engine.connect() as connection:
            row = connection.execute(select(ERASURES).where(*here)).one_or_none()
        return Proof(row.asked_at, row.done_at, row.claims_kept) if row is not None else None

    def forget_claims(self, person: str, *, also_taken: bool = False) -> int:
        """Remove the claims of a person that no office has taken up, with all that hangs on them; how many.
        A reviewer at the same moment is either too late, or takes the claim up before it goes and it stays."""
        taken = or_(
            exists().where(CLAIM_EVENTS.c.claim_id == CLAIMS.c.id, CLAIM_EVENTS.c.status.not_in(UNTAKEN)),
            exists().where(HANDOVERS.c.claim_id == CLAIMS.c.id, begun()),
        )
        with reachable(), self._writing.begin() as connection:
            # held until the end, on PostgreSQL: no event can be added meanwhile
            ids = list(connection.scalars(select(CLAIMS.c.id).where(CLAIMS.c.person == person).with_for_update()))
            may_go = true() if also_taken else ~taken
            return connection.execute(delete(CLAIMS).where(CLAIMS.c.id.in_(ids), may_go)).rowcount

    def drop_claims(self, before: datetime, *, from_filing: bool, limit: int = 100) -> dict[str, int]:
        """Remove a page of the claims decided (or `from_filing`: filed) before then; how many, by person."""
        final = [status for status in STATUSES if is_final(status)]  # nothing follows: such an event is the last
        decided = exists().where(
            CLAIM_EVENTS.c.claim_id == CLAIMS.c.id, CLAIM_EVENTS.c.at < before, CLAIM_EVENTS.c.status.in_(final)
        )
        old = CLAIMS.c.filed_at < before if from_filing else decided
        found = select(CLAIMS.c.id, CLAIMS.c.person).where(old).order_by(CLAIMS.c.id).limit(limit).with_for_update()
        with reachable(), self._writing.begin() as connection:
            rows = connection.execute(found).all()
            connection.execute(delete(CLAIMS).where(CLAIMS.c.id.in_([row.id for row in rows])))
        return dict(Counter(row.person for row in rows))

    def claims_left(self, person: str) -> int:
        """How many claims of a person stand here."""
        with reachable(), self._engine.connect() as connection:
            return len(connection.scalars(select(CLAIMS.c.id).where(CLAIMS.c.person == person)).all())

    def forget_consents(self, person: str, up_to: datetime) -> int:
        """Remove a person's answers given until then; how many."""
        here = (CONSENTS.c.person == person, CONSENTS.c.at <= up_to)
        with reachable(), self._writing.begin() as connection:
            return connection.execute(delete(CONSENTS).where(*here)).rowcount

    def forget_deliveries(self, person: str, up_to: datetime) -> int:
        """Remove how a person was told of things until then; how many rows."""
        here = (DELIVERIES.c.person == person, DELIVERIES.c.at <= up_to)
        with reachable(), self._writing.begin() as connection:
            return connection.execute(delete(DELIVERIES).where(*here)).rowcount

    def drop_before(self, before: datetime, limit: int = 500) -> int:
        """Remove a page of the proofs older than this; how many."""
        old = select(ERASURES.c.id).where(ERASURES.c.done_at < before).order_by(ERASURES.c.id).limit(limit)
        with reachable(), self._writing.begin() as connection:
            return connection.execute(delete(ERASURES).where(ERASURES.c.id.in_(old))).rowcount

    def _read(self, found: Select[Any]) -> list[Erasure]:
        with reachable(), self._engine.connect() as connection:
            rows = connection.execute(found).all()
        return [Erasure(row.receipt, row.person, row.cause, row.with_claims, row.asked_at) for row in rows]

    @staticmethod
    def proof_of(keyring: Keyring, receipt: str) -> Callable[[str], str]:
        """What is kept in place of a person's name under this receipt number."""
        return lambda person: keyring.keyed_hash(b"erasure", f"{receipt}\0{person}".encode()).hex()

    def _proof(self, person: str, receipt: str) -> str:
        return self.proof_of(self._keyring, receipt)(person)
