"""A filed claim as it stands in SQL, read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from dialogs.session import Asked
from dialogs.status import Event, Status, standing
from storage.handovers import Handover

PaperState = Literal["kept", "retake"]


@dataclass(frozen=True, slots=True)
class Filed:
    """What stands in SQL. `new` is False when this draft had been filed before: the same receipt again."""

    receipt: str
    filed_at: datetime
    claim_id: int
    new: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A filed claim and where it stands.

    since   when the present status began
    papers  photo keys by slot; states: "kept", or "retake" when the office asked for it again
    remarks   what the automatic check advised about a paper that the person kept nevertheless, by slot
    handover  None for claims of the desk
    system    what the agency's systems know, by step id or the agency's own label
    """

    id: int
    draft_id: str
    receipt: str
    person: str
    programme: str
    version: str
    office: str
    filed_at: datetime
    events: tuple[Event, ...]
    papers: Mapping[str, str]
    paper_states: Mapping[str, PaperState]
    openid: str = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)
    handover: Handover | None = None
    system: Mapping[str, str] = field(default_factory=dict, repr=False)
    remarks: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_at_platform(self) -> bool:
        """Whether the agency's own platform has it, or may have it."""
        way = self.handover
        return way is not None and way.state != "ended" and (way.told > 0 or way.tries > 0)

    @property
    def standing(self) -> Event:
        """The event that led to the present status."""
        return standing(self.events)

    @property
    def status(self) -> Status:
        """Where the claim is."""
        return self.standing.status

    @property
    def since(self) -> datetime:
        """When it came there."""
        return self.standing.at

    @property
    def detail(self) -> Mapping[str, str]:
        """What was said with it."""
        return self.standing.detail

    @property
    def received_at(self) -> datetime | None:
        """When the office received it: from then on its ten working days count."""
        return next((event.at for event in self.events if event.status == "received"), None)

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The papers that the office asked for again, longest asked for first, with the newest reason of each."""
        found = []
        for slot, state in self.paper_states.items():
            asking = [event for event in self.events if event.status == "needs_materials" and not event.is_claimants
                      and event.detail.get("slot") == slot]  # fmt: skip
            if state == "retake" and asking:
                last = asking[-1]
                at = int(last.at.timestamp())
                found.append((last.seq, Asked(self.receipt, self.programme, self.office, slot, last.reason, at)))
        return tuple(asked for _, asked in sorted(found, key=lambda one: one[0]))
