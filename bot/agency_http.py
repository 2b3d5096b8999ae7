"""One signed HTTP request to the agency's platform: bounded in time, bytes and tries; whatever goes wrong is
AgencyUnavailable or AgencyRefused, without address, body or claim."""

import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from bot.signing import signed
from handlers.ports import AgencyRefused, AgencyUnavailable
from storage.circuit import Circuit

_MAX_BYTES = 256 * 1024
_CHUNK = 64 * 1024
_CODE = re.compile(r"[a-z0-9_]{1,64}")
_WORDS_CHARS = 200
_NOT_AT_ONCE = ("not_let_in", "garbled", "circuit_open")
"""Trouble that does not pass by itself within seconds: not worth a second try at once."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: to connect, between two packets, for one whole answer. `tries` of one call, the first included."""

    connect_s: float = 3.0
    read_s: float = 8.0
    whole_s: float = 10.0
    tries: int = 2


class AgencyHttp:
    """A pool of connections to one platform. Safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        key_id: str,
        secret: bytes,
        circuit: Circuit,
        *,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._path = urlsplit(self._base).path
        self._key_id = key_id
        self._secret = secret
        self._circuit = circuit
        self._patience = patience or Patience()
        self._clock = clock
        self._sleep = sleep
        self._session = requests.Session()
        self._session.trust_env = False  # no .netrc, and no proxy that would read claims
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=2, pool_maxsize=8))
        logging.getLogger("urllib3.connectionpool").addFilter(lambda record: record.levelno > logging.DEBUG)

    def call(
        self,
        method: str,
        target: str,
        nonce: str,
        body: bytes = b"",
        content_type: str = "application/json",
        within_s: float = 0,
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON object (empty for 204) of a call that was done.

        target    path below the base, with query
        nonce     names the deed: under the same one it is done once
        within_s  somebody waits: one try of at most so long
        raises    AgencyUnavailable, AgencyRefused
        """
        patience = Patience(within_s, within_s, within_s, 1) if within_s else self._patience
        trying = Retrying(
            stop=stop_after_attempt(patience.tries), wait=wait_random_exponential(multiplier=0.3, max=3), reraise=True,
            retry=retry_if_exception(_may_pass), sleep=self._sleep,
        )  # fmt: skip
        done: tuple[int, dict[str, Any]] = trying(self._counted, method, target, nonce, body, content_type, patience)
        return done

    def _counted(
        self, method: str, target: str, nonce: str, body: bytes, content_type: str, patience: Patience
    ) -> tuple[int, dict[str, Any]]:
        """One try, if the circuit admits it."""
        if not self._circuit.admits(self._clock()):
            raise AgencyUnavailable("circuit_open")
        try:
            done = self._once(method, target, nonce, body, content_type, patience)
        except AgencyUnavailable as trouble:
            if patience.tries > 1 or trouble.code != "too_slow":  # too slow for who waits is not away
                self._circuit.failed(self._clock())
            raise
        except AgencyRefused:
            self._circuit.worked()
            raise
        self._circuit.worked()
        return done

    def _once(
        self, method: str, target: str, nonce: str, body: bytes, content_type: str, patience: Patience
    ) -> tuple[int, dict[str, Any]]:
        headers = signed(
            method, self._path + target, body, key_id=self._key_id, secret=self._secret, now=int(self._clock()),
            nonce=nonce,
        )  # fmt: skip
        if body:
            headers["Content-Type"] = content_type
        ends = time.monotonic() + patience.whole_s
        try:
            with self._session.request(
                method, self._base + target, data=body or None, headers=headers, allow_redirects=False, stream=True,
                timeout=(patience.connect_s, patience.read_s),
            ) as response:  # fmt: skip
                content = _capped(response.raw, ends)
                return _judged(response.status_code, content)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            slow = isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError) or "timed out" in str(error)
            # `from None`: the library's words hold the address
            raise AgencyUnavailable("too_slow" if slow else "not_reached") from None


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, AgencyUnavailable) and error.code not in _NOT_AT_ONCE


def _capped(raw: urllib3.HTTPResponse, ends: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := raw.read1(_CHUNK, decode_content=True):
        size += len(chunk)
        if size > _MAX_BYTES:
            raise AgencyUnavailable("garbled")
        if time.monotonic() > ends:
            raise AgencyUnavailable("too_slow")
        parts.append(chunk)
    return b"".join(parts)


def _judged(status: int, content: bytes) -> tuple[int, dict[str, Any]]:
    if status in (408, 425, 429) or status >= 500:
        raise AgencyUnavailable(f"http_{status}")
    found = _object(content)
    if 200 <= status < 300:
        if found is None and status != 204:
            raise AgencyUnavailable("garbled")
        return status, found or {}
    if status in (401, 403):
        raise AgencyUnavailable("not_let_in")  # our key, or our clock: for an operator, not the claim's fault
    code = found.get("code") if found is not None else None
    if status < 400 or not isinstance(code, str) or not _CODE.fullmatch(code):
        raise AgencyUnavailable("garbled")  # some gateway's page: no word of the agency about this claim
    if code == "papers_missing" and found is not None:
        return status, found
    words = found.get("detail", "") if found is not None else ""
    raise AgencyRefused(code, str(words)[:_WORDS_CHARS])


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
