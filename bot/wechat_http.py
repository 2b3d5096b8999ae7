"""One HTTP request to WeChat: bounded in time and bytes, and whatever goes wrong a WeChatError without the URL.

The URL holds the access_token or is the public address of somebody's ID photograph: it appears in no log and no error.
"""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from bot.wechat_errors import NOT_OK, UNREADABLE, error_of
from handlers.ports import MediaUnfit

Json = dict[str, Any]
_CHUNK = 64 * 1024
_JSON_MAX_BYTES = 1024 * 1024


class NotSent(Exception):
    """WeChat was not reached: nothing can have happened."""


class Lost(Exception):
    """The answer did not come: it may have happened. `slow`: it was waited for in vain."""

    def __init__(self, *, slow: bool = False) -> None:
        super().__init__()
        self.slow = slow


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two packets, for one whole answer; the last for photos."""

    connect_s: float = 3.0
    read_s: float = 5.0
    whole_s: float = 10.0
    media_s: float = 15.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    status: int
    content_type: str
    body: bytes

    def as_json(self) -> Json | None:
        """The JSON object of the body, None when it is something else. WeChat's Content-Type is no help."""
        if self.body.lstrip()[:1] != b"{":
            return None
        try:
            value = json.loads(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    @property
    def is_markup(self) -> bool:
        """Whether this is a page of some gateway instead of a picture."""
        return self.body.lstrip()[:1] == b"<"


class WeChatHttp:
    """A pool of connections. Safe to share between threads."""

    def __init__(self, timeouts: Timeouts, connections: int = 16) -> None:
        self._timeouts = timeouts
        self._session = requests.Session()
        self._session.trust_env = False  # no .netrc, and no proxy that would read the token
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=connections))
        logging.getLogger("urllib3.connectionpool").addFilter(_no_addresses)

    def close(self) -> None:
        """Close the idle connections."""
        self._session.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        max_bytes: int = _JSON_MAX_BYTES,
        media: bool = False,
    ) -> Answer:
        """One request, no redirects.

        raises   NotSent, Lost; MediaUnfit when a medium is longer than `max_bytes`; WeChatError for other long answers
        """
        limits = self._timeouts
        # \uXXXX would be shown to people as it is, and menus refuse it with 40033: real UTF-8
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json; charset=utf-8"} if data is not None else {}
        ends = time.monotonic() + (limits.media_s if media else limits.whole_s)
        try:
            with self._session.request(
                method,
                url,
                params=params,
                data=data,
                files=files,
                headers=headers,
                timeout=(limits.connect_s, limits.read_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = _capped(response.raw, max_bytes, ends, media)
                return Answer(response.status_code, response.headers.get("Content-Type", ""), content)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            # `from None`: the library's words hold the URL with the token
            raise (NotSent() if _refused(error) else Lost(slow=_timed_out(error))) from None


def _refused(error: Exception) -> bool:
    """Whether the connection was never made."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)


def _timed_out(error: Exception) -> bool:
    return isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError) or "timed out" in str(error)


def _capped(raw: urllib3.HTTPResponse, max_bytes: int, ends: float, media: bool) -> bytes:
    """The body, or an error as soon as it is too long or too slow: a drip never trips the read time-out."""
    parts: list[bytes] = []
    size = 0
    while chunk := raw.read1(_CHUNK, decode_content=True):
        size += len(chunk)
        if size > max_bytes:
            raise MediaUnfit("longer than the cap") if media else error_of(UNREADABLE, "answer too long")
        if time.monotonic() > ends:
            raise Lost(slow=True)
        parts.append(chunk)
    return b"".join(parts)


def _no_addresses(record: logging.LogRecord) -> bool:
    """urllib3 tells each request's path at DEBUG: the token and PicUrl with it. Warnings stay, they name hosts only."""
    return record.levelno > logging.DEBUG


def checked(answer: Answer) -> Json:
    """The JSON of an API answer. Raises WeChatError: errors come inside HTTP 200."""
    found = answer.as_json()
    if found is None:
        if answer.status >= 500 or answer.is_markup:
            raise error_of(NOT_OK, f"HTTP {answer.status}")
        raise error_of(UNREADABLE, f"HTTP {answer.status}")
    errcode = found.get("errcode", 0)
    if isinstance(errcode, int) and errcode:
        errmsg = str(found.get("errmsg", ""))
        raise error_of(errcode, errmsg, _rid(found, errmsg))
    if answer.status >= 400:
        raise error_of(NOT_OK if answer.status >= 500 else UNREADABLE, f"HTTP {answer.status}")
    return found


def _rid(found: Json, errmsg: str) -> str:
    """WeChat puts it at the end of errmsg: "… rid: 5f8f..."."""
    told = str(found.get("rid", "")) or errmsg.partition("rid:")[2]
    return told.strip()[:64]


def picture_of(answer: Answer) -> bytes:
    """The bytes of a medium, told apart from what comes in its place: errors as JSON in HTTP 200, a gateway's page."""
    found = answer.as_json()
    if found is not None:
        checked(answer)
        raise MediaUnfit("a video" if "video_url" in found else "no picture")
    if answer.status >= 500 or answer.is_markup:
        raise error_of(NOT_OK, f"HTTP {answer.status}")
    if answer.status != 200:
        raise error_of(UNREADABLE, f"HTTP {answer.status}")
    if not answer.body:
        raise error_of(NOT_OK, "empty body")
    return answer.body
