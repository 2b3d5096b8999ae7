"""What one person has told us so far: all that is remembered of them between two messages. Positions are never kept.

Structs, not dataclasses: a turn copies them a dozen times, and what stands at its default takes no byte in Redis
(0.85 of the bytes of a person in mid-claim).
"""

from msgspec import Struct, field
from msgspec.structs import replace

from dialogs.model import OpenId


class Photo(Struct, frozen=True, omit_defaults=True):
    """One paper's picture.

    state      "fetching" (on its way, or judged anew for another slot), "good", "advised" (usable, a retake was
               advised), "retake" (not usable) or "returned" (a reviewer asked for another one)
    ticket     names the message that brought it; a verdict with another ticket is too late
    key        in the photo store, once stored
    remark     what was advised or refused, for the slot board
    came_at    when it reached us, unix seconds: from then on a day is left to fetch it
    sent_at    when it was sent, by WeChat's clock; `order` (its MsgId) tells those of one second apart
    fixed      the person put it into its slot by name: the order of sending moves it no more
    passed_by  photographs sent until then were not meant to replace this refused one (they were under way already)
    reading    what is written on it is being read; only advice can come of that
    seen       which paper it looks like (dialogs/papers.py), "" when nobody could tell
    helped     a second phone sent it (dialogs/helping.py)
    holder     a keyed hash of the identity number read on it, to compare papers; "" without one
    """

    state: str
    ticket: str
    media_id: str = ""
    pic_url: str = ""
    key: str = ""
    fingerprint: str = ""
    remark: str = ""
    came_at: int = 0
    sent_at: int = 0
    order: int = 0
    fixed: bool = False
    passed_by: int = 0
    reading: bool = False
    seen: str = ""
    holder: str = ""
    helped: bool = False


class Asked(Struct, frozen=True, omit_defaults=True):
    """A paper of a filed claim that the office wants once more. `reason` is a code (programmes/reasons.toml)."""

    receipt: str
    programme: str
    office: str
    slot: str
    reason: str
    at: int


class Identity(Struct, frozen=True, omit_defaults=True):
    """The real-name check of one draft (dialogs/verification.py).

    state      "begun", "verified", "failed" or "expired"
    attempt    when the link was made, unix seconds: tells it from an earlier one
    reference  by which the service knows it, while it is begun
    """

    state: str
    attempt: int
    reference: str = ""
    name: str = ""
    id_number: str = ""

    def __repr__(self) -> str:
        return f"Identity({self.state!r}, {self.attempt})"


class Draft(Struct, frozen=True, omit_defaults=True):
    """A claim in progress, or one paper of a filed claim.

    id        made by the shell; the idempotency key of this claim's effects
    answers   step id to accepted value, "" when skipped
    reopened  steps to be asked again, their old answers still there to be kept
    filing    confirmed by the person: nothing may change until the claim stands in SQL
    retake    the one paper that is asked for again: nothing else of that claim is open
    nudged_at when the person was reminded of it, once; 0 before
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
    retake: Asked | None = None
    nudged_at: int = 0
    identity: Identity | None = None


class Question(Struct, frozen=True, omit_defaults=True):
    """A question of ours outside the steps. `options` are what the numbers 1, 2, … stand for."""

    about: str
    options: tuple[str, ...] = ()
    data: tuple[str, ...] = ()


class Tell(Struct, frozen=True, omit_defaults=True):
    """How far one piece of news has come on its way to a person who does not write (dialogs/inbox.py).

    due      not to be pushed before, unix seconds
    tries    failed attempts in a row
    used     ways that will not be tried for it any more, by their first letters
    unsure   an attempt ended without an answer: it may have been seen, and is told again with these words
    pointed  a template or subscription message said that there is news; what it is still waits here
    """

    due: int = 0
    tries: int = 0
    used: str = ""
    unsure: bool = False
    pointed: bool = False


class News(Struct, frozen=True, omit_defaults=True):
    """What became of a photograph; rides on the next reply. `ticket` names it, `slot` is where it stood then.

    state   as in Photo, or "lost" (WeChat no longer has it) or "failed" (we could not work on it); "claim" for what
            happened to a filed claim, told as it stands in `says`
    says    what is wrong and what to do, "" when nothing is
    """

    state: str
    slot: str
    at: int
    ticket: str
    says: str = ""
    tell: Tell | None = None


class Sending(Struct, frozen=True, omit_defaults=True):
    """One message of ours under way, written down before WeChat is called. `before`: the allowance it was taken from.

    items    what it says: held back from replies meanwhile
    tickets  of the news it only points to, which replies may tell meanwhile
    """

    way: str
    at: int
    items: tuple[News, ...] = ()
    tickets: tuple[str, ...] = ()
    before: tuple[int, int] = (0, 0)


class Reach(Struct, frozen=True, omit_defaults=True):
    """What may still be sent to this person outside a reply (dialogs/allowance.py). Times in unix seconds.

    left, until              customer-service messages that a message of theirs has earned, and until when
    brief_left, brief_until  those of a click, a scan, following or a tapped option
    spent_at                 when the last one was sent
    gone                     they cannot be reached until they write
    accepts                  subscription notices they have accepted and not had, by template id
    """

    left: int = 0
    until: int = 0
    brief_left: int = 0
    brief_until: int = 0
    spent_at: int = 0
    gone: bool = False
    accepts: dict[str, int] = field(default_factory=dict)
    sending: Sending | None = None


class Numbering(Struct, frozen=True, omit_defaults=True):
    """How the messages of this person have been numbered so far: whether MsgId tells their order is not documented.

    created, msg_id  of the newest message
    grew             messages in a row whose MsgId was larger than that of an older one; -1 once one's was not
    """

    created: int
    msg_id: int
    grew: int = 0


class Arrival(Struct, frozen=True, omit_defaults=True):
    """A photograph message that came lately, stored or not. `md5` of its bytes, shortened; "" until they are here."""

    ticket: str
    at: int
    md5: str = ""


class Batch(Struct, frozen=True, omit_defaults=True):
    """Photographs chosen together with a menu button: so many, their MD5 as the phone reckoned them, shortened."""

    count: int
    md5s: tuple[str, ...]
    at: int


class Sheet(Struct, frozen=True, omit_defaults=True):
    """The picture of all papers, kept at WeChat for three days. `of` names the pictures on it.

    media_id   "" while it is being drawn, and when WeChat does not let us send pictures (`failed`)
    """

    ticket: str
    of: str
    media_id: str = ""
    at: int = 0
    failed: bool = False


class Receipt(Struct, frozen=True, omit_defaults=True):
    """A filed claim as the person knows it; its state is read from its events. `heard`: the last that was told."""

    number: str
    programme: str
    office: str
    filed_at: int
    heard: int = 0


class Answered(Struct, frozen=True, omit_defaults=True):
    """An answer about a group of sensitive items that SQL has not heard of yet.

    id         names it: recorded twice it is one row
    answer     "yes", "no", or "withdrawn"
    notice     the notice's version; text_hash of the words that were shown (SHA-256, hex)
    at         unix seconds
    """

    id: str
    group: str
    answer: str
    notice: str
    text_hash: str
    at: int


class Erasing(Struct, frozen=True, omit_defaults=True):
    """The person's wish to be erased, until SQL has heard of it.

    at      unix seconds: what came later stays
    cause   "asked", "closed" (their WeChat account), "operator"; handlers/erasing.py has two more
    claims  also those that no office has received yet
    """

    receipt: str
    at: int
    cause: str
    claims: bool


class Rights(Struct, frozen=True, omit_defaults=True):
    """What concerns a person's rights over their data.

    notice      the version of the notice under which the consents of this session were given; "" before the first
    unrecorded  answers to be moved to SQL, `erasing` wishes likewise; a job does it, a sweep finds what was forgotten
    leaving     nothing is kept of this person: the value goes as soon as WeChat repeats nothing any more
    """

    notice: str = ""
    unrecorded: tuple[Answered, ...] = ()
    erasing: tuple[Erasing, ...] = ()
    leaving: bool = False


NO_RIGHTS_USED = Rights()


class Agent(Struct, frozen=True, omit_defaults=True):
    """A human agent in this chat (dialogs/agents.py). Unix seconds, 0 for never.

    at      CreateTime of the newest event of an agent: older ones change nothing
    since   when one took the chat and has not given it back
    called  when the person was handed over
    left    one gave it back, and the person was not told yet that it is us who answer
    """

    at: int = 0
    since: int = 0
    called: int = 0
    left: bool = False


class Help(Struct, frozen=True, omit_defaults=True):
    """Another phone may send photographs for this claim (dialogs/helping.py).

    until   unix seconds
    draft   the claim for which it was asked
    helper  who does (a pseudonym), "" before somebody has joined
    photos  how many they have sent
    """

    id: str
    until: int
    draft: str
    helper: str = ""
    photos: int = 0


class Helping(Struct, frozen=True, omit_defaults=True):
    """Whose claim this person takes photographs for: `owner` is a pseudonym. waiting: tickets not told of yet."""

    owner: str
    id: str
    until: int
    waiting: tuple[str, ...] = ()


class Session(Struct, frozen=True, omit_defaults=True):
    """One person.

    refusals   answers refused in a row at the open step
    burst      photographs taken in since the last reply that put a question again
    arrivals   photographs of the last minutes, to be counted against a `batch` announced before or after them
    asked      papers of filed claims that are asked for again; each in turn becomes the draft (dialogs/retakes.py)
    laid_by    the claim in progress that rests while such a paper is the draft
    """

    openid: OpenId
    draft: Draft | None = None
    question: Question | None = None
    refusals: int = 0
    province: str = ""
    office: str = ""
    receipts: tuple[Receipt, ...] = ()
    news: tuple[News, ...] = ()
    burst: int = 0
    arrivals: tuple[Arrival, ...] = ()
    batch: Batch | None = None
    sheet: Sheet | None = None
    numbering: Numbering | None = None
    consents: dict[str, str] = field(default_factory=dict)
    last_at: int = 0
    asked: tuple[Asked, ...] = ()
    laid_by: Draft | None = None
    reach: Reach = field(default_factory=Reach)
    rights: Rights = NO_RIGHTS_USED
    agent: Agent | None = None
    help: Help | None = None
    helping: Helping | None = None

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """Everything that is in progress."""
        return tuple(draft for draft in (self.draft, self.laid_by) if draft is not None)

    def with_draft(self, draft: Draft | None) -> "Session":
        """The same person with another draft."""
        return replace(self, draft=draft)
