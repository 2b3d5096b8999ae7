"""WeChat's HTTP API as the bot calls it: `api_base_url` + /cgi-bin/…, with the platform's own errcodes.

An error is HTTP 200 with errcode, as there. Every call needs a token except the two that give one.
"""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Blueprint, Response, g, jsonify, request

from bot.simulator import customer, faults, messages, notices, scenes
from bot.simulator.errors import WeChatSays
from bot.simulator.follower import Follower

if TYPE_CHECKING:
    from bot.simulator.platform import Platform

ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\(u[0-9a-fA-F]{4})")
OK: Mapping[str, Any] = {"errcode": 0, "errmsg": "ok"}
CLEARS_A_MONTH, MONTH_S = 10, 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Call:
    """One API: how it is called, and what answers (a dict becomes JSON)."""

    method: str
    run: Callable[[], Mapping[str, Any] | Response]
    needs_token: bool = True


def api(platform: "Platform") -> Blueprint:
    """Every route under /cgi-bin, and the public pictures."""
    blueprint = Blueprint("api", __name__)
    calls = platform.api_calls = Calls(platform).table()

    @blueprint.before_request
    def meet_a_fault() -> Response | None:
        path = request.path.removeprefix("/cgi-bin/")
        if path.startswith("/mmbiz_jpg/"):
            path = "mmbiz_jpg"
        platform.calls.append(path)
        said = request.query_string.decode(errors="replace") + request.get_data().decode(errors="replace")
        g.fault = fault = platform.faults.take(path, said)
        if fault is None:
            return None
        if fault.delay_s and fault.kind != "drip":
            time.sleep(fault.delay_s)
        return faults.in_place_of_answer(fault, request.environ) if fault.kind in faults.REPLACING else None

    @blueprint.after_request
    def spoil(response: Response) -> Response:
        fault = g.get("fault")
        return (
            faults.spoiled(fault, response, request.environ)
            if fault and fault.kind not in faults.REPLACING
            else response
        )

    @blueprint.route("/cgi-bin/<path:name>", methods=["GET", "POST"])
    def answer(name: str) -> Response:
        try:
            call = calls.get(name)
            if call is None:
                raise WeChatSays(-1, f"no such api: {name}")
            if call.method == "POST" and request.method != "POST":
                raise WeChatSays(43002)
            if call.needs_token:
                platform.tokens.check(request.args.get("access_token", ""))
            said = call.run()
        except WeChatSays as refusal:
            said = {"errcode": refusal.errcode, "errmsg": f"{refusal.errmsg} rid: {secrets.token_hex(8)}"}
        return said if isinstance(said, Response) else jsonify(dict(said))

    @blueprint.get("/mmbiz_jpg/<name>/0")
    def picture(name: str) -> Response:
        content = platform.media.picture(name)
        return Response(status=404) if content is None else Response(content, content_type="image/jpeg")

    return blueprint


class Calls:
    """What each API does."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform
        self._cleared: list[float] = []

    def table(self) -> Mapping[str, Call]:
        return {
            "token": Call("GET", self.token, needs_token=False),
            "stable_token": Call("POST", self.stable_token, needs_token=False),
            "media/get": Call("GET", self.media_get),
            "media/upload": Call("POST", self.media_upload),
            "menu/create": Call("POST", self.menu_create),
            "menu/get": Call("GET", self._platform.menus.get),
            "menu/delete": Call("GET", self.menu_delete),
            "menu/addconditional": Call("POST", self.menu_add_conditional),
            "menu/delconditional": Call("POST", self.menu_delete_conditional),
            "menu/trymatch": Call("POST", self.menu_try),
            "get_current_selfmenu_info": Call("GET", self._platform.menus.self_menu),
            "message/custom/send": Call("POST", self.custom_send),
            "message/custom/typing": Call("POST", self.typing),
            "message/template/send": Call("POST", self.template_send),
            "message/subscribe/bizsend": Call("POST", self.subscription_send),
            "qrcode/create": Call("POST", self.qrcode_create),
            "showqrcode": Call("GET", self.qrcode_show, needs_token=False),
            "user/info": Call("GET", self.user_info),
            "tags/get": Call("GET", lambda: self._platform.tags.get(self._platform.followers)),
            "tags/create": Call("POST", lambda: self._platform.tags.create(self._body())),
            "tags/members/batchtagging": Call("POST", self.tag_followers),
            "getcallbackip": Call("GET", lambda: {"ip_list": ["127.0.0.1", "::1"]}),
            "clear_quota": Call("POST", self.clear_quota),
        }

    def token(self) -> Mapping[str, Any]:
        given = request.args
        self._platform.tokens.credential(given.get("appid", ""), given.get("secret", ""), given.get("grant_type", ""))
        token, left_s = self._platform.tokens.old()
        return {"access_token": token, "expires_in": left_s}

    def stable_token(self) -> Mapping[str, Any]:
        given = self._body()
        names = ("appid", "secret", "grant_type")
        self._platform.tokens.credential(*(str(given.get(name, "")) for name in names))
        token, left_s = self._platform.tokens.stable(given.get("force_refresh") is True)
        return {"access_token": token, "expires_in": left_s}

    def media_get(self) -> Mapping[str, Any] | Response:
        media = self._platform.media.get(request.args.get("media_id", ""))
        if media.kind == "video":
            return {"video_url": f"{self._platform.url}/mmbiz_jpg/{self._platform.media.shown(media.content)}/0"}
        response = Response(media.content, content_type=media.content_type)
        response.headers["Content-disposition"] = f'attachment; filename="{media.filename}"'
        return response

    def media_upload(self) -> Mapping[str, Any]:
        given = request.files.get("media")
        if given is None or not given.filename:
            raise WeChatSays(41005)
        kind = request.args.get("type", "")
        media = self._platform.media.uploaded(kind, given.read())
        name = "thumb_media_id" if kind == "thumb" else "media_id"
        return {"type": kind, name: media.media_id, "created_at": media.created}

    def menu_create(self) -> Mapping[str, Any]:
        self._platform.menus.create(self._body(escapes_refused=True))
        return self._menu_changed()

    def menu_delete(self) -> Mapping[str, Any]:
        self._platform.menus.delete()
        return self._menu_changed()

    def menu_add_conditional(self) -> Mapping[str, Any]:
        menuid = self._platform.menus.add_conditional(self._body(escapes_refused=True))
        self._menu_changed()
        return {"menuid": str(menuid)}

    def menu_delete_conditional(self) -> Mapping[str, Any]:
        self._platform.menus.delete_conditional(str(self._body().get("menuid", "")))
        return self._menu_changed()

    def menu_try(self) -> Mapping[str, Any]:
        follower = self._platform.known(self._body().get("user_id"))
        if follower is None:
            raise WeChatSays(40003)
        return {"button": self._platform.menus.seen_by(follower.tags)}

    def custom_send(self) -> Mapping[str, Any]:
        body = self._body()
        follower = self._addressee(body)
        shown = customer.checked(body, self._platform.media.has)
        follower.spend_quota()
        follower.conversation.add(
            "account", shown.kind, shown.text, media_id=shown.media_id, via="custom", detail=shown.detail
        )
        return OK

    def typing(self) -> Mapping[str, Any]:
        body = self._body()
        self._addressee(body).show_typing(str(body.get("command", "")))
        return OK

    def template_send(self) -> Mapping[str, Any]:
        body = self._body()
        follower = self._subscriber(body)
        template_id = self._platform.notices.known(body.get("template_id"))
        values = notices.checked_values(body.get("data"))
        msg_id = self._platform.postman.new_msg_id()
        repeat = body.get("client_msg_id")
        if repeat:
            before = self._platform.notices.sent_before(follower.openid, str(repeat), msg_id)
            if before is not None:
                return {**OK, "msgid": before}
        if follower.blocks_templates:
            status = "failed:user block"
        else:
            status = "success"
            detail = {"template_id": template_id, "values": values, "url": body.get("url", "")}
            text = notices.shown(template_id, values)
            follower.conversation.add("account", "notice", text, via="template", detail=detail)
        self._platform.push_later(follower.openid, messages.template_finished(msg_id, status))
        return {**OK, "msgid": msg_id}

    def subscription_send(self) -> Mapping[str, Any]:
        body = self._body()
        follower = self._addressee(body)
        template_id = self._platform.notices.known(body.get("template_id"))
        values = notices.checked_values(body.get("data"))
        self._platform.notices.use_acceptance(follower.openid, template_id)
        detail = {"template_id": template_id, "values": values, "page": body.get("page", "")}
        text = notices.shown(template_id, values)
        follower.conversation.add("account", "notice", text, via="subscription", detail=detail)
        msg_id = self._platform.postman.new_msg_id()
        self._platform.push_later(follower.openid, messages.subscribe_sent(template_id, msg_id))
        return OK

    def qrcode_create(self) -> Mapping[str, Any]:
        code, life_s = self._platform.scenes.create(self._body())
        life = {"expire_seconds": life_s} if life_s else {}
        return {"ticket": code.ticket, **life, "url": code.url}

    def qrcode_show(self) -> Response:
        code = self._platform.scenes.by_ticket(request.args.get("ticket", ""))
        if code is None:
            return Response(status=404)
        return Response(scenes.drawn(code), content_type="image/jpg")

    def user_info(self) -> Mapping[str, Any]:
        follower = self._platform.known(request.args.get("openid"))
        if follower is None:
            raise WeChatSays(40003)
        if not follower.following:
            return {"subscribe": 0, "openid": follower.openid}
        return {
            "subscribe": 1,
            "openid": follower.openid,
            "language": "zh_CN",
            "subscribe_time": follower.subscribed_at,
            "remark": "",
            "groupid": 0,
            "tagid_list": list(follower.tags),
            "subscribe_scene": "ADD_SCENE_QR_CODE" if follower.scene else "ADD_SCENE_SEARCH",
            "qr_scene": int(follower.scene) if follower.scene.isdecimal() else 0,
            "qr_scene_str": "" if follower.scene.isdecimal() else follower.scene,
        }

    def tag_followers(self) -> Mapping[str, Any]:
        self._platform.tags.mark(self._body(), self._platform.known)
        return self._menu_changed()

    def clear_quota(self) -> Mapping[str, Any]:
        if self._body().get("appid") != self._platform.settings.app_id:
            raise WeChatSays(40013)
        now = self._platform.now()
        self._cleared = [at for at in self._cleared if now - at < MONTH_S]
        if len(self._cleared) >= CLEARS_A_MONTH:
            raise WeChatSays(48006)
        self._cleared.append(now)
        return OK

    def _menu_changed(self) -> Mapping[str, Any]:
        for follower in self._platform.followers():
            follower.conversation.touch()
        return OK

    def _addressee(self, body: Mapping[str, Any]) -> Follower:
        follower = self._platform.known(body.get("touser"))
        if follower is None:
            raise WeChatSays(40003)
        return follower

    def _subscriber(self, body: Mapping[str, Any]) -> Follower:
        follower = self._addressee(body)
        if not follower.following:
            raise WeChatSays(43004)
        return follower

    def _body(self, escapes_refused: bool = False) -> dict[str, Any]:
        r"""The JSON body. `\uXXXX` is refused in menus (40033); elsewhere people see the escape itself, and so here."""
        raw = request.get_data()
        if not raw:
            raise WeChatSays(44002)
        try:
            text = raw.decode()
            if ESCAPE.search(text):
                if escapes_refused:
                    raise WeChatSays(40033)
                self._platform.violations.append(f"{quote(request.path)}: \\uXXXX in the body is shown to people")
                text = ESCAPE.sub(r"\1\\\\\2", text)
            body = json.loads(text)
        except ValueError as wrong:  # bad UTF-8 and bad JSON alike
            raise WeChatSays(47001) from wrong
        if not isinstance(body, dict):
            raise WeChatSays(47001)
        return body
