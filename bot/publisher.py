"""Menus to the live account: what is live now, and putting a version there step by step.

WeChat changes one menu a call: the default one first (65303), then the conditional ones, the newest of which is tried
first. None can be edited: the old ones are taken away and all are added again. What stops half-way is written down
with what is live then; publishing again is always safe.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.menu import Json, MenuUnreadable, to_wechat
from bot.menu_file import menu_text
from bot.menu_limits import blocks
from bot.menu_set import MenuSet, check_set, read_set, rule_body, set_of_wechat
from bot.menu_words import ADDING, CREATING, LIVE_AFTER, READING, REMOVING, STOPPED, explained
from bot.wechat_menus import WeChatMenus
from dialogs.conversation import MENU_KEYS
from handlers.ports import WeChatError
from storage.errors import StoreUnavailable
from storage.menus import MenuVersions, Overtaken, Publication, Version

UNDER_WAY = timedelta(minutes=3)
"""A publication begun longer ago than this has died: no call takes so long."""
TAGS_KEPT_S = 60


class Unfit(ValueError):
    """The menu may not be published: a sentence a line."""


class Stopped(Exception):
    """WeChat refused or was away; the text says where it stopped, why, what is live now and what to do."""


@dataclass(frozen=True, slots=True)
class Live:
    """What the account shows. `elsewhere`: made on mp.weixin.qq.com, not by the API."""

    menus: MenuSet | None
    elsewhere: bool = False


@dataclass
class Publisher:
    """One account's menus.

    patient  for publishing; `quick` for looking, while somebody waits for a page
    """

    versions: MenuVersions
    patient: WeChatMenus
    quick: WeChatMenus
    clock: Callable[[], datetime]
    file: Path | None = None
    """The configured menu file."""
    _tags: tuple[float, Mapping[str, str] | None] = field(default=(-1e9, None), init=False)

    def live(self) -> Live:
        """What is live. Raises WeChatError, MenuUnreadable."""
        try:
            found = self.quick.get_menu()
        except WeChatError as error:
            if error.remedy == "alarm":  # an account without 认证 may at least look
                with suppress(WeChatError):
                    return self._made_elsewhere()
            raise
        return Live(set_of_wechat(found)) if found is not None else self._made_elsewhere()

    def _made_elsewhere(self) -> Live:
        seen = self.quick.get_self_menu()
        return Live(set_of_wechat(seen), elsewhere=True) if seen is not None else Live(None)

    def tags(self) -> Mapping[str, str] | None:
        """The account's tags, number to name, as of the last minute; None while WeChat does not tell."""
        at, known = self._tags
        if time.monotonic() - at > TAGS_KEPT_S:
            try:
                known = self.quick.get_tags()
            except WeChatError:
                known = None
            self._tags = (time.monotonic(), known)
        return known

    def default(self) -> str:
        """The menu to begin with, as TOML: the configured file, or the one that ships when that cannot be read."""
        with suppress(OSError, ValueError):
            text = menu_text(self.file)
            read_set(text)
            return text
        return menu_text()

    def is_under_way(self, last: Publication | None) -> bool:
        """Whether somebody is publishing at this moment."""
        return last is not None and last.outcome == "begun" and self.clock() - last.at < UNDER_WAY

    def may_publish(self, version: Version, *, seen: int) -> MenuSet:
        """Raises Unfit, Overtaken; StoreUnavailable."""
        wanted, last = fit(version.content), self.versions.last_publication()
        if self.is_under_way(last) or (last.id if last is not None else 0) != seen:
            raise Overtaken
        return wanted

    def publish(self, version: Version, by: str, *, seen: int) -> None:
        """Put a version live. `seen`: the newest publication its publisher knew, 0 for none.

        raises   Unfit, Overtaken (somebody else published or is publishing), Stopped, StoreUnavailable
        """
        wanted = self.may_publish(version, seen=seen)
        begun = self.versions.begin(version.number, by, self.clock(), seen=seen)
        try:
            put_live(self.patient, wanted)
        except Stopped as stopped:
            self.versions.end(begun.id, "stopped", str(stopped))
            raise
        self.versions.end(begun.id, "done")

    def record_and_publish(self, content: str, by: str, note: str) -> Version:
        """From the command line: this text as a version (the newest one when it is the same), published at once.

        raises   as `publish`
        """
        fit(content)
        newest = self.versions.newest()
        if newest is None or newest.content != content:
            newest = self.versions.add(content, note, by, self.clock(), seen=newest.number if newest else 0)
        last = self.versions.last_publication()
        self.publish(newest, by, seen=last.id if last is not None else 0)
        return newest

    def last_published(self) -> Version | None:
        """The version published last of those that went well. Raises StoreUnavailable."""
        done = self.versions.last_done()
        return self.versions.get(done.version) if done is not None else None


def fit(content: str) -> MenuSet:
    """The menus of a text that may be published. Raises Unfit with every reason why not."""
    try:
        wanted = read_set(content)
    except MenuUnreadable as trouble:
        raise Unfit(str(trouble)) from trouble
    if problems := [problem for problem in check_set(wanted, MENU_KEYS) if blocks(problem)]:
        raise Unfit("\n".join(problems))
    return wanted


def put_live(client: WeChatMenus, wanted: MenuSet) -> None:
    """Every step, in WeChat's order. Raises Stopped."""
    step, now = CREATING, LIVE_AFTER["nothing"]
    try:
        client.create_menu(to_wechat(wanted.default))
        step, now = READING, LIVE_AFTER["default"]
        live = client.get_menu() or {}
        if _same_rules(live, wanted):
            return
        step = REMOVING
        for one in live.get("conditionalmenu") or ():
            client.delete_conditional_menu(str(one.get("menuid", "")))
            now = LIVE_AFTER["removing"]
        for count, tagged in enumerate(reversed(wanted.tagged)):  # the newest is tried first
            step = ADDING.format(tag=tagged.tag)
            now = LIVE_AFTER["adding"].format(count=count, all=len(wanted.tagged))
            client.add_conditional_menu(rule_body(tagged))
    except WeChatError as error:
        raise Stopped(STOPPED.format(step=step, why=explained(error), now=now)) from error


def _same_rules(live: Json, wanted: MenuSet) -> bool:
    """Whether the conditional menus are as wanted already: then nobody need lose theirs for a moment."""
    try:
        return set_of_wechat(live).tagged == wanted.tagged
    except MenuUnreadable:
        return not wanted.tagged and not live.get("conditionalmenu")


__all__ = ["Live", "Overtaken", "Publisher", "Stopped", "StoreUnavailable", "Unfit", "fit", "put_live"]
