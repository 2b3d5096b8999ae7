"""The buttons under the chat: a TOML text an operator edits, checked before WeChat sees it, compared with what is live.

source   the platform's pages service/api/custommenu/…; limits also from SDKs where the pages are silent
"""

import tomllib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]

MAX_BUTTONS: Final = 3
MAX_SUBS: Final = 5
_TOP_BYTES, _SUB_BYTES = 16, 60
_TOP_SHOWN, _SUB_SHOWN = 4, 8
_KEY_BYTES, _URL_BYTES = 128, 1024

_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
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
_ANSWERED_BY_KEY = ("click", "scancode_waitmsg")
_FIELDS = ("type", "key", "url", "appid", "pagepath", "media_id", "article_id")
_TOP_FIELDS = ("name", *_FIELDS, "sub")
_HINT = "提示："


class MenuUnreadable(ValueError):
    """The text is no menu; the message says where, in an operator's words."""


@dataclass(frozen=True, slots=True)
class Button:
    """One button: either `subs` or a type with what the type needs."""

    name: str
    type: str = ""
    key: str = ""
    url: str = ""
    appid: str = ""
    pagepath: str = ""
    media_id: str = ""
    article_id: str = ""
    subs: tuple["Button", ...] = ()


@dataclass(frozen=True, slots=True)
class Menu:
    """The buttons from left to right."""

    buttons: tuple[Button, ...]


def read_menu(toml_text: str) -> Menu:
    """A menu from TOML, not yet checked. Raises MenuUnreadable."""
    try:
        table = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        raise MenuUnreadable(f"菜单文件不是正确的 TOML：{error}") from error
    extra = sorted(set(table) - {"button"})
    if extra:
        raise MenuUnreadable(f"不认识的内容：{'、'.join(extra)}（菜单只写 [[button]] 和 [[button.sub]]）")
    return Menu(tuple(_button(entry, "菜单") for entry in _entries(table.get("button", []), "button")))


def _entries(value: object, where: str) -> Sequence[Mapping[str, object]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise MenuUnreadable(f"{where} 要写成 [[…]] 的列表")
    return value


def _button(entry: Mapping[str, object], where: str) -> Button:
    name = entry.get("name", "")
    place = f"{where}“{name}”"
    fields = _TOP_FIELDS if where == "菜单" else _TOP_FIELDS[:-1]
    extra = sorted(set(entry) - set(fields))
    if extra:
        raise MenuUnreadable(f"{place}：不认识 {'、'.join(extra)}")
    texts = {key: entry.get(key, "") for key in ("name", *_FIELDS)}
    wrong = [key for key, value in texts.items() if not isinstance(value, str)]
    if wrong:
        raise MenuUnreadable(f"{place}：{'、'.join(wrong)} 要写成带引号的文字")
    subs = tuple(_button(sub, "子菜单") for sub in _entries(entry.get("sub", []), f"{place}的 sub"))
    return Button(**{key: str(value) for key, value in texts.items()}, subs=subs)


def check(menu: Menu, offered_keys: Container[str]) -> list[str]:
    """What is wrong with a menu, one plain sentence each with its button; those that begin with 提示 only warn.

    offered_keys   the keys the dialogs answer: a click on any other would bring nothing
    """
    found = []
    if not 1 <= len(menu.buttons) <= MAX_BUTTONS:
        found.append(f"一级菜单要有 1 到 {MAX_BUTTONS} 个，现在 {len(menu.buttons)} 个")
    for button in menu.buttons:
        found += _name_problems(button, "菜单", _TOP_BYTES, _TOP_SHOWN)
        if not button.subs:
            found += _deed_problems(button, "菜单", offered_keys)
            continue
        if button.type:
            found.append(f"菜单“{button.name}”：有子菜单就不能再有 type")
        if len(button.subs) > MAX_SUBS:
            found.append(f"菜单“{button.name}”：子菜单最多 {MAX_SUBS} 个，现在 {len(button.subs)} 个")
        for sub in button.subs:
            found += _name_problems(sub, "子菜单", _SUB_BYTES, _SUB_SHOWN)
            found += _deed_problems(sub, "子菜单", offered_keys)
    return found


def blocks(problem: str) -> bool:
    """Whether a sentence of `check` stops a push; hints do not."""
    return not problem.startswith(_HINT)


def _name_problems(button: Button, where: str, max_bytes: int, shown: int) -> Iterator[str]:
    size = len(button.name.encode("utf-8", "replace"))
    if not button.name.strip():
        yield f"{where}“{button.name}”：名字是空的"
    if size > max_bytes:
        yield f"{where}“{button.name}”：名字 {size} 字节，最多 {max_bytes} 字节"
    elif _width(button.name) > shown * 2:
        yield f"{_HINT}{where}“{button.name}”：手机上只显示前 {shown} 个汉字，后面变成“...”"


def _width(name: str) -> int:
    """Half-width places on the screen."""
    return sum(1 if char.isascii() else 2 for char in name)


def _deed_problems(button: Button, where: str, offered_keys: Container[str]) -> Iterator[str]:
    place = f"{where}“{button.name}”"
    needs = _NEEDS.get(button.type)
    if needs is None:
        yield f"{place}：type “{button.type}” 不认识，可用：{'、'.join(_NEEDS)}"
        return
    for name in _FIELDS[1:]:
        value = str(getattr(button, name))
        if name in needs and not value:
            yield f"{place}：{button.type} 按钮缺少 {name}"
        if name not in needs and value:
            yield f"{place}：{button.type} 按钮不用 {name}，请删掉"
    if len(button.key.encode("utf-8", "replace")) > _KEY_BYTES:
        yield f"{place}：key 最多 {_KEY_BYTES} 字节"
    if len(button.url.encode("utf-8", "replace")) > _URL_BYTES:
        yield f"{place}：url 最多 {_URL_BYTES} 字节"
    if button.url and not button.url.startswith(("https://", "http://")):
        yield f"{place}：url 要以 https:// 开头"
    if button.type in _ANSWERED_BY_KEY and button.key and button.key not in offered_keys:
        yield f"{place}：程序不认识 key “{button.key}”，点了不会有回答"


def to_wechat(menu: Menu) -> Json:
    """The body of menu/create."""
    return {"button": [_as_wechat(button) for button in menu.buttons]}


def _as_wechat(button: Button) -> Json:
    if button.subs:
        return {"name": button.name, "sub_button": [_as_wechat(sub) for sub in button.subs]}
    return {"name": button.name} | {name: value for name in _FIELDS if (value := getattr(button, name))}


def diff(menu: Menu, live: Mapping[str, Any] | None) -> list[str]:
    """What a push would change, a sentence a button; nothing when the live menu is the same.

    live   as menu/get gave it, None when there is no menu
    """
    ours, theirs = list(_placed(menu)), list(_placed(_from_json(live) if live else Menu(())))
    here, there = dict(ours), dict(theirs)
    found = [f"新增 {place}：{_deed(button)}" for place, button in ours if place not in there]
    found += [f"去掉 {place}：{_deed(button)}" for place, button in theirs if place not in here]
    for place, button in ours:
        old = there.get(place)
        if old is not None and _bare(old) != _bare(button):
            found.append(f"改动 {place}：{_deed(old)} → {_deed(button)}")
    if not found and [place for place, _ in ours] != [place for place, _ in theirs]:
        found.append("顺序变了：" + "，".join(place for place, _ in ours))
    return found


def _placed(menu: Menu) -> Iterator[tuple[str, Button]]:
    """Each button under the words an operator would use for it."""
    for button in menu.buttons:
        yield f"“{button.name}”", button
        for sub in button.subs:
            yield f"“{button.name} › {sub.name}”", sub


def _bare(button: Button) -> Json:
    return {name: value for name in _FIELDS if (value := getattr(button, name))}


def _deed(button: Button) -> str:
    target = button.key or button.url or button.media_id or button.article_id
    return f"{button.type} {target}".strip() or "子菜单"


def from_wechat(live: Mapping[str, Any]) -> str:
    """The TOML of a live menu (menu/get, menu/create or get_current_selfmenu_info), for an operator to edit.

    raises   MenuUnreadable when it is none
    """
    lines: list[str] = []
    for button in _from_json(live).buttons:
        lines += ["[[button]]", *_toml_fields(button), ""]
        for sub in button.subs:
            lines += ["[[button.sub]]", *_toml_fields(sub), ""]
    return "\n".join(lines)


def _toml_fields(button: Button) -> list[str]:
    return [f"{name} = {_toml_text(value)}" for name in ("name", *_FIELDS) if (value := getattr(button, name))]


def _toml_text(text: str) -> str:
    """A basic string: quotes, backslashes and controls escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}" for char in escaped) + '"'


def _from_json(live: Mapping[str, Any]) -> Menu:
    inner = live.get("menu") or live.get("selfmenu_info") or live
    entries = inner.get("button") if isinstance(inner, Mapping) else None
    if not isinstance(entries, list):
        raise MenuUnreadable("微信返回的内容里没有菜单")
    return Menu(tuple(_live_button(entry) for entry in entries))


def _live_button(entry: object) -> Button:
    """menu/get lists sub-buttons plainly, get_current_selfmenu_info under `list`."""
    if not isinstance(entry, Mapping):
        raise MenuUnreadable("微信返回的菜单看不懂")
    subs = entry.get("sub_button") or []
    if isinstance(subs, Mapping):
        subs = subs.get("list") or []
    if not isinstance(subs, list):
        raise MenuUnreadable("微信返回的子菜单看不懂")
    texts = {name: str(entry.get(name) or "") for name in ("name", *_FIELDS)}
    if subs:
        texts["type"] = ""
    return Button(**texts, subs=tuple(_live_button(sub) for sub in subs))
