"""What differs between two menus, a sentence a button, in an operator's words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.menu import FIELDS, Button, Json, Menu, menu_of_wechat


def diff(menu: Menu, live: Mapping[str, Any] | None) -> list[str]:
    """What a push would change; nothing when the live menu is the same.

    live   as menu/get gave it, None when there is no menu
    """
    return changes(menu, menu_of_wechat(live) if live else Menu(()))


def changes(menu: Menu, before: Menu) -> list[str]:
    """What is new, gone, renamed, changed or moved in `menu`; nothing when both are the same."""
    before, found = _as_renamed(menu, before)
    ours, theirs = list(_placed(menu)), list(_placed(before))
    here, there = dict(ours), dict(theirs)
    found += [f"新增 {place}：{deed(button)}" for place, button in ours if place not in there]
    found += [f"去掉 {place}：{deed(button)}" for place, button in theirs if place not in here]
    for place, button in ours:
        old = there.get(place)
        if old is not None and _bare(old) != _bare(button):
            found.append(f"改动 {place}：{deed(old)} → {deed(button)}")
    if [place for place, _ in ours if place in there] != [place for place, _ in theirs if place in here]:
        found.append("顺序变了：" + "，".join(place for place, _ in ours))
    if not found and menu != before:
        found.append("同名的按钮换了位置")
    return found


def deed(button: Button) -> str:
    """What a button does, as the file says it."""
    targets = (button.key, button.url, button.appid, button.pagepath, button.media_id, button.article_id)
    return " ".join(filter(None, (button.type, *targets))) or "子菜单"


def _as_renamed(menu: Menu, before: Menu) -> tuple[Menu, list[str]]:
    """The menu before with today's names, where only the name changed; and those changes."""
    found = []
    tops = list(before.buttons)
    for at, name in _renames(menu.buttons, tops, _holds_the_same):
        found.append(f"改名 “{tops[at].name}” → “{name}”")
        tops[at] = replace(tops[at], name=name)
    free = list(menu.buttons)
    for place, top in enumerate(tops):
        now = next((one for one in free if one.name == top.name), None)
        if now is None:
            continue
        free.remove(now)
        subs = list(top.subs)
        for at, name in _renames(now.subs, subs, _does_the_same):
            found.append(f"改名 “{top.name} › {subs[at].name}” → “{name}”")
            subs[at] = replace(subs[at], name=name)
        tops[place] = replace(top, subs=tuple(subs))
    return Menu(tuple(tops)), found


def _renames(
    new: Sequence[Button], old: Sequence[Button], alike: Callable[[Button, Button], bool]
) -> list[tuple[int, str]]:
    """Which old button bears which new name: neither name stands in the other row."""
    names, known, found = {one.name for one in new}, {one.name for one in old}, dict[int, str]()
    for button in new:
        free = (at for at, one in enumerate(old) if at not in found and one.name not in names and alike(button, one))
        if button.name not in known and (at := next(free, None)) is not None:
            found[at] = button.name
    return list(found.items())


def _does_the_same(one: Button, other: Button) -> bool:
    return _bare(one) == _bare(other)


def _holds_the_same(one: Button, other: Button) -> bool:
    """An upper button is the same when it does the same, or holds a button of the same name."""
    if not one.subs and not other.subs:
        return _does_the_same(one, other)
    return bool({sub.name for sub in one.subs} & {sub.name for sub in other.subs})


def _placed(menu: Menu) -> Iterator[tuple[str, Button]]:
    """Each button under the words an operator would use for it; the second of one name is told apart by a number."""
    seen: dict[str, int] = {}
    for button in menu.buttons:
        below = ((f"“{button.name} › {sub.name}”", sub) for sub in button.subs)
        for place, one in ((f"“{button.name}”", button), *below):
            seen[place] = seen.get(place, 0) + 1
            yield place if seen[place] == 1 else f"{place}（第 {seen[place]} 个）", one


def _bare(button: Button) -> Json:
    return {name: value for name in FIELDS if (value := getattr(button, name))}
