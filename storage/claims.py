"""Filed claims: written once per draft whatever is repeated, their events only ever added to, their contents sealed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Engine, Row, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from dialogs.status import CLAIMANT, Event, Status, may_follow, standing
from storage.claim_rows import change_paper, context_of, insert_claim, papers_of
from storage.database import for_writing, reachable
from storage.errors import Missing, NotAllowed, StoreUnavailable
from storage.filed import Claim, Filed, PaperState
from storage.handovers import Handover, begin, handovers_of, wake
from storage.keyring import Keyring
from storage.outbox import note
from storage.receipts import new_receipt
from storage.schema import CLAIM_EVENTS, CLAIMS, HANDOVERS, PAPERS
from storage.system_fields import WHAT, fields_of

__all__ = ["Claim", "Claims", "Filed"]

NOTHING: Mapping[str, str] = {}
_TRIES = 5


class Claims:
    """Claims in SQL. Every method raises StoreUnavailable when the database is away, Unreadable when a key is.
    `hands_over`: what is filed waits to be told to the agency's own platform (storage/handovers.py)."""

    def __init__(self, engine: Engine, keyring: Keyring, *, hands_over: bool = False) -> None:
        self._hands_over = hands_over
        self._engine = engine
        self._writing = for_writing(engine)
        self._keyring = keyring

    def file(
        self,
        *,
        draft_id: str,
        person: str,
        openid: str,
        programme: str,
        version: str,
        office: str,
        answers: Mapping[str, str],
        papers: Mapping[str, str],
        now: datetime,
        fingerprints: Mapping[str, str] = NOTHING,
        remarks: Mapping[str, str] = NOTHING,
    ) -> Filed:
        """Write a claim with its papers and first event, all or nothing, once per draft.

        papers        photo keys by slot; fingerprints, and remarks of the automatic check, by slot as far as known
        raises        NotAllowed when the draft was filed by somebody else
        """
        row = {
            "draft_id": draft_id, "person": person, "openid": self._seal(openid, b"openid", draft_id),
            "programme": programme, "version": version, "office": office,
            "answers": self._seal(_json(answers), b"answers", draft_id), "filed_at": now,
        }  # fmt: skip
        kept = [
            {
                "slot": slot,
                "photo_key": key,
                "fingerprint": fingerprints.get(slot, ""),
                "state": "kept",
                "remark": remarks.get(slot, "")[:200],
            }
            for slot, key in papers.items()
        ]
        for _ in range(_TRIES):
            before = self._filed(draft_id, person)
            if before is not None:
                return before
            receipt = new_receipt()
            try:
                with self._write() as connection:
                    claim_id = insert_claim(connection, {**row, "receipt": receipt}, kept)
                    if self._hands_over:
                        begin(connection, claim_id, now)
                return Filed(receipt, now, claim_id, True)
            except IntegrityError:
                continue  # the same draft from another process, or (once in 10**12) the same receipt
        raise StoreUnavailable("a claim lost every race")

    def of(self, person: str) -> list[Claim]:
        """A person's claims, newest first."""
        return self._read(select(CLAIMS).where(CLAIMS.c.person == person))

    def by_receipt(self, receipt: str) -> Claim | None:
        """The claim of this receipt number (13 digits)."""
        return _first(self._read(select(CLAIMS).where(CLAIMS.c.receipt == receipt)))

    def by_id(self, claim_id: int) -> Claim | None:
        """The claim of this id."""
        return _first(self._read(select(CLAIMS).where(CLAIMS.c.id == claim_id)))

    def newest(self, *, office: str = "", status: str = "", handover: str = "", limit: int = 100) -> list[Claim]:
        """Claims of one office or of all, in one status and state of handing over or in any, newest first."""
        wanted = select(CLAIMS).where(CLAIMS.c.office == office) if office else select(CLAIMS)
        if status:  # the fold's end is its newest event
            last = select(CLAIM_EVENTS.c.status).where(CLAIM_EVENTS.c.claim_id == CLAIMS.c.id)
            last = last.order_by(CLAIM_EVENTS.c.seq.desc()).limit(1)
            wanted = wanted.where(last.scalar_subquery() == status)
        if handover:
            wanted = wanted.join(HANDOVERS, HANDOVERS.c.claim_id == CLAIMS.c.id).where(HANDOVERS.c.state == handover)
        return self._read(wanted, limit)

    def at_office(self, office: str, limit: int = 100) -> list[Claim]:
        """An office's claims, newest first."""
        return self._read(select(CLAIMS).where(CLAIMS.c.office == office), limit)

    def append(
        self,
        claim_id: int,
        status: str,
        *,
        actor: str,
        at: datetime,
        reason: str = "",
        detail: Mapping[str, str] = NOTHING,
        reopen: str = "",
    ) -> Event:
        """Add an event. The same event again (status, reason and detail as they stand) adds nothing: safe to repeat.
        A paper is asked for again only while the claim needs materials: any other status closes them all.

        at      when it happened; not before the event before
        reopen  the slot of a paper that is asked for again with this event
        raises  NotAllowed when this status cannot follow the present one; Missing
        """
        for _ in range(_TRIES):
            try:
                with self._write() as connection:
                    draft_id, last = self._last(connection, claim_id)
                    if (last.status, last.reason, dict(last.detail)) == (status, reason, dict(detail)):
                        return last
                    event = self._add(connection, claim_id, draft_id, last, status, actor, at, reason, detail)
                    if status != "needs_materials":
                        close = update(PAPERS).where(PAPERS.c.claim_id == claim_id, PAPERS.c.state != "kept")
                        connection.execute(close.values(state="kept"))
                    if reopen:
                        change_paper(connection, claim_id, reopen, {"state": "retake"})
                    return event
            except IntegrityError:
                continue  # PostgreSQL: somebody else took this number; look again
        raise StoreUnavailable("an event lost every race")

    def hand_in(self, claim_id: int, slot: str, photo_key: str, fingerprint: str, at: datetime) -> bool:
        """Put the new photograph in the place of a paper that is asked for again; with the last of them the claim
        returns to review. Safe to repeat. False when the office no longer asks for it: nothing is changed then.
        Raises Missing for an unknown claim or slot."""
        for _ in range(_TRIES):
            try:
                with self._write() as connection:
                    draft_id, last = self._last(connection, claim_id)
                    papers = {row.slot: row for row in papers_of(connection, [claim_id])[claim_id]}
                    if slot not in papers:
                        raise Missing(f"claim {claim_id} has no paper {slot}")
                    if papers[slot].state != "retake":
                        return bool(papers[slot].photo_key == photo_key)
                    new = {"state": "kept", "photo_key": photo_key, "fingerprint": fingerprint, "remark": ""}
                    change_paper(connection, claim_id, slot, new)
                    more = any(row.state == "retake" for row in papers.values() if row.slot != slot)
                    status = "needs_materials" if more else "reviewing"
                    said = {"slot": slot}
                    self._add(connection, claim_id, draft_id, last, status, CLAIMANT, at, "handed_in", said)
                    return True
            except IntegrityError:
                continue  # PostgreSQL: somebody else took this number; look again
        raise StoreUnavailable("a paper lost every race")

    def set_paper(
        self, claim_id: int, slot: str, state: PaperState, *, photo_key: str = "", fingerprint: str = ""
    ) -> None:
        """Open a paper for a retake, or put the new photo in its place. Raises Missing for an unknown slot."""
        values = {"state": state} | ({"photo_key": photo_key, "fingerprint": fingerprint} if photo_key else {})
        with self._write() as connection:
            change_paper(connection, claim_id, slot, values)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with reachable(), self._writing.begin() as connection:
            yield connection

    def _filed(self, draft_id: str, person: str) -> Filed | None:
        found = select(CLAIMS.c.receipt, CLAIMS.c.filed_at, CLAIMS.c.id, CLAIMS.c.person)
        with reachable(), self._engine.connect() as connection:
            row = connection.execute(found.where(CLAIMS.c.draft_id == draft_id)).one_or_none()
        if row is None:
            return None
        if row.person != person:
            raise NotAllowed("this draft was filed by another person")
        return Filed(row.receipt, row.filed_at, row.id, False)

    def _last(self, connection: Connection, claim_id: int) -> tuple[str, Event]:
        """A claim's draft id and newest event; nobody else adds one before this transaction ends. Raises Missing."""
        own = select(CLAIMS.c.draft_id).where(CLAIMS.c.id == claim_id).with_for_update()  # for PostgreSQL
        draft_id: str | None = connection.scalar(own)
        if draft_id is None:
            raise Missing(f"no claim {claim_id}")
        return draft_id, standing(self._events(connection, {claim_id: draft_id})[claim_id])

    def _add(
        self,
        connection: Connection,
        claim_id: int,
        draft_id: str,
        last: Event,
        status: str,
        actor: str,
        at: datetime,
        reason: str,
        detail: Mapping[str, str],
    ) -> Event:
        if not may_follow(last.status, status):
            raise NotAllowed(f"{status} cannot follow {last.status}")
        event = Event(last.seq + 1, cast("Status", status), max(at, last.at), actor, reason, detail)
        connection.execute(
            insert(CLAIM_EVENTS).values(
                claim_id=claim_id, seq=event.seq, status=status, at=event.at, actor=actor, reason=reason,
                detail=self._seal(_json(detail), b"detail", draft_id) if detail else None,
            )
        )  # fmt: skip
        if event.is_claimants:
            wake(connection, claim_id, at)
        else:  # what they did themselves they are told at once
            note(connection, claim_id, event.seq)
        return event

    def _read(self, wanted: Select[Any], limit: int = 1000) -> list[Claim]:
        ordered = wanted.order_by(CLAIMS.c.filed_at.desc(), CLAIMS.c.id.desc()).limit(limit)
        with reachable(), self._engine.connect() as connection:
            rows = connection.execute(ordered).all()
            events = self._events(connection, {row.id: row.draft_id for row in rows})
            ids = [row.id for row in rows]
            papers, handovers = papers_of(connection, ids), handovers_of(connection, ids)
            fields = fields_of(connection, ids)
        return [
            self._claim(row, events[row.id], papers[row.id], handovers.get(row.id), fields.get(row.id)) for row in rows
        ]

    def _events(self, connection: Connection, drafts: Mapping[int, str]) -> dict[int, list[Event]]:
        """Events by claim id, in order. `drafts` are draft ids by claim id: what is sealed is sealed to them."""
        found: dict[int, list[Event]] = {claim_id: [] for claim_id in drafts}
        wanted = select(CLAIM_EVENTS).where(CLAIM_EVENTS.c.claim_id.in_(drafts)).order_by(CLAIM_EVENTS.c.seq)
        for row in connection.execute(wanted):
            detail = json.loads(self._opened(row.detail, b"detail", drafts[row.claim_id])) if row.detail else {}
            found[row.claim_id].append(Event(row.seq, row.status, row.at, row.actor, row.reason, detail))
        return found

    def _claim(
        self,
        row: Row[Any],
        events: Sequence[Event],
        papers: Sequence[Row[Any]],
        handover: Handover | None,
        fields: bytes | None,
    ) -> Claim:
        return Claim(
            id=row.id, draft_id=row.draft_id, receipt=row.receipt, person=row.person, programme=row.programme,
            version=row.version, office=row.office, filed_at=row.filed_at, events=tuple(events),
            papers={paper.slot: paper.photo_key for paper in papers},
            paper_states={paper.slot: paper.state for paper in papers},
            remarks={paper.slot: paper.remark for paper in papers if paper.remark},
            openid=self._opened(row.openid, b"openid", row.draft_id).decode(),
            answers=json.loads(self._opened(row.answers, b"answers", row.draft_id)), handover=handover,
            system=json.loads(self._opened(fields, WHAT, row.draft_id)) if fields is not None else {},
        )  # fmt: skip

    def _seal(self, text: str, what: bytes, draft_id: str) -> bytes:
        return self._keyring.seal(text.encode(), context_of(what, draft_id))

    def _opened(self, blob: bytes, what: bytes, draft_id: str) -> bytes:
        return self._keyring.open_sealed(blob, context_of(what, draft_id))


def _first(found: Sequence[Claim]) -> Claim | None:
    return found[0] if found else None


def _json(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values), ensure_ascii=False)
