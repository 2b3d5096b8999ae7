"""What WeChat would refuse in a menu, and what a click would not be answered to, button by button.

source   the platform's pages service/api/custommenu/…; limits also from SDKs where the pages are silent
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.menu import FIELDS, Button, Menu

MAX_BUTTONS: Final = 3
MAX_SUBS: Final = 5
KEY_BYTES, URL_BYTES = 128, 1024

NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "click": ("key",),
    "view": ("url",),
    "miniprogram": ("url", "appid", "pagepath"),
    "scancode_push": ("key",),
    "scancode_waitmsg": ("key",),
    "pic_sysphoto": ("key",),
    "pic_photo_or_album": ("key",),
    "pic_weixin": ("key",),
    "location_select": ("key",),
    "media_id": ("media_id",),
    "view_limited": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
}
"""Every type, and the fields it needs: all of them, and no other."""
_ANSWERED_BY_KEY = ("click", "scancode_waitmsg")
_HINT = "提示："


@dataclass(frozen=True, slots=True)
class Level:
    """What holds for the names of one level: bytes at most, and how many Chinese characters a phone shows."""

    word: str
    name_bytes: int
    shown: int


TOP: Final = Level("菜单", 16, 4)
SUB: Final = Level("子菜单", 60, 8)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    top, sub   which button, counted from 0; top None: the menu as a whole, sub None: the upper button itself
    text       a sentence without the button's name
    hint       true: only a warning
    """

    top: int | None
    sub: int | None
    text: str
    hint: bool = False


def faults(menu: Menu, offered_keys: Container[str]) -> Iterator[Fault]:
    """Everything that is wrong with a menu.

    offered_keys   the keys the dialogs answer: a click on any other would bring nothing
    """
    if not 1 <= len(menu.buttons) <= MAX_BUTTONS:
        yield Fault(None, None, f"一级菜单要有 1 到 {MAX_BUTTONS} 个，现在 {len(menu.buttons)} 个")
    for at, button in enumerate(menu.buttons):
        for text, hint in _name_faults(button, TOP):
            yield Fault(at, None, text, hint)
        if not button.subs:
            for text in _deed_faults(button, offered_keys):
                yield Fault(at, None, text)
            continue
        if button.type:
            yield Fault(at, None, "有子菜单就不能再有 type")
        if len(button.subs) > MAX_SUBS:
            yield Fault(at, None, f"子菜单最多 {MAX_SUBS} 个，现在 {len(button.subs)} 个")
        for place, sub in enumerate(button.subs):
            for text, hint in _name_faults(sub, SUB):
                yield Fault(at, place, text, hint)
            for text in _deed_faults(sub, offered_keys):
                yield Fault(at, place, text)


def check(menu: Menu, offered_keys: Container[str]) -> list[str]:
    """What is wrong with a menu, one plain sentence each with its button; those that begin with 提示 only warn."""
    return [sentence(menu, fault) for fault in faults(menu, offered_keys)]


def sentence(menu: Menu, fault: Fault) -> str:
    """A fault with the button it is about."""
    place = ""
    if fault.top is not None:
        button = menu.buttons[fault.top]
        place = f"{TOP.word}“{button.name}”：" if fault.sub is None else f"{SUB.word}“{button.subs[fault.sub].name}”："
    return f"{_HINT if fault.hint else ''}{place}{fault.text}"


def blocks(problem: str) -> bool:
    """Whether a sentence of `check` stops a push; hints do not."""
    return not problem.startswith(_HINT)


def size(text: str) -> int:
    """Bytes, as WeChat counts them."""
    return len(text.encode("utf-8", "replace"))


def width(name: str) -> int:
    """Half-width places on the screen."""
    return sum(1 if char.isascii() else 2 for char in name)


def as_shown(name: str, level: Level) -> str:
    """A name as the phone shows it."""
    if width(name) <= level.shown * 2:
        return name
    kept = ""
    for char in name:
        if width(kept + char) > level.shown * 2:
            break
        kept += char
    return f"{kept}..."


def _name_faults(button: Button, level: Level) -> Iterator[tuple[str, bool]]:
    if not button.name.strip():
        yield "名字是空的", False
    if size(button.name) > level.name_bytes:
        yield f"名字 {size(button.name)} 字节，最多 {level.name_bytes} 字节", False
    elif width(button.name) > level.shown * 2:
        yield f"手机上只显示前 {level.shown} 个汉字，后面变成“...”", True
    if any(_is_unprintable(getattr(button, name)) for name in ("name", *FIELDS)):
        yield "里面有看不见的控制字符或换行，请删掉后重新输入", False


def _is_unprintable(text: str) -> bool:
    r"""JSON can only write these as \u00xx, which WeChat refuses in menus (40033)."""
    return any(char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff" for char in text)


def _deed_faults(button: Button, offered_keys: Container[str]) -> Iterator[str]:
    needs = NEEDS.get(button.type)
    if needs is None:
        yield f"type “{button.type}” 不认识，可用：{'、'.join(NEEDS)}"
        return
    for name in FIELDS[1:]:
        value = str(getattr(button, name))
        if name in needs and not value:
            yield f"{button.type} 按钮缺少 {name}"
        if name not in needs and value:
            yield f"{button.type} 按钮不用 {name}，请删掉"
    if size(button.key) > KEY_BYTES:
        yield f"key 最多 {KEY_BYTES} 字节"
    if size(button.url) > URL_BYTES:
        yield f"url 最多 {URL_BYTES} 字节"
    if button.url and not button.url.startswith(("https://", "http://")):
        yield "url 要以 https:// 开头"
    elif button.url and not _has_host(button.url):
        yield "url 里没有网站名，或有空格"
    if button.type in _ANSWERED_BY_KEY and button.key and button.key not in offered_keys:
        yield f"程序不认识 key “{button.key}”，点了不会有回答"


def _has_host(url: str) -> bool:
    rest = url.partition("://")[2]
    return bool(rest) and not rest.startswith(("/", "?", "#")) and not any(char.isspace() for char in url)
