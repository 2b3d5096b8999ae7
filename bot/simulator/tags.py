"""The account's tags (标签): made by operators, put on followers, and what conditional menus ask for."""

import itertools
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from bot.simulator.errors import WeChatSays

MOST, NAME_BYTES, A_PERSON, A_CALL = 100, 30, 20, 50


class Taggable(Protocol):
    """What a tag is put on."""

    tags: tuple[int, ...]


class Tags:
    """What is there. Threads may come at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: dict[int, str] = {}
        self._numbers = itertools.count(100)  # below are WeChat's own

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """As tags/create answers. Raises WeChatSays 45157 (taken), 45158 (too long), 45056 (too many)."""
        given = body.get("tag")
        name = given.get("name") if isinstance(given, dict) else None
        if not isinstance(name, str) or not 1 <= len(name.encode()) <= NAME_BYTES:
            raise WeChatSays(45158)
        with self._lock:
            if name in self._names.values():
                raise WeChatSays(45157)
            if len(self._names) >= MOST:
                raise WeChatSays(45056)
            number = next(self._numbers)
            self._names[number] = name
        return {"tag": {"id": number, "name": name}}

    def get(self, everybody: Callable[[], Iterable[Taggable]] = tuple) -> dict[str, Any]:
        """As tags/get answers, with how many followers bear each."""
        followers = tuple(everybody())
        with self._lock:
            return {
                "tags": [
                    {"id": number, "name": name, "count": sum(number in one.tags for one in followers)}
                    for number, name in self._names.items()
                ]
            }

    def mark(self, body: Mapping[str, Any], known: Callable[[object], Taggable | None]) -> None:
        """As tags/members/batchtagging. Raises WeChatSays 45159 (no such tag), 40003, 40032 (too many), 45059."""
        number, openids = body.get("tagid"), body.get("openid_list")
        if not isinstance(openids, list) or not 1 <= len(openids) <= A_CALL:
            raise WeChatSays(40032)
        with self._lock:
            if number not in self._names:
                raise WeChatSays(45159)
            followers = [known(openid) for openid in openids]
            for one in followers:
                if one is None:
                    raise WeChatSays(40003)
                if len(set(one.tags) | {number}) > A_PERSON:
                    raise WeChatSays(45059)
            for one in followers:
                if one is not None and number not in one.tags:
                    one.tags = (*one.tags, number)
