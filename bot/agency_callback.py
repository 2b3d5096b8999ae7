"""POST /agency/callback: the agency's platform tells a result. Answered only when it stands in SQL; a 503 asks the
agency to say it again."""

import json
import time
from collections.abc import Mapping

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from bot.agency_wire import Malformed, read_result
from bot.logs import logger
from bot.metrics import Meters
from bot.signing import NotSigned, verified
from handlers import agency_results, claim_news
from handlers.world import World
from storage.errors import Missing, StoreUnavailable, Unreadable
from storage.nonces import Nonces

MAX_BYTES = 256 * 1024


def agency_callback(world: World, secrets: Mapping[str, bytes], nonces: Nonces, meters: Meters) -> Blueprint:
    """The one route that the agency calls. `secrets` by key id."""
    pages = Blueprint("agency_callback", __name__)

    @pages.post("/agency/callback")
    def result() -> Response:
        request.max_content_length = MAX_BYTES
        try:
            body = request.get_data(cache=False)
            target = request.full_path if request.query_string else request.path
            nonce = verified("POST", target, body, dict(request.headers), secrets=secrets, now=time.time())
        except RequestEntityTooLarge:
            meters.rejected("body too long")
            return _problem(413, "too_long")
        except NotSigned as not_signed:
            meters.rejected(f"agency: {not_signed}")
            return _problem(401, "not_signed")
        if request.mimetype != "application/json":
            return _problem(415, "not_json")
        try:
            receipt, told = read_result(body)
            if not nonces.is_same_deed(nonce, body):
                return _problem(409, "nonce_reused")
            return _taken(world, receipt, told.seq, agency_results.take(world, receipt, told))
        except Malformed as malformed:
            meters.rejected("agency: malformed")
            return _problem(422, "malformed", str(malformed))
        except Missing:
            return _problem(404, "unknown_claim")
        except StoreUnavailable:
            logger().error("agency callback: store unavailable")
            return _problem(503, "try_again")
        except Unreadable:
            logger().error("agency callback: a claim does not open with these keys")
            return _problem(503, "try_again")

    return pages


def _taken(world: World, receipt: str, seq: int, taken: agency_results.Taken) -> Response:
    if taken == "unknown_paper":
        return _problem(422, "unknown_paper")
    if taken == "contradicts":
        logger().error("agency callback: a result contradicts the claim", receipt=receipt, seq=seq)
        return _problem(409, "contradicts")
    if taken == "taken":
        claim = world.claims.by_receipt(receipt)
        try:
            if claim is not None:
                claim_news.tell(world, claim.id)
        except StoreUnavailable:
            pass  # the outbox holds it, a worker tells it
    return _json(200, {"receipt": receipt, "seq": seq})


def _problem(status: int, code: str, detail: str = "") -> Response:
    value = {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code}
    return _json(status, value | ({"detail": detail} if detail else {}), "application/problem+json")


def _json(status: int, value: Mapping[str, object], mimetype: str = "application/json") -> Response:
    return Response(json.dumps(value), status=status, mimetype=mimetype)
