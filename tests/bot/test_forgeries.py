"""Requests that are not, or no longer, WeChat's; and what hostile people put into rightful ones. The whole application in
process, the messages sealed by hand."""

import time
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from bot.simulator.crypto import decrypt
from bot.wire import parse
from handlers.inbound import ImageIn, OtherIn, TextIn
from storage.embedded import EmbeddedValkey
from tests.fuzz.house import APP_ID, Answer, House, Request, house, sealed, signed
from tests.whole import AES_KEY

OPENID = "oForged-00000000000000000001"


@pytest.fixture(scope="module")
def opened(valkey: EmbeddedValkey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("forged"), valkey.url) as one:
        yield one


@pytest.fixture
def bot(opened: House) -> House:
    """Who writes here was never here before."""
    opened.redis.flushall()
    return opened


def text(content: str, number: int, to: str = "gh_1") -> bytes:
    inner = content.replace("]]>", "]]]]><![CDATA[>")
    return (
        f"<xml><ToUserName>{to}</ToUserName><FromUserName>{OPENID}</FromUserName><CreateTime>{int(time.time())}</CreateTime>"
        f"<MsgType>text</MsgType><Content><![CDATA[{inner}]]></Content><MsgId>{number}</MsgId></xml>"
    ).encode()


def reply(answer: Answer) -> ElementTree.Element:
    outer = ElementTree.fromstring(answer.body)
    return ElementTree.fromstring(decrypt(outer.findtext("Encrypt", ""), AES_KEY, APP_ID))


def at(request: Request, moment: int) -> Request:
    """The same body, signed at another time."""
    encrypt = request.body.partition(b"<Encrypt><![CDATA[")[2].partition(b"]]>")[0].decode()
    return replace(signed(request.body, encrypt, at=moment), body=request.body)


def test_a_captured_request_gets_the_same_bytes_and_does_nothing_again(bot: House) -> None:
    captured = sealed(text("申领", 1))
    first = bot.ask(captured)
    bot.ask(sealed(text("昆明", 2)))
    session = bot.world.sessions.load(bot.world.sessions.person_of(OPENID)).session
    again = bot.ask(captured)
    assert again.status == 200 and again.body == first.body
    assert bot.world.sessions.load(bot.world.sessions.person_of(OPENID)).session == session


@pytest.mark.parametrize("late_s", [-301 - 5, 301 + 5])
def test_a_request_of_another_time_does_nothing(bot: House, late_s: int) -> None:
    answer = bot.ask(at(sealed(text("申领", 1)), int(time.time()) + late_s))
    assert (answer.status, answer.body) == (403, b"")
    assert bot.world.sessions.load(bot.world.sessions.person_of(OPENID)).session is None


def test_another_accounts_message_does_nothing_and_the_reply_goes_where_it_came_from(bot: House) -> None:
    assert bot.ask(sealed(text("申领", 1), app_id=b"wx1111111111111111")).status == 403
    assert bot.world.sessions.load(bot.world.sessions.person_of(OPENID)).session is None
    answered = reply(bot.ask(sealed(text("申领", 1, to="gh_another"))))  # signed and sealed by this account's keys
    assert (answered.findtext("ToUserName"), answered.findtext("FromUserName")) == (OPENID, "gh_another")


@pytest.mark.parametrize("hostile", [
    "]]></Content><MsgType>image</MsgType><Content><![CDATA[x", "]]><Image><MediaId>x</MediaId></Image><![CDATA[",
    "</Content></xml><xml>", "&lt;a href='http://evil.example'&gt;", "<a href=\"http://evil.example\">点我</a>", "&#x0;&amp;",
])  # fmt: skip
def test_what_is_echoed_adds_no_node_and_no_link(bot: House, hostile: str) -> None:
    said = ["申领", "昆明", "我已阅读", "2", f"昆明市五华区样例路1号{hostile}", "上一步", hostile, "改2"]
    for number, line in enumerate(said):
        answered = reply(bot.ask(sealed(text(line, number))))
        assert [node.tag for node in answered] == ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"]
        assert answered.findtext("MsgType") == "text" and "href=\"http://evil" not in answered.findtext("Content", "")
        assert "href='http://evil" not in answered.findtext("Content", "")


def push(kind: str, **nodes: str) -> bytes:
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in nodes.items())
    return (f"<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime>"
            f"<MsgType>{kind}</MsgType><MsgId>1</MsgId>{inner}</xml>").encode()  # fmt: skip


def test_ids_and_addresses_longer_than_any_are_not_kept() -> None:
    long = parse(push("image", MediaId="m" * 257, PicUrl="http://mmbiz.qpic.cn/" + "x" * 300))
    assert isinstance(long, ImageIn) and long.media_id == "" and long.pic_url
    long = parse(push("image", MediaId="m" * 256, PicUrl="http://mmbiz.qpic.cn/" + "x" * 1024))
    assert isinstance(long, ImageIn) and long.media_id and long.pic_url == ""
    assert isinstance(parse(push("image", MediaId="m" * 999, PicUrl="x" * 9999)), OtherIn)
    tapped = parse(push("text", Content="1", bizmsgmenuid="t" * 129))
    assert isinstance(tapped, TextIn) and tapped.tap == ""


def test_what_is_kept_of_a_person_does_not_grow_by_what_they_send(bot: House) -> None:
    for number, line in enumerate(("申领", "昆明", "我已阅读")):
        bot.ask(sealed(text(line, number)))
    for number in range(10, 60):
        bot.ask(sealed(text("啊" * 15_000 + str(number), number)))
    assert bot.largest_value() < 8 * 1024
