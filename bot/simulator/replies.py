"""The bot's answer, read as strictly as WeChat reads it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from bot.simulator import crypto
from bot.simulator.delivery import Answer
from bot.simulator.settings import SimulatorSettings

MAX_TEXT_BYTES = 2048
CLOCK_TOLERANCE_S = 24 * 3600  # only to tell seconds from milliseconds

HEAD = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
BODY: Mapping[str, tuple[str, ...]] = {
    "text": ("Content",),
    "image": ("Image/MediaId",),
    "voice": ("Voice/MediaId",),
    "video": ("Video/MediaId", "Video/Title", "Video/Description"),
    "music": ("Music/Title", "Music/Description", "Music/MusicUrl", "Music/HQMusicUrl", "Music/ThumbMediaId"),
    "news": ("ArticleCount", "Articles"),
    "transfer_customer_service": ("TransInfo/KfAccount",),
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "text": ("Content",),
    "image": ("Image/MediaId",),
    "voice": ("Voice/MediaId",),
    "video": ("Video/MediaId",),
    "music": ("Music/ThumbMediaId",),
    "news": ("ArticleCount", "Articles"),
    "transfer_customer_service": (),
}
ARTICLE = ("Title", "Description", "PicUrl", "Url")


class Violation(Exception):
    """What is wrong with an answer; the follower sees the grey line."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply WeChat would show: its MsgType, its fields ("Image/MediaId"), the articles of a news reply."""

    kind: str
    fields: Mapping[str, str]
    articles: tuple[Mapping[str, str], ...] = ()

    @property
    def text(self) -> str:
        return self.fields.get("Content", "")

    @property
    def media_id(self) -> str:
        return next((value for name, value in self.fields.items() if name.endswith("/MediaId")), "")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the answer answers: who asked, by which MsgType, at what time, and which media WeChat still has."""

    openid: str
    msg_type: str
    now: float
    has_media: Callable[[str], bool]


def read(answer: Answer, asked: Asked, settings: SimulatorSettings) -> Reply | None:
    """The reply to show; None for `success` or an empty body.

    raises  Violation  for anything WeChat would not take
    """
    if answer.status != 200:
        raise Violation(f"HTTP {answer.status}")
    if answer.body in (b"", b"success"):
        return None
    try:
        body = answer.body.decode()
    except UnicodeDecodeError as wrong:
        raise Violation("not UTF-8") from wrong
    root = _parsed(body)
    if root.find("Encrypt") is not None:
        if settings.mode == "plain":
            raise Violation("an encrypted answer in plain mode")
        body = _opened(root, asked, settings)
        if body in ("", "success"):
            raise Violation("`success` was encrypted: it goes in clear")
        root = _parsed(body)
    elif settings.mode == "safe":
        raise Violation("an answer in clear in safe mode")
    return _checked(root, asked, settings)


def _parsed(xml: str) -> ElementTree.Element:
    if "<!DOCTYPE" in xml:
        raise Violation("the answer declares a DTD")
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError as wrong:
        raise Violation(f"neither XML, empty nor success: {wrong}") from wrong
    if root.tag != "xml":
        raise Violation(f"the root is <{root.tag}>, not <xml>")
    return root


def _opened(root: ElementTree.Element, asked: Asked, settings: SimulatorSettings) -> str:
    fields = {each.tag: each.text or "" for each in root}
    if sorted(each.tag for each in root) != ["Encrypt", "MsgSignature", "Nonce", "TimeStamp"]:
        raise Violation(f"an envelope holds Encrypt, MsgSignature, TimeStamp, Nonce; this one {sorted(fields)}")
    stamp = fields["TimeStamp"]
    if not re.fullmatch(r"[0-9]{1,12}", stamp) or abs(int(stamp) - asked.now) > CLOCK_TOLERANCE_S:
        raise Violation(f"TimeStamp {stamp} is not the time in seconds")
    expected = crypto.signature(settings.token, stamp, fields["Nonce"], fields["Encrypt"])
    if not crypto.same(expected, fields["MsgSignature"]):
        raise Violation("MsgSignature does not fit")
    try:
        return crypto.decrypt(fields["Encrypt"], settings.aes_key, settings.app_id)
    except crypto.Undecipherable as wrong:
        raise Violation(f"cannot be decrypted: {wrong}") from wrong


def _checked(root: ElementTree.Element, asked: Asked, settings: SimulatorSettings) -> Reply:
    tags = [each.tag for each in root]
    if len(tags) != len(set(tags)):
        raise Violation(f"a node comes twice: {tags}")
    head = {name: (root.findtext(name) or "").strip() for name in HEAD}
    if head["ToUserName"] != asked.openid:
        raise Violation("ToUserName is not the follower")
    if head["FromUserName"] != settings.account_id:
        raise Violation("FromUserName is not the account")
    if not re.fullmatch(r"[0-9]{1,12}", head["CreateTime"]):
        raise Violation("CreateTime is not unix seconds")
    kind = head["MsgType"]
    if kind not in BODY:
        raise Violation(f"unknown MsgType {kind!r}")
    known = {*HEAD, *(path.split("/")[0] for path in BODY[kind])}
    if set(tags) - known:
        raise Violation(f"nodes that do not belong to {kind}: {sorted(set(tags) - known)}")
    fields = {path: root.findtext(path) or "" for path in BODY[kind] if root.find(path) is not None}
    missing = [path for path in REQUIRED[kind] if path not in fields]
    if missing:
        raise Violation(f"{kind} without {missing}")
    return _fit(Reply(kind, fields, _articles(root)), asked)


def _articles(root: ElementTree.Element) -> tuple[Mapping[str, str], ...]:
    return tuple(
        {name: item.findtext(name) or "" for name in ARTICLE} for item in root.findall("Articles/item")
    )  # fmt: skip


def _fit(reply: Reply, asked: Asked) -> Reply:
    if reply.kind == "text":
        size = len(reply.text.encode())
        if not reply.text.strip():
            raise Violation("an empty text")
        if size > MAX_TEXT_BYTES:
            raise Violation(f"a text of {size} bytes, more than {MAX_TEXT_BYTES}")
    if reply.kind in ("image", "voice", "video") and not asked.has_media(reply.media_id):
        raise Violation("a MediaId WeChat does not have")
    if reply.kind == "transfer_customer_service" and asked.msg_type == "event":
        raise Violation("transfer_customer_service answers messages, never events")
    if reply.kind == "news":
        limit = 8 if asked.msg_type == "event" else 1
        if not 1 <= len(reply.articles) <= limit:
            raise Violation(f"{len(reply.articles)} articles where 1 to {limit} may be")
        if reply.fields["ArticleCount"].strip() != str(len(reply.articles)):
            raise Violation("ArticleCount is not the number of articles")
    return reply
