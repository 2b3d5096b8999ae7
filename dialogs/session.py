"""What one person has told us so far: all that is remembered of them between two messages. Positions are never kept."""

from dataclasses import dataclass, field, replace

from dialogs.model import OpenId


@dataclass(frozen=True, slots=True)
class Photo:
    """One paper's picture.

    state    "fetching" (on its way), "good", "advised" (usable, a retake was advised) or "retake" (not usable)
    ticket   names the message that brought it; a verdict with another ticket is too late
    key      in the photo store, once stored
    remark   what was advised or refused, for the slot board
    """

    state: str
    ticket: str
    media_id: str = ""
    pic_url: str = ""
    key: str = ""
    fingerprint: str = ""
    remark: str = ""
    sent_at: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim in progress.

    id        made by the shell; the idempotency key of this claim's effects
    answers   step id to accepted value, "" when skipped
    reopened  steps to be asked again, their old answers still there to be kept
    filing    confirmed by the person: nothing may change until the claim stands in SQL
    """

    id: str
    programme: str
    version: str
    begun_at: int
    answers: dict[str, str] = field(default_factory=dict)
    photos: dict[str, Photo] = field(default_factory=dict)
    reopened: tuple[str, ...] = ()
    paused: bool = False
    filing: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question of ours outside the steps. `options` are what the numbers 1, 2, … stand for."""

    about: str
    options: tuple[str, ...] = ()
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened meanwhile and rides on the next reply. `ticket` names the photo it is about."""

    text: str
    at: int
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A filed claim as the person knows it; its state is read from its events."""

    number: str
    programme: str
    office: str
    filed_at: int


@dataclass(frozen=True, slots=True)
class Session:
    """One person. `refusals` counts answers refused in a row at the open step."""

    openid: OpenId
    draft: Draft | None = None
    question: Question | None = None
    refusals: int = 0
    province: str = ""
    office: str = ""
    receipts: tuple[Receipt, ...] = ()
    news: tuple[News, ...] = ()
    consents: dict[str, str] = field(default_factory=dict)
    last_at: int = 0

    def with_draft(self, draft: Draft | None) -> "Session":
        """The same person with another draft."""
        return replace(self, draft=draft)
