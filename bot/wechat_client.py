"""WeChat's HTTP API: token, media, messages, QR codes. Each call ends in a result or in one of ports' errors.

The calls about menus: wechat_menus.py.

source   the platform's pages service/api/…; errcodes and what they mean: wechat_errors.py
"""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlsplit

from bot.picture_hosts import WECHAT_PICTURES, is_allowed
from bot.reply_text import clean, text_of
from bot.wechat_errors import NO_ANSWER, NOT_OK, UNREADABLE, error_of
from bot.wechat_http import Json, Lost, NotSent, Timeouts, WeChatHttp, checked, picture_of
from bot.wechat_menus import WeChatMenus
from dialogs.model import OpenId, Say
from handlers.ports import MediaGone, MediaUnfit, WeChatError
from storage.access_token import AccessToken

__all__ = ["WECHAT_PICTURES", "QrCode", "Tries", "WeChatClient"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tries:
    """How often one call is tried, and how long to wait before the next try (seconds, doubled each time, ±50 %)."""

    times: int = 3
    wait_s: float = 0.3


@dataclass(frozen=True, slots=True)
class QrCode:
    """A scene QR code: `image_url` shows the picture, `url` is what it encodes."""

    ticket: str
    url: str
    image_url: str


class WeChatClient(WeChatMenus):
    """One account. Meets the Protocols Media and Messenger. Safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        app_id: str,
        app_secret: str,
        token: AccessToken,
        *,
        timeouts: Timeouts | None = None,
        tries: Tries | None = None,
        media_max_bytes: int = 12 * 1024 * 1024,
        picture_hosts: Iterable[str] = WECHAT_PICTURES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """base_url       scheme and host of the API, as https://api.weixin.qq.com
        picture_hosts  where a PicUrl may point to: "host", "host:port" or "*.domain". The API's own host is trusted
                       as it is: it gets the secret anyhow
        """
        self._base = base_url.rstrip("/")
        self._app_id = app_id
        self._secret = app_secret
        self._token = token
        self._tries = tries or Tries()
        self._media_max_bytes = media_max_bytes
        self._picture_hosts = (*picture_hosts, urlsplit(self._base).netloc)
        self._sleep = sleep
        self._http = WeChatHttp(timeouts or Timeouts())

    def close(self) -> None:
        """Close the idle connections."""
        self._http.close()

    # -- media ---------------------------------------------------------------------------------------------------

    def fetch(self, media_id: str, pic_url: str = "") -> bytes:
        """A photo by its media_id, else from PicUrl: see ports.Media."""
        try:
            if not media_id:
                raise MediaGone("no media_id")
            return self.get_media(media_id)
        except (MediaGone, MediaUnfit, WeChatError):
            if not pic_url:
                raise
            # when the way round fails too, the first error is the one that says what to do
            with suppress(MediaGone, MediaUnfit, WeChatError):
                return self.get_picture(pic_url)
            raise

    def get_media(self, media_id: str) -> bytes:
        """The bytes of a temporary medium. Raises MediaGone, MediaUnfit, WeChatError."""

        def once(token: str) -> bytes:
            params = {"access_token": token, "media_id": media_id}
            answer = self._http.send(
                "GET", f"{self._base}/cgi-bin/media/get", params=params, max_bytes=self._media_max_bytes, media=True
            )
            return picture_of(answer)

        try:
            # PicUrl is the second try, and the pending index has more: a worker does not sit out a hanging server
            return self._with_token(once, patient=False)
        except WeChatError as error:
            if error.remedy == "gone":
                raise MediaGone(error.meaning) from error
            raise

    def get_picture(self, pic_url: str) -> bytes:
        """The bytes behind a PicUrl: the way left when media/get fails. Raises MediaGone, MediaUnfit, WeChatError.

        PicUrl comes with the message: only WeChat's picture hosts are asked, and redirects are not followed.
        """
        if not is_allowed(pic_url, self._picture_hosts):
            raise MediaUnfit("not a picture host of WeChat")

        def once() -> bytes:
            answer = self._http.send("GET", pic_url, max_bytes=self._media_max_bytes, media=True)
            if answer.status in (404, 410):
                raise MediaGone("PicUrl is gone")
            if 300 <= answer.status < 400:
                raise MediaUnfit("PicUrl leads elsewhere")
            return picture_of(answer)

        return self._tried(once)

    def upload_media(self, kind: str, filename: str, data: bytes, content_type: str) -> str:
        """Keep a medium (kind: image, voice, video, thumb) at WeChat for 3 days; its media_id, usable many times."""
        files = {"media": (filename, data, content_type)}
        found = self._call("POST", "cgi-bin/media/upload", params={"type": kind}, files=files)
        return str(found.get("media_id") or found.get("thumb_media_id", ""))

    # -- messages ------------------------------------------------------------------------------------------------

    def send(self, openid: OpenId, say: Say) -> None:
        """A customer-service message with its options as links: see ports.Messenger."""
        self._send_custom(openid, "text", {"content": text_of(say)})

    def send_image(self, openid: OpenId, media_id: str) -> None:
        """A picture as customer-service message."""
        self._send_custom(openid, "image", {"media_id": media_id})

    def send_menu(self, openid: OpenId, head: str, options: Sequence[tuple[str, str]], tail: str = "") -> None:
        """A msgmenu: (id, shown text) one a line. A tap earns the small quota of a menu click, not of a message."""
        items = [{"id": name, "content": clean(text)} for name, text in options]
        menu = {"head_content": clean(head), "list": items, "tail_content": clean(tail)}
        self._send_custom(openid, "msgmenu", menu)

    def _send_custom(self, openid: OpenId, kind: str, content: Json) -> None:
        body = {"touser": openid, "msgtype": kind, kind: content}
        self._call("POST", "cgi-bin/message/custom/send", body=body, repeatable=False)

    def send_typing(self, openid: OpenId, on: bool = True) -> None:
        """Show or hide "正在输入". Only within 30 s of something the person did."""
        body = {"touser": openid, "command": "Typing" if on else "CancelTyping"}
        self._call("POST", "cgi-bin/message/custom/typing", body=body)

    def send_template(
        self, openid: OpenId, template_id: str, values: Mapping[str, str], *, url: str = "", client_msg_id: str = ""
    ) -> str:
        """A template message; the MsgID of its receipt. Accepted is not delivered: the receipt comes as an event."""
        body: Json = {"touser": openid, "template_id": template_id, "data": _template_data(values)}
        if url:
            body["url"] = url
        if client_msg_id:
            body["client_msg_id"] = client_msg_id
        found = self._call("POST", "cgi-bin/message/template/send", body=body, repeatable=bool(client_msg_id))
        return str(found.get("msgid", ""))

    def send_subscription(self, openid: OpenId, template_id: str, values: Mapping[str, str], *, page: str = "") -> None:
        """A subscription notice: uses up one accept."""
        body: Json = {"touser": openid, "template_id": template_id, "data": _template_data(values)}
        if page:
            body["page"] = page
        self._call("POST", "cgi-bin/message/subscribe/bizsend", body=body, repeatable=False)

    # -- account and persons -------------------------------------------------------------------------------------

    def create_qrcode(self, scene: str, expire_s: int | None = None) -> QrCode:
        """A QR code that brings `scene` (1 to 64 characters). Without `expire_s` it never ends: 100 000 of those."""
        body: Json = {"action_info": {"scene": {"scene_str": scene}}}
        if expire_s is None:
            body["action_name"] = "QR_LIMIT_STR_SCENE"
        else:
            body |= {"action_name": "QR_STR_SCENE", "expire_seconds": expire_s}
        found = self._call("POST", "cgi-bin/qrcode/create", body=body)
        ticket = str(found.get("ticket", ""))
        image_url = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=" + quote(ticket, safe="")
        return QrCode(ticket, str(found.get("url", "")), image_url)

    def user_info(self, openid: OpenId) -> Json:
        """What WeChat tells of a follower: subscribe (0 means nothing else), subscribe_time, qr_scene_str… No name."""
        return self._call("GET", "cgi-bin/user/info", params={"openid": openid, "lang": "zh_CN"})

    def clear_quota(self) -> None:
        """Reset the daily counters of this account's calls: 10 times a month."""
        self._call("POST", "cgi-bin/clear_quota", body={"appid": self._app_id}, repeatable=False)

    def check_token(self) -> None:
        """Ask for a token if none is at hand. Raises WeChatError: secret, IP list and network are then known bad."""
        self._token.current(self._fetch_token)

    # -- how a call is made --------------------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        repeatable: bool = True,
    ) -> Json:
        """One API call. `repeatable`: may be sent again although the first sending may have arrived."""

        def once(token: str) -> Json:
            query = {"access_token": token, **(params or {})}
            return checked(self._http.send(method, f"{self._base}/{path}", params=query, body=body, files=files))

        return self._with_token(once, repeatable)

    def _with_token(self, once: Callable[[str], T], repeatable: bool = True, patient: bool = True) -> T:
        """With the current token, and once more with another if WeChat refuses that one."""
        token = self._token.current(self._fetch_token)
        try:
            return self._tried(lambda: once(token), repeatable, patient)
        except WeChatError as error:
            if error.remedy != "renew":
                raise
            renewed = self._token.renewed(token, self._fetch_token)
            if renewed == token:
                raise  # WeChat insists on this token: the trouble is elsewhere, asking on would only burn quota
        return self._tried(lambda: once(renewed), repeatable, patient)

    def _tried(self, once: Callable[[], T], repeatable: bool = True, patient: bool = True) -> T:
        """Try until it succeeds, fails for good, or the tries are used up. Without patience a slow answer ends it."""
        unsure = False
        for left in range(self._tries.times - 1, -1, -1):
            try:
                return once()
            except NotSent:
                error, again = error_of(NO_ANSWER), True
            except Lost as lost:
                error, again, unsure = error_of(NO_ANSWER), repeatable and (patient or not lost.slow), True
            except WeChatError as caught:
                # -1 says that nothing was done; a 5xx page may come from a gateway after the deed
                error, again = caught, caught.remedy == "again" and (repeatable or caught.errcode != NOT_OK)
                unsure = unsure or caught.errcode in (NOT_OK, UNREADABLE)
            if not again or not left:
                error.unsure = unsure
                raise error from None
            wait_s = self._tries.wait_s * 2 ** (self._tries.times - 1 - left)
            self._sleep(wait_s * random.uniform(0.5, 1.5))
        raise AssertionError("at least one try")

    def _fetch_token(self) -> tuple[str, int]:
        """A token from stable_token: never the old token call, which kills the token others use."""

        def once() -> tuple[str, int]:
            body = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
            found = checked(self._http.send("POST", f"{self._base}/cgi-bin/stable_token", body=body))
            token, lives_s = found.get("access_token"), found.get("expires_in")
            if not isinstance(token, str) or not token or not isinstance(lives_s, int):
                raise error_of(UNREADABLE, "no access_token in the answer")
            return token, lives_s

        try:
            return self._tried(once)
        except WeChatError as error:
            error.unsure = False  # the call that wanted the token was not made
            raise


def _template_data(values: Mapping[str, str]) -> Json:
    """WeChat refuses line breaks in values (47003)."""
    return {name: {"value": " ".join(clean(value).split())} for name, value in values.items()}
