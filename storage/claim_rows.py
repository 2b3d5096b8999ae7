"""The rows of a filed claim as storage/claims.py writes and reads them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from dialogs.status import FIRST
from storage.errors import Missing
from storage.schema import CLAIM_EVENTS, CLAIMS, PAPERS


def context_of(what: bytes, draft_id: str) -> bytes:
    """What a sealed column of a claim ("answers", "system"…) is sealed to: it opens in no other claim."""
    return b"claim/" + what + b"/" + draft_id.encode()


def insert_claim(connection: Connection, row: Mapping[str, object], papers: Sequence[Mapping[str, str]]) -> int:
    """Claim, first event and papers; the claim's id."""
    claim_id: int = connection.execute(insert(CLAIMS).values(row).returning(CLAIMS.c.id)).scalar_one()
    connection.execute(
        insert(CLAIM_EVENTS).values(
            claim_id=claim_id, seq=1, status=FIRST, at=row["filed_at"], actor="claimant", reason=""
        )
    )
    if papers:
        connection.execute(insert(PAPERS), [{"claim_id": claim_id, **paper} for paper in papers])
    return claim_id


def change_paper(connection: Connection, claim_id: int, slot: str, values: Mapping[str, str]) -> None:
    """Raises Missing for a slot the claim does not have."""
    here = (PAPERS.c.claim_id == claim_id, PAPERS.c.slot == slot)
    if connection.execute(update(PAPERS).where(*here).values(values)).rowcount != 1:
        raise Missing(f"claim {claim_id} has no paper {slot}")


def papers_of(connection: Connection, claim_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Papers by claim id, by slot."""
    found: dict[int, list[Row[Any]]] = {claim_id: [] for claim_id in claim_ids}
    wanted = select(PAPERS).where(PAPERS.c.claim_id.in_(claim_ids)).order_by(PAPERS.c.slot)
    for row in connection.execute(wanted):
        found[row.claim_id].append(row)
    return found
