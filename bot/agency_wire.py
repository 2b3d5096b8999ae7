"""Results as the agency's platform writes them (docs/agency-api.yaml), in answers and in callbacks."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from handlers.ports import Result, Wanted

STATUSES = Literal["received", "reviewing", "needs_materials", "approved", "paying", "paid", "rejected", "withdrawn"]
Code = Annotated[str, msgspec.Meta(pattern=r"^(?:[a-z0-9_]{1,64})?\Z")]
Slot = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,64}\Z")]
Month = Annotated[str, msgspec.Meta(pattern=r"^(?:20[0-9]{2}-(?:0[1-9]|1[0-2]))?\Z")]
Amount = Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9]{1,7}(?:\.[0-9]{1,2})?)?\Z")]
Words = Annotated[str, msgspec.Meta(max_length=200)]
FieldName = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class Malformed(Exception):
    """No result; the text says where, and holds nothing of it."""


class PaperWire(msgspec.Struct, frozen=True):
    """A paper asked for again."""

    slot: Slot
    ask: Count
    reason: Code = ""


class ResultWire(msgspec.Struct, frozen=True):
    """Where a claim is, whole."""

    receipt: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{13}\Z")]
    seq: Count
    status: STATUSES
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    reason: Code = ""
    words: Words = ""
    start: Month = ""
    end: Month = ""
    amount: Amount = ""
    papers: Annotated[list[PaperWire], msgspec.Meta(max_length=30)] = []
    fields: Annotated[dict[FieldName, Words], msgspec.Meta(max_length=40)] = {}

    def meant(self) -> Result:
        """As the handlers take it."""
        known = {"start": self.start, "end": self.end, "amount": self.amount}
        return Result(
            self.seq, self.status, self.at, self.reason, self.words,
            {key: value for key, value in known.items() if value},
            tuple(Wanted(paper.slot, paper.reason, paper.ask) for paper in self.papers), self.fields,
        )  # fmt: skip


def read_result(body: bytes) -> tuple[str, Result]:
    """Receipt number and result. Raises Malformed."""
    try:
        found = msgspec.convert(_numbers(msgspec.json.decode(body)), ResultWire)
    except (msgspec.MsgspecError, ValueError, RecursionError) as wrong:
        raise Malformed(_where(wrong)) from None  # the library's words may hold a value
    if found.status == "needs_materials" and not found.papers:
        raise Malformed("papers: a claim that needs materials names at least one")
    return found.receipt, found.meant()


def _where(wrong: Exception) -> str:
    said = str(wrong)
    at = said.rpartition(" - at `")[2].removesuffix("`") if " - at `" in said else ""
    return f"not as the contract has it{f', at {at[:60]}' if at else ''}"


def _numbers(value: Any) -> Any:
    """1.0 is a whole number in JSON, as in the contract."""
    match value:
        case dict():
            return {key: _numbers(inner) for key, inner in value.items()}
        case list():
            return [_numbers(inner) for inner in value]
        case float() if value.is_integer():
            return int(value)
    return value
