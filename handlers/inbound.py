"""What WeChat pushed, as plain values: messages and events, and the key that tells their repeats apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogs.model import OpenId


@dataclass(frozen=True, slots=True)
class Head:
    """What every push has.

    openid   FromUserName
    account  ToUserName (gh_…)
    created  CreateTime, unix seconds
    key      the same for repeats of one push, different otherwise: "m:" and the MsgId, or for events
             CreateTime + Event + EventKey + a hash of the body
    """

    openid: OpenId
    account: str
    created: int
    key: str

    @property
    def is_message(self) -> bool:
        """Something the person sent, not an event: only that can be handed to a human agent."""
        return self.key.startswith("m:")

    @property
    def order(self) -> int:
        """The MsgId of a message, which tells those of one second apart; 0 for events."""
        number = self.key.removeprefix("m:")
        return int(number) if number.isdigit() else 0


@dataclass(frozen=True, slots=True)
class TextIn:
    """A typed text, or a tapped option (`tap` is its bizmsgmenuid, forgeable)."""

    head: Head
    text: str
    tap: str = ""


@dataclass(frozen=True, slots=True)
class ImageIn:
    """A photograph; `media_id` dies after 3 days, `pic_url` is public and never logged."""

    head: Head
    media_id: str
    pic_url: str = ""


@dataclass(frozen=True, slots=True)
class LocationIn:
    """A location message or the answer to a location_select button. Degrees."""

    head: Head
    lat: float
    lng: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class OtherIn:
    """What we cannot read: kind is voice, video, shortvideo, link, file, sticker or unknown."""

    head: Head
    kind: str


@dataclass(frozen=True, slots=True)
class FollowIn:
    """subscribe; `scene` is the scanned QR code's scene without qrscene_, "" without one."""

    head: Head
    scene: str = ""


@dataclass(frozen=True, slots=True)
class ScanIn:
    """SCAN of a scene QR code by a follower."""

    head: Head
    scene: str


@dataclass(frozen=True, slots=True)
class UnfollowIn:
    """unsubscribe."""

    head: Head


@dataclass(frozen=True, slots=True)
class ClickIn:
    """CLICK on a menu button; `menu_key` is its EventKey."""

    head: Head
    menu_key: str


@dataclass(frozen=True, slots=True)
class PhotosAnnouncedIn:
    """pic_sysphoto, pic_photo_or_album, pic_weixin: so many photos follow (or came) as image messages."""

    head: Head
    menu_key: str
    count: int
    md5s: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanCodeIn:
    """scancode_waitmsg: the person's screen spins until we answer."""

    head: Head
    menu_key: str
    result: str


@dataclass(frozen=True, slots=True)
class DeliveryIn:
    """A receipt of something we sent: TEMPLATESENDJOBFINISH (way "template") or subscribe_msg_sent_event
    ("subscription")."""

    head: Head
    deliveries: tuple[tuple[str, str], ...]
    """(MsgID, status): status is "success" or WeChat's reason."""
    way: str = "template"


@dataclass(frozen=True, slots=True)
class SubscriptionIn:
    """subscribe_msg_popup_event or subscribe_msg_change_event: (TemplateId, accept | reject)."""

    head: Head
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PrivacyIn:
    """user_info_modified, user_authorization_revoke, user_authorization_cancellation.

    Their subject is `subject` (the OpenID node), not FromUserName.
    """

    head: Head
    event: str
    subject: OpenId
    revoked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentIn:
    """kf_create_session, kf_close_session, kf_switch_session: an agent took or left the chat."""

    head: Head
    event: str


@dataclass(frozen=True, slots=True)
class AccountIn:
    """qualification_verify_*, naming_verify_*, annual_renew, verify_expired: operators must hear of it."""

    head: Head
    event: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SilentIn:
    """Events that want no words: VIEW, view_miniprogram, scancode_push, LOCATION, mass-send reports, unknown ones."""

    head: Head
    event: str


Inbound = (
    TextIn | ImageIn | LocationIn | OtherIn | FollowIn | ScanIn | UnfollowIn | ClickIn | PhotosAnnouncedIn | ScanCodeIn
    | DeliveryIn | SubscriptionIn | PrivacyIn | AgentIn | AccountIn | SilentIn
)  # fmt: skip
