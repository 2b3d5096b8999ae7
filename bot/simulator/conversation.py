"""What one phone shows: the lines of its chat, and waiting for the next."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

GREY_LINE = "该公众号提供的服务出现故障，请稍后再试"
KEPT = 2000

Side = Literal["me", "account", "system"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chat.

    side    me (the follower), account, or system (grey, in the middle)
    kind    text image voice location sticker menu news music video notice options handover grey
    via     how the account's lines came: passive, custom (customer-service message), template, subscription
    detail  what the kind needs beside text and media_id, plain JSON
    """

    id: int
    at: float
    side: Side
    kind: str
    text: str = ""
    media_id: str = ""
    via: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Conversation:
    """Threads may write and wait at once."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._changed = threading.Condition()
        self._lines: list[Line] = []
        self._last = 0
        self._closed = False

    def add(
        self,
        side: Side,
        kind: str,
        text: str = "",
        *,
        media_id: str = "",
        via: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> Line:
        with self._changed:
            self._last += 1
            line = Line(self._last, self._now(), side, kind, text, media_id, via, detail or {})
            self._lines = [*self._lines[-KEPT:], line]
            self._changed.notify_all()
            return line

    def touch(self) -> None:
        """Wake those who wait although no line came (the menu or the typing sign changed)."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Wake everybody for good: the platform stops."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def after(self, line_id: int = 0, wait_s: float = 0.0) -> tuple[Line, ...]:
        """The lines after this id; waits so long for the first one."""
        with self._changed:
            if wait_s > 0 and self._last <= line_id and not self._closed:
                self._changed.wait(wait_s)
            return tuple(line for line in self._lines if line.id > line_id)
