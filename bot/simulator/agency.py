"""The agency's own platform, played over HTTP: it checks signatures and hashes, remembers deeds, calls back, and can be
away, slow or garbled. The contract is docs/agency-api.yaml; this reads it anew, with no code of the bot's.

agency = SimulatedAgency(key_id="k1", secret=b"…", callback_url="http://127.0.0.1:8000/agency/callback")
agency.app                       # Flask: everything below /agency
agency.troubles.append("down")   # the next request meets it: down, garbled, slow, refused, lost (done, but the answer
                                 # is lost), held (done, but the answer takes slow_s); "" lets one through
agency.book.decide(receipt, "approved", start="2026-12", end="2027-11", amount="1500")

POST /agency/_control does the same from outside, unsigned: {"receipt", "status", …}, {"troubles": [...]} or {}.
"""

import hashlib
import hmac
import json
import re
import secrets as random_names
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Blueprint, Flask, Response, request

from bot.simulator.agency_book import STATUSES, Book, Json, No

FRESH_S = 300
MOST_BYTES = 12 * 1024 * 1024
TROUBLES = ("", "down", "garbled", "slow", "refused", "lost", "held")
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,100}")
_SLOT = re.compile(r"[a-z0-9_]{1,64}")
_HASH = re.compile(r"[0-9a-f]{64}")
_RECEIPT = re.compile(r"[0-9]{13}")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_TYPES = ("image/jpeg", "image/png", "image/webp", "application/octet-stream")


class SimulatedAgency:
    """slow_s: how long "slow" takes. `calls`: method and path of every request that was let in."""

    def __init__(
        self,
        key_id: str,
        secret: bytes,
        callback_url: str = "",
        *,
        slow_s: float = 30.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.key_id = key_id
        self.secret = secret
        self.callback_url = callback_url
        self.slow_s = slow_s
        self.now = now
        self.book = Book(now, self._call_back)
        self.troubles: list[str] = []
        self.calls: list[str] = []
        self.callbacks: list[tuple[Json, int]] = []
        """What was called back, and the status that was answered; 0 without an answer."""
        self.silent = False
        """Results are only to be asked for."""
        self.holding = threading.Event()
        """Set once an answer is held back."""
        self._wake = threading.Event()
        self.app = Flask("bot.simulator.agency", static_folder=None)
        self.app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
        self.app.register_blueprint(self.pages())

    def close(self) -> None:
        """Wake who is slow."""
        self._wake.set()

    def pages(self) -> Blueprint:
        """Everything below /agency."""
        pages = Blueprint("agency", __name__, url_prefix="/agency")
        pages.register_error_handler(No, lambda no: _json(no.status, no.body, "application/problem+json"))

        @pages.before_request
        def signed() -> Response | None:
            if request.path == "/agency/_control":
                return None
            self._check_signature()
            self.calls.append(f"{request.method} {request.path}")
            match self.troubles.pop(0) if self.troubles else "":
                case "down":
                    return _json(503, {"code": "down"})
                case "garbled":
                    return Response("<html>Bad gateway</html>", status=200, mimetype="text/html")
                case "slow":
                    self._wake.wait(self.slow_s)
                case "refused":
                    raise No(422, "not_our_district", detail="不归本经办机构管")
                case "lost" | "held" as after:
                    request.environ["agency.after"] = after
            return None

        @pages.after_request
        def maybe_lost(response: Response) -> Response:
            match request.environ.get("agency.after"):
                case "lost":
                    return _json(502, {"code": "lost"})
                case "held":
                    self.holding.set()
                    self._wake.wait(self.slow_s)
            return response

        @pages.get("/v1/ping")
        def ping() -> Response:
            return _json(200, {"ok": True})

        @pages.post("/v1/prefill")
        def prefill() -> Response:
            return _json(200, {"fields": self.book.people.get(_id_number(), {})})

        @pages.post("/v1/social-card")
        def social_card() -> Response:
            return _json(200, {"fields": self.book.cards.get(_id_number(), {})})

        @pages.put("/v1/papers/<name>")
        def paper(name: str) -> Response:
            if not _HASH.fullmatch(name):
                raise No(404, "no_such_page")
            if request.mimetype not in _TYPES:
                raise No(415, "no_picture")
            return _json(*self.book.keep_paper(name, request.get_data(cache=False)))

        @pages.post("/v1/claims")
        def submit() -> Response:
            body = _claim()
            return _json(*self.book.once(_nonce(), lambda: self.book.submit(body)))

        @pages.put("/v1/claims/<receipt>/papers/<slot>")
        def replace_paper(receipt: str, slot: str) -> Response:
            body = _body()
            _paper(body)
            return _json(*self.book.once(_nonce(), lambda: self.book.replace_paper(receipt, slot, body)))

        @pages.get("/v1/claims/<receipt>/result")
        def result(receipt: str) -> Response:
            after = request.args.get("after", "0")
            if not re.fullmatch(r"[0-9]{1,7}", after, re.ASCII) or set(request.args) - {"after"}:
                raise No(422, "malformed", detail="after")
            found = self.book.newest(receipt, int(after))
            return Response(status=204) if found is None else _json(200, found)

        @pages.post("/v1/claims/<receipt>/withdrawal")
        def withdraw(receipt: str) -> Response:
            _body()
            if not _RECEIPT.fullmatch(receipt):
                raise No(404, "unknown_claim")
            return _json(*self.book.once(_nonce(), lambda: self.book.withdraw(receipt)))

        @pages.post("/_control")
        def control() -> Response:
            return _json(200, self._controlled(_body()))

        return pages

    def _check_signature(self) -> None:
        key, stamp, nonce, signature = (
            request.headers.get(f"X-Claimbot-{name}", "") for name in ("Key", "Timestamp", "Nonce", "Signature")
        )
        target = request.path + (f"?{request.query_string.decode('latin-1')}" if request.query_string else "")
        if raw := request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI"):
            target = raw if raw.startswith("/") else urlsplit(raw)._replace(scheme="", netloc="").geturl()
        if key != self.key_id or not stamp.isascii() or not stamp.isdigit() or not _NONCE.fullmatch(nonce):
            raise No(401, "not_signed")
        wanted = _signature(self.secret, request.method, target, stamp, nonce, request.get_data(cache=True))
        if abs(self.now() - int(stamp)) > FRESH_S or not hmac.compare_digest(wanted.encode(), signature.encode()):
            raise No(401, "not_signed")

    def _controlled(self, body: Json) -> Json:
        """Also what is there, for who looks."""
        for trouble in body.pop("troubles", []):
            if trouble not in TROUBLES:
                raise No(422, "malformed", detail="troubles")
            self.troubles.append(trouble)
        if "receipt" in body:
            said = dict(body)
            status = said.pop("status", "")
            if status not in STATUSES:
                raise No(422, "malformed", detail="status")
            self.book.decide(str(said.pop("receipt")), status, **said)
        return {
            "claims": [
                {"receipt": receipt, "reference": claim.reference, "papers": sorted(claim.papers),
                 "status": claim.results[-1]["status"] if claim.results else ""}
                for receipt, claim in self.book.claims.items()
            ]
        }  # fmt: skip

    def _call_back(self, result: Json) -> None:
        if not self.callback_url or self.silent:
            return
        self.callbacks.append((result, self.post_back(json.dumps(result).encode())))

    def post_back(self, body: bytes, nonce: str = "", **headers: str) -> int:
        """Sign and post anything to the callback; the status, 0 without an answer. `headers` replace what is signed."""
        nonce, stamp = nonce or random_names.token_hex(16), str(int(self.now()))
        target = urlsplit(self.callback_url).path
        sent = {
            "X-Claimbot-Key": self.key_id, "X-Claimbot-Timestamp": stamp, "X-Claimbot-Nonce": nonce,
            "X-Claimbot-Signature": _signature(self.secret, "POST", target, stamp, nonce, body),
            "Content-Type": "application/json", **{f"X-Claimbot-{name}": value for name, value in headers.items()},
        }  # fmt: skip
        try:
            return requests.post(self.callback_url, data=body, headers=sent, timeout=10).status_code
        except requests.RequestException:
            return 0


def _signature(secret: bytes, method: str, target: str, stamp: str, nonce: str, body: bytes) -> str:
    lines = "\n".join([method, target, stamp, nonce, hashlib.sha256(body).hexdigest()])
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()


def _nonce() -> str:
    return request.headers["X-Claimbot-Nonce"]


def _body() -> Json:
    if request.mimetype != "application/json":
        raise No(415, "not_json")
    try:
        body = json.loads(request.get_data(cache=True))
    except (ValueError, RecursionError):
        raise No(422, "malformed", detail="no JSON") from None
    if not isinstance(body, dict):
        raise No(422, "malformed", detail="no object")
    return body


def _id_number() -> str:
    number = _body().get("id_number")
    if not isinstance(number, str) or not _ID_NUMBER.fullmatch(number):
        raise No(422, "malformed", detail="id_number")
    return number


def _claim() -> Json:
    body = _body()
    texts = ("programme", "version", "office", "filed_at")
    if not _matches(_RECEIPT, body.get("receipt")) or not all(isinstance(body.get(name), str) for name in texts):
        raise No(422, "malformed", detail="receipt, programme, version, office, filed_at")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", body["filed_at"], re.ASCII):
        raise No(422, "malformed", detail="filed_at")
    answers = body.get("answers")
    if not isinstance(answers, dict) or not all(isinstance(value, str) for value in answers.values()):
        raise No(422, "malformed", detail="answers")
    papers = body.get("papers")
    if not isinstance(papers, list) or not all(isinstance(paper, dict) for paper in papers) or len(papers) > 30:
        raise No(422, "malformed", detail="papers")
    for paper in papers:
        _paper(paper)
        if not _matches(_SLOT, paper.get("slot")):
            raise No(422, "malformed", detail="slot")
    return body


def _paper(paper: Json) -> None:
    size = paper.get("bytes")
    if not _matches(_HASH, paper.get("sha256")) or paper.get("media_type") not in _TYPES:
        raise No(422, "malformed", detail="sha256, media_type")
    if isinstance(size, bool) or not isinstance(size, int | float) or size != int(size) or size < 1:
        raise No(422, "malformed", detail="bytes")


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _json(status: int, value: Any, mimetype: str = "application/json") -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status=status, mimetype=mimetype)
