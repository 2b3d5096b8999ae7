"""The operators' menu pages: what is live, editing, versions, publishing, going back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from bot.console import menu_editor_words as words
from bot.console.desk import Desk
from bot.console.menu_form import Form, changed, faults_by_block, form_of, read_form, set_of
from bot.console.permissions import Pages
from bot.menu import Menu, MenuUnreadable
from bot.menu_limits import KEY_BYTES, NEEDS, SUB, TOP, URL_BYTES, as_shown, size
from bot.menu_set import MenuSet, read_set, set_changes, set_faults, set_sentence, write_set
from bot.menu_words import explained
from bot.publisher import Live, Overtaken, Stopped, Unfit
from dialogs.conversation import MENU_KEYS
from handlers.ports import WeChatError
from handlers.world import CHINA
from storage.errors import Missing
from storage.menus import Publication, Version

PAGE = 20
LIMITS: Mapping[str, int] = {"key": KEY_BYTES, "url": URL_BYTES}
EMPTY = MenuSet(Menu(()))


@dataclass(frozen=True, slots=True)
class Seen:
    """What is live, or why that is not known: exactly one of them."""

    live: Live | None
    trouble: str = ""


def add_menu_editor(pages: Pages, desk: Desk) -> None:
    """The menu pages."""

    @pages.page("/menu", "menu")
    def menus() -> Any:
        versions = desk.menus.versions
        found = versions.listed(PAGE + 1, _number(request.args.get("before", "")))
        last, done, seen = versions.last_publication(), versions.last_done(), _look(desk)
        meant = _wanted(versions.get(done.version)) if done is not None else None
        return render_template(
            "console/menus.html", found=found[:PAGE], more=found[PAGE - 1].number if len(found) > PAGE else 0,
            outcomes=_outcomes(versions.publications([one.number for one in found])), last=last, done=done, seen=seen,
            drift=_drift(seen, meant), under_way=desk.menus.is_under_way(last), default=read_set(desk.menus.default()),
            newest=found[0].number if found and not request.args.get("before") else _newest(desk), **_shared(desk),
        )  # fmt: skip

    @pages.page("/menu/edit", "menu", methods=("GET", "POST"))
    def menu_edit() -> Any:
        if request.method == "GET":
            wanted, newest = _to_edit(desk, request.args.get("from", "")), _newest(desk)
            return _edited(desk, form_of(wanted), base=newest)
        form, base = read_form(request.form), _number(request.form.get("base", ""))
        deed, _, name = request.form.get("do", "check").partition(":")
        if deed in ("save", "save_over"):
            return _saved(desk, form, base)
        if deed != "check":
            changed(form, deed, name)
            return _edited(desk, form, base=base, told=words.PLEASE_SAVE)
        return _edited(desk, form, base=base, checked=True)

    @pages.page("/menu/versions/<number>", "menu")
    def menu_version(number: str) -> Any:
        version, seen = _version(desk, number), _look(desk)
        last = desk.menus.versions.last_publication()
        try:
            wanted, unreadable = read_set(version.content), ""
        except MenuUnreadable as trouble:
            wanted, unreadable = EMPTY, words.UNREADABLE.format(why=trouble)
        found = [] if unreadable else set_faults(wanted, MENU_KEYS)
        tags = _tags(desk, wanted)
        return render_template(
            "console/menu_version.html", version=version, wanted=wanted, unreadable=unreadable, seen=seen,
            stops=[words.plain(set_sentence(wanted, one), tags) for one in found if not one.fault.hint],
            hints=[words.plain(set_sentence(wanted, one), tags) for one in found if one.fault.hint],
            drift=_drift(seen, wanted, tags), newest=_newest(desk), last=last, tags=tags,
            outcomes=_outcomes(desk.menus.versions.publications([version.number])),
            under_way=desk.menus.is_under_way(last), **_shared(desk),
        )  # fmt: skip

    @pages.page("/menu/versions/<number>/publish", "menu", methods=("POST",))
    def menu_publish(number: str) -> Any:
        version, newest = _version(desk, number), _newest(desk)
        old = version.number if version.number != newest else 0
        try:
            if old:
                base = _not_overtaken(desk, _number(desk.said("base", 9)))
                desk.note("rolled_back_menu", _subject(old))
                note = words.NOTE_BACK.format(number=old)
                version = desk.menus.versions.add(
                    version.content, note, desk.member.name, desk.world.clock(), seen=base
                )
        except Overtaken:
            flash(words.PUBLISH_OVERTAKEN)
            return redirect(url_for("console.menu_version", number=old))
        return _published(desk, version, old)

    @pages.page("/menu/default", "menu", methods=("POST",))
    def menu_default() -> Any:
        try:
            base = _not_overtaken(desk, _number(desk.said("base", 9)))
            desk.note("saved_menu", _subject(base + 1))
            version = desk.menus.versions.add(
                desk.menus.default(), words.NOTE_DEFAULT, desk.member.name, desk.world.clock(), seen=base
            )
        except Overtaken:
            flash(words.PUBLISH_OVERTAKEN)
            return redirect(url_for("console.menus"))
        return _published(desk, version, 0)


def _published(desk: Desk, version: Version, old: int) -> Any:
    """Publish and say how it went; `old` is the version this one is a copy of, 0 for none."""
    back = redirect(url_for("console.menu_version", number=version.number))
    try:
        desk.menus.may_publish(version, seen=_number(desk.said("seen", 9)))
        desk.note("published_menu", _subject(version.number))
        desk.menus.publish(version, desk.member.name, seen=_number(desk.said("seen", 9)))
    except Unfit:
        flash(words.UNFIT)
        return back
    except Overtaken:
        flash(words.PUBLISH_OVERTAKEN)
        return back
    except Stopped as stopped:
        flash(words.NOT_ALL.format(why=stopped))
        return back
    done = words.ROLLED_BACK if old else words.PUBLISHED
    flash(done.format(number=version.number, old=old))
    return redirect(url_for("console.menus"))


def _saved(desk: Desk, form: Form, base: int) -> Any:
    """A new version of what is on the page, or the page again with what somebody else saved in between."""
    wanted = set_of(form)
    note = "".join(char for char in desk.said("note", 200) if char.isprintable())
    try:
        _not_overtaken(desk, base)
        desk.note("saved_menu", _subject(base + 1))
        made = desk.menus.versions.add(write_set(wanted), note, desk.member.name, desk.world.clock(), seen=base)
    except Overtaken:
        theirs = desk.menus.versions.newest()
        if theirs is None:  # a number of nobody's
            return _edited(desk, form, base=0, told=words.PLEASE_SAVE)
        told = words.OVERTAKEN.format(who=theirs.made_by, when=_minute(theirs.made_at), number=theirs.number)
        against = [words.plain(one, _tags(desk, wanted)) for one in set_changes(wanted, _wanted(theirs))]
        return _edited(desk, form, base=theirs.number, told=told, against=against, status=409)
    faulty = any(not one.fault.hint for one in set_faults(wanted, MENU_KEYS))
    flash((words.SAVED_FAULTY if faulty else words.SAVED).format(number=made.number))
    return redirect(url_for("console.menu_version", number=made.number))


def _edited(
    desk: Desk, form: Form, *, base: int, told: str = "", checked: bool = False,
    against: Sequence[str] | None = None, status: int = 200,
) -> Any:  # fmt: skip
    """The editor. `against`: what differs from the version somebody else saved."""
    wanted = set_of(form)
    found = set_faults(wanted, MENU_KEYS)
    stops = any(not one.fault.hint for one in found)
    tags = _tags(desk, wanted, always=len(form.parts) > 1)
    told = told or (words.SOUND if checked and not stops else "")
    page = render_template(
        "console/menu_edit.html", form=form, wanted=wanted, base=base, told=told, against=against, tags=tags,
        faults=faults_by_block(form, found), note=desk.said("note", 200),
        stops=[words.plain(set_sentence(wanted, one), tags) for one in found if not one.fault.hint] if checked else [],
        **_shared(desk),
    )  # fmt: skip
    return page, status


def _to_edit(desk: Desk, wish: str) -> MenuSet:
    """Where editing begins: a version by its number, "live", "default"; else the newest version, else what is live."""
    if wish == "default":
        return read_set(desk.menus.default())
    newest = desk.menus.versions.newest()
    if wish.isascii() and wish.isdigit():
        return _wanted(_version(desk, wish))
    if newest is not None and wish != "live":
        return _wanted(newest)
    seen = _look(desk)
    if seen.trouble and wish == "live":
        flash(words.LIVE_AWAY.format(why=seen.trouble))
    if seen.live is not None and seen.live.menus is not None:
        return seen.live.menus
    return _wanted(newest) if newest is not None else read_set(desk.menus.default())


def _look(desk: Desk) -> Seen:
    try:
        return Seen(desk.menus.live())
    except WeChatError as error:
        return Seen(None, explained(error))
    except MenuUnreadable as trouble:
        return Seen(None, f"{trouble}。")


def _drift(seen: Seen, wanted: MenuSet | None, tags: Mapping[str, str] | None = None) -> list[str] | None:
    """What publishing `wanted` would change now; None when that is not known."""
    if seen.live is None or wanted is None:
        return None
    return [words.plain(one, tags) for one in set_changes(wanted, seen.live.menus)]


def _wanted(version: Version) -> MenuSet:
    """An empty menu for a version that cannot be read: its own page says why."""
    try:
        return read_set(version.content)
    except MenuUnreadable:
        return EMPTY


def _version(desk: Desk, number: str) -> Version:
    try:
        return desk.menus.versions.get(_number(number))
    except Missing:
        abort(404)


def _newest(desk: Desk) -> int:
    return desk.menus.versions.newest_number()


def _not_overtaken(desk: Desk, base: int) -> int:
    """Seen before anything is written into the audit book; of two at once `add` still lets one through only."""
    if _newest(desk) != base:
        raise Overtaken
    return base


def _tags(desk: Desk, wanted: MenuSet, *, always: bool = False) -> Mapping[str, str] | None:
    """The account's tags where they are needed; None when WeChat does not tell."""
    return desk.menus.tags() if wanted.tagged or always else {}


def _outcomes(found: Sequence[Publication]) -> Mapping[int, Publication]:
    """The newest publication of each version."""
    return {one.version: one for one in found}


def _shared(desk: Desk) -> Mapping[str, Any]:
    """What every menu page's template uses."""
    return {
        "menu": words, "minute": _minute, "top": TOP, "sub": SUB, "as_shown": as_shown, "size": size, "needs": NEEDS,
        "limits": LIMITS, "keys": list(MENU_KEYS), "plain": words.plain,
    }  # fmt: skip


def _number(text: str) -> int:
    """0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _subject(number: int) -> str:
    return f"菜单第{number}版"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
