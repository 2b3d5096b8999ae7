"""An unfinished claim is brought to mind once, in waking hours, while a message is left for it."""

from datetime import datetime, time, timedelta

import pytest
from msgspec.structs import replace

from bot.simulator.faults import Fault
from bot.simulator.follower import Follower
from dialogs.nudging import AFTER_S, BEFORE_S
from handlers import notify, nudges
from handlers.world import CHINA
from tests.bot.test_telling import later, pushed, with_rules
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot

ALL_DAY = (time(0), time(23, 59))


def idle(bot: Bot, *more: str) -> Follower:
    """Somebody who answered a question and went away."""
    follower = bot.follower()
    for text in ("申领", "昆明", "我已阅读", *more):
        act(follower, text)
    with_rules(bot, waking=ALL_DAY)
    return follower


def test_the_next_day_one_short_message_comes(bot: Bot) -> None:
    follower = idle(bot)
    for wait_s in (0, AFTER_S - 3600, 3500):
        later(bot, wait_s)
        assert nudges.nudge_all(bot.world).people == 0
    later(bot, 200)
    assert nudges.nudge_all(bot.world).people == 1
    (line,) = pushed(follower)
    assert "填到第 2 题" in line.text and "发“继续”" in line.text and len(line.text) < 60
    for _ in range(3):
        later(bot, 3600)
        assert nudges.nudge_all(bot.world).people == 0
    assert "医保的方式" in act(follower, "继续")
    later(bot, AFTER_S + 60)
    assert nudges.nudge_all(bot.world).people == 0 and len(pushed(follower)) == 1


def test_before_the_window_closes_or_not_at_all(bot: Bot) -> None:
    idle(bot)
    later(bot, BEFORE_S + 60)
    assert nudges.nudge_all(bot.world).people == 0


@pytest.mark.parametrize("said", [("暂停",), ("取消",), ("取消", "2"), ("取消", "1"), ("重新开始",), ("删除我的信息", "1")])
def test_who_stopped_by_choice_is_left_alone(bot: Bot, said: tuple[str, ...]) -> None:
    idle(bot, *said)
    later(bot, AFTER_S + 60)
    assert nudges.nudge_all(bot.world).people == 0


def test_who_answered_nothing_is_left_alone(bot: Bot) -> None:
    follower = bot.follower()
    act(follower, "申领")
    act(follower, "昆明")
    with_rules(bot, waking=ALL_DAY)
    later(bot, AFTER_S + 60)
    assert nudges.nudge_all(bot.world).people == 0


def test_who_unfollowed_is_left_alone(bot: Bot) -> None:
    follower = idle(bot)
    follower.unfollow()
    later(bot, AFTER_S + 60)
    assert nudges.nudge_all(bot.world).people == 0 and "message/custom/send" not in bot.platform.calls


def test_the_last_message_is_kept_for_what_matters(bot: Bot) -> None:
    follower = idle(bot)
    person = bot.world.sessions.person_of(follower.openid)
    loaded = bot.world.sessions.load(person)
    assert loaded.session is not None
    few = replace(loaded.session, reach=replace(loaded.session.reach, left=1))
    assert bot.world.sessions.commit(loaded, few, None, 0)
    later(bot, AFTER_S + 60)
    assert nudges.nudge_all(bot.world).people == 0


def test_at_night_nobody_is_reminded(bot: Bot) -> None:
    follower = idle(bot)
    now = bot.clock().astimezone(CHINA)
    with_rules(bot, waking=(time(8), time(21)))
    night = datetime.combine(now.date() + timedelta(days=1), time(23, 30), CHINA)
    later(bot, int((night - now).total_seconds()))
    assert nudges.nudge_all(bot.world).people == 0
    assert pushed(follower) == []


def test_switched_off(bot: Bot) -> None:
    idle(bot)
    for change in ({"nudge": False}, {"customer_service": False}):
        with_rules(bot, waking=ALL_DAY, **change)
        later(bot, AFTER_S // 2 + 60)
        assert nudges.nudge_all(bot.world).people == 0


@pytest.mark.parametrize(
    "fault",
    [Fault("drop"), Fault("truncated"), Fault("errcode", errcode=-1, times=3), Fault("errcode", errcode=45015),
     Fault("errcode", errcode=45047), Fault("errcode", errcode=43004)],
    ids=lambda fault: f"{fault.kind}{fault.errcode}",
)  # fmt: skip
def test_one_that_does_not_arrive_is_not_sent_again(bot: Bot, fault: Fault) -> None:
    follower = idle(bot)
    later(bot, AFTER_S + 60)
    bot.platform.faults.add(Fault(**{name: getattr(fault, name) for name in ("kind", "times", "errcode")}, path="message/custom/send"))
    assert nudges.nudge_all(bot.world).people == 1
    shown = len(pushed(follower))
    later(bot, 3600)
    assert nudges.nudge_all(bot.world).people == 0 and len(pushed(follower)) == shown <= 1


def test_the_walk_finds_news_that_the_list_has_lost(bot: Bot) -> None:
    from tests.bot.desk import Desk, Filed

    ann = Filed.by(bot)
    Desk.of(bot).does("receive", ann.receipt)
    bot.redis.delete("{telling}:due")
    later(bot, 30)
    assert notify.next_errand(bot.world) is None
    nudges.nudge_all(bot.world)
    errand = notify.next_errand(bot.world)
    assert errand is not None
    notify.look_after(bot.world, errand)
    assert len(pushed(ann.follower)) == 1


def test_who_only_has_to_submit_is_told_so(bot: Bot) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM[:-1]:
        act(follower, line)
    with_rules(bot, waking=ALL_DAY)
    later(bot, AFTER_S + 60)
    assert nudges.nudge_all(bot.world).people == 1
    assert "还没有提交" in pushed(follower)[0].text
    assert "请核对" in act(follower, "继续")
