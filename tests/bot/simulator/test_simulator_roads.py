"""Troubles on the way to the bot, and ordering them by HTTP and by page."""

import dataclasses
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
import requests
from echo_bot import Clock, EchoBot
from werkzeug.serving import make_server

from bot.simulator.delivery import over_http
from bot.simulator.errors import MESSAGES, WeChatSays
from bot.simulator.follower import Follower
from bot.simulator.platform import Platform
from bot.simulator.roads import Trouble
from bot.simulator.server import Quiet
from bot.simulator.settings import SimulatorSettings

SHEET = {
    "6": (-1, 40001, 40013, 40014, 40125, 40164, 40243, 41001, 42001, 45009, 45011, 48006, 50004, 50007, 61004, 89503,
          89506, 89507),
    "4": (40003, 40036, 40037, 40039, 40062, 40200, 40246, 40247, 40249, 43004, 43101, 43116, 45002, 45008, 45015,
          45047, 45072, 45080, 45081, 47003, 48001, 48002, 70000),
    "5": (40007,),
    "7": (40015, 40016, 40017, 40018, 40019, 40020, *range(40022, 40028), 40033, 40054, 40055, 46003, 65301, 65302,
          65303, 65304, 65305, 65307, 65316, 65317, 65320),
}  # fmt: skip
"""The errcodes of the platform's fact sheet, by its sections."""


def said(bot: EchoBot) -> list[str]:
    return [message.content for message in bot.seen]


def test_a_lost_answer_is_repeated_with_the_same_body_and_another_signature(
    phone: Follower, platform: Platform, bot: EchoBot
) -> None:
    platform.roads.add(Trouble("lost"))
    exchange = phone.say("你好")
    assert (exchange.attempts, exchange.text, exchange.road) == (2, "你说：你好", "lost")
    assert [other.text for other in exchange.others if other] == ["你说：你好"]
    assert len(bot.xml) == 2 and len(set(bot.xml)) == 1
    assert phone.say("再见").attempts == 1 and platform.roads.met == ["lost"]


def test_an_overlapping_repeat_comes_while_the_first_is_unanswered(
    phone: Follower, platform: Platform, bot: EchoBot
) -> None:
    second, count = threading.Event(), []

    def answer(message: object) -> None:
        count.append(message)
        if len(count) == 1:
            assert second.wait(20)  # the first is answered only once the repeat is here
        else:
            second.set()

    bot.answer = answer  # type: ignore[assignment]
    platform.roads.add(Trouble("overlap", delay_s=0.01))
    exchange = phone.say("你好")
    assert exchange.attempts == 2 and exchange.text == "你说：你好" and len(exchange.others) == 1


def test_a_held_push_arrives_after_what_was_sent_later(phone: Follower, platform: Platform, bot: EchoBot) -> None:
    platform.roads.add(Trouble("hold", match="先", delay_s=1.0))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(phone.say, "先")
        while platform.roads.met != ["hold"]:
            threading.Event().wait(0.001)
        phone.say("后")
        first.result()
    assert said(bot) == ["后", "先"]
    assert bot.seen[1].time <= bot.seen[0].time


def test_a_burst_leaves_together(phone: Follower, platform: Platform, bot: EchoBot) -> None:
    platform.roads.add(Trouble("gather", times=3, many=3, delay_s=30.0))
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(phone.say, ("一", "二", "三")))
    assert sorted(said(bot)) == sorted(["一", "二", "三"]) and not any(one.failed for one in answers)


def test_skewed_pushes_are_signed_and_dated_by_another_clock(
    phone: Follower, platform: Platform, bot: EchoBot, clock: Clock
) -> None:
    platform.roads.add(Trouble("skew", offset_s=-120))
    assert not phone.say("你好").failed
    assert f"<CreateTime>{int(clock.time) - 120}</CreateTime>" in bot.xml[0]


def test_troubles_of_others_and_old_ones_do_not_strike(phone: Follower, platform: Platform) -> None:
    platform.roads.add(Trouble("lost", match="o-somebody-else"))
    platform.roads.add(Trouble("lost"), lasts_s=1e-9)
    assert phone.say("你好").attempts == 1
    assert [one.match for one in platform.roads.waiting()] == ["o-somebody-else"]


@pytest.fixture
def on_socket(settings: SimulatorSettings, bot: EchoBot) -> Iterator[Platform]:
    server = make_server("127.0.0.1", 0, bot.app, threaded=True, request_handler=Quiet)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/wechat"
    yield Platform(dataclasses.replace(settings, bot_url=url), post=over_http)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("kind", ["cut", "slow"])
def test_a_bad_line_ends_in_one_answer(on_socket: Platform, bot: EchoBot, kind: str) -> None:
    on_socket.roads.add(Trouble(kind, delay_s=0.2))  # type: ignore[arg-type]
    exchange = on_socket.follower("o-test", following=True).say("你好")
    assert exchange.text == "你说：你好"
    assert exchange.attempts == (2 if kind == "cut" else 1)
    assert exchange.whole_s >= (0.2 if kind == "slow" else 0)


def test_repeats_keep_their_distance(settings: SimulatorSettings, bot: EchoBot) -> None:
    times: list[float] = []

    def post(request: object, patience_s: float) -> object:
        times.append(time.monotonic())
        raise requests_gone

    from bot.simulator.delivery import NoAnswer

    requests_gone = NoAnswer("nobody there")
    paced = Platform(dataclasses.replace(settings, repeat_s=0.05), post=post)  # type: ignore[arg-type]
    exchange = paced.follower("o-test", following=True).say("你好")
    assert exchange.failed and exchange.attempts == 3
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(times))


def test_every_errcode_of_the_fact_sheet_has_its_words() -> None:
    assert [code for codes in SHEET.values() for code in codes if code not in MESSAGES] == []


def test_late_and_expired_media(platform: Platform, clock: Clock) -> None:
    platform.media.late(5.0)
    late, other = platform.media.keep("image", b"\xff\xd8\xff1"), platform.media.keep("image", b"\xff\xd8\xff2")
    assert platform.media.get(other.media_id) == other
    with pytest.raises(WeChatSays, match="40007"):
        platform.media.get(late.media_id)
    clock.passes(5)
    assert platform.media.get(late.media_id) == late
    platform.media.expire()
    with pytest.raises(WeChatSays, match="40007"):
        platform.media.get(late.media_id)


def test_orders_by_http(platform: Platform, url: str) -> None:
    road = {"kind": "hold", "delay_s": 2, "times": 3, "lasts_s": 60}
    assert requests.post(f"{url}/_roads", json=road, timeout=9).json()[0]["times"] == 3
    assert platform.roads.waiting()[0].until > time.monotonic()
    assert requests.delete(f"{url}/_roads", timeout=9).json() == []
    fault = {"kind": "errcode", "path": "media/get", "errcode": 45009, "times": -1, "lasts_s": 60}
    requests.post(f"{url}/_faults", json=fault, timeout=9)
    assert platform.faults.waiting()[0].errcode == 45009
    requests.post(f"{url}/_faults", json={"kind": "late_media", "delay_s": 9, "times": 2}, timeout=9)
    kept = platform.media.keep("image", b"\xff\xd8\xff")
    assert kept.ready > platform.now()
    requests.post(f"{url}/_faults", json={"kind": "expire_media"}, timeout=9)
    assert not platform.media.has(kept.media_id)


@pytest.mark.parametrize("order", [{"kind": "no"}, {"kind": "hold", "delay_s": "x"}, {"kind": "hold", "delay_s": -1},
                                   {"kind": "hold", "times": "1"}, {"kind": "hold", "until": 1.0}, [], {"kind": []}])  # fmt: skip
@pytest.mark.parametrize("where", ["_roads", "_faults"])
def test_wrong_orders_are_refused(platform: Platform, url: str, where: str, order: object) -> None:
    if isinstance(order, dict) and where == "_faults":
        order = {name: "delay" if value == "hold" else value for name, value in order.items()}
    assert requests.post(f"{url}/{where}", json=order, timeout=9).status_code == 400
    assert platform.roads.waiting() == () and platform.faults.waiting() == ()
