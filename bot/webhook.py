"""The callback URL: echostr on GET, a message on POST, within the deadline. WeChat never sees a 5xx from here."""

import time
from collections.abc import Mapping

from flask import Blueprint, Response, request

from bot.callback_xml import MAX_BYTES
from bot.envelope import Envelope, Rejected
from bot.logs import logger
from bot.metrics import Meters
from bot.passive_reply import ImageOut, Outbound, render
from bot.reply_text import text_of
from bot.wire import Malformed, parse
from dialogs import wording
from dialogs.effects import Input
from dialogs.model import HandOver, Say
from handlers import away
from handlers.dispatch import head_of, told
from handlers.flood import Floods
from handlers.inbound import (
    ClickIn,
    DeliveryIn,
    Head,
    ImageIn,
    Inbound,
    LocationIn,
    OtherIn,
    PhotosAnnouncedIn,
    ScanCodeIn,
    SubscriptionIn,
    TextIn,
)
from handlers.receipts import notices_chosen, take_receipts
from handlers.turn import take_turn
from handlers.world import World
from storage.errors import InDoubt, StoreUnavailable
from storage.sessions import KeptReply, mark_of

SUCCESS = b"success"
"""WeChat's word for "nothing to say"; never encrypted."""


def webhook(world: World, envelope: Envelope, meters: Meters, floods: Floods) -> Blueprint:
    """The one route that WeChat calls."""
    pages = Blueprint("webhook", __name__)

    @pages.get("/wechat")
    def verify() -> Response:
        try:
            return Response(envelope.verify_url(_query(), time.time()), mimetype="text/plain")
        except Rejected as rejected:
            meters.rejected(rejected.reason)
            return Response(status=rejected.status)

    @pages.post("/wechat")
    def message() -> Response:
        if (request.content_length or 0) > MAX_BYTES:
            meters.rejected("body too long")
            return Response(status=400)
        try:
            inbound = parse(envelope.open(_query(), lambda: request.get_data(cache=False), time.time()))
        except Rejected as rejected:
            meters.rejected(rejected.reason)
            return Response(status=rejected.status)
        except Malformed:
            meters.rejected("malformed")
            return Response(status=400)
        reply = _answered(inbound, world, meters, floods)
        return _sent(reply, inbound.head, envelope)

    return pages


def _may_wait(inbound: Inbound) -> bool:
    """What a person sends by hand can be sent again; that somebody has gone, or wants to be forgotten, comes once."""
    return isinstance(inbound, TextIn | ImageIn | LocationIn | OtherIn | ClickIn | PhotosAnnouncedIn | ScanCodeIn)


def _query() -> Mapping[str, str]:
    try:
        return request.args
    except UnicodeDecodeError as error:  # raw bytes, which no client of ours sends; some servers pass them on
        raise Rejected(400, "query is no UTF-8") from error


def _answered(inbound: Inbound, world: World, meters: Meters, floods: Floods) -> KeptReply:
    """The reply to one message. Every failure becomes words for the person: the broad catch of the webhook."""
    word = told(inbound)
    head = head_of(inbound)
    try:
        if floods.is_over(inbound.head.openid, world.clock().timestamp()) and _may_wait(inbound):
            meters.flooded()
            return _words(wording.TOO_FAST)
        if word is not None:
            with meters.turn():
                return take_turn(head, word, world)
        _take_silently(inbound, world)
        return KeptReply(b"", "success", (), head.created)
    except InDoubt:
        logger().error("a turn is in doubt", message=mark_of(head.key).hex())
        return _words(wording.IN_DOUBT) if word is not None else KeptReply(b"", "success", (), head.created)
    except StoreUnavailable as trouble:
        logger().error("store unavailable", trouble=str(trouble), message=mark_of(head.key).hex())
        return _without_stores(head, word, world, meters)
    except Exception:
        meters.defect()
        logger().exception("defect in a turn", kind=type(inbound).__name__, message=mark_of(head.key).hex())
        return _words(wording.APOLOGY) if word is not None else KeptReply(b"", "success", (), head.created)


def _without_stores(head: Head, word: Input | None, world: World, meters: Meters) -> KeptReply:
    """What can be said while the person's conversation cannot be read or written: the other half of the broad catch."""
    if word is None:
        return KeptReply(b"", "success", (), head.created)
    meters.degraded()
    try:
        return away.answer(head, word, world)
    except StoreUnavailable:  # the database too: an operator must see to it
        logger().error("an erasure that WeChat asked for is not written down", message=mark_of(head.key).hex())
        return KeptReply(b"", "success", (), head.created)
    except Exception:
        meters.defect()
        logger().exception("defect while a store is away", message=mark_of(head.key).hex())
        return _words(wording.APOLOGY)


def _take_silently(inbound: Inbound, world: World) -> None:
    """Events that nobody reads an answer to: WeChat hears success whatever becomes of them."""
    match inbound:
        case DeliveryIn():
            take_receipts(inbound, world)
        case SubscriptionIn():
            notices_chosen(inbound, world)
        case _:
            pass


def _words(text: str) -> KeptReply:
    return KeptReply(b"", "text", (Say(text),), int(time.time()))


def _sent(reply: KeptReply, head: Head, envelope: Envelope) -> Response:
    if reply.kind == "success" or (reply.kind == "text" and not reply.says):
        return Response(SUCCESS, mimetype="text/plain")
    match reply.kind:
        case "transfer":
            out: Outbound = HandOver("")
        case "image":
            out = ImageOut(reply.says[0].text)
        case _:
            out = text_of(*reply.says)
    xml = render(out, head, reply.created)
    body = envelope.seal(xml, reply.created) if envelope.seals else xml.encode()
    return Response(body, mimetype="application/xml")
