"""The phone page and its JSON. Tests may drive a phone through it from another process.

GET  /                          the page; /page/<file> its files; /faults orders what shall go wrong
GET  /phone/state               {account: {id, name}, phones: [{openid, following}],
                                papers: [{name, label}], scenes: […]}
POST /phone/phones              {openid?, follow?: bool} a new phone (follow: with the subscribe event): {openid, …}
GET  /phone/<openid>/log        ?after=ID&wait=SECONDS (at most 25): {openid, following, typing, quota, menu: [button…],
                                violations: […], lines: [{id, at, side, kind, text, segments, media_id, via, detail}]};
                                waits for the first line after ID
POST /phone/<openid>/<deed>     answers {exchanges: [{attempts, status, elapsed_s, violation, reply: {kind, text,
                                fields, articles} | null}], lines: […]}: `lines` came since the deed began
     follow {scene?}            unfollow {}                   say {text, menuid?}        tap {label}
     photos (multipart, field `photo`, one or more)           papers {names: […]}        sticker {}       voice {}
     location {lat, lng, label?}                              click {key}                view {url}       scan {scene}
     pick {key, type?, names: […]} or multipart with key      scan_code {key, type, result}
     select_location {key, lat, lng, label?}                  notices {template_id, accept?: bool}
GET  /phone/media/<media_id>    the bytes, without a token: the phone has them
GET  /phone/papers/<name>.jpg   a ready-made paper

A wrong deed answers 400 {error}; an unknown phone 404.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from bot.simulator import papers
from bot.simulator.bubbles import segments
from bot.simulator.conversation import Line
from bot.simulator.errors import WeChatSays
from bot.simulator.exchange import Exchange
from bot.simulator.follower import Follower, NotFollowing

if TYPE_CHECKING:
    from bot.simulator.platform import Platform

MAX_WAIT_S = 25.0
PAGE_FILES = {
    "index.html": "text/html", "phone.css": "text/css", "phone.js": "text/javascript", "faults.html": "text/html",
    "faults.js": "text/javascript", "faults.css": "text/css",
}  # fmt: skip

Deed = Callable[[Follower, Mapping[str, Any]], Exchange | Sequence[Exchange]]


def _photos(_: Mapping[str, Any]) -> list[bytes]:
    sent = [each.read() for each in request.files.getlist("photo")]
    if not sent:
        raise ValueError("photo: no file")
    return sent


def _chosen(given: Mapping[str, Any]) -> list[bytes]:
    return [papers.jpeg(name) for name in given["names"]] if "names" in given else _photos(given)


DEEDS: Mapping[str, Deed] = {
    "follow": lambda phone, given: phone.follow(str(given.get("scene", ""))),
    "unfollow": lambda phone, given: phone.unfollow(),
    "say": lambda phone, given: phone.say(str(given["text"]), str(given.get("menuid", ""))),
    "tap": lambda phone, given: phone.tap(str(given["label"])),
    "photos": lambda phone, given: phone.send_photos(_photos(given)),
    "papers": lambda phone, given: phone.send_photos([papers.jpeg(name) for name in given["names"]]),
    "sticker": lambda phone, given: phone.send_sticker(),
    "voice": lambda phone, given: phone.send_voice(),
    "location": lambda phone, given: phone.send_location(
        float(given["lat"]), float(given["lng"]), str(given.get("label", ""))
    ),
    "click": lambda phone, given: phone.click(str(given["key"])),
    "view": lambda phone, given: phone.view(str(given["url"])),
    "scan": lambda phone, given: phone.scan(str(given["scene"])),
    "pick": lambda phone, given: phone.pick_photos(
        str(given["key"]), _chosen(given), given.get("type", "pic_photo_or_album")
    ),
    "scan_code": lambda phone, given: phone.scan_code(given["type"], str(given["key"]), str(given["result"])),
    "select_location": lambda phone, given: phone.select_location(
        str(given["key"]), float(given["lat"]), float(given["lng"]), str(given.get("label", ""))
    ),
    "notices": lambda phone, given: phone.accept_notices(str(given["template_id"]), bool(given.get("accept", True))),
}


def phone(platform: "Platform") -> Blueprint:
    blueprint = Blueprint("phone", __name__)

    @blueprint.get("/")
    def page() -> Response:
        return _page_file("index.html")

    @blueprint.get("/faults")
    def faults_page() -> Response:
        return _page_file("faults.html")

    @blueprint.get("/page/<name>")
    def page_file(name: str) -> Response:
        return _page_file(name)

    @blueprint.get("/favicon.ico")
    def icon() -> Response:
        return Response(status=204)

    @blueprint.get("/phone/state")
    def state() -> Response:
        return jsonify(
            account={"id": platform.settings.account_id, "name": platform.settings.account_name},
            phones=[{"openid": each.openid, "following": each.following} for each in platform.followers()],
            papers=[{"name": name, "label": label} for name, label in papers.LABELS.items()],
            scenes=platform.scenes.all(),
        )

    @blueprint.post("/phone/phones")
    def new_phone() -> Response:
        given = request.get_json(silent=True) or {}
        follower = platform.follower(str(given.get("openid", "")))
        if given.get("follow") and not follower.following:
            follower.follow()
        return jsonify(_shown(platform, follower, 0, 0.0))

    @blueprint.get("/phone/<openid>/log")
    def log(openid: str) -> tuple[Response, int] | Response:
        follower = platform.known(openid)
        if follower is None:
            return jsonify(error="no such phone"), 404
        after = request.args.get("after", 0, int)
        wait_s = min(MAX_WAIT_S, request.args.get("wait", 0.0, float))
        return jsonify(_shown(platform, follower, after, wait_s))

    @blueprint.post("/phone/<openid>/<deed>")
    def do(openid: str, deed: str) -> tuple[Response, int] | Response:
        follower = platform.known(openid)
        if follower is None or deed not in DEEDS:
            return jsonify(error="no such phone or deed"), 404
        before = max((line.id for line in follower.conversation.after()), default=0)
        given = request.form if request.files else request.get_json(silent=True) or {}
        try:
            done = DEEDS[deed](follower, given)
        except NotFollowing:
            return jsonify(error="还没有关注这个公众号"), 400
        except (KeyError, ValueError, LookupError, TypeError) as wrong:
            return jsonify(error=f"{type(wrong).__name__}: {wrong}"), 400
        exchanges = [done] if isinstance(done, Exchange) else done
        lines = [_line(line) for line in follower.conversation.after(before)]
        return jsonify(exchanges=[_exchange(each) for each in exchanges], lines=lines)

    @blueprint.get("/phone/media/<media_id>")
    def media(media_id: str) -> Response:
        try:
            found = platform.media.get(media_id)
        except WeChatSays:
            return Response(status=404)
        return Response(found.content, content_type=found.content_type)

    @blueprint.get("/phone/papers/<name>.jpg")
    def paper(name: str) -> Response:
        if name not in papers.LABELS:
            return Response(status=404)
        return Response(papers.jpeg(name), content_type="image/jpeg")

    return blueprint


def _page_file(name: str) -> Response:
    if name not in PAGE_FILES:
        return Response(status=404)
    content = files("bot.simulator.page").joinpath(name).read_bytes()
    response = Response(content, content_type=f"{PAGE_FILES[name]}; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'self'; img-src 'self' blob: data:"
    return response


def _shown(platform: "Platform", follower: Follower, after: int, wait_s: float) -> dict[str, Any]:
    lines = follower.conversation.after(after, wait_s)
    return {
        "openid": follower.openid,
        "following": follower.following,
        "typing": follower.is_typed_to(),
        "quota": follower.quota_left(),
        "menu": platform.menus.seen_by(follower.tags) if follower.following else [],
        "violations": list(follower.violations),
        "lines": [_line(line) for line in lines],
    }


def _line(line: Line) -> dict[str, Any]:
    pieces = segments(line.text) if line.side == "account" else ()
    return {**line.as_json(), "segments": [asdict(piece) for piece in pieces]}


def _exchange(exchange: Exchange) -> dict[str, Any]:
    reply, answer = exchange.reply, exchange.answer
    return {
        "attempts": exchange.attempts,
        "status": answer.status if answer else None,
        "elapsed_s": round(answer.elapsed_s, 4) if answer else None,
        "violation": exchange.violation,
        "reply": None
        if reply is None
        else {
            "kind": reply.kind,
            "text": reply.text,
            "fields": dict(reply.fields),
            "articles": [dict(each) for each in reply.articles],
        },
    }
