"""What WeChat pushes, as XML: every message and event a 服务号's webhook can meet.

Each function gives the nodes after CreateTime; `render` puts the common head before them. Text goes out in CDATA,
numbers plain, in the order the platform's own samples have.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Node: TypeAlias = "str | int | float | Sequence[tuple[str, Node]]"
Nodes = tuple[tuple[str, Node], ...]

STICKER = "【收到不支持的消息类型，暂无法显示】"
PicsEvent = Literal["pic_sysphoto", "pic_photo_or_album", "pic_weixin"]
ScanEvent = Literal["scancode_push", "scancode_waitmsg"]


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees, and what WeChat's map calls the spot."""

    lat: float
    lng: float
    label: str = ""
    scale: int = 16


def render(to: str, sender: str, created: int, nodes: Iterable[tuple[str, Node]]) -> str:
    """One push in clear. `created` is in unix seconds."""
    head: Nodes = (("ToUserName", to), ("FromUserName", sender), ("CreateTime", created))
    return f"<xml>{''.join(_node(name, value) for name, value in (*head, *nodes))}</xml>"


def _node(name: str, value: Node) -> str:
    if isinstance(value, str):
        return f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"
    if isinstance(value, int | float):
        return f"<{name}>{value}</{name}>"
    return f"<{name}>{''.join(_node(inner, each) for inner, each in value)}</{name}>"


# messages: each has a MsgId


def text(content: str, msg_id: int, menuid: str = "") -> Nodes:
    """Typed text; with `menuid` the tap on a weixin://bizmsgmenu link or a msgmenu option."""
    nodes: Nodes = (("MsgType", "text"), ("Content", content), ("MsgId", msg_id))
    return (*nodes, ("bizmsgmenuid", menuid)) if menuid else nodes


def image(media_id: str, pic_url: str, msg_id: int) -> Nodes:
    return (("MsgType", "image"), ("PicUrl", pic_url), ("MsgId", msg_id), ("MediaId", media_id))


def voice(media_id: str, msg_id: int, recognition: str = "") -> Nodes:
    """`recognition` is empty on real accounts since 2026, even when switched on."""
    return (
        ("MsgType", "voice"),
        ("MediaId", media_id),
        ("Format", "amr"),
        ("MsgId", msg_id),
        ("MediaId16K", f"{media_id}16k"),
        ("Recognition", recognition),
    )


def video(media_id: str, thumb_media_id: str, msg_id: int, short: bool = False) -> Nodes:
    kind = "shortvideo" if short else "video"
    return (("MsgType", kind), ("MediaId", media_id), ("ThumbMediaId", thumb_media_id), ("MsgId", msg_id))


def location(place: Place, msg_id: int) -> Nodes:
    return (
        ("MsgType", "location"),
        ("Location_X", place.lat),
        ("Location_Y", place.lng),
        ("Scale", place.scale),
        ("Label", place.label),
        ("MsgId", msg_id),
    )


def link(title: str, description: str, url: str, msg_id: int) -> Nodes:
    return (("MsgType", "link"), ("Title", title), ("Description", description), ("Url", url), ("MsgId", msg_id))


def file(title: str, msg_id: int) -> Nodes:
    """Not in the official list; seen by some bots."""
    return (("MsgType", "file"), ("Title", title), ("Description", ""), ("FileKey", "0"), ("MsgId", msg_id))


# events: no MsgId


def event(name: str, *more: tuple[str, Node]) -> Nodes:
    return (("MsgType", "event"), ("Event", name), *more)


def subscribe(scene: str = "", ticket: str = "") -> Nodes:
    """Following; with a scene, by its QR code."""
    if not scene:
        return event("subscribe", ("EventKey", ""))
    return event("subscribe", ("EventKey", f"qrscene_{scene}"), ("Ticket", ticket))


def unsubscribe() -> Nodes:
    return event("unsubscribe", ("EventKey", ""))


def scan(scene: str, ticket: str) -> Nodes:
    return event("SCAN", ("EventKey", scene), ("Ticket", ticket))


def position(place: Place, precision: float = 50.0) -> Nodes:
    return event("LOCATION", ("Latitude", place.lat), ("Longitude", place.lng), ("Precision", precision))


def click(key: str) -> Nodes:
    return event("CLICK", ("EventKey", key))


def view(url: str, menu_id: int) -> Nodes:
    return event("VIEW", ("EventKey", url), ("MenuId", menu_id))


def view_miniprogram(pagepath: str, menu_id: int) -> Nodes:
    return event("view_miniprogram", ("EventKey", pagepath), ("MenuId", menu_id))


def scancode(name: ScanEvent, key: str, result: str, scan_type: str = "qrcode") -> Nodes:
    info = (("ScanType", scan_type), ("ScanResult", result))
    return event(name, ("EventKey", key), ("ScanCodeInfo", info))


def pics(name: PicsEvent, key: str, md5s: Sequence[str]) -> Nodes:
    items: Nodes = tuple(("item", (("PicMd5Sum", md5),)) for md5 in md5s)
    return event(name, ("EventKey", key), ("SendPicsInfo", (("Count", len(md5s)), ("PicList", items))))


def location_select(key: str, place: Place, poi: str = "") -> Nodes:
    info = (
        ("Location_X", str(place.lat)),
        ("Location_Y", str(place.lng)),
        ("Scale", str(place.scale)),
        ("Label", place.label),
        ("Poiname", poi),
    )
    return event("location_select", ("EventKey", key), ("SendLocationInfo", info))


def template_finished(msg_id: int, status: str = "success") -> Nodes:
    return event("TEMPLATESENDJOBFINISH", ("MsgID", msg_id), ("Status", status))


def mass_finished(msg_id: int, total: int, status: str = "send success") -> Nodes:
    counts = (("TotalCount", total), ("FilterCount", total), ("SentCount", total), ("ErrorCount", 0))
    return event("MASSSENDJOBFINISH", ("MsgID", msg_id), ("Status", status), *counts)


def subscribe_popup(choices: Sequence[tuple[str, str]], scene: int = 0) -> Nodes:
    """Choices are (TemplateId, accept | reject)."""
    rows: Nodes = tuple(
        ("List", (("TemplateId", one), ("SubscribeStatusString", said), ("PopupScene", scene))) for one, said in choices
    )
    return event("subscribe_msg_popup_event", ("SubscribeMsgPopupEvent", rows))


def subscribe_change(template_ids: Sequence[str]) -> Nodes:
    """Only withdrawals are pushed."""
    rows: Nodes = tuple(("List", (("TemplateId", one), ("SubscribeStatusString", "reject"))) for one in template_ids)
    return event("subscribe_msg_change_event", ("SubscribeMsgChangeEvent", rows))


def subscribe_sent(template_id: str, msg_id: int, code: int = 0, status: str = "success") -> Nodes:
    row = (("TemplateId", template_id), ("MsgID", msg_id), ("ErrorCode", code), ("ErrorStatus", status))
    return event("subscribe_msg_sent_event", ("SubscribeMsgSentEvent", (("List", row),)))


PrivacyEvent = Literal["user_info_modified", "user_authorization_revoke", "user_authorization_cancellation"]


def privacy(name: PrivacyEvent, subject: str, app_id: str, revoked: Sequence[str] = ()) -> Nodes:
    """The PIPL events: their subject is OpenID, not FromUserName. `revoked` are codes 201 to 207."""
    nodes = event(name, ("OpenID", subject), ("UnionID", ""), ("AppID", app_id))
    return (*nodes, *(("RevokeInfo", code) for code in revoked))


def agent_came(account: str) -> Nodes:
    return event("kf_create_session", ("KfAccount", account))


def agent_left(account: str) -> Nodes:
    return event("kf_close_session", ("KfAccount", account))


def agent_changed(old: str, new: str) -> Nodes:
    return event("kf_switch_session", ("FromKfAccount", old), ("ToKfAccount", new))


AccountEvent = Literal[
    "qualification_verify_success", "naming_verify_success", "annual_renew", "verify_expired",
    "qualification_verify_fail", "naming_verify_fail",
]  # fmt: skip


def verification(name: AccountEvent, at: int, reason: str = "") -> Nodes:
    """What happened to the account's own 认证; `at` is ExpiredTime or FailTime, in unix seconds."""
    if name.endswith("_fail"):
        return event(name, ("FailTime", at), ("FailReason", reason))
    return event(name, ("ExpiredTime", at))
