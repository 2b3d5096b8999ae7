"""A small bot that is not ours: wechatpy's own crypto and parser answer the simulator, so that the two sides of the
wire were written by different people."""

import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature

from bot.simulator.settings import SimulatorSettings

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OPTION = '<a href="weixin://bizmsgmenu?msgmenucontent=%E6%9F%A5%E8%BF%9B%E5%BA%A6&msgmenuid=progress">查进度</a>'


def echo(message: Any) -> str:
    """What it says to each message."""
    if message.type == "text":
        tapped = message._data.get("bizmsgmenuid")
        return f"tapped {tapped}" if tapped else f"你说：{message.content}"
    if message.type == "event":
        return f"event {message.event} {getattr(message, 'key', '') or ''}".strip() + f"\n{OPTION}"
    return f"got {message.type}"


class Clock:
    """Unix seconds that move only when told; they begin at the real time, which wechatpy stamps its envelopes with."""

    def __init__(self) -> None:
        self.time = float(int(time.time()))

    def __call__(self) -> float:
        return self.time

    def passes(self, seconds: float) -> None:
        self.time += seconds


class EchoBot:
    """`app` is its webhook; `answer` may be replaced with a function giving the whole HTTP response."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self.seen: list[Any] = []
        self.xml: list[str] = []
        self.answer: Callable[[Any], Response | None] = lambda message: None
        self.app = Flask("echo")
        self.app.add_url_rule("/wechat", view_func=self.webhook, methods=["GET", "POST"])

    def webhook(self) -> Response:
        query = request.args
        check_signature(self.settings.token, query["signature"], query["timestamp"], query["nonce"])
        if request.method == "GET":
            return Response(query["echostr"])
        xml = request.get_data(as_text=True)
        if self.settings.mode != "plain":
            assert query["encrypt_type"] == "aes"
            crypto = WeChatCrypto(self.settings.token, self.settings.aes_key, self.settings.app_id)
            xml = crypto.decrypt_message(xml, query["msg_signature"], query["timestamp"], query["nonce"])
        self.xml.append(xml)
        message = parse_message(xml)
        self.seen.append(message)
        chosen = self.answer(message)
        return chosen if chosen is not None else self.reply(message, echo(message))

    def reply(self, message: Any, text: str) -> Response:
        """A text reply as the mode wants it."""
        return self.seal(TextReply(content=text, message=message).render())

    def seal(self, xml: str) -> Response:
        if self.settings.mode != "plain":
            crypto = WeChatCrypto(self.settings.token, self.settings.aes_key, self.settings.app_id)
            xml = crypto.encrypt_message(xml, request.args["nonce"])
        return Response(xml, content_type="text/xml")
