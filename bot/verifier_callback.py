"""POST /verifier/callback: the service of the real-name check tells a result. Hostile input is refused."""

from collections.abc import Mapping

import msgspec
from flask import Blueprint, Response, request

from bot.logs import logger
from bot.metrics import Meters
from bot.signing import NotSigned, verified
from bot.verifier import MAX_BYTES, decode
from handlers.verification import take
from handlers.world import World
from storage.errors import StoreUnavailable

PATH = "/verifier/callback"


def verifier_callback(world: World, secrets: Mapping[str, bytes], meters: Meters) -> Blueprint:
    """Its one route. A repeat is answered like the first: a result counts once."""
    pages = Blueprint("verifier", __name__)

    @pages.post(PATH)
    def callback() -> Response:
        if (request.content_length or 0) > MAX_BYTES:
            return _refused(413, "body too long")
        body = request.stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            return _refused(413, "body too long")
        now = world.clock().timestamp()
        try:
            verified("POST", _target(), body, dict(request.headers), secrets=secrets, now=now)
            result = decode(body)
        except NotSigned as refused:
            return _refused(401, str(refused))
        except msgspec.MsgspecError:
            return _refused(400, "malformed")
        try:
            known = take(world, result.reference, result.verdict)
        except StoreUnavailable:
            logger().error("a real-name check cannot be taken in now")
            return Response(status=503, headers={"Retry-After": "60"})
        return Response(status=204) if known else _refused(404, "unknown reference")

    def _target() -> str:
        query = request.query_string.decode("latin-1")
        return f"{request.path}?{query}" if query else request.path

    def _refused(status: int, why: str) -> Response:
        meters.rejected(f"verifier: {why}")
        return Response(status=status)

    return pages
