"""What a person's deeds earn, through the webhook: never more than the simulated WeChat grants for the same."""

from collections.abc import Callable

import pytest

from bot.simulator import messages
from bot.simulator.follower import Follower
from dialogs.allowance import left
from tests.whole import Bot, paper

DEEDS: dict[str, tuple[Callable[[Follower], object], int]] = {
    "a text": (lambda phone: phone.say("你好"), 5),
    "a tapped option": (lambda phone: phone.say("1", menuid="q"), 3),
    "a photograph": (lambda phone: phone.send_photo(paper("portrait")), 5),
    "a voice message": (lambda phone: phone.send_voice(), 5),
    "a sticker": (lambda phone: phone.send_sticker(), 5),
    "a place": (lambda phone: phone.send_location(25.0, 102.7), 5),
    "a menu button": (lambda phone: phone.click("HELP"), 3),
    "a button that leads away": (lambda phone: phone.view("https://example.org"), 0),
    "a button that scans": (lambda phone: phone.scan_code("scancode_waitmsg", "K", "你好"), 3),
    "a scene code": (lambda phone: phone.scan("office:x"), 3),
    "following": (lambda phone: (phone.unfollow(), phone.follow()), 3),
    "leaving": (lambda phone: (phone.say("你好"), phone.unfollow()), 0),
    "photographs announced": (lambda phone: phone.send(messages.pics("pic_photo_or_album", "K", ["0" * 32]), None), 0),
    "a place chosen": (
        lambda phone: phone.send(messages.location_select("K", messages.Place(25.0, 102.7, "")), None), 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_earns_what_wechat_grants(bot: Bot, deed: str) -> None:
    phone = bot.follower()
    do, earned = DEEDS[deed]
    do(phone)
    session = bot.world.sessions.load(bot.world.sessions.person_of(phone.openid)).session
    ours = left(session.reach, int(bot.clock().timestamp())) if session is not None else 0
    assert ours == earned == phone.quota_left()


def test_deeds_do_not_add_up(bot: Bot) -> None:
    phone = bot.follower()
    for _ in range(3):
        phone.say("你好")
        phone.click("HELP")
    session = bot.world.sessions.load(bot.world.sessions.person_of(phone.openid)).session
    assert session is not None
    assert left(session.reach, int(bot.clock().timestamp())) == 5 <= phone.quota_left()
