"""The phone's JSON, the terminal claimant, the papers, and the text of a bubble."""

import dataclasses
import io
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image, ImageFilter, ImageStat

from bot.simulator import papers
from bot.simulator.__main__ import settings_from
from bot.simulator.bubbles import Segment, segments
from bot.simulator.chat import chat
from bot.simulator.platform import Platform
from bot.simulator.server import serving
from bot.simulator.settings import SimulatorSettings


def test_a_phone_driven_by_json(url: str, platform: Platform) -> None:
    def post(path: str, **options: Any) -> requests.Response:
        return requests.post(f"{url}/phone/{path}", timeout=9, **options)

    assert post("phones", json={"openid": "o-json"}).json()["following"] is False
    assert post("o-json/say", json={"text": "你好"}).status_code == 400
    followed = post("o-json/follow", json={}).json()
    assert followed["exchanges"][0]["attempts"] == 1
    tap = followed["lines"][-1]["segments"][1]
    assert (tap["kind"], tap["says"], tap["id"]) == ("tap", "查进度", "progress")
    assert post("o-json/tap", json={"label": "查进度"}).json()["exchanges"][0]["reply"]["text"] == "tapped progress"
    photos = [("photo", ("a.jpg", papers.jpeg("bank_card"))), ("photo", ("b.jpg", papers.jpeg("passbook")))]
    sent = post("o-json/photos", files=photos).json()
    assert [each["reply"]["text"] for each in sent["exchanges"]] == ["got image"] * 2
    picked = post("o-json/pick", json={"key": "k", "names": ["id_portrait"]}).json()
    assert len(picked["exchanges"]) == 2
    log = requests.get(f"{url}/phone/o-json/log", timeout=9).json()
    assert log["violations"] == [] and log["following"] is True
    image = next(line for line in log["lines"] if line["kind"] == "image")
    assert requests.get(f"{url}/phone/media/{image['media_id']}", timeout=9).headers["Content-Type"] == "image/jpeg"
    for path, status in (("o-nobody/say", 404), ("o-json/dance", 404), ("o-json/papers", 400), ("o-json/say", 400)):
        assert post(path, json={"names": ["x"]}).status_code == status


def test_waiting_ends_with_the_first_line(url: str, platform: Platform) -> None:
    phone = platform.follower("o-wait", following=True)
    news = threading.Timer(0.1, lambda: phone.conversation.add("account", "text", "迟到的话", via="custom"))
    news.start()
    said = requests.get(f"{url}/phone/o-wait/log", params={"wait": 20}, timeout=9).json()
    assert [line["text"] for line in said["lines"]] == ["迟到的话"]


@pytest.mark.parametrize("path", ["/page/../settings.py", "/page/__init__.py", "/phone/papers/x.jpg", "/phone/media/x"])
def test_only_the_pages_own_files_are_given(url: str, path: str) -> None:
    assert requests.get(url + path, timeout=9).status_code == 404


# the terminal


def _chat(settings: SimulatorSettings, typed: str) -> str:
    out = io.StringIO()
    chat(settings, source=io.StringIO(typed), out=out)
    return out.getvalue()


def test_a_claimant_in_a_terminal(platform: Platform, url: str, tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(papers.jpeg("portrait"))
    settings = dataclasses.replace(platform.settings, port=int(url.rpartition(":")[2]))
    typed = f"你好\n/options\n/tap 查进度\n/photo {photo}\n/paper id_portrait id_emblem\n/location 25.04 102.71 昆明\n"
    shown = _chat(settings, typed + "/location x y\n/photo /none\n/paper nothing\n/dance\n/quit\n没人听\n")
    assert "号> event subscribe" in shown and "【查进度】" in shown
    assert "号> 你说：你好\n" in shown and "号> tapped progress\n" in shown
    assert shown.count("号> got image") == 3 and "号> got location" in shown
    assert "纬度和经度是数字" in shown and "读不到文件：/none" in shown and "没有 /dance" in shown
    assert "no paper 'nothing'" in shown and "没人听" not in shown


def test_a_chat_without_a_simulator_brings_its_own(settings: SimulatorSettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    shown = _chat(dataclasses.replace(settings, port=port, bot_url="http://127.0.0.1:9/wechat"), "你好\n")
    assert shown.count("该公众号提供的服务出现故障，请稍后再试") == 2
    assert "微信不接受：no answer" in shown


def test_a_taken_port_is_said_not_exited(platform: Platform) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError),
        serving(platform, port=taken.getsockname()[1]),
    ):
        pass


# settings


def test_the_command_line_names_every_secret_and_refuses_a_short_key() -> None:
    line = "--port 0 --bot-url http://b/wechat --app-id a --app-secret s --token t --mode safe --aes-key"
    words = line.split()
    assert settings_from([*words, "k" * 43], {}).mode == "safe"
    with pytest.raises(SystemExit):
        settings_from([*words, "short"], {})
    assert settings_from([], {"SIMULATOR_TOKEN": "from-outside"}).token == "from-outside"


def test_secrets_are_not_shown() -> None:
    shown = repr(SimulatorSettings(app_secret="hidden-1", token="hidden-2", aes_key="hidden-3"))
    assert "hidden" not in shown


# bubbles


def test_links_options_and_everything_else() -> None:
    text = '好 <a href="weixin://bizmsgmenu?msgmenucontent=%E8%A6%81%26&msgmenuid=1%2F2">要</a><a href="https://a.b/">网</a>'
    assert segments(text) == (
        Segment("text", "好 "),
        Segment("tap", "要", says="要&", id="1/2"),
        Segment("link", "网", href="https://a.b/"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "<b>粗</b>", '<a href="javascript:alert(1)">x</a>', "<a href='https://a'>单引号</a>", "<img src=x onerror=y>",
        '<a href="weixin://bizmsgmenu?msgmenucontent=&msgmenuid=1">空</a>',
        '<a href="weixin://bizmsgmenu?msgmenucontent=1">没有id</a>',
    ],
)  # fmt: skip
def test_what_is_no_link_is_shown_as_typed(text: str) -> None:
    assert "".join(piece.text for piece in segments(text)) == text
    assert {piece.kind for piece in segments(text)} == {"text"}


# papers


@pytest.mark.parametrize("name", papers.LABELS)
def test_each_paper_is_a_photograph_of_ordinary_size_sharp_and_lit(name: str) -> None:
    content = papers.jpeg(name)
    assert 40_000 <= len(content) <= 150_000
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        assert picture.format == "JPEG" and not picture.getexif()
        assert max(picture.size) >= 840
        grey = picture.convert("L")
        grey.thumbnail((800, 800))
    edges = grey.filter(ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128))
    assert ImageStat.Stat(edges).var[0] > 60  # below this a phone's photo of a card counts as blurred
    assert 60 < ImageStat.Stat(grey).mean[0] < 215
    assert ImageStat.Stat(grey).stddev[0] > 25


def test_a_paper_that_is_not_there() -> None:
    with pytest.raises(LookupError):
        papers.jpeg("../settings")
