"""An account's whole menu: the default one, and those for people with a tag (个性化菜单). One TOML text holds both.

    [[button]] …                      the default menu
    [[tagged]]                        a menu for one tag; the first that fits a person is theirs
    tag = "101"
    [[tagged.button]] …

Only rules of one tag: rules on sex, region or language were withdrawn (65320), and old ones silently match nobody.

source   the platform's pages service/api/custommenu/api_addconditionalmenu and its neighbours
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from bot.menu import (
    Json,
    Menu,
    MenuUnreadable,
    entries_of,
    menu_of,
    menu_of_wechat,
    table_of,
    to_wechat,
    toml_text,
)
from bot.menu import toml_lines as menu_lines
from bot.menu_changes import changes
from bot.menu_limits import Fault, faults, sentence

MAX_DOMAINS: Final = 3
"""Web sites that all conditional menus together may lead to (65316)."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A menu for people with one tag. `tag` is its number; a live rule of another kind is written as it is."""

    tag: str
    menu: Menu


@dataclass(frozen=True, slots=True)
class MenuSet:
    """The default menu, and those for tags: the first that fits decides."""

    default: Menu
    tagged: tuple[Tagged, ...] = ()

    @property
    def menus(self) -> tuple[Menu, ...]:
        """All, the default one first."""
        return (self.default, *(one.menu for one in self.tagged))


@dataclass(frozen=True, slots=True)
class SetFault:
    """A fault and whose it is: 0 for the default menu, else the place among the tagged ones counted from 1."""

    menu: int
    fault: Fault


def read_set(text: str) -> MenuSet:
    """From TOML, not yet checked. Raises MenuUnreadable."""
    table = table_of(text, {"button", "tagged"})
    return MenuSet(menu_of(table), tuple(_tagged(entry) for entry in entries_of(table.get("tagged", []), "tagged")))


def _tagged(entry: Mapping[str, object]) -> Tagged:
    tag = entry.get("tag", "")
    if extra := sorted(set(entry) - {"tag", "button"}):
        raise MenuUnreadable(f"按标签的菜单：不认识 {'、'.join(extra)}")
    if not isinstance(tag, (str, int)):
        raise MenuUnreadable("按标签的菜单：tag 要写成标签的编号")
    return Tagged(str(tag), menu_of(entry))


def write_set(wanted: MenuSet) -> str:
    """As TOML, for `read_set`."""
    lines = menu_lines(wanted.default)
    for one in wanted.tagged:
        lines += ["[[tagged]]", f"tag = {toml_text(one.tag)}", "", *menu_lines(one.menu, "tagged.button")]
    return "\n".join(lines)


def set_of_wechat(live: Mapping[str, Any]) -> MenuSet:
    """What menu/get gave. Raises MenuUnreadable."""
    conditional = live.get("conditionalmenu") or []
    if not isinstance(conditional, list) or not all(isinstance(one, Mapping) for one in conditional):
        raise MenuUnreadable("微信返回的个性化菜单看不懂")
    tagged = (Tagged(_tag_of(one.get("matchrule")), menu_of_wechat(one)) for one in conditional)
    return MenuSet(menu_of_wechat(live), tuple(tagged))


def _tag_of(rule: object) -> str:
    """WeChat takes a tag_id and gives it back as group_id."""
    if not isinstance(rule, Mapping):
        return ""
    kept = {str(name): str(value) for name, value in rule.items() if value not in ("", None)}
    if len(kept) == 1 and (tag := kept.get("tag_id") or kept.get("group_id")):
        return tag
    return " ".join(f"{name}={value}" for name, value in sorted(kept.items()))


def rule_body(one: Tagged) -> Json:
    """The body of menu/addconditional."""
    return to_wechat(one.menu) | {"matchrule": {"tag_id": one.tag}}


def set_faults(wanted: MenuSet, offered_keys: Container[str]) -> list[SetFault]:
    """Everything that is wrong, of the default menu first."""
    found = [SetFault(at, fault) for at, menu in enumerate(wanted.menus) for fault in faults(menu, offered_keys)]
    tags: list[str] = []
    for at, one in enumerate(wanted.tagged, 1):
        if not (one.tag.isascii() and one.tag.isdigit()):
            found.append(SetFault(at, Fault(None, None, "请选一个标签；别的条件微信已经不支持")))
        elif one.tag in tags:
            found.append(SetFault(at, Fault(None, None, "这个标签上面已经有一个菜单，这个不会出现")))
        tags.append(one.tag)
    domains = sorted({domain for one in wanted.tagged for domain in _domains(one.menu)})
    if len(domains) > MAX_DOMAINS:
        told = f"按标签的菜单加起来最多用 {MAX_DOMAINS} 个网站，现在 {len(domains)} 个：{'、'.join(domains)}"
        found.append(SetFault(len(wanted.tagged), Fault(None, None, told)))
    return found


def _domains(menu: Menu) -> Iterator[str]:
    for button in menu.buttons:
        for one in (button, *button.subs):
            if one.url:
                try:
                    yield urlsplit(one.url).hostname or ""
                except ValueError:
                    yield one.url[:100]


def check_set(wanted: MenuSet, offered_keys: Container[str]) -> list[str]:
    """The faults as sentences that name menu and button; those that begin with 提示 only warn."""
    return [set_sentence(wanted, one) for one in set_faults(wanted, offered_keys)]


def set_sentence(wanted: MenuSet, one: SetFault) -> str:
    """One fault in words."""
    told = sentence(wanted.menus[one.menu], one.fault)
    return told if one.menu == 0 else f"{told}（标签 {wanted.tagged[one.menu - 1].tag or '未选'} 的菜单）"


def set_changes(wanted: MenuSet, before: MenuSet | None) -> list[str]:
    """What publishing would change, a sentence each; `before` None: there is no menu."""
    old = before or MenuSet(Menu(()))
    found = changes(wanted.default, old.default)
    ours, theirs = ({one.tag: one.menu for one in menus.tagged} for menus in (wanted, old))
    found += [f"新增 标签 {tag} 的菜单" for tag in ours if tag not in theirs]
    found += [f"去掉 标签 {tag} 的菜单" for tag in theirs if tag not in ours]
    for tag, menu in ours.items():
        if tag in theirs:
            found += [f"标签 {tag} 的菜单：{change}" for change in changes(menu, theirs[tag])]
    if not found and wanted.tagged != old.tagged:
        found.append("按标签的菜单换了先后")
    return found
