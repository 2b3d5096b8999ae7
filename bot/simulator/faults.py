"""Things that go wrong at WeChat's HTTP API, on order: by Python (`platform.faults.add`), by HTTP or by page
(`orders`)."""

import base64
import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from flask import Response

from bot.simulator.errors import MESSAGES

Kind = Literal[
    "delay",  # right, but late by delay_s
    "drip",  # right, but spread over delay_s
    "errcode",  # HTTP 200, JSON with errcode
    "errcode_as_text",  # the same called text/plain
    "status",  # an HTTP status, 502 unless told
    "html",  # HTTP 200 and a page in place of the answer
    "empty",  # HTTP 200 and nothing
    "garbage",  # HTTP 200, an image's headers, random bytes
    "wrong_type",  # right bytes under another Content-Type and a misleading name
    "truncated",  # half of the announced bytes, then the line drops
    "cut",  # half of the bytes, honestly announced
    "video",  # JSON with a video_url where a file was expected
    "drop",  # the line drops before any answer
    "redirect",  # HTTP 302 to somewhere else on this machine
    "body",  # these bytes under this content_type
]
REPLACING = {"errcode", "errcode_as_text", "status", "html", "empty", "garbage", "video", "drop", "redirect", "body"}
FOR_EVER = -1


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to go wrong.

    path          the API it meets, e.g. "media/get"; "" meets every one
    match         only calls whose query or body holds this, e.g. a media_id
    times         how many calls; -1 for ever
    skip          so many calls go well first
    delay_s       waits so long first, whatever the kind
    errmsg        "" for WeChat's own words
    until         over at this moment of time.monotonic(), whether it struck or not; 0 never
    """

    kind: Kind
    path: str = ""
    match: str = ""
    times: int = 1
    skip: int = 0
    delay_s: float = 0.0
    errcode: int = -1
    errmsg: str = ""
    status: int = 502
    body: bytes = b""
    content_type: str = "application/octet-stream"
    until: float = 0.0


class Faults:
    """The orders, first come first served. Threads may come at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self.met: list[tuple[str, str]] = []
        """(path, kind) of every fault that struck."""

    def add(self, fault: Fault, lasts_s: float = 0.0) -> None:
        """`lasts_s`: over after so many seconds; 0 never."""
        with self._lock:
            self._waiting.append(replace(fault, until=time.monotonic() + lasts_s) if lasts_s else fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting = []

    def waiting(self) -> tuple[Fault, ...]:
        with self._lock:
            self._forget_old()
            return tuple(self._waiting)

    def take(self, path: str, said: str) -> Fault | None:
        """The fault that meets this call, used once."""
        with self._lock:
            self._forget_old()
            for at, fault in enumerate(self._waiting):
                if (fault.path and fault.path != path) or fault.match not in said:
                    continue
                if fault.skip:
                    self._waiting[at] = replace(fault, skip=fault.skip - 1)
                    return None
                if fault.times == 1:
                    del self._waiting[at]
                elif fault.times > 1:
                    self._waiting[at] = replace(fault, times=fault.times - 1)
                self.met.append((path, fault.kind))
                return fault
        return None

    def _forget_old(self) -> None:
        now = time.monotonic()
        self._waiting = [one for one in self._waiting if not one.until or one.until > now]


def from_json(given: dict[str, Any]) -> Fault:
    """Raises TypeError or ValueError for what is no fault."""
    fields = dict(given)
    if "body" in fields:
        fields["body"] = base64.b64decode(fields["body"])
    fault = Fault(**fields)
    if fault.kind not in get_args(Kind):
        raise ValueError(f"kind: {fault.kind!r}")
    return fault


def as_json(fault: Fault) -> dict[str, Any]:
    return {**asdict(fault), "body": f"{len(fault.body)} bytes"}


def in_place_of_answer(fault: Fault, environ: dict[str, Any]) -> Response:
    """The answer of a fault that lets nothing right through."""
    errmsg = fault.errmsg or MESSAGES.get(fault.errcode, "error")
    error = json.dumps({"errcode": fault.errcode, "errmsg": errmsg}, separators=(",", ":"))
    match fault.kind:
        case "errcode":
            return Response(error, content_type="application/json; encoding=utf-8")
        case "errcode_as_text":
            return Response(error, content_type="text/plain")
        case "status":
            return Response("<html>Bad Gateway</html>", status=fault.status, content_type="text/html")
        case "html":
            return Response("<!DOCTYPE html><html><body>系统繁忙</body></html>", content_type="text/html")
        case "empty":
            return Response(b"", content_type="image/jpeg")
        case "garbage":
            return Response(secrets.token_bytes(20_000), content_type="image/jpeg")
        case "redirect":
            return Response(b"", status=302, headers={"Location": "http://127.0.0.1:1/elsewhere"})
        case "video":
            return Response('{"video_url":"http://127.0.0.1/video.mp4"}', content_type="text/plain")
        case "body":
            return Response(fault.body, content_type=fault.content_type)
        case _:
            _hang_up(environ)
            return Response(b"")


def _hang_up(environ: dict[str, Any]) -> None:
    line: socket.socket | None = environ.get("werkzeug.socket")
    if line is not None:
        line.shutdown(socket.SHUT_RDWR)


def spoiled(fault: Fault, response: Response, environ: dict[str, Any]) -> Response:
    """A right answer, made wrong."""
    whole = response.get_data()
    if fault.kind == "wrong_type":
        response.headers["Content-Type"] = "text/plain"
        response.headers["Content-disposition"] = 'attachment; filename="1.exe"'
    if fault.kind == "cut":
        response.set_data(whole[: len(whole) // 2])
    if fault.kind == "truncated":
        response.response = _breaking_off(whole, environ)
        response.headers["Content-Length"] = str(len(whole))
    if fault.kind == "drip":
        response.response = _dripping(whole, fault.delay_s)
        response.headers["Content-Length"] = str(len(whole))
    return response


def _breaking_off(whole: bytes, environ: dict[str, Any]) -> Iterator[bytes]:
    yield whole[: len(whole) // 2]
    _hang_up(environ)


def _dripping(whole: bytes, lasts_s: float, pieces: int = 10) -> Iterator[bytes]:
    size = max(1, len(whole) // pieces)
    for at in range(0, len(whole), size):
        time.sleep(lasts_s / pieces)
        yield whole[at : at + size]
