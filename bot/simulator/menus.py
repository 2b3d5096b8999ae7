"""The account's menus: the default one and the conditional ones, checked against WeChat's limits with its errcodes."""

import copy
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.errors import WeChatSays

Button = Mapping[str, Any]

NEEDS: Mapping[str, tuple[str, ...]] = {
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
WITHDRAWN_RULES = {"sex", "country", "province", "city", "language"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The errcodes of one level: top buttons and sub-buttons have their own. `domain` is for what is no web address."""

    number: int
    kind: int
    name: int
    key: int
    url: int
    domain: int
    name_bytes: int


TOP = Codes(number=40016, kind=40015, name=40018, key=40019, url=40020, domain=40055, name_bytes=16)
SUB = Codes(number=40023, kind=40024, name=40025, key=40026, url=40027, domain=40054, name_bytes=60)


def check_buttons(buttons: Any, codes: Codes = TOP) -> None:
    """Raises WeChatSays for whatever WeChat would not publish."""
    most = 3 if codes is TOP else 5
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= most:
        raise WeChatSays(codes.number)
    for button in buttons:
        if not isinstance(button, dict):
            raise WeChatSays(47001)
        name = button.get("name")
        if not isinstance(name, str) or not 1 <= len(name.encode()) <= codes.name_bytes:
            raise WeChatSays(codes.name)
        below = button.get("sub_button")
        if below and codes is SUB:
            raise WeChatSays(40022)
        if below:
            check_buttons(below, SUB)
        else:
            _check_deed(button, codes)


def _check_deed(button: Button, codes: Codes) -> None:
    kind = button.get("type")
    if not isinstance(kind, str) or kind not in NEEDS:
        raise WeChatSays(codes.kind)
    for need in NEEDS[kind]:
        value = button.get(need)
        size = len(value.encode()) if isinstance(value, str) else 0
        if need == "url":
            if not 1 <= size <= 1024:
                raise WeChatSays(codes.url)
            if not re.match(r"https?://[^/\s]+", str(value)):
                raise WeChatSays(codes.domain)
        elif need == "key":
            if not 1 <= size <= 128:
                raise WeChatSays(codes.key)
        elif not size:
            raise WeChatSays(40097, need)


class Menus:
    """What is published. Threads may come at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._default: list[Any] = []
        self._conditional: list[dict[str, Any]] = []
        self._last_id = 208379533

    def create(self, body: Any) -> None:
        buttons = body.get("button") if isinstance(body, dict) else None
        check_buttons(buttons)
        with self._lock:
            self._default = [_full(button) for button in buttons or ()]

    def add_conditional(self, body: Any) -> int:
        """Its menuid. Raises WeChatSays 65303 without a default menu, 65304, 65307, 65320."""
        if not isinstance(body, dict) or not body.get("button"):
            raise WeChatSays(65307)
        check_buttons(body["button"])
        rule = {name: value for name, value in (body.get("matchrule") or {}).items() if value not in ("", None)}
        if not rule:
            raise WeChatSays(65304)
        if WITHDRAWN_RULES & set(rule):
            raise WeChatSays(65320)
        with self._lock:
            if not self._default:
                raise WeChatSays(65303)
            domains = set(_domains(body["button"])).union(*(_domains(one["button"]) for one in self._conditional))
            if len(domains) > 3:
                raise WeChatSays(65316)
            self._last_id += 1
            buttons = [_full(button) for button in body["button"]]
            self._conditional.insert(0, {"button": buttons, "matchrule": rule, "menuid": self._last_id})
            return self._last_id

    def delete(self) -> None:
        """The default menu, and with it every conditional one."""
        with self._lock:
            self._default, self._conditional = [], []

    def delete_conditional(self, menuid: str) -> None:
        with self._lock:
            left = [menu for menu in self._conditional if str(menu["menuid"]) != str(menuid)]
            if len(left) == len(self._conditional):
                raise WeChatSays(65301)
            self._conditional = left

    def get(self) -> dict[str, Any]:
        """As menu/get answers. Raises WeChatSays 46003 when there is none."""
        with self._lock:
            if not self._default:
                raise WeChatSays(46003)
            shown: dict[str, Any] = {"menu": {"button": copy.deepcopy(self._default)}}
            if self._conditional:
                shown["menu"]["menuid"] = 208379533
                shown["conditionalmenu"] = copy.deepcopy(self._conditional)
            return shown

    def self_menu(self) -> dict[str, Any]:
        """As get_current_selfmenu_info answers: sub-buttons sit in a `list`."""
        with self._lock:
            if not self._default:
                return {"is_menu_open": 0}
            return {"is_menu_open": 1, "selfmenu_info": {"button": [_self_shown(each) for each in self._default]}}

    def seen_by(self, tags: Iterable[int]) -> Sequence[Button]:
        """The buttons a follower with these tags has: the newest conditional menu that matches, else the default."""
        wanted = {str(tag) for tag in tags}
        with self._lock:
            for menu in self._conditional:
                if str(menu["matchrule"].get("tag_id", menu["matchrule"].get("group_id"))) in wanted:
                    return list(copy.deepcopy(menu["button"]))
            return copy.deepcopy(self._default)


def _domains(buttons: Iterable[Button]) -> Iterator[str]:
    for button in buttons:
        if button.get("url"):
            yield urlsplit(str(button["url"])).hostname or ""
        yield from _domains(button.get("sub_button") or ())


def _full(button: Button) -> dict[str, Any]:
    below = [_full(each) for each in button.get("sub_button") or ()]
    kept = {name: value for name, value in button.items() if name != "sub_button"}
    return {**kept, "sub_button": below}


def _self_shown(button: Button) -> dict[str, Any]:
    shown = {name: value for name, value in button.items() if name != "sub_button"}
    if button["sub_button"]:
        shown["sub_button"] = {"list": [_self_shown(each) for each in button["sub_button"]]}
    return shown
