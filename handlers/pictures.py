"""Pictures the operator sets, for example the QR code of an app: uploaded ahead of time, sent by their media_id.

A text turn must not wait for WeChat: it takes the media_id a worker has left, or says the picture in words.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import redis

from storage.errors import StoreUnavailable

RENEWED_AFTER_S = 2 * 24 * 3600
"""A temporary media_id dies after 3 days."""


class Uploads(Protocol):
    """Where pictures are uploaded to."""

    def upload_media(self, kind: str, filename: str, data: bytes, content_type: str) -> str:
        """The media_id of a temporary picture. Raises WeChatError."""


class Pictures:
    """The operator's picture files by name, and the media_ids they have at WeChat now."""

    def __init__(self, client: "redis.Redis", paths: Mapping[str, Path]) -> None:
        self._redis = client
        self._paths = paths

    def media_id(self, name: str) -> str:
        """The picture's media_id, "" when none was set or uploaded. Raises StoreUnavailable."""
        if name not in self._paths:
            return ""
        try:
            kept = self._redis.get(_key(name))
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
        return kept.decode() if isinstance(kept, bytes) else ""

    def upload(self, uploads: Uploads) -> int:
        """Upload what has no media_id (any more). Returns how many. Raises WeChatError, StoreUnavailable, OSError."""
        missing = [name for name in self._paths if not self.media_id(name)]
        for name in missing:
            path = self._paths[name]
            kind = "image/png" if path.suffix.lower() == ".png" else "image/jpeg"
            media_id = uploads.upload_media("image", path.name, path.read_bytes(), kind)
            self._redis.set(_key(name), media_id, ex=RENEWED_AFTER_S)
        return len(missing)


def _key(name: str) -> str:
    return f"picture:{name}"
