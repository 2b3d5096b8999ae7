"""What the played agency remembers: papers by their hash, claims, deeds that were done, and results."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
UNDECIDED = ("received", "reviewing", "needs_materials")
STATUSES = (*UNDECIDED, "approved", "paying", "paid", "rejected", "withdrawn")


class No(Exception):
    """The agency will not: HTTP status and code."""

    def __init__(self, status: int, code: str, **more: object) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code, **more}


@dataclass
class Filed:
    """One claim as the agency has it. `results` are whole, the last counts; `asked` by slot."""

    reference: str
    submitted: Json
    papers: dict[str, str]
    results: list[Json] = field(default_factory=list)
    asked: dict[str, Json] = field(default_factory=dict)


class Book:
    """Everything in memory, safe for threads. `tell` is called with each new result, outside the lock."""

    def __init__(self, now: Callable[[], float], tell: Callable[[Json], None]) -> None:
        self._now = now
        self._tell = tell
        self._lock = threading.RLock()
        self.papers: dict[str, bytes] = {}
        self.claims: dict[str, Filed] = {}
        self.refused: set[str] = set()
        """Receipts that were withdrawn before they came."""
        self._done: dict[str, tuple[int, Json]] = {}
        self._untold: list[Json] = []
        self.people: dict[str, Json] = {}
        """System fields by ID number."""
        self.cards: dict[str, Json] = {}

    def once(self, nonce: str, deed: Callable[[], tuple[int, Json]]) -> tuple[int, Json]:
        """A deed under this name: what was done is answered again, what was refused may be tried again."""
        with self._lock:
            if nonce not in self._done:
                self._done[nonce] = deed()
            done = self._done[nonce]
        self._tell_all()
        return done

    def keep_paper(self, name: str, data: bytes) -> tuple[int, Json]:
        if hashlib.sha256(data).hexdigest() != name:
            raise No(409, "hash_differs")
        with self._lock:
            self.papers[name] = data
        return 201, {"sha256": name}

    def submit(self, body: Json) -> tuple[int, Json]:
        receipt = body["receipt"]
        with self._lock:
            if receipt in self.refused:
                raise No(409, "withdrawn")
            if receipt in self.claims:
                raise No(409, "receipt_used")
            self._have([paper["sha256"] for paper in body["papers"]])
            reference = f"AG{len(self.claims) + 1:08d}"
            papers = {paper["slot"]: paper["sha256"] for paper in body["papers"]}
            self.claims[receipt] = Filed(reference, body, papers)
        return 201, {"reference": reference}

    def replace_paper(self, receipt: str, slot: str, body: Json) -> tuple[int, Json]:
        with self._lock:
            claim = self.claim(receipt)
            if slot not in claim.asked:
                raise No(409, "not_asked")
            self._have([body["sha256"]])
            claim.papers[slot] = body["sha256"]
            del claim.asked[slot]
            left = bool(claim.asked)
            self._note(receipt, "needs_materials" if left else "reviewing")
        return 200, {"slot": slot}

    def withdraw(self, receipt: str) -> tuple[int, Json]:
        with self._lock:
            claim = self.claims.get(receipt)
            if claim is None:
                self.refused.add(receipt)
                return 200, {"receipt": receipt}
            status = claim.results[-1]["status"] if claim.results else "received"
            if status == "withdrawn":
                return 200, {"receipt": receipt}
            if status not in UNDECIDED:
                raise No(409, "already_decided")
            self._note(receipt, "withdrawn")
        return 200, {"receipt": receipt}

    def decide(self, receipt: str, status: str, **said: object) -> Json:
        """A new result; `papers` [{slot, reason}] are asked for in it, beside those still open."""
        result = self._note(receipt, status, **said)
        self._tell_all()
        return result

    def _note(self, receipt: str, status: str, **said: object) -> Json:
        with self._lock:
            claim = self.claim(receipt)
            seq = len(claim.results) + 1
            for paper in said.pop("papers", []):  # type: ignore[attr-defined]
                claim.asked[paper["slot"]] = {"slot": paper["slot"], "reason": paper.get("reason", ""), "ask": seq}
            if status != "needs_materials":
                claim.asked.clear()
            before = claim.results[-1] if claim.results else {}
            kept = {key: before[key] for key in ("start", "end", "amount", "fields") if key in before}
            at = datetime.fromtimestamp(self._now(), UTC).isoformat()
            result = {**kept, "receipt": receipt, "seq": seq, "status": status, "at": at,
                      "papers": list(claim.asked.values()), **said}  # fmt: skip
            claim.results.append(result)
            self._untold.append(result)
        return result

    def _tell_all(self) -> None:
        while self._untold:
            with self._lock:
                result = self._untold.pop(0) if self._untold else None
            if result is not None:
                self._tell(result)

    def newest(self, receipt: str, after: int) -> Json | None:
        with self._lock:
            results = self.claim(receipt).results
            return results[-1] if results and results[-1]["seq"] > after else None

    def claim(self, receipt: str) -> Filed:
        found = self.claims.get(receipt)
        if found is None:
            raise No(404, "unknown_claim")
        return found

    def _have(self, names: list[str]) -> None:
        missing = [name for name in names if name not in self.papers]
        if missing:
            raise No(409, "papers_missing", missing=missing)
