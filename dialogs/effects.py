"""Deeds the core asks of the shell, and what the shell tells it afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from dialogs.help_effects import HelpEffect, HelpInput
from dialogs.model import Reply
from dialogs.records import Forget, Lapsed, ReadRecords, RecordsRead, Revoked, SeeToRights
from dialogs.session import Asked, Draft, Session
from dialogs.status import Event
from dialogs.verify_effects import VerifyEffect, VerifyInput


@dataclass(frozen=True, slots=True)
class FetchPhoto:
    """Fetch (unless it is stored already), judge and store the picture that `ticket` brought; answer with PhotoJudged.
    May happen after the reply."""

    ticket: str


@dataclass(frozen=True, slots=True)
class FileClaim:
    """Write the claim into SQL, once per draft id, before the reply; answer with ClaimFiled or Unavailable."""

    draft: Draft
    office: str


@dataclass(frozen=True, slots=True)
class ReadClaims:
    """Read the person's claims before the reply; answer with ClaimsRead or Unavailable.
    `why`: "status", or "withdraw" to ask which is to be taken back."""

    why: str = "status"


@dataclass(frozen=True, slots=True)
class WithdrawClaim:
    """Take a filed claim back before the reply; answer with ClaimWithdrawn or Unavailable."""

    receipt: str


@dataclass(frozen=True, slots=True)
class DropPhotos:
    """Delete stored pictures that nobody needs any more."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """Read what is written on the stored picture that `ticket` brought; answer with PaperRead. After the reply."""

    ticket: str


@dataclass(frozen=True, slots=True)
class DrawSheet:
    """Draw all papers of the draft on one picture and give it to WeChat; answer with SheetDrawn. After the reply."""

    ticket: str


@dataclass(frozen=True, slots=True)
class HandInPaper:
    """Put the stored picture that `ticket` brought in the place of the paper asked for again; answer with
    PaperHandedIn. After the reply, again and again until it is done."""

    ticket: str


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Delete draft, pictures and session of this person; what becomes of filed claims stands in `Rights.erasing`."""


@dataclass(frozen=True, slots=True)
class ReportNumber:
    """Put an office's telephone numbers on the operators' list: nobody answered. After the reply; may be lost."""

    office: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Count a question that was not understood; numbers and names are taken out. After the reply; may be lost."""

    text: str


Effect = (
    FetchPhoto | FileClaim | ReadClaims | WithdrawClaim | DropPhotos | ReadPaper | DrawSheet | HandInPaper
    | ErasePerson | ReportNumber | SeeToRights | ReadRecords | HelpEffect | VerifyEffect | Unanswered
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A typed text or a tapped option (`tap` is its id)."""

    text: str
    tap: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A photograph. `ticket` names its message; `sent_at` by WeChat's clock, `order` its MsgId (0 without one)."""

    ticket: str
    media_id: str
    pic_url: str = ""
    sent_at: int = 0
    order: int = 0


@dataclass(frozen=True, slots=True)
class Located:
    """A position in degrees."""

    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message of a kind that cannot be read: voice, video, link, file, sticker, unknown."""

    kind: str


@dataclass(frozen=True, slots=True)
class Clicked:
    """A menu button."""

    key: str


@dataclass(frozen=True, slots=True)
class Followed:
    """The person follows, or scanned a code; `scene` as on the code, "" without one."""

    scene: str = ""
    new: bool = True


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """The person does not follow any more: nothing can be said to them, and WeChat asks to delete what is theirs."""


@dataclass(frozen=True, slots=True)
class AgentCame:
    """A human agent took the chat (from another one, perhaps); `at` by WeChat's clock."""

    at: int


@dataclass(frozen=True, slots=True)
class AgentLeft:
    """The agent gave the chat back."""

    at: int


@dataclass(frozen=True, slots=True)
class PhotosComing:
    """A menu button chose `count` photographs: they come as messages of their own, before or after. `md5s` of them."""

    count: int
    md5s: tuple[str, ...] = ()


class PhotoJudged(Struct, frozen=True):
    """What became of a photograph.

    strength   good, advise, refuse, lost (WeChat no longer has it) or failed (we could not work on it)
    says       what is wrong and what to do, for the person
    slot       for which it was judged: it may have been moved to another since
    md5        of its bytes, in hex; "" when they never came
    reading    a worker is going to read what is written on it: PaperRead follows
    """

    ticket: str
    strength: str
    says: str = ""
    key: str = ""
    fingerprint: str = ""
    slot: str = ""
    md5: str = ""
    reading: bool = False


@dataclass(frozen=True, slots=True)
class PaperRead:
    """What is written on a stored photograph, or nothing. Advice only.

    slot   for which it was read; `says` advises against it there, "" when nothing does
    seen   the paper it looks like (dialogs/papers.py), "" when nobody could tell
    holder  a keyed hash of the one identity number on it
    """

    ticket: str
    slot: str
    seen: str = ""
    says: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class PhotoMissing:
    """The bytes behind a stored photograph of this slot are gone or cannot be opened."""

    slot: str
    key: str


@dataclass(frozen=True, slots=True)
class SheetDrawn:
    """The picture of all papers is at WeChat; `media_id` is "" when it could not be made or sent there."""

    ticket: str
    media_id: str


@dataclass(frozen=True, slots=True)
class ClaimFiled:
    """The claim stands in SQL under this receipt."""

    receipt: str
    filed_at: int


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """Where one claim is: the fold of its events.

    since        in unix seconds; so is received_at: when the office received it, 0 before
    detail       of the event that led here, as `reason` is, a code
    asked        the papers that are asked for again
    handover     to the agency's platform: "waiting", "sent", "refused", "ended"; "" for claims of the desk
    withdrawal   "wanted" until the agency agrees, "late" when it had decided before
    system       what the agency's systems know, by step id or their own label
    heard        the number of the newest event
    """

    receipt: str
    programme: str
    office: str
    status: str
    since: int
    detail: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    received_at: int = 0
    asked: tuple[Asked, ...] = ()
    handover: str = ""
    withdrawal: str = ""
    system: Mapping[str, str] = field(default_factory=dict, repr=False)
    heard: int = 0


@dataclass(frozen=True, slots=True)
class ClaimMoved:
    """What happened to a claim so far, oldest first: what the person has not heard of becomes news.

    asked   the papers that are asked for again now
    """

    receipt: str
    programme: str
    office: str
    filed_at: int
    happened: tuple[Event, ...]
    asked: tuple[Asked, ...] = ()
    received_at: int = 0


@dataclass(frozen=True, slots=True)
class PaperHandedIn:
    """The picture that `ticket` brought lies in the claim; not `taken`: the office no longer asks for this paper."""

    ticket: str
    taken: bool


@dataclass(frozen=True, slots=True)
class ClaimsRead:
    """All claims of the person, newest first; `why` as they were asked for."""

    claims: tuple[ClaimStatus, ...]
    why: str = "status"


@dataclass(frozen=True, slots=True)
class ClaimWithdrawn:
    """What became of taking a claim back: "done", "passed_on" to the agency's platform, or "decided" before."""

    receipt: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """What was asked of the shell could not be done now."""

    what: str


Input = (
    Said | Sent | Located | Unreadable | Clicked | Followed | Unfollowed | AgentCame | AgentLeft | PhotosComing
    | PhotoJudged | PaperRead | PhotoMissing | SheetDrawn | ClaimFiled | ClaimsRead | ClaimWithdrawn | ClaimMoved
    | PaperHandedIn | Unavailable | RecordsRead | Forget | Revoked | Lapsed | HelpInput | VerifyInput
)  # fmt: skip


class Turn(Struct, frozen=True):
    """One input answered: who the person is now, what they read (never empty for a message), what must be done."""

    session: Session
    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()
