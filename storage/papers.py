"""Which photographs the filed claims hold: for whoever removes or looks after bytes, without opening a claim."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, select

from storage.database import reachable
from storage.schema import CLAIMS, PAPERS


@dataclass(frozen=True, slots=True)
class FiledPapers:
    """One claim's papers: photo keys by slot, without those that the office asked for again."""

    claim_id: int
    person: str
    keys: Mapping[str, str]


class Papers:
    """The papers of filed claims. Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keys_of(self, person: str) -> set[str]:
        """The photo keys of all claims of a person (a pseudonym)."""
        found = select(PAPERS.c.photo_key).join(CLAIMS, CLAIMS.c.id == PAPERS.c.claim_id)
        with reachable(), self._engine.connect() as connection:
            return set(connection.scalars(found.where(CLAIMS.c.person == person)))

    def everything(self, page: int = 200) -> Iterator[FiledPapers]:
        """Every claim with its kept papers, oldest first, read in pages of so many claims."""
        last = 0
        while claims := self._page(last, page):
            yield from claims
            last = claims[-1].claim_id

    def _page(self, after: int, most: int) -> list[FiledPapers]:
        ids = select(CLAIMS.c.id, CLAIMS.c.person).where(CLAIMS.c.id > after).order_by(CLAIMS.c.id).limit(most)
        with reachable(), self._engine.connect() as connection:
            people = {row.id: row.person for row in connection.execute(ids)}
            keys: dict[int, dict[str, str]] = {claim_id: {} for claim_id in people}
            kept = select(PAPERS).where(PAPERS.c.claim_id.in_(people), PAPERS.c.state == "kept")
            for row in connection.execute(kept):
                keys[row.claim_id][row.slot] = row.photo_key
        return [FiledPapers(claim_id, person, keys[claim_id]) for claim_id, person in people.items()]
