"""Temporary media: what followers and the bot sent, kept for three days, and the public address of each picture."""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.simulator.errors import WeChatSays

LIFE_S = 3 * 24 * 3600
MAX_BYTES: Mapping[str, int] = {"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "thumb": 64 << 10}
MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"GIF8", "image/gif", "gif"),
    (b"#!AMR", "audio/amr", "amr"),
    (b"ID3", "audio/mp3", "mp3"),
)


@dataclass(frozen=True, slots=True)
class Media:
    """One stored piece; `kind` is image, voice, video or thumb, `until` and `ready` are in unix seconds: before `ready`
    it cannot be had yet."""

    media_id: str
    kind: str
    content: bytes
    created: int
    until: float
    ready: float = 0.0

    @property
    def content_type(self) -> str:
        return _sniffed(self.content)[0]

    @property
    def filename(self) -> str:
        return f"{self.media_id}.{_sniffed(self.content)[1]}"


def _sniffed(content: bytes) -> tuple[str, str]:
    for magic, content_type, ending in MAGIC:
        if content.startswith(magic):
            return content_type, ending
    return ("video/mp4", "mp4") if content[4:8] == b"ftyp" else ("application/octet-stream", "dat")


class MediaShelf:
    """Threads may come at once."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._media: dict[str, Media] = {}
        self._pictures: dict[str, bytes] = {}
        self._late: tuple[float, int] = (0.0, 0)

    def keep(self, kind: str, content: bytes) -> Media:
        """Store for three days under a new media_id."""
        now = self._now()
        with self._lock:
            late_s, times = self._late
            self._late = (late_s, max(0, times - 1))
            ready = now + late_s if times else 0.0
            media = Media(secrets.token_urlsafe(48), kind, content, int(now), now + LIFE_S, ready)
            self._media[media.media_id] = media
        return media

    def uploaded(self, kind: str, content: bytes) -> Media:
        """POST media/upload. Raises WeChatSays 40004, 44001-like emptiness as 41005, 45001, 40005."""
        if kind not in MAX_BYTES:
            raise WeChatSays(40004)
        if not content:
            raise WeChatSays(41005)
        if len(content) > MAX_BYTES[kind]:
            raise WeChatSays(45001)
        if kind in ("image", "thumb") and not _sniffed(content)[0].startswith("image/"):
            raise WeChatSays(40005)
        return self.keep(kind, content)

    def get(self, media_id: str) -> Media:
        """Raises WeChatSays 41006 or 40007 (unknown, not there yet, or dead after three days)."""
        if not media_id:
            raise WeChatSays(41006)
        with self._lock:
            media = self._media.get(media_id)
        if media is None or media.until <= self._now() or media.ready > self._now():
            raise WeChatSays(40007)
        return media

    def has(self, media_id: str) -> bool:
        with self._lock:
            media = self._media.get(media_id)
        return media is not None and media.until > self._now()

    def forget(self, media_id: str) -> None:
        """Let a media_id die early."""
        with self._lock:
            self._media.pop(media_id, None)

    def late(self, late_s: float, times: int = 1) -> None:
        """The next so many pieces can be had only so many seconds after their message has been pushed."""
        with self._lock:
            self._late = (late_s, times)

    def expire(self) -> None:
        """As if three days had passed: every media_id until now is dead."""
        with self._lock:
            self._media.clear()

    def shown(self, content: bytes) -> str:
        """Give a picture its public address (the PicUrl of an image message): it needs no token and does not die."""
        name = secrets.token_urlsafe(40)
        with self._lock:
            self._pictures[name] = content
        return name

    def picture(self, name: str) -> bytes | None:
        with self._lock:
            return self._pictures.get(name)
