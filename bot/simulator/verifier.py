"""The service of a real-name check, played: a page with two buttons, an answer when asked, a signed call back.

It knows the agreement (docs/verifier.md) by itself and imports nothing of the bot: a mistake of one side shows.
"""

import hashlib
import hmac
import json
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import requests
from flask import Blueprint, Response, request

LINK_LIVES_S = 1800
FRESH_S = 300
PERSON = {"name": "样例一", "id_number": "990101198503150017"}
"""Nobody: region 99 is not given to any place."""
FAILED = {"words": "人脸和证件照片不符"}

_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>实名认证（模拟）</title><style>body{{font:20px sans-serif;margin:2em;text-align:center}}
button{{font:inherit;padding:.6em 2em;margin:.5em}}</style><h1>实名认证（模拟）</h1>{body}</html>"""
_BUTTONS = """<p>真的服务在这里做人脸认证。</p><form method="post" action="verify?{query}">
<button name="outcome" value="verified">通过</button><button name="outcome" value="failed">不通过</button></form>"""


@dataclass
class VerifierDesk:
    """One service.

    callback_url   where results are told; "" for nobody
    person         who passes; a test may put somebody else here
    loses_callbacks  plays a callback that never arrives
    told           status codes the bot gave to the callbacks
    """

    key_id: str = "demo"
    secret: str = field(default="", repr=False)
    callback_url: str = ""
    now: Callable[[], float] = field(default=lambda: 0.0, repr=False)
    person: dict[str, str] = field(default_factory=lambda: dict(PERSON))
    loses_callbacks: bool = False
    results: dict[str, dict[str, str]] = field(default_factory=dict)
    told: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def decide(self, reference: str, outcome: str) -> None:
        """verified, failed or expired; the bot is told."""
        more = {"verified": self.person, "failed": FAILED}.get(outcome, {})
        with self._lock:
            self.results[reference] = {"reference": reference, "status": outcome, **more}
        if self.callback_url and not self.loses_callbacks:
            self.call_back(reference)

    def call_back(self, reference: str, at: float | None = None, secret: str | None = None) -> int:
        """Tell the bot a result (again); its status code."""
        body = json.dumps(self.results[reference], ensure_ascii=False).encode()
        path = "/" + self.callback_url.split("/", 3)[3]
        headers = self.headers("POST", path, body, self.now() if at is None else at, secret)
        with requests.Session() as session:
            session.trust_env = False
            answered = session.post(self.callback_url, data=body, headers=headers, timeout=5)
        self.told.append(answered.status_code)
        return answered.status_code

    def headers(self, method: str, target: str, body: bytes, at: float, secret: str | None = None) -> dict[str, str]:
        """Signed as agreed."""
        stamp, nonce = str(int(at)), secrets.token_hex(8)
        signature = self.signature(method, target, stamp, nonce, body, secret)
        return {
            "X-Claimbot-Key": self.key_id, "X-Claimbot-Timestamp": stamp, "X-Claimbot-Nonce": nonce,
            "X-Claimbot-Signature": signature, "Content-Type": "application/json",
        }  # fmt: skip

    def signature(
        self, method: str, target: str, stamp: str, nonce: str, body: bytes, secret: str | None = None
    ) -> str:
        text = "\n".join((method, target, stamp, nonce, hashlib.sha256(body).hexdigest()))
        key = (self.secret if secret is None else secret).encode()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def accepts(self, target: str, given: Mapping[str, str], lives_s: float) -> bool:
        """Is this the bot's, and still fresh?"""
        stamp, nonce, key = given.get("at", ""), given.get("nonce", ""), given.get("key", "")
        if not re.fullmatch(r"\d{1,12}", stamp) or key != self.key_id or not self.secret:
            return False
        expected = self.signature("GET", target, stamp, nonce, b"")
        fresh = abs(self.now() - int(stamp)) <= lives_s
        return fresh and hmac.compare_digest(expected, given.get("signature", ""))


def verifier(desk: VerifierDesk) -> Blueprint:
    """Its pages: the person's, and the question the bot may ask."""
    pages = Blueprint("verifier", __name__, url_prefix="/verifier")

    @pages.get("/verify")
    def page() -> Response:
        if not _link_is_good():
            return _html("<p>链接过时了，请回到公众号重做。</p>", 410)
        query = escape(request.query_string.decode("latin-1"), quote=True)
        return _html(_BUTTONS.format(query=query))

    @pages.post("/verify")
    def decided() -> Response:
        if not _link_is_good():
            return _html("<p>链接过时了，请回到公众号重做。</p>", 410)
        outcome = request.form.get("outcome", "")
        if outcome not in ("verified", "failed"):
            return _html("<p>请选一个。</p>", 400)
        desk.decide(request.args["reference"], outcome)
        return _html("<p>好了，请回到公众号，发“继续”。</p>")

    @pages.get("/verifications/<reference>")
    def result(reference: str) -> Response:
        names = {"key": "Key", "at": "Timestamp", "nonce": "Nonce", "signature": "Signature"}
        given = {name: request.headers.get(f"X-Claimbot-{header}", "") for name, header in names.items()}
        if not desk.accepts(request.path, given, FRESH_S):
            return Response(status=401)
        found: dict[str, Any] | None = desk.results.get(reference)
        if found is None:
            return Response(status=404)
        return Response(json.dumps(found, ensure_ascii=False), mimetype="application/json")

    def _link_is_good() -> bool:
        given = dict(parse_qsl(request.query_string.decode("latin-1")))
        target = f"{request.path}?reference={given.get('reference', '')}"
        return desk.accepts(target, given, LINK_LIVES_S)

    return pages


def _html(body: str, status: int = 200) -> Response:
    return Response(_PAGE.format(body=body), status=status, mimetype="text/html")
