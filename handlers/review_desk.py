"""The office's own desk: reviewers decide on filed claims. Each deed is safe to repeat; what cannot be done now, or was
entered wrongly, is refused in words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from dialogs.reasons import Reasons
from dialogs.status import Event, Status, may_follow
from handlers.ports import Result
from storage.claims import Claims
from storage.errors import Missing, NotAllowed
from storage.filed import Claim

LONGEST_MONTHS = 24
"""社会保险法 art 46: nobody draws longer for one spell."""
_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])")
_AMOUNT = re.compile(r"\d{1,7}(\.\d{1,2})?")


Why = Literal["unknown", "months", "amount", "reason", "paper", "moved_on", "erased"]


class Refused(Exception):
    """The deed was not done; the text says why, and what can be done, to who keeps the terminal. `why` is for pages
    that have words of their own."""

    def __init__(self, why: Why, text: str) -> None:
        super().__init__(text)
        self.why = why


@dataclass(frozen=True, slots=True)
class Decided:
    """The claim as it stands now; `changed` is False when it stood so before."""

    claim: Claim
    changed: bool


class ReviewDesk:
    """The Agency of handlers/ports.py whose decisions come from people of ours. `by` names the reviewer; every deed
    raises Refused, StoreUnavailable. `trying`: every deed is only tried; the claim comes back as it would stand."""

    hands_over = False

    def __init__(self, claims: Claims, *, trying: bool = False) -> None:
        self._claims = claims
        self._trying = trying

    def prefill(self, id_number: str) -> Mapping[str, str]:
        """Nothing: the office's own systems are not ours to ask."""
        return {}

    def sync_social_card(self, id_number: str) -> Mapping[str, str]:
        """Nothing, for the same reason."""
        return {}

    def submit(self, claim: Claim, papers: Mapping[str, Callable[[], bytes]]) -> str:
        """A claim is at the desk as soon as it stands in SQL: its reference is the receipt number."""
        return claim.receipt

    def hand_in(self, claim: Claim, seq: int, slot: str, paper: Callable[[], bytes]) -> None:
        """So is a paper."""

    def result(self, claim: Claim, after: int, within_s: float = 0) -> Result | None:
        """The desk decides on the claim itself."""
        return None

    def withdraw(self, claim: Claim) -> None:
        """Withdrawn in SQL is withdrawn at the desk."""

    def claim(self, receipt: str) -> Claim:
        """The claim of this receipt number."""
        found = self._claims.by_receipt(receipt)
        if found is None:
            raise Refused("unknown", f"no claim has the receipt number {receipt}")
        return found

    def receive(self, receipt: str, by: str, at: datetime) -> Decided:
        """The office has it: from now on its ten working days count."""
        return self._go_on(receipt, "received", by, at)

    def review(self, receipt: str, by: str, at: datetime) -> Decided:
        """Somebody looks at it. What was asked for again is not waited for any longer."""
        return self._go_on(receipt, "reviewing", by, at)

    def approve(self, receipt: str, start: str, end: str, amount: str, by: str, at: datetime) -> Decided:
        """Months as 2026-12, `amount` in yuan: the person reads exactly these."""
        first, last = _month("start", start), _month("end", end)
        if not 0 <= last - first < LONGEST_MONTHS:
            raise Refused(
                "months",
                f"from {start} to {end}: the end lies before the start, or it is longer than {LONGEST_MONTHS} months",
            )
        if not _AMOUNT.fullmatch(amount) or not Decimal(amount):
            raise Refused("amount", f"amount {amount!r} is no sum in yuan, like 1500 or 1500.50")
        return self._do(self.claim(receipt), "approved", by, at, detail={"start": start, "end": end, "amount": amount})

    def refuse(self, receipt: str, reason: str, reasons: Reasons, by: str, at: datetime) -> Decided:
        """`reason` is a code of [refuse]."""
        _known(reason, reasons.refuse)
        return self._do(self.claim(receipt), "rejected", by, at, reason=reason)

    def retake(self, receipt: str, slot: str, reason: str, reasons: Reasons, by: str, at: datetime) -> Decided:
        """Ask for exactly one paper again; `reason` is a code of [retake]."""
        _known(reason, reasons.retake)
        claim = self.claim(receipt)
        if slot not in claim.papers:
            papers = ", ".join(claim.papers) or "none"
            raise Refused("paper", f"this claim has no paper {slot!r}; its papers: {papers}")
        if any((asked.slot, asked.reason) == (slot, reason) for asked in claim.asked):
            return Decided(claim, False)
        return self._do(claim, "needs_materials", by, at, reason=reason, detail={"slot": slot}, reopen=slot)

    def pay(self, receipt: str, by: str, at: datetime) -> Decided:
        """The bank is told."""
        return self._go_on(receipt, "paying", by, at)

    def paid(self, receipt: str, by: str, at: datetime) -> Decided:
        """The bank has paid."""
        return self._go_on(receipt, "paid", by, at)

    def take_back(self, receipt: str, by: str, at: datetime) -> Decided:
        """The claimant does not want it any more, and has said so elsewhere."""
        return self._go_on(receipt, "withdrawn", by, at)

    def _go_on(self, receipt: str, status: Status, by: str, at: datetime) -> Decided:
        claim = self.claim(receipt)
        return Decided(claim, False) if claim.status == status else self._do(claim, status, by, at)

    def _do(
        self,
        claim: Claim,
        status: Status,
        by: str,
        at: datetime,
        *,
        reason: str = "",
        detail: Mapping[str, str] | None = None,
        reopen: str = "",
    ) -> Decided:
        before = claim.standing
        if self._trying:
            return self._tried(
                claim, Event(before.seq + 1, status, max(at, before.at), by, reason, detail or {}), reopen
            )
        try:
            event = self._claims.append(
                claim.id, status, actor=by, at=at, reason=reason, detail=detail or {}, reopen=reopen
            )
        except NotAllowed as refused:
            now = self.claim(claim.receipt)
            if now.status == status and not detail and not reason:
                return Decided(now, False)  # somebody else was faster with the same
            text = f"claim {claim.receipt} is {now.status} since {now.since:%Y-%m-%d}: {refused}"
            raise Refused("moved_on", text) from refused
        except Missing as gone:
            raise Refused("erased", f"claim {claim.receipt} has been erased") from gone
        return Decided(self.claim(claim.receipt), event.seq != before.seq)

    @staticmethod
    def _tried(claim: Claim, event: Event, reopen: str) -> Decided:
        if not may_follow(claim.status, event.status):
            raise Refused("moved_on", f"claim {claim.receipt} is {claim.status}: {event.status} cannot follow")
        states = {**claim.paper_states, reopen: "retake"} if reopen else claim.paper_states
        return Decided(replace(claim, events=(*claim.events, event), paper_states=states), True)


def _known(code: str, codes: Mapping[str, object]) -> None:
    if code not in codes:
        raise Refused("reason", f"unknown reason {code!r}; the reasons are: {', '.join(codes)}")


def _month(name: str, text: str) -> int:
    found = _MONTH.fullmatch(text)
    if found is None:
        raise Refused("months", f"{name} {text!r} is no month, like 2026-12")
    return int(found[1]) * 12 + int(found[2]) - 1
