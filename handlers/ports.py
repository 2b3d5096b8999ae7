"""What the shell needs from outside, and the errors that raises. Objects come in; imports do not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from dialogs.model import OpenId, Say
from dialogs.papers import Paper, Seen
from dialogs.status import Status
from storage.errors import StoreUnavailable
from storage.filed import Claim

__all__ = [
    "Agency", "AgencyRefused", "AgencyUnavailable", "Media", "MediaGone", "MediaUnfit", "Messenger", "Remedy", "Result",
    "StoreUnavailable", "Verdict", "Verifier", "VerifierError", "Wanted", "WeChatError",
]  # fmt: skip

Remedy = Literal[
    "again", "later", "renew", "unreachable", "closed", "declined", "quota", "gone", "alarm", "defect"
]  # fmt: skip
"""What to do about a failed call:

again        trouble of the moment: another try within seconds may help
later        too many calls: not before a minute has passed
renew        the access token was refused
unreachable  nothing reaches this person until they write (unfollowed, blocked, refused)
closed       customer-service messages do not reach this person now (their 48 h are over): take the next way
declined     this person has not accepted this notice, or not once more: take the next way
quota        the messages this person's last deed earned are used up: wait until they write again
gone         the thing named does not exist any more (media_id, menu)
alarm        an operator must act (secret, IP list, permission, account frozen, daily quota)
defect       what we sent was wrong
"""


class WeChatError(Exception):
    """A call to WeChat that brought no result. Holds no URL, token, secret or openid: fit for a log.

    errcode    WeChat's own; negative below -1000 for trouble before there was one (see bot/wechat_errors.py)
    errmsg     WeChat's words, shortened; "" when there were none
    rid        WeChat's request id, to be looked up by operators for 7 days; "" without one
    retryable  the same call may succeed when repeated (at once or later)
    meaning    what it means, in an operator's words
    unsure     the deed may have been done although this came instead of an answer
    """

    unsure = False

    def __init__(
        self, errcode: int, errmsg: str = "", rid: str = "", *, retryable: bool, remedy: Remedy, meaning: str = ""
    ) -> None:
        super().__init__(errcode, errmsg, rid, meaning)
        self.errcode = errcode
        self.errmsg = errmsg
        self.rid = rid
        self.retryable = retryable
        self.remedy = remedy
        self.meaning = meaning

    def __str__(self) -> str:
        return f"errcode {self.errcode} ({self.meaning or 'unknown'}) {self.errmsg} rid={self.rid or '-'}"


class MediaGone(Exception):
    """WeChat no longer has this photo (3 days old, or never had it): the person must send it again."""


class MediaUnfit(Exception):
    """What came is no photo we take: longer than the cap, a video, or from a host that is not WeChat's."""


class Media(Protocol):
    """Where the bytes of a photo come from."""

    def fetch(self, media_id: str, pic_url: str = "") -> bytes:
        """The photo's bytes as WeChat has them, not yet judged. Takes seconds: never on the way to a reply.

        raises   MediaGone, MediaUnfit; WeChatError when neither way answered
        """


class Reader(Protocol):
    """Who can read what is written on a paper; handlers/vision.py where its extra is installed."""

    def read(self, data: bytes, wanted: Paper | None) -> Seen:
        """What is to be seen on a photograph. Takes up to seconds. Raises PhotoRefused."""


class AgencyUnavailable(Exception):
    """The agency's platform did not do it, and may later: away, slow, busy, garbled, or it does not know our key.
    `code` is one of a few fixed words, fit for a log; nothing of the claim."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AgencyRefused(Exception):
    """The agency's platform has understood and will not, however often it is asked. `code` and `words` are its own."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.words = words


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper that the agency asks for again. `ask` is the number of the result that first asked: it tells a paper that
    is asked for anew from one that we have handed in meanwhile."""

    slot: str
    reason: str
    ask: int


@dataclass(frozen=True, slots=True)
class Result:
    """Where the agency has a claim, whole: an older one adds nothing, so repeats, late and missing ones do no harm.

    seq      counts a claim's results from 1
    reason   a code of programmes/reasons.toml where the agency uses them; `words` its own, for the claimant
    detail   start, end (as 2026-12) and amount (yuan), as far as known
    papers   every paper that is asked for now
    fields   system fields that it extracted, by step id or its own label
    """

    seq: int
    status: Status
    at: datetime
    reason: str = ""
    words: str = ""
    detail: Mapping[str, str] = field(default_factory=dict, repr=False)
    papers: tuple[Wanted, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


class Agency(Protocol):
    """Who decides on filed claims: people at our desk, or the agency's own platform. The claim itself is ours first, in
    SQL, either way. Every method may take seconds and raise AgencyUnavailable or AgencyRefused; each may be repeated.

    hands_over   whether there is a platform that claims go to (handlers/handover.py); the desk finds them in SQL
    """

    hands_over: bool

    def prefill(self, id_number: str) -> Mapping[str, str]:
        """The system fields of the person with this ID number, by step id; empty where nobody knows them."""

    def sync_social_card(self, id_number: str) -> Mapping[str, str]:
        """What the social-security card holds (同步社会保障卡信息), by the agency's own labels."""

    def submit(self, claim: Claim, papers: Mapping[str, Callable[[], bytes]]) -> str:
        """The claim with its papers by slot, each opened only while it is sent; the agency's own reference. Once per
        draft id, however often it is said."""

    def hand_in(self, claim: Claim, seq: int, slot: str, paper: Callable[[], bytes]) -> None:
        """A new photograph in the place of a paper asked for again; `seq` is the claimant's event, which names it."""

    def result(self, claim: Claim, after: int, within_s: float = 0) -> Result | None:
        """The newest result beyond `after`; None when there is none. `within_s`: somebody waits, one short try."""

    def withdraw(self, claim: Claim) -> None:
        """The claimant takes it back, even if it never arrived: should it still come, it is not taken then.
        AgencyRefused "already_decided" when that came first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a real-name check came to: state is verified (with name and number), pending, failed (words) or expired."""

    state: Literal["verified", "pending", "failed", "expired"]
    name: str = field(default="", repr=False)
    id_number: str = field(default="", repr=False)
    words: str = ""


class VerifierError(Exception):
    """The service did not answer, or not as agreed. Holds no reference, name or number: fit for a log."""


class Verifier(Protocol):
    """Who checks that a claimant is who they say: a service outside. `reference` is ours, and opaque."""

    def begin(self, reference: str, now: int) -> str:
        """The link to hand the person to. Makes no call: it is on the way to a reply. `now` in unix seconds."""

    def result(self, reference: str) -> Verdict:
        """What has come of it so far. Takes at most three seconds. Raises VerifierError."""


class Messenger(Protocol):
    """Ways to say something outside a reply. Each raises WeChatError; its `remedy` says what to do."""

    def send(self, openid: OpenId, say: Say) -> None:
        """A customer-service message. Not repeated after a time-out: it may have arrived."""

    def send_typing(self, openid: OpenId, on: bool = True) -> None:
        """Show or hide "正在输入"."""

    def send_template(
        self, openid: OpenId, template_id: str, values: Mapping[str, str], *, url: str = "", client_msg_id: str = ""
    ) -> str:
        """A template message; the MsgID its receipt will bear. Same `client_msg_id` within 10 min is sent once."""

    def send_subscription(self, openid: OpenId, template_id: str, values: Mapping[str, str], *, page: str = "") -> None:
        """A subscription notice: uses up one accept of this person."""
