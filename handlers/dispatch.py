"""Which input of the core an inbound message is; None for events that want no words."""

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
from handlers.inbound import (
    AgentIn,
    ClickIn,
    FollowIn,
    ImageIn,
    Inbound,
    LocationIn,
    OtherIn,
    PhotosAnnouncedIn,
    ScanCodeIn,
    ScanIn,
    TextIn,
    UnfollowIn,
)
from storage.sessions import mark_of


def told(inbound: Inbound) -> Input | None:
    """The core's word for this message."""
    match inbound:
        case TextIn(text=text, tap=tap):
            return Said(text, tap)
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
            return Said(result)
        case _:
            return None
