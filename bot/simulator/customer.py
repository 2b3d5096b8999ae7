"""Customer-service messages: what message/custom/send takes, and the line it makes in the chat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bot.simulator.errors import WeChatSays

MAX_TEXT_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Shown:
    """What becomes of a customer-service message on the phone: the fields of a `Line`."""

    kind: str
    text: str = ""
    media_id: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def checked(body: Mapping[str, Any], has_media: Callable[[str], bool]) -> Shown:
    """Raises WeChatSays 40007, 40008, 40097, 44004, 45002, 45008."""
    kind = body.get("msgtype")
    inner = body.get(kind) if isinstance(kind, str) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise WeChatSays(40008)
    if not isinstance(inner, dict):
        raise WeChatSays(40097, f"{kind} missing")
    for need in KINDS[kind]:
        if need.endswith("media_id") and not has_media(str(inner.get(need, ""))):
            raise WeChatSays(40007)
        if not inner.get(need):
            raise WeChatSays(44004 if need == "content" else 40097, need)
    if kind == "text":
        return Shown("text", _sized(inner["content"]))
    if kind == "msgmenu":
        return Shown("options", _menu_text(inner))
    if kind in ("image", "voice", "video"):
        return Shown(kind, media_id=inner["media_id"])
    if kind == "news":
        if not isinstance(inner["articles"], list) or len(inner["articles"]) != 1:
            raise WeChatSays(45008)
        names = (("Title", "title"), ("Description", "description"), ("PicUrl", "picurl"), ("Url", "url"))
        articles = [{name: str(each.get(given, "")) for name, given in names} for each in inner["articles"]]
        return Shown("news", detail={"articles": articles})
    return Shown(kind, str(inner.get("title", "")), detail=dict(inner))


KINDS: Mapping[str, tuple[str, ...]] = {
    "text": ("content",),
    "image": ("media_id",),
    "voice": ("media_id",),
    "video": ("media_id", "thumb_media_id"),
    "music": ("musicurl", "hqmusicurl", "thumb_media_id"),
    "news": ("articles",),
    "mpnews": ("media_id",),
    "mpnewsarticle": ("article_id",),
    "msgmenu": ("list",),
    "wxcard": ("card_id",),
    "miniprogrampage": ("title", "appid", "pagepath", "thumb_media_id"),
}


def _sized(content: Any) -> str:
    if not isinstance(content, str) or not content.strip():
        raise WeChatSays(44004)
    if len(content.encode()) > MAX_TEXT_BYTES:
        raise WeChatSays(45002)
    return content


def _menu_text(menu: Mapping[str, Any]) -> str:
    """A msgmenu as the text a phone shows: head, one tappable option a line, tail."""
    lines = [str(menu.get("head_content", ""))]
    for option in menu["list"]:
        if not isinstance(option, dict) or not option.get("content") or not option.get("id"):
            raise WeChatSays(40097, "list")
        says, menuid = quote(str(option["content"])), quote(str(option["id"]))
        href = f"weixin://bizmsgmenu?msgmenucontent={says}&msgmenuid={menuid}"
        lines.append(f'<a href="{href}">{option["content"]}</a>')
    lines.append(str(menu.get("tail_content", "")))
    return _sized("\n".join(line for line in lines if line))
