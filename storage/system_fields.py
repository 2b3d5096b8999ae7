"""What the agency's systems know of a claimant and nobody asks: sealed with the claim, only ever added to."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.claim_rows import context_of
from storage.database import for_writing, reachable
from storage.errors import StoreUnavailable
from storage.keyring import Keyring
from storage.schema import CLAIMS, SYSTEM_FIELDS

WHAT = b"system"
_TRIES = 5


def fields_of(connection: Connection, claim_ids: Sequence[int]) -> dict[int, bytes]:
    """The sealed fields by claim id."""
    rows = connection.execute(select(SYSTEM_FIELDS).where(SYSTEM_FIELDS.c.claim_id.in_(claim_ids)))
    return {row.claim_id: bytes(row.fields) for row in rows}


class SystemFields:
    """Raises StoreUnavailable; Unreadable when no key opens what stands there."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self._writing = for_writing(engine)
        self._keyring = keyring

    def add(self, claim_id: int, fields: Mapping[str, str]) -> None:
        """Put these beside what is known; a field told anew replaces its old value. Nothing when the claim is gone."""
        for _ in range(_TRIES):
            try:
                with reachable(), self._writing.begin() as connection:
                    self._put(connection, claim_id, fields)
                return
            except IntegrityError:
                continue  # PostgreSQL: somebody else wrote the first ones
        raise StoreUnavailable("system fields lost every race")

    def _put(self, connection: Connection, claim_id: int, fields: Mapping[str, str]) -> None:
        draft_id = connection.scalar(select(CLAIMS.c.draft_id).where(CLAIMS.c.id == claim_id).with_for_update())
        if draft_id is None or not fields:
            return
        context = context_of(WHAT, draft_id)
        old = fields_of(connection, [claim_id]).get(claim_id)
        known = json.loads(self._keyring.open_sealed(old, context)) if old is not None else {}
        sealed = self._keyring.seal(json.dumps({**known, **fields}, ensure_ascii=False).encode(), context)
        if old is None:
            connection.execute(insert(SYSTEM_FIELDS).values(claim_id=claim_id, fields=sealed))
        else:
            connection.execute(update(SYSTEM_FIELDS).where(SYSTEM_FIELDS.c.claim_id == claim_id).values(fields=sealed))
