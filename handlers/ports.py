"""What the shell needs from outside, and the errors that raises. Objects come in; imports do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from dialogs.model import OpenId, Say
from dialogs.papers import Paper, Seen
from storage.errors import StoreUnavailable
from storage.filed import Claim

__all__ = [
    "Agency", "Media", "MediaGone", "MediaUnfit", "Messenger", "Remedy", "StoreUnavailable", "Verdict", "Verifier",
    "VerifierError", "WeChatError",
]  # fmt: skip

Remedy = Literal["again", "later", "renew", "unreachable", "quota", "gone", "alarm", "defect"]
"""What to do about a failed call:

again        trouble of the moment: another try within seconds may help
later        too many calls: not before a minute has passed
renew        the access token was refused
unreachable  this person cannot be reached this way (unfollowed, window closed, refused): take the next way
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
    """

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


class Agency(Protocol):
    """Who decides on filed claims. Every method raises StoreUnavailable when it cannot be reached now."""

    def results(self, person: str) -> Sequence[Claim]:
        """Where each claim of this person (a pseudonym) stands, newest first."""

    def hand_in(self, person: str, receipt: str, slot: str, photo_key: str, fingerprint: str, at: datetime) -> bool:
        """A new photograph for a paper that was asked for again; with the last of them the claim returns to review.
        Safe to repeat. False when this paper is not asked for any more."""


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
