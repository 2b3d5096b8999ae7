"""Deeds the core asks of the shell, and what the shell tells it afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogs.model import Reply
from dialogs.session import Draft, Session


@dataclass(frozen=True, slots=True)
class FetchPhoto:
    """Fetch, judge and store the picture that `ticket` brought; answer with PhotoJudged. May happen after the reply."""

    ticket: str


@dataclass(frozen=True, slots=True)
class FileClaim:
    """Write the claim into SQL, once per draft id, before the reply; answer with ClaimFiled or Unavailable."""

    draft: Draft
    office: str


@dataclass(frozen=True, slots=True)
class ReadClaims:
    """Read the person's claims before the reply; answer with ClaimsRead or Unavailable."""


@dataclass(frozen=True, slots=True)
class DropPhotos:
    """Delete stored pictures that nobody needs any more."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Delete draft, pictures and session of this person; filed claims stay with the office."""


@dataclass(frozen=True, slots=True)
class ReportNumber:
    """Put an office's telephone numbers on the operators' list: nobody answered. After the reply; may be lost."""

    office: str
    phones: tuple[str, ...]


Effect = FetchPhoto | FileClaim | ReadClaims | DropPhotos | ErasePerson | ReportNumber


@dataclass(frozen=True, slots=True)
class Said:
    """A typed text or a tapped option (`tap` is its id)."""

    text: str
    tap: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A photograph."""

    ticket: str
    media_id: str
    pic_url: str = ""


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
class PhotosComing:
    """A menu button opened the camera; `count` photographs follow."""

    count: int


@dataclass(frozen=True, slots=True)
class PhotoJudged:
    """What became of a photograph: strength is good, advise, refuse or lost; `says` is for the person."""

    ticket: str
    strength: str
    says: str = ""
    key: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class ClaimFiled:
    """The claim stands in SQL under this receipt."""

    receipt: str
    filed_at: int


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """Where one claim is: the fold of its events. `since` in unix seconds; `detail` of the event that led here."""

    receipt: str
    programme: str
    office: str
    status: str
    since: int
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimsRead:
    """All claims of the person, newest first."""

    claims: tuple[ClaimStatus, ...]


@dataclass(frozen=True, slots=True)
class Unavailable:
    """What was asked of the shell could not be done now."""

    what: str


Input = (
    Said | Sent | Located | Unreadable | Clicked | Followed | PhotosComing | PhotoJudged | ClaimFiled | ClaimsRead
    | Unavailable
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """One input answered: who the person is now, what they read (never empty for a message), what must be done."""

    session: Session
    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()
