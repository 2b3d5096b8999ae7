"""Phones: what they post, how often, and what they take for an answer."""

import threading
import time
from typing import Any

import pytest
from echo_bot import Clock, EchoBot
from flask import Response
from wechatpy import parse_message

from bot.simulator import messages
from bot.simulator.conversation import GREY_LINE
from bot.simulator.delivery import Answer, NoAnswer, Request, over_http, verification_url
from bot.simulator.faults import Fault
from bot.simulator.follower import Follower, NotFollowing
from bot.simulator.platform import Platform
from bot.simulator.replies import Violation
from bot.simulator.server import serving
from bot.simulator.settings import SimulatorSettings

JPEG = b"\xff\xd8\xff" + bytes(40)
HEAD = "<ToUserName><![CDATA[o-test]]></ToUserName><FromUserName><![CDATA[gh_000000000000]]></FromUserName>"


def test_every_deed_reaches_wechatpy_in_every_mode(in_mode: tuple[Platform, EchoBot]) -> None:
    platform, bot = in_mode
    phone = platform.follower("o-test")
    phone.follow("office-7")
    phone.say("你好")
    phone.tap("查进度")
    phone.send_photo(JPEG)
    phone.send_voice()
    phone.send_sticker()
    phone.send_location(25.04, 102.71, "昆明")
    phone.click("status")
    phone.scan("office-9")
    phone.scan_code("scancode_waitmsg", "scan", "https://example.org")
    phone.pick_photos("papers", [JPEG, JPEG + b"2"])
    phone.select_location("place", 43.8, 125.3, "长春", "人民广场")
    phone.accept_notices("t1")
    phone.unfollow()
    kinds = [getattr(message, "event", message.type) for message in bot.seen]
    assert kinds == [
        "subscribe_scan", "text", "text", "image", "voice", "text", "location", "click", "scan", "scancode_waitmsg",
        "pic_photo_or_album", "image", "image", "location_select", "location", "unknown", "unsubscribe",
    ]  # fmt: skip
    assert phone.violations == []
    assert [message.content for message in bot.seen if message.type == "text"][-1] == messages.STICKER
    assert len({message.id for message in bot.seen if message.type not in ("event", "unknown")}) == 9
    assert all(message.id > 2**40 for message in bot.seen if message.type == "image")


def test_photos_from_a_menu_button_are_announced_with_count_and_md5(phone: Follower, bot: EchoBot) -> None:
    phone.pick_photos("papers", [JPEG, JPEG + b"2"])
    pics = bot.seen[0]
    assert (pics.event, pics.key, pics.count) == ("pic_photo_or_album", "papers", 2)
    assert len({each["PicMd5Sum"] for each in pics.pictures}) == 2


SAMPLES = [
    messages.video("m", "t", 1), messages.video("m", "t", 1, short=True), messages.link("a", "b", "http://c", 1),
    messages.file("简历.pdf", 1), messages.position(messages.Place(25.0, 102.7)),
    messages.view("https://example.org", 3), messages.view_miniprogram("pages/a", 3), messages.template_finished(7),
    messages.mass_finished(7, 20), messages.subscribe_popup([("a", "accept"), ("b", "reject")]),
    messages.subscribe_change(["a"]), messages.subscribe_sent("a", 7),
    messages.privacy("user_authorization_revoke", "o-x", "wx", ["206"]), messages.agent_came("k@a"),
    messages.agent_left("k@a"), messages.agent_changed("k@a", "l@a"),
    messages.verification("verify_expired", 1_800_000_000), messages.verification("naming_verify_fail", 1, "名称不符"),
]  # fmt: skip


@pytest.mark.parametrize("nodes", SAMPLES, ids=lambda nodes: str(dict(nodes).get("Event", dict(nodes)["MsgType"])))
def test_every_other_push_is_well_formed(nodes: messages.Nodes) -> None:
    message = parse_message(messages.render("gh_1", "o-test", 1_790_000_000, nodes))
    assert message.source == "o-test"
    for name, value in nodes:
        if isinstance(value, str | int):
            assert str(message._data[name] or "") == str(value)


def test_cdata_cannot_be_broken_out_of(phone: Follower, bot: EchoBot) -> None:
    said = "a]]><MsgType>event</MsgType>"
    phone.say(said)
    assert bot.seen[0].content == said


# trying again


def test_a_silent_bot_gets_the_same_message_three_times(settings: SimulatorSettings, clock: Clock) -> None:
    posted: list[Request] = []

    def silent(request: Request, patience_s: float) -> Answer:
        posted.append(request)
        raise NoAnswer("silent")

    phone = Platform(settings, now=clock, post=silent).follower(following=True)
    exchange = phone.say("在吗")
    assert (exchange.attempts, exchange.failed) == (3, True)
    assert phone.conversation.after()[-1].text == GREY_LINE
    assert len({request.url for request in posted}) == 3  # signed anew each time


def test_the_third_attempt_may_still_be_answered(platform: Platform, bot: EchoBot, phone: Follower) -> None:
    through, missed = platform.postman.post, 2

    def deaf_at_first(request: Request, patience_s: float) -> Answer:
        nonlocal missed
        if missed:
            missed -= 1
            through(request, patience_s)
            raise NoAnswer("late")
        return through(request, patience_s)

    platform.postman.post = deaf_at_first
    exchange = phone.say("在吗")
    assert (exchange.attempts, exchange.text, phone.violations) == (3, "你说：在吗", [])
    assert len({(message.id, message.create_time) for message in bot.seen}) == 1 and len(bot.seen) == 3


def test_a_bot_that_is_not_there_is_no_answer() -> None:
    with pytest.raises(NoAnswer):
        over_http(Request("http://127.0.0.1:9/wechat", b""), 1.0)


@pytest.mark.parametrize("fault", [Fault("delay", delay_s=4.0), Fault("drip", delay_s=4.0)], ids=["late", "dripping"])
def test_a_slow_bot_is_hung_up_on_in_time(fault: Fault, settings: SimulatorSettings) -> None:
    slow = Platform(settings)  # a second platform plays the bot: any slow server will do
    slow.faults.add(fault)
    with serving(slow) as url:
        began = time.monotonic()
        with pytest.raises(NoAnswer):
            over_http(Request(f"{url}/cgi-bin/token", b"x"), 0.6)
        assert time.monotonic() - began < 2


# what is no answer WeChat would take


def _xml(body: str, head: str = HEAD) -> str:
    return f"<xml>{head}<CreateTime>1790000000</CreateTime>{body}</xml>"


TEXT = "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{}]]></Content>"
WRONG = {
    "not XML": ('{"errcode":0}', "neither XML"),
    "a page": ("<!DOCTYPE html><html></html>", "DTD"),
    "broken": (_xml(TEXT.format("a")).replace("</xml>", ""), "neither XML"),
    "control character": (_xml(TEXT.format("a\x08b")), "neither XML"),
    "another root": (f"<reply>{HEAD}</reply>", "root"),
    "not swapped": (_xml(TEXT.format("a"), HEAD.replace("o-test", "gh_000000000000")), "ToUserName"),
    "another account": (_xml(TEXT.format("a"), HEAD.replace("gh_000000000000", "gh_9")), "FromUserName"),
    "no time": (_xml(TEXT.format("a")).replace("<CreateTime>1790000000</CreateTime>", ""), "CreateTime"),
    "unknown type": (_xml("<MsgType>card</MsgType>"), "unknown MsgType"),
    "no content": (_xml("<MsgType>text</MsgType>"), "without"),
    "blank": (_xml(TEXT.format("  ")), "empty"),
    "too long": (_xml(TEXT.format("汉" * 683)), "2049 bytes"),
    "injected": (_xml(TEXT.format("a]]></Content><Content><![CDATA[b")), "twice"),
    "foreign node": (_xml(TEXT.format("a") + "<Image/>"), "do not belong"),
    "unknown media": (_xml("<MsgType>image</MsgType><Image><MediaId>x</MediaId></Image>"), "MediaId"),
    "two articles": (
        _xml("<MsgType>news</MsgType><ArticleCount>2</ArticleCount><Articles><item/><item/></Articles>"),
        "articles",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_answer_wechat_would_not_take(name: str, phone: Follower, bot: EchoBot) -> None:
    xml, why = WRONG[name]
    sealed = bot.seal if name not in ("not XML", "a page") else Response
    bot.answer = lambda message: sealed(xml)
    exchange = phone.say("你好")
    assert why in exchange.violation
    assert exchange.attempts == 1
    assert phone.conversation.after()[-1].text == GREY_LINE


def test_the_longest_text_is_taken(phone: Follower, bot: EchoBot) -> None:
    bot.answer = lambda message: bot.reply(message, "汉" * 682 + "ab")
    assert not phone.say("你好").failed


def test_safe_mode_takes_no_clear_answer_and_no_encrypted_success(phone: Follower, bot: EchoBot) -> None:
    bot.answer = lambda message: Response(_xml(TEXT.format("a")))
    assert "in clear" in phone.say("1").violation
    bot.answer = lambda message: bot.seal("success")
    assert "encrypted" in phone.say("2").violation
    nothings = [b"success", b""]
    bot.answer = lambda message: Response(nothings.pop())
    for _ in range(2):
        exchange = phone.say("3")
        assert not exchange.failed and exchange.reply is None


def _tampered(bot: EchoBot, message: Any, old: str, new: str) -> Response:
    sealed = bot.reply(message, "好").get_data(as_text=True)
    assert old in sealed
    return Response(sealed.replace(old, new))


def test_a_forged_envelope_is_refused(phone: Follower, bot: EchoBot) -> None:
    bot.answer = lambda message: _tampered(bot, message, "<MsgSignature><![CDATA[", "<MsgSignature><![CDATA[0")
    assert "MsgSignature" in phone.say("1").violation
    bot.answer = lambda message: _tampered(bot, message, "</TimeStamp>", "000</TimeStamp>")
    assert "seconds" in phone.say("2").violation
    bot.answer = lambda message: Response(status=500)
    assert "500" in phone.say("3").violation


def test_events_may_not_be_handed_to_an_agent_but_messages_may(phone: Follower, bot: EchoBot) -> None:
    handed = _xml("<MsgType>transfer_customer_service</MsgType>")
    bot.answer = lambda message: bot.seal(handed)
    assert not phone.say("人工").failed
    assert phone.conversation.after()[-1].kind == "handover"
    assert "never events" in phone.click("agent").violation


def test_a_failure_nobody_sees_shows_no_grey_line(phone: Follower, bot: EchoBot) -> None:
    bot.answer = lambda message: Response("oops")
    assert phone.view("https://example.org").failed
    assert phone.conversation.after() == ()
    assert len(phone.violations) == 1


# options, repeats, following


def test_an_option_in_an_old_bubble_can_still_be_tapped(phone: Follower, bot: EchoBot) -> None:
    phone.click("first")
    phone.say("又说了别的")
    assert phone.tap("查进度").text == "tapped progress"
    assert (bot.seen[-1].content, bot.seen[-1]._data["bizmsgmenuid"]) == ("查进度", "progress")
    with pytest.raises(LookupError):
        phone.tap("没有这个")


def test_copies_arrive_at_the_same_moment(settings: SimulatorSettings, clock: Clock, bot: EchoBot) -> None:
    platform = Platform(settings, now=clock)
    together = threading.Barrier(3, timeout=5)

    def waits_for_all(request: Request, patience_s: float) -> Answer:
        together.wait()
        return Answer(200, "", b"success", 0.0)

    platform.postman.post = waits_for_all
    phone = platform.follower(following=True)
    nodes = messages.text("你好", phone.new_msg_id())
    answers = phone.copies(nodes, 3)
    assert [phone.read(nodes, answer) for answer in answers if answer] == [None] * 3
    with pytest.raises(Violation):
        phone.read(nodes, Answer(502, "", b"", 0.0))


def test_who_does_not_follow_can_say_nothing(platform: Platform) -> None:
    with pytest.raises(NotFollowing):
        platform.follower("o-new").say("你好")


def test_the_console_verifies_the_address(settings: SimulatorSettings, bot: EchoBot) -> None:
    path = verification_url(settings, "/wechat", "4242", int(time.time()))
    assert bot.app.test_client().get(path).data == b"4242"
