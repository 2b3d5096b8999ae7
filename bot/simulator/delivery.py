"""From a push in clear to the bot's webhook and back: signing, sealing, posting within WeChat's patience."""

import http.client
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
import urllib3
from werkzeug.test import Client

from bot.simulator import crypto
from bot.simulator.settings import SimulatorSettings

MAX_ANSWER_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """One POST to the webhook, ready to go."""

    url: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot sent back, untouched."""

    status: int
    content_type: str
    body: bytes
    elapsed_s: float


class NoAnswer(Exception):
    """The bot did not answer in time, or not at all: WeChat will try again."""


Post = Callable[[Request, float], Answer]
"""Posts within so many seconds, or raises NoAnswer."""


def over_http(request: Request, patience_s: float) -> Answer:
    """Post over a connection of its own, as WeChat's many front machines do. The whole answer must be in by then."""
    began = time.monotonic()
    with requests.Session() as session:
        session.trust_env = False  # a proxy of this machine has no business between the two
        try:
            with session.post(
                request.url,
                data=request.body,
                headers={"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0", "Accept-Encoding": "identity"},
                timeout=patience_s,
                stream=True,
                allow_redirects=False,
            ) as response:
                body = b""
                while piece := response.raw.read1(16384):  # what has come, so that a dripping bot is noticed too
                    body += piece
                    if time.monotonic() - began > patience_s or len(body) > MAX_ANSWER_BYTES:
                        raise NoAnswer("too slow or too long")
                elapsed = time.monotonic() - began
                return Answer(response.status_code, response.headers.get("Content-Type", ""), body, elapsed)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as wrong:
            raise NoAnswer(type(wrong).__name__) from wrong


PIECES = 8


def over_bad_line(request: Request, patience_s: float, *, lasts_s: float = 0.0, cut: bool = False) -> Answer:
    """Post piece by piece over `lasts_s`; with `cut` only half of the announced body, then the line drops."""
    where, began = urlsplit(request.url), time.monotonic()
    line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=patience_s)
    try:
        line.putrequest("POST", f"{where.path}?{where.query}", skip_accept_encoding=True)
        line.putheader("Content-Type", "text/xml")
        line.putheader("Content-Length", str(len(request.body)))
        line.endheaders()
        if cut:
            line.send(request.body[: len(request.body) // 2])
            raise NoAnswer("the line was cut")
        size = max(1, -(-len(request.body) // PIECES))
        for at in range(0, len(request.body), size):
            time.sleep(lasts_s / PIECES)
            line.send(request.body[at : at + size])
        response = line.getresponse()
        body = response.read(MAX_ANSWER_BYTES + 1)
        elapsed = time.monotonic() - began
        if elapsed > patience_s or len(body) > MAX_ANSWER_BYTES:
            raise NoAnswer("too slow or too long")
        return Answer(response.status, response.getheader("Content-Type", "") or "", body, elapsed)
    except (OSError, http.client.HTTPException) as wrong:
        raise NoAnswer(type(wrong).__name__) from wrong
    finally:
        line.close()


def into(wsgi_app: Any) -> Post:
    """Post straight into a WSGI application: for tests that want no socket. A late answer still counts as none."""

    def post(request: Request, patience_s: float) -> Answer:
        began = time.monotonic()
        response = Client(wsgi_app).post(request.url, data=request.body, content_type="text/xml")
        elapsed = time.monotonic() - began
        if elapsed > patience_s:
            raise NoAnswer("too slow")
        return Answer(response.status_code, response.content_type or "", response.get_data(), elapsed)

    return post


def sealed(xml: str, openid: str, settings: SimulatorSettings, timestamp: int, nonce: str = "") -> Request:
    """Sign a push, and encrypt it as the account's mode demands. `timestamp` is in unix seconds."""
    nonce = nonce or str(secrets.randbelow(10**9) + 10**9)
    stamp = str(timestamp)
    query = {
        "signature": crypto.signature(settings.token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": openid,
    }
    body = xml
    if settings.mode != "plain":
        cipher_text = crypto.encrypt(xml, settings.aes_key, settings.app_id)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = crypto.signature(settings.token, stamp, nonce, cipher_text)
        encrypted = f"<Encrypt><![CDATA[{cipher_text}]]></Encrypt></xml>"
        if settings.mode == "compatible":
            body = xml.removesuffix("</xml>") + encrypted
        else:
            body = f"<xml><ToUserName><![CDATA[{settings.account_id}]]></ToUserName>{encrypted}"
    return Request(f"{settings.bot_url}?{urlencode(query)}", body.encode())


def verification_url(settings: SimulatorSettings, url: str, echostr: str, timestamp: int, nonce: str = "nonce") -> str:
    """The GET with which the console proves the webhook's address; the answer must be echostr, verbatim."""
    stamp = str(timestamp)
    query = {
        "signature": crypto.signature(settings.token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "echostr": echostr,
    }
    return f"{url}?{urlencode(query)}"
