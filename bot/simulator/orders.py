"""Ordering what shall go wrong, by HTTP; the page /faults does it by hand.

GET    /_faults           those at WeChat's API still waiting
POST   /_faults           one fault as JSON, its fields as in `Fault` (body as base64) and lasts_s; or
                          {"kind": "expire_tokens"} (then every token answers 42001), {"kind": "revoke_tokens"} (40001,
                          as if somebody else had fetched one), {"kind": "expire_media"} (40007, as after three days),
                          {"kind": "late_media", "delay_s", "times"} (40007 for so long, then they can be had)
GET    /_roads            those on the way to the bot still waiting
POST   /_roads            one trouble as JSON, its fields as in `Trouble` and lasts_s
DELETE /_faults, /_roads  none any more
GET    /_faults/choices   {paths, kinds, errcodes: {code: words}, orders, roads}

A wrong order answers 400 {error}.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, get_args

from flask import Blueprint, Response, jsonify, request

from bot.simulator import faults, roads
from bot.simulator.errors import MESSAGES

if TYPE_CHECKING:
    from bot.simulator.platform import Platform

ORDERS = ("expire_tokens", "revoke_tokens", "expire_media", "late_media")
LONGEST_S = 24 * 3600.0


def orders(platform: "Platform") -> Blueprint:
    """The routes."""
    pages = Blueprint("orders", __name__)

    @pages.route("/_faults", methods=["GET", "POST", "DELETE"])
    def order_faults() -> tuple[Response, int] | Response:
        if request.method == "DELETE":
            platform.faults.clear()
        if request.method == "POST":
            try:
                _order(platform, _given())
            except (TypeError, ValueError) as wrong:
                return jsonify(error=str(wrong)), 400
        return jsonify([faults.as_json(fault) for fault in platform.faults.waiting()])

    @pages.route("/_roads", methods=["GET", "POST", "DELETE"])
    def order_roads() -> tuple[Response, int] | Response:
        if request.method == "DELETE":
            platform.roads.clear()
        if request.method == "POST":
            try:
                given = _given()
                lasts_s = _seconds(given, "lasts_s")
                _seconds(given, "delay_s", keep=True)
                platform.roads.add(roads.Trouble(**_typed(given, roads.Trouble)), lasts_s)
            except (TypeError, ValueError) as wrong:
                return jsonify(error=str(wrong)), 400
        return jsonify([asdict(trouble) for trouble in platform.roads.waiting()])

    @pages.get("/_faults/choices")
    def choices() -> Response:
        return jsonify(
            paths=["", *sorted(platform.api_calls), "mmbiz_jpg"], kinds=get_args(faults.Kind),
            errcodes={str(code): words for code, words in MESSAGES.items()}, orders=ORDERS, roads=roads.KINDS,
        )  # fmt: skip

    return pages


def _given() -> dict[str, Any]:
    given = request.get_json()
    if not isinstance(given, dict):
        raise TypeError("an order is a JSON object")
    return dict(given)


def _seconds(given: dict[str, Any], name: str, *, keep: bool = False) -> float:
    seconds = float(given.get(name, 0.0) if keep else given.pop(name, 0.0))
    if not math.isfinite(seconds) or not 0 <= seconds <= LONGEST_S:
        raise ValueError(f"{name}: {seconds}")
    return seconds


def _typed(given: Mapping[str, Any], wanted: type) -> dict[str, Any]:
    """Only what may be ordered, each of its default's type: a number that came as text would break a later call."""
    known = {one.name: type(one.default) for one in fields(wanted) if one.name not in ("kind", "until")}
    for name, value in given.items():
        if name == "kind":
            continue
        allowed = (int, float) if known.get(name) is float else (known.get(name),)
        if type(value) not in allowed:
            raise TypeError(f"{name}: {value!r}")
    return dict(given)


def _order(platform: "Platform", order: dict[str, Any]) -> None:
    match order.get("kind"):
        case "expire_tokens":
            platform.tokens.expire()
        case "revoke_tokens":
            platform.tokens.revoke()
        case "expire_media":
            platform.media.expire()
        case "late_media":
            platform.media.late(_seconds(order, "delay_s"), int(order.get("times", 1)))
        case _:
            lasts_s = _seconds(order, "lasts_s")
            _seconds(order, "delay_s", keep=True)
            body = {"body": order.pop("body")} if "body" in order else {}
            platform.faults.add(faults.from_json({**_typed(order, faults.Fault), **body}), lasts_s)
