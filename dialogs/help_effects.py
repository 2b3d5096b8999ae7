"""A second phone that takes photographs for a claim: what the core asks of the shell, and what it is told."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialogs.effects import Sent


@dataclass(frozen=True, slots=True)
class OfferHelp:
    """Make a short-lived code for this claim; answer with HelpOffered."""


@dataclass(frozen=True, slots=True)
class JoinHelp:
    """Find whose code this is and help them; answer with HelpJoined."""

    code: str


@dataclass(frozen=True, slots=True)
class LendHand:
    """Give a photograph to the claim of `owner` (a pseudonym), or only ask after those sent before (`tickets`);
    answer with HandLent."""

    owner: str
    id: str
    photo: "Sent | None"
    tickets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeaveHelp:
    """The helper has ended: tell the claim; no answer. What is lost here ends by its time."""

    owner: str
    id: str


@dataclass(frozen=True, slots=True)
class EndHelp:
    """Write into the log that it has ended, why, and how many photographs came. After the reply; the sweep does it
    where this is lost."""

    id: str
    why: str
    photos: int


@dataclass(frozen=True, slots=True)
class HelpOffered:
    """`code` is eight digits; until then, unix seconds."""

    id: str
    code: str
    until: int


@dataclass(frozen=True, slots=True)
class HelpJoined:
    """why: "" when it worked, else unknown (or too old), used (by another), own (typed by the claimant) or locked."""

    why: str
    owner: str = ""
    id: str = ""
    until: int = 0
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shot:
    """What became of a photograph: of a helper's eyes only the paper's name and whether to take it again.

    state   as in Photo; "" when another one has taken its place
    remark  what is wrong, of refused ones only: advice may speak of numbers
    """

    ticket: str
    state: str
    label: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class HandLent:
    """what: taken, closed (nothing is wanted now), over (it was not taken); asked or ended where none was given.

    open  the papers that are still wanted, the required ones first; `complete`: no required one is
    """

    what: str
    shots: tuple[Shot, ...] = ()
    open: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class HelperJoined:
    """Told to the claim: this person (a pseudonym) will help."""

    id: str
    helper: str


@dataclass(frozen=True, slots=True)
class HelperSent:
    """Told to the claim: a photograph from the helper."""

    id: str
    helper: str
    photo: "Sent"


@dataclass(frozen=True, slots=True)
class HelpOver:
    """Told to the claim: complete, helper (they ended it) or time."""

    id: str
    why: str


HelpEffect = OfferHelp | JoinHelp | LendHand | LeaveHelp | EndHelp
ANSWERED = (OfferHelp, JoinHelp, LendHand, LeaveHelp)
HelpInput = HelpOffered | HelpJoined | HandLent | HelperJoined | HelperSent | HelpOver
UNASKED = (HelperJoined, HelperSent, HelpOver)
"""What reaches the claimant although they said nothing."""
