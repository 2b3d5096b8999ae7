"""Scene QR codes: made by qrcode/create, shown by their ticket, scanned by phones."""

import io
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

from bot.simulator.errors import WeChatSays

MAX_LIFE_S = 2_592_000
FOR_EVER = float("inf")


@dataclass(frozen=True, slots=True)
class Code:
    """`until` is in unix seconds; permanent codes have infinity."""

    ticket: str
    scene: str
    until: float

    @property
    def url(self) -> str:
        return f"http://weixin.qq.com/q/{self.ticket[:24]}"


class Scenes:
    """Threads may come at once."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}

    def create(self, body: Any) -> tuple[Code, int]:
        """The code, and its life in seconds (0: permanent). Raises WeChatSays 40052, 40053."""
        name = body.get("action_name") if isinstance(body, dict) else None
        if name not in ("QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"):
            raise WeChatSays(40052)
        scene = _scene(name, (body.get("action_info") or {}).get("scene") or {})
        life_s = 0
        if "LIMIT" not in name:
            life_s = body.get("expire_seconds", 60)
            if not isinstance(life_s, int) or not 1 <= life_s <= MAX_LIFE_S:
                raise WeChatSays(40053)
        code = Code(f"gQ{secrets.token_urlsafe(60)}", scene, self._now() + life_s if life_s else FOR_EVER)
        with self._lock:
            self._codes[code.ticket] = code
        return code, life_s

    def by_ticket(self, ticket: str) -> Code | None:
        with self._lock:
            code = self._codes.get(ticket)
        return code if code and code.until > self._now() else None

    def ticket_of(self, scene: str) -> str:
        """The ticket of the newest code of this scene; one nobody made for a scene nobody made."""
        with self._lock:
            codes = [code.ticket for code in self._codes.values() if code.scene == scene]
        return codes[-1] if codes else f"gQ{secrets.token_urlsafe(60)}"

    def all(self) -> list[str]:
        """Scenes that can be scanned now, newest last."""
        with self._lock:
            return list(dict.fromkeys(code.scene for code in self._codes.values() if code.until > self._now()))


def _scene(name: str, given: Any) -> str:
    if name.endswith("STR_SCENE"):
        text = given.get("scene_str")
        if not isinstance(text, str) or not 1 <= len(text) <= 64:
            raise WeChatSays(40053)
        return text
    number = given.get("scene_id")
    most = 100_000 if "LIMIT" in name else 2**32 - 1
    if not isinstance(number, int) or not 1 <= number <= most:
        raise WeChatSays(40053)
    return str(number)


def drawn(code: Code) -> bytes:
    """A JPEG standing in for the code: a pattern of its ticket. Nothing can read it; phones here scan by scene."""
    picture = Image.new("RGB", (430, 430), "white")
    pen = ImageDraw.Draw(picture)
    bits = int.from_bytes(code.ticket.encode() * 8, "big")
    for row in range(25):
        for column in range(25):
            if bits >> (row * 25 + column) & 1:
                pen.rectangle((15 + column * 16, 15 + row * 16, 30 + column * 16, 30 + row * 16), fill="black")
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=80)
    return held.getvalue()
