"""What people have yet to hear of their claims: a row written with each event, gone once their session knows of it."""

from sqlalchemy import Connection, Engine, delete, insert, select

from storage.database import for_writing, reachable
from storage.schema import OUTBOX


def note(connection: Connection, claim_id: int, seq: int) -> None:
    """Within the transaction of the event itself: one never stands without the other."""
    connection.execute(insert(OUTBOX).values(claim_id=claim_id, seq=seq))


class Outbox:
    """Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def waiting(self, limit: int = 100, after: int = 0) -> list[int]:
        """The ids, beyond `after`, of claims of which something is to be told, lowest first."""
        found = select(OUTBOX.c.claim_id).where(OUTBOX.c.claim_id > after).group_by(OUTBOX.c.claim_id)
        with reachable(), self._engine.connect() as connection:
            return list(connection.scalars(found.order_by(OUTBOX.c.claim_id).limit(limit)))

    def told(self, claim_id: int, up_to: int) -> None:
        """The session knows of this claim's events up to this number."""
        here = (OUTBOX.c.claim_id == claim_id, OUTBOX.c.seq <= up_to)
        with reachable(), self._writing.begin() as connection:
            connection.execute(delete(OUTBOX).where(*here))
