"""Which input of the core an inbound message is; None for events that want no words."""

from dataclasses import replace

from dialogs.allowance import Trigger
from dialogs.effects import (
    AgentCame,
    AgentLeft,
    Clicked,
    Followed,
    Input,
    Located,
    PhotosComing,
    Said,
    Sent,
    Unfollowed,
    Unreadable,
)
from dialogs.records import Forget, Revoked
from handlers.inbound import (
    AgentIn,
    ClickIn,
    FollowIn,
    Head,
    ImageIn,
    Inbound,
    LocationIn,
    OtherIn,
    PhotosAnnouncedIn,
    PrivacyIn,
    ScanCodeIn,
    ScanIn,
    TextIn,
    UnfollowIn,
)
from storage.sessions import mark_of

LONGEST_TEXT = 2000
"""Characters that are read: WeChat lets people type about so many, no answer has a quarter of them."""
UNDERWAY_MOST_S = 30
"""WeChat repeats a push for 15 s and gives it up: one that is dated further from its arrival bears a wrong clock."""


def head_of(inbound: Inbound) -> Head:
    """Whom a message concerns: its sender, but for WeChat's privacy events, which are about somebody else."""
    head = inbound.head
    return replace(head, openid=inbound.subject) if isinstance(inbound, PrivacyIn) else head


def told(inbound: Inbound) -> Input | None:
    """The core's word for this message. Nickname and picture (user_info_modified) are nowhere kept."""
    match inbound:
        case TextIn(text=text, tap=tap):
            return Said(text[:LONGEST_TEXT], tap)
        case ImageIn(head=head, media_id=media_id, pic_url=pic_url):
            return Sent(mark_of(head.key).hex(), media_id, pic_url, head.created, head.order)
        case LocationIn(lat=lat, lng=lng):
            return Located(lat, lng)
        case OtherIn(kind=kind):
            return Unreadable(kind)
        case FollowIn(scene=scene):
            return Followed(scene, new=True)
        case ScanIn(scene=scene):
            return Followed(scene, new=False)
        case UnfollowIn():
            return Unfollowed()
        case ClickIn(menu_key=key):
            return Clicked(key)
        case PhotosAnnouncedIn(count=count, md5s=md5s):
            return PhotosComing(count, md5s)
        case AgentIn(head=head, event="kf_close_session"):
            return AgentLeft(head.created)
        case AgentIn(head=head):
            return AgentCame(head.created)
        case ScanCodeIn(result=result):
            return Said(result[:LONGEST_TEXT])
        case PrivacyIn(event="user_authorization_cancellation"):
            return Forget("closed")
        case PrivacyIn(event="user_authorization_revoke", revoked=codes):
            return Revoked(codes)
        case _:
            return None


def dated(told: Input, now: int) -> Input:
    """A photograph counts as sent when it arrived, where its own date cannot be: else it would push those that were
    answered before out of their slots. `now` in unix seconds."""
    if isinstance(told, Sent) and told.sent_at and abs(told.sent_at - now) > UNDERWAY_MOST_S:
        return replace(told, sent_at=now)
    return told


def earning(head: Head, told: Input) -> Trigger | None:
    """What this deed earns of customer-service messages; None for nothing. A tapped option is reckoned as a click, and
    of the buttons only CLICK and scancode earn anything: location_select and pic_… do not."""
    is_event = head.key.startswith("e:")
    match told:
        case Said(tap=tap):
            return "brief" if tap or is_event else "message"
        case Clicked() | Followed():
            return "brief"
        case Sent() | Located() | Unreadable() if not is_event:
            return "message"
        case _:
            return None
