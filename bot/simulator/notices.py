"""Template messages and subscription notices: what WeChat checks in them, and who accepted what."""

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from bot.simulator.errors import WeChatSays

SENT_ONCE_S = 600.0  # the same openid and client_msg_id within this time are one message

HAN = r"[\u3400-\u9fff·]"
RULES: tuple[tuple[str, str], ...] = (
    ("character_string", r"[\x20-\x7e]{1,32}"),
    ("short_thing", r".{1,5}"),
    ("thing", r".{1,20}"),
    ("phrase", HAN + r"{1,5}"),
    ("const", r".{0,20}"),
    ("name", HAN + r"{1,10}|[A-Za-z ]{1,20}"),
    ("time", r"[0-9年月日:\-/ ~上下午]{2,42}"),
    ("date", r"[0-9年月日:\-/ ~上下午]{2,42}"),
    ("amount", r"[¥￥$€£]?[0-9.,]{1,12}元?"),
    ("phone_number", r"[0-9+\- ]{1,17}"),
    ("car_number", r".{1,8}"),
    ("number", r"[0-9.\-]{1,32}"),
    ("letter", r"[A-Za-z]{1,32}"),
    ("symbol", r"[^\w\s]{1,5}"),
)


def checked_values(given: Any) -> dict[str, str]:
    """{keyword: value} of a `data` object. Raises WeChatSays 47003, naming the field."""
    if not isinstance(given, dict) or not given:
        raise WeChatSays(47003, "data is empty")
    values: dict[str, str] = {}
    for keyword, holder in given.items():
        value = holder.get("value") if isinstance(holder, dict) else None
        if not isinstance(value, str) or re.search(r"[\x00-\x1f]", value):
            raise WeChatSays(47003, f"data.{keyword}.value is not one line of text")
        prefix = re.match(r"([a-z_]+?)[0-9]*$", keyword)
        rule = next((rule for name, rule in RULES if prefix and prefix[1] == name), None)
        if rule is not None and not re.fullmatch(rule, value):
            raise WeChatSays(47003, f"data.{keyword}.value invalid")
        values[keyword] = value
    return values


class Notices:
    """Which templates exist, which subscriptions are accepted, which sends are repeats. Threads may come at once."""

    def __init__(self, template_ids: tuple[str, ...], now: Callable[[], float]) -> None:
        self._template_ids, self._now = template_ids, now
        self._lock = threading.Lock()
        self._accepted: dict[tuple[str, str], int] = {}
        self._sent: dict[tuple[str, str], tuple[int, float]] = {}

    def known(self, template_id: Any) -> str:
        """Raises WeChatSays 40036, 40037."""
        if not isinstance(template_id, str) or not template_id:
            raise WeChatSays(40036)
        if self._template_ids and template_id not in self._template_ids:
            raise WeChatSays(40037)
        return template_id

    def accepted(self, openid: str, template_id: str) -> None:
        """One accept is one send."""
        with self._lock:
            key = (openid, template_id)
            self._accepted[key] = self._accepted.get(key, 0) + 1

    def withdrawn(self, openid: str, template_id: str) -> None:
        with self._lock:
            self._accepted.pop((openid, template_id), None)

    def use_acceptance(self, openid: str, template_id: str) -> None:
        """Raises WeChatSays 43101 when nothing is left."""
        with self._lock:
            left = self._accepted.get((openid, template_id), 0)
            if left <= 0:
                raise WeChatSays(43101)
            self._accepted[openid, template_id] = left - 1

    def sent_before(self, openid: str, client_msg_id: str, new_id: int) -> int | None:
        """The msgid of the same send within ten minutes; else None, and `new_id` is remembered as its msgid."""
        now = self._now()
        with self._lock:
            self._sent = {key: (one, at) for key, (one, at) in self._sent.items() if now - at < SENT_ONCE_S}
            seen = self._sent.get((openid, client_msg_id))
            if seen is None:
                self._sent[openid, client_msg_id] = (new_id, now)
            return seen[0] if seen else None


def shown(template_id: str, values: Mapping[str, str]) -> str:
    """A notice as the phone shows it."""
    return "\n".join([f"服务通知（{template_id}）", *(f"{keyword}：{value}" for keyword, value in values.items())])
