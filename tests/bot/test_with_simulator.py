"""Envelope, wire and client against the simulated platform, which shares no line with them."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask, Response, request
from redis import Redis
from werkzeug.serving import make_server

from bot import menu as menu_module
from bot.envelope import Envelope
from bot.menu import read_menu, to_wechat
from bot.menu_changes import diff
from bot.simulator.follower import Follower
from bot.simulator.platform import Platform
from bot.simulator.server import Quiet, serving
from bot.simulator.settings import SimulatorSettings
from bot.wechat_client import WeChatClient
from bot.wire import parse, render
from dialogs.model import OpenId, Say, Tap
from handlers.inbound import (
    ClickIn,
    FollowIn,
    ImageIn,
    Inbound,
    LocationIn,
    OtherIn,
    PhotosAnnouncedIn,
    ScanCodeIn,
    ScanIn,
    SilentIn,
    SubscriptionIn,
    TextIn,
    UnfollowIn,
)
from handlers.ports import MediaGone, WeChatError
from storage.access_token import AccessToken

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ANSWER = Say("选一个😀 ]]> <a", (Tap("1. 好", "好的", "step.1"),))
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20


@dataclass
class Edge:
    """A bot that only opens, reads and answers; what it read, and the phone that talks to it."""

    platform: Platform
    follower: Follower
    read: list[Inbound] = field(default_factory=list)


def an_edge(mode: str) -> Iterator[Edge]:
    envelope = Envelope("simulated", "wx0000000000000000", AES_KEY if mode != "plain" else "", mode)  # type: ignore[arg-type]
    app = Flask(__name__)
    edges: list[Edge] = []

    @app.post("/wechat")
    def message() -> Response:
        inbound = parse(envelope.open(request.args, request.get_data(), time.time()))
        edges[0].read.append(inbound)
        xml = render(ANSWER, inbound.head, inbound.head.created)
        return Response(envelope.seal(xml, inbound.head.created) if envelope.seals else xml, mimetype="text/xml")

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    settings = SimulatorSettings(
        bot_url=f"http://127.0.0.1:{server.server_port}/wechat", aes_key=AES_KEY, mode=mode, token="simulated"
    )
    platform = Platform(settings)
    try:
        with serving(platform):
            edges.append(Edge(platform, platform.follower(following=True)))
            yield edges[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=["plain", "compatible", "safe"])
def edge(request: pytest.FixtureRequest) -> Iterator[Edge]:
    yield from an_edge(request.param)


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform(SimulatorSettings())
    with serving(platform):
        yield platform


@pytest.fixture
def client(platform: Platform, tmp_path: Path) -> Iterator[WeChatClient]:
    nobody = Redis.from_url(f"unix://{tmp_path / 'nobody'}")
    client = WeChatClient(platform.url, "wx0000000000000000", "simulated-secret", AccessToken(nobody, "wx"))
    yield client
    client.close()


def test_every_deed_of_a_phone_is_read_and_every_reply_shown(edge: Edge) -> None:
    phone = edge.follower
    phone.say("你好 <b>&]]>😀")
    phone.tap("1. 好")
    phone.send_photo(JPEG)
    phone.send_voice()
    phone.send_sticker()
    phone.send_location(25.04, 102.71, "五华区")
    phone.click("HELP")
    phone.view("https://example.gov.cn")
    phone.scan("desk-3")
    phone.scan_code("scancode_waitmsg", "SCAN", "code")
    phone.pick_photos("PHOTOS", [JPEG, JPEG])
    phone.select_location("OFFICE_NEAR", 25.04, 102.71, "五华区")
    phone.accept_notices("T1")
    phone.unfollow()
    phone.follow("desk-4")
    assert edge.platform.complaints() == []
    kinds = [type(inbound) for inbound in edge.read]
    assert set(kinds) == {
        *(TextIn, ImageIn, OtherIn, LocationIn, ClickIn, SilentIn, ScanIn, ScanCodeIn, PhotosAnnouncedIn),
        *(SubscriptionIn, UnfollowIn, FollowIn),
    }
    typed, tapped = (inbound for inbound in edge.read if isinstance(inbound, TextIn))
    assert (typed.text, typed.tap) == ("你好 <b>&]]>😀", "")
    assert (tapped.text, tapped.tap) == ("好的", "step.1")
    assert [inbound.kind for inbound in edge.read if isinstance(inbound, OtherIn)] == ["voice", "sticker"]
    assert {inbound.scene for inbound in edge.read if isinstance(inbound, FollowIn | ScanIn)} == {"desk-3", "desk-4"}
    announced = next(inbound for inbound in edge.read if isinstance(inbound, PhotosAnnouncedIn))
    assert (announced.menu_key, announced.count, len(announced.md5s)) == ("PHOTOS", 2, 2)
    keys = [inbound.head.key for inbound in edge.read]
    assert len(set(keys)) == len(keys)


def test_the_client_and_the_platform_understand_each_other(platform: Platform, client: WeChatClient) -> None:
    menu = read_menu(Path(menu_module.__file__).with_name("menu.toml").read_text("utf-8"))
    assert client.get_menu() is None
    client.create_menu(to_wechat(menu))
    assert diff(menu, client.get_menu()) == []
    media_id = client.upload_media("image", "bus.jpg", JPEG, "image/jpeg")
    assert client.fetch(media_id) == JPEG
    with pytest.raises(MediaGone):
        client.fetch("no-such-media")
    assert client.create_qrcode("desk-3", 600).ticket
    phone = platform.follower(following=True)
    assert client.user_info(OpenId(phone.openid))["subscribe"] == 1
    client.delete_menu()
    assert client.get_menu() is None
    assert platform.complaints() == []


def test_revoked_and_expired_tokens_are_replaced(platform: Platform, client: WeChatClient) -> None:
    client.check_token()
    for spoil in (platform.tokens.revoke, platform.tokens.expire):
        spoil()
        assert client.get_menu() is None


def test_a_stranger_cannot_be_written_to(client: WeChatClient) -> None:
    with pytest.raises(WeChatError) as caught:
        client.send(OpenId("oNobody"), Say("你好"))
    assert caught.value.remedy == "unreachable"
