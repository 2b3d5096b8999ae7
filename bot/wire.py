"""Callback XML to Inbound; replies to XML (passive_reply, reply_text) under the same roof. Names as WeChat has them.

source   the platform's pages Receiving_standard_messages and Receiving_event_pushes (service/guide/product/message)
"""

import base64
import hashlib
import math
from collections.abc import Callable

from bot.callback_xml import Malformed, Node, read
from bot.passive_reply import Article, ImageOut, NewsOut, Outbound, render
from bot.reply_text import quoted, text_of
from dialogs.model import OpenId
from handlers.inbound import (
    AccountIn,
    AgentIn,
    ClickIn,
    DeliveryIn,
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
    SilentIn,
    SubscriptionIn,
    TextIn,
    UnfollowIn,
)

__all__ = [
    "SUCCESS",
    "Article",
    "ImageOut",
    "Malformed",
    "NewsOut",
    "Outbound",
    "parse",
    "quoted",
    "render",
    "text_of",
]

SUCCESS = b"success"
"""The answer that says nothing; sent in clear in every mode."""

STICKER = "收到不支持的消息类型，暂无法显示"
"""What WeChat puts, in 【】, into a text message in place of a sticker or anything else it does not pass on."""

_NAME_CHARS = 128
_MEDIA_ID_CHARS = 256
_PIC_URL_CHARS = 1024
"""Longer than any WeChat gives: what is kept of a person must not grow by what somebody sends."""
_TAP_CHARS = 128
_OTHERS = frozenset({"voice", "video", "shortvideo", "link", "file"})


def parse(xml: bytes) -> Inbound:
    """One push as a value. Raises Malformed, never anything else."""
    root = read(xml)
    kind = root.get("MsgType").lower()
    if not kind:
        raise Malformed("no MsgType")
    if kind == "event":
        event = root.get("Event").lower()
        return _event(event, root, _head(root, _event_key(xml)))
    return _message(kind, root, _head(root, _message_key(root, xml)))


def _head(root: Node, key: str) -> Head:
    openid, account, created = root.get("FromUserName"), root.get("ToUserName"), root.get("CreateTime")
    if not 0 < len(openid) <= _NAME_CHARS or not 0 < len(account) <= _NAME_CHARS:
        raise Malformed("no FromUserName or ToUserName")
    if not (created.isascii() and created.isdigit() and len(created) <= 12):
        raise Malformed("no CreateTime")
    return Head(OpenId(openid), account, int(created), key)


def _digest(xml: bytes) -> str:
    """16 characters: enough to tell apart what one person sends in a day."""
    return base64.urlsafe_b64encode(hashlib.blake2b(xml, digest_size=12).digest()).decode()


def _message_key(root: Node, xml: bytes) -> str:
    msg_id = root.get("MsgId")
    if msg_id.isascii() and msg_id.isdigit() and len(msg_id) <= 20 and int(msg_id) < 2**64:
        return "m:" + msg_id
    return "h:" + _digest(xml)


def _event_key(xml: bytes) -> str:
    """Events have no MsgId. The decrypted body holds all that tells them apart: CreateTime, Event, EventKey, and
    for receipts, of which several a second are normal, MsgID or the items.
    """
    return "e:" + _digest(xml)


def _message(kind: str, root: Node, head: Head) -> Inbound:
    match kind:
        case "text":
            content = root.raw("Content")
            if content.strip(" \n【】[]") == STICKER:
                return OtherIn(head, "sticker")
            return TextIn(head, content, _short(root, "bizmsgmenuid", _TAP_CHARS))
        case "image":
            media_id, pic_url = _short(root, "MediaId", _MEDIA_ID_CHARS), _short(root, "PicUrl", _PIC_URL_CHARS)
            return ImageIn(head, media_id, pic_url) if media_id or pic_url else OtherIn(head, "unknown")
        case "location":
            return _location(root, head)
        case _:
            return OtherIn(head, kind if kind in _OTHERS else "unknown")


def _short(root: Node, name: str, most: int) -> str:
    """"" for what is longer than it can be."""
    value = root.get(name)
    return value if len(value) <= most else ""


def _location(node: Node, head: Head) -> Inbound:
    """Location_X is the latitude. `node` is a location message or the SendLocationInfo of an event."""
    lat, lng = _degrees(node.get("Location_X"), 90), _degrees(node.get("Location_Y"), 180)
    if lat is None or lng is None:
        return OtherIn(head, "unknown")
    label = " ".join(filter(None, (node.get("Label"), node.get("Poiname"))))
    return LocationIn(head, lat, lng, label)


def _degrees(text: str, limit: int) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= limit else None


def _event(event: str, root: Node, head: Head) -> Inbound:
    read_event = _EVENTS.get(event)
    if read_event is not None:
        return read_event(event, root, head)
    if event.startswith(("qualification_verify_", "naming_verify_")):
        return _account(event, root, head)
    return SilentIn(head, event)


def _follow(_event: str, root: Node, head: Head) -> Inbound:
    """Only a scanned code has `qrscene_`; other EventKeys of subscribe are foreign (last_trade_no_…)."""
    key = root.get("EventKey")
    return FollowIn(head, key.removeprefix("qrscene_") if key.startswith("qrscene_") else "")


def _unfollow(_event: str, _root: Node, head: Head) -> Inbound:
    return UnfollowIn(head)


def _scan(_event: str, root: Node, head: Head) -> Inbound:
    return ScanIn(head, root.get("EventKey"))


def _click(_event: str, root: Node, head: Head) -> Inbound:
    return ClickIn(head, root.get("EventKey"))


def _scan_code(_event: str, root: Node, head: Head) -> Inbound:
    info = root.find("ScanCodeInfo") or root
    return ScanCodeIn(head, root.get("EventKey"), info.get("ScanResult"))


def _photos(_event: str, root: Node, head: Head) -> Inbound:
    md5s = tuple(node.text.strip() for node in root.every("PicMd5Sum"))
    counts = root.every("Count")
    count = counts[0].text.strip() if counts else ""
    known = count.isascii() and count.isdigit() and len(count) <= 3
    return PhotosAnnouncedIn(head, root.get("EventKey"), int(count) if known else len(md5s), md5s)


def _location_select(_event: str, root: Node, head: Head) -> Inbound:
    return _location(root.find("SendLocationInfo") or root, head)


def _template_sent(_event: str, root: Node, head: Head) -> Inbound:
    return DeliveryIn(head, ((root.get("MsgID"), root.get("Status")),))


def _subscription_sent(_event: str, root: Node, head: Head) -> Inbound:
    """ErrorCode 0 is delivered; else the status is WeChat's words."""
    return DeliveryIn(
        head,
        tuple(
            (
                item.get("MsgID"),
                "success"
                if item.get("ErrorCode") == "0"
                else f"{item.get('ErrorCode')} {item.get('ErrorStatus')}".strip(),
            )
            for item in root.every("List")
        ),
        "subscription",
    )


def _subscription(_event: str, root: Node, head: Head) -> Inbound:
    items = root.every("List")
    return SubscriptionIn(
        head, tuple((item.get("TemplateId"), item.get("SubscribeStatusString").lower()) for item in items)
    )


def _privacy(event: str, root: Node, head: Head) -> Inbound:
    """FromUserName is the platform's account here; without OpenID there is nobody to act for."""
    subject = root.get("OpenID")
    if not 0 < len(subject) <= _NAME_CHARS:
        return SilentIn(head, event)
    revoked = " ".join(node.text for node in root.every("RevokeInfo")).replace(",", " ").split()
    return PrivacyIn(head, event, OpenId(subject), tuple(revoked))


def _agent(event: str, _root: Node, head: Head) -> Inbound:
    return AgentIn(head, event)


def _account(event: str, root: Node, head: Head) -> Inbound:
    """ExpiredTime, or FailTime and FailReason, under WeChat's names."""
    known = {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event"}
    return AccountIn(head, event, {node.name: node.text.strip() for node in root.nodes if node.name not in known})


_EVENTS: dict[str, Callable[[str, Node, Head], Inbound]] = {
    "subscribe": _follow,
    "unsubscribe": _unfollow,
    "scan": _scan,
    "click": _click,
    "scancode_waitmsg": _scan_code,
    "pic_sysphoto": _photos,
    "pic_photo_or_album": _photos,
    "pic_weixin": _photos,
    "location_select": _location_select,
    "templatesendjobfinish": _template_sent,
    "subscribe_msg_sent_event": _subscription_sent,
    "subscribe_msg_popup_event": _subscription,
    "subscribe_msg_change_event": _subscription,
    "user_info_modified": _privacy,
    "user_authorization_revoke": _privacy,
    "user_authorization_cancellation": _privacy,
    "kf_create_session": _agent,
    "kf_close_session": _agent,
    "kf_switch_session": _agent,
    "annual_renew": _account,
    "verify_expired": _account,
}
