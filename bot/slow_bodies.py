"""Bodies read whole before a page's code runs, a few at once: whoever sends theirs by drips holds no thread but these.

The web server waits for a body without end. WeChat's messages are not among them: theirs are read once their query is
known to be signed (envelope.py). source: tried against granian 2.7; docs/security.md says what the proxy adds
"""

import io
import threading
from collections.abc import Callable, Iterable
from typing import Any

MOST_BYTES = 2 * 1024 * 1024
BUSY = b"busy, try again"
_Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def bounded(app: _Wsgi, at_once: int, exempt: str) -> _Wsgi:
    """The same application, reading at most `at_once` bodies at the same time; those of the path `exempt` are its
    own business. One too many is told 503, one too long 413."""
    slots = threading.BoundedSemaphore(at_once)

    def called(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not _has_body(environ) or environ.get("PATH_INFO") == exempt:
            return app(environ, start)
        if not slots.acquire(blocking=False):
            start("503 Service Unavailable", [("Content-Type", "text/plain"), ("Retry-After", "5")])
            return [BUSY]
        try:
            body = _read(environ)
        finally:
            slots.release()
        if body is None:
            start("413 Content Too Large", [("Content-Type", "text/plain")])
            return [b""]
        return app({**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}, start)

    return called


def _has_body(environ: dict[str, Any]) -> bool:
    return environ.get("CONTENT_LENGTH", "") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ


def _read(environ: dict[str, Any]) -> bytes | None:
    """None when it is too long."""
    said = environ.get("CONTENT_LENGTH", "")
    if said and not (said.isascii() and said.isdigit() and len(said) <= 9 and int(said) <= MOST_BYTES):
        return None
    wanted = int(said) if said else MOST_BYTES + 1
    parts, size = [], 0
    while size < wanted and (part := environ["wsgi.input"].read(wanted - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts) if size <= MOST_BYTES else None
