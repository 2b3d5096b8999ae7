"""The buttons under the chat: to and from TOML and WeChat's JSON.

What may be published: bot/menu_limits.py. What differs between two menus: bot/menu_changes.py. The default menu with
those for tags: bot/menu_set.py.

source   the platform's pages service/api/custommenu/…
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

FIELDS = ("type", "key", "url", "appid", "pagepath", "media_id", "article_id")
_TOP_FIELDS = ("name", *FIELDS, "sub")


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


def read_menu(text: str) -> Menu:
    """A menu from TOML, not yet checked. Raises MenuUnreadable."""
    return menu_of(table_of(text, {"button"}))


def table_of(text: str, known: set[str]) -> Mapping[str, Any]:
    """The TOML, whose first level has these names only. Raises MenuUnreadable."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MenuUnreadable(f"菜单文件不是正确的 TOML：{error}") from error
    extra = sorted(set(table) - known)
    if extra:
        raise MenuUnreadable(
            f"不认识的内容：{'、'.join(extra)}（菜单只写 [[button]] 和 [[button.sub]]，按标签的写 [[tagged]]）"
        )
    return table


def menu_of(table: Mapping[str, object]) -> Menu:
    """The buttons of a table of TOML. Raises MenuUnreadable."""
    return Menu(tuple(_button(entry, "菜单") for entry in entries_of(table.get("button", []), "button")))


def entries_of(value: object, where: str) -> Sequence[Mapping[str, object]]:
    """A list of tables. Raises MenuUnreadable."""
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
    texts = {key: entry.get(key, "") for key in ("name", *FIELDS)}
    wrong = [key for key, value in texts.items() if not isinstance(value, str)]
    if wrong:
        raise MenuUnreadable(f"{place}：{'、'.join(wrong)} 要写成带引号的文字")
    subs = tuple(_button(sub, "子菜单") for sub in entries_of(entry.get("sub", []), f"{place}的 sub"))
    return Button(**{key: str(value) for key, value in texts.items()}, subs=subs)


def to_wechat(menu: Menu) -> Json:
    """The body of menu/create."""
    return {"button": [_as_wechat(button) for button in menu.buttons]}


def _as_wechat(button: Button) -> Json:
    if button.subs:
        return {"name": button.name, "sub_button": [_as_wechat(sub) for sub in button.subs]}
    return {"name": button.name} | {name: value for name in FIELDS if (value := getattr(button, name))}


def from_wechat(live: Mapping[str, Any]) -> str:
    """The TOML of a live menu (menu/get, menu/create or get_current_selfmenu_info), for an operator to edit.

    raises   MenuUnreadable when it is none
    """
    return "\n".join(toml_lines(menu_of_wechat(live)))


def toml_lines(menu: Menu, table: str = "button") -> list[str]:
    """A menu as lines of TOML; `table` is where its buttons stand."""
    lines: list[str] = []
    for button in menu.buttons:
        lines += [f"[[{table}]]", *_toml_fields(button), ""]
        for sub in button.subs:
            lines += [f"[[{table}.sub]]", *_toml_fields(sub), ""]
    return lines


def _toml_fields(button: Button) -> list[str]:
    return [f"{name} = {toml_text(value)}" for name in ("name", *FIELDS) if (value := getattr(button, name))]


def toml_text(text: str) -> str:
    """A basic string: quotes, backslashes and controls escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}" for char in escaped) + '"'


def menu_of_wechat(live: Mapping[str, Any]) -> Menu:
    """A menu from WeChat's JSON, see `from_wechat`. Raises MenuUnreadable."""
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
    texts = {name: str(entry.get(name) or "") for name in ("name", *FIELDS)}
    if subs:
        texts["type"] = ""
    return Button(**texts, subs=tuple(_live_button(sub) for sub in subs))
