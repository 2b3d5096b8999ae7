"""News reach a person who does not write: each way over HTTP through the simulated WeChat, each item seen once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.simulator.conversation import Line
from bot.simulator.faults import Fault
from bot.simulator.follower import Follower
from dialogs import allowance
from handlers import claim_news, notify
from handlers.review_desk import ReviewDesk
from handlers.telling import Notice, Rules
from storage.deliveries import Delivery
from tests.bot.desk import Desk, Filed
from tests.whole import Bot

KEYWORDS = {"thing1": "what", "time2": "at", "phrase3": "state", "character_string4": "receipt"}
TEMPLATE = Notice("TPL-1", "https://example.org/t", KEYWORDS)
SUBSCRIPTION = Notice("SUB-1", "", KEYWORDS)
NEWS = "你的申领有新消息"


def with_rules(bot: Bot, **changes: object) -> Bot:
    """The same bot whose account may tell people in other ways; the webhook knows of it too."""
    object.__setattr__(bot.world.telling, "rules", replace(Rules(), **changes))  # type: ignore[arg-type]
    return bot


def pushed(follower: Follower) -> list[Line]:
    """What reached the phone outside replies, in order."""
    return [line for line in follower.conversation.after() if line.side == "account" and line.via != "passive"]


def seen(follower: Follower, words: str) -> int:
    """How often these words stand on the phone, whichever way they came."""
    return sum(line.text.count(words) for line in follower.conversation.after() if line.side == "account")


def later(bot: Bot, seconds: int) -> None:
    """So much time goes by for the bot."""
    before = bot.clock.shift_by()
    bot.clock.shift_by = lambda: before + timedelta(seconds=seconds)


def swept(bot: Bot, seconds: int = 30) -> notify.Swept:
    """Time goes by, and the worker looks."""
    later(bot, seconds)
    found = []
    while (errand := notify.next_errand(bot.world)) is not None:
        found.append(notify.look_after(bot.world, errand))
    bot.platform.settle()
    bot.jobs.settle()
    troubles = tuple(trouble for one in found for trouble in one.troubles)
    return notify.Swept(len(found), troubles, tuple(alarm for one in found for alarm in one.alarms))


def deliveries(ann: Filed) -> list[tuple[str, str]]:
    return [(one.way, one.state) for one in rows(ann)]


def rows(ann: Filed) -> list[Delivery]:
    return ann.bot.world.telling.deliveries.of_claim(ann.person, ann.receipt)


@pytest.fixture
def ann(bot: Bot) -> Iterator[Filed]:
    """Somebody whose claim was received a moment ago and who does not write."""
    filed = Filed.by(bot)
    Desk.of(bot).does("receive", filed.receipt)
    yield filed
    assert bot.platform.complaints() == []


def test_news_come_by_themselves_once(bot: Bot, ann: Filed) -> None:
    assert swept(bot, 0).people == 0 and pushed(ann.follower) == []
    assert swept(bot).people == 1
    (line,) = pushed(ann.follower)
    assert line.via == "custom" and NEWS in line.text and "经办机构已收到" in line.text
    assert ann.session.news == () and ann.session.reach.sending is None
    assert deliveries(ann) == [("custom", "delivered")]
    for _ in range(3):
        assert swept(bot, 100).people == 0
    assert NEWS not in ann.says("帮助") and seen(ann.follower, "经办机构已收到") == 1


def test_who_writes_meanwhile_reads_it_in_the_reply_and_nothing_is_pushed(bot: Bot, ann: Filed) -> None:
    assert NEWS in ann.says("你好")
    swept(bot)
    assert pushed(ann.follower) == [] and deliveries(ann) == [("reply", "delivered")]


def test_each_status_is_told_and_several_at_once_in_one_message(bot: Bot, ann: Filed) -> None:
    desk = Desk.of(bot)
    desk.does("review", ann.receipt)
    desk.does("retake", ann.receipt, "--paper", "id_emblem", "--reason", "blurred")
    swept(bot)
    (line,) = pushed(ann.follower)
    assert line.text.count("需要你补一张：身份证国徽面") == 1 and "正在审核" in line.text and "经办机构已收到" in line.text
    assert len(line.text.encode()) <= 2048
    assert deliveries(ann) == [("custom", "delivered")] * 3


def test_when_the_quota_is_spent_it_waits_for_the_person(bot: Bot, ann: Filed) -> None:
    while ann.follower.quota_left():
        ann.follower.spend_quota()
    swept(bot)
    assert pushed(ann.follower) == [] and ann.session.reach.left == 0
    assert deliveries(ann) == [("custom", "failed"), ("", "inbox")]
    calls = bot.platform.calls.count("message/custom/send")
    swept(bot, 3600)
    assert bot.platform.calls.count("message/custom/send") == calls
    assert NEWS in ann.says("帮助")
    assert notify.settle_inboxes(bot.world) == 1 and deliveries(ann)[-1] == ("reply", "delivered")
    assert allowance.left(ann.session.reach, int(bot.clock().timestamp())) == 5


def test_on_another_day_it_bears_its_date(bot: Bot, ann: Filed) -> None:
    later(bot, -3 * 86400)
    at = bot.clock()
    ReviewDesk(bot.world.claims).review(ann.receipt, "desk", at)
    claim_news.tell(bot.world, ann.claim.id)
    later(bot, 3 * 86400)
    assert f"{at.month}月{at.day}日：{NEWS}" in ann.says("帮助")


def test_past_the_window_nothing_is_tried(bot: Bot, ann: Filed) -> None:
    later(bot, 48 * 3600)
    swept(bot)
    assert "message/custom/send" not in bot.platform.calls and deliveries(ann) == [("", "inbox")]


def test_a_closed_window_falls_to_the_template_which_names_nobody(bot: Bot, ann: Filed) -> None:
    with_rules(bot, template=TEMPLATE)
    bot.platform.faults.add(Fault("errcode", "message/custom/send", errcode=45015))
    swept(bot)
    (line,) = pushed(ann.follower)
    assert line.via == "template" and "您的申领有新进展" in line.text and f"*{ann.receipt[-4:]}" in line.text
    assert ann.receipt not in line.text and line.detail["url"] == "https://example.org/t"
    assert ann.session.reach.until == 0
    assert deliveries(ann) == [("custom", "failed"), ("template", "delivered")]
    assert swept(bot, 3600).people == 0
    assert NEWS in ann.says("帮助") and seen(ann.follower, "经办机构已收到") == 1


def test_a_blocked_template_leaves_it_in_the_inbox(bot: Bot, ann: Filed) -> None:
    with_rules(bot, customer_service=False, template=TEMPLATE)
    ann.follower.blocks_templates = True
    for _ in range(2):  # the receipt may come while the first one ends
        swept(bot)
    assert deliveries(ann) == [("template", "failed"), ("", "inbox")] and rows(ann)[0].reason == "failed:user block"
    assert pushed(ann.follower) == []
    assert bot.platform.calls.count("message/template/send") == 1
    assert NEWS in ann.says("帮助")


def test_an_accepted_notice_is_sent_once_for_each_accept(bot: Bot, ann: Filed) -> None:
    with_rules(bot, customer_service=False, subscription=SUBSCRIPTION)
    ann.follower.accept_notices("SUB-1")
    ann.follower.accept_notices("OTHER")
    assert ann.session.reach.accepts == {"SUB-1": 1}
    swept(bot)
    (line,) = pushed(ann.follower)
    assert line.via == "subscription" and ann.session.reach.accepts == {}
    assert deliveries(ann) == [("subscription", "delivered")]
    Desk.of(bot).does("review", ann.receipt)
    swept(bot)
    assert len(pushed(ann.follower)) == 1
    said = ann.says("帮助")
    assert "经办机构已收到" in said and "正在审核" in said


def test_a_refused_notice_falls_to_the_template(bot: Bot, ann: Filed) -> None:
    with_rules(bot, customer_service=False, subscription=SUBSCRIPTION, template=TEMPLATE)
    ann.follower.accept_notices("SUB-1")
    bot.platform.notices.withdrawn(ann.follower.openid, "SUB-1")  # the event that tells of it is lost
    swept(bot)
    assert [line.via for line in pushed(ann.follower)] == ["template"] and ann.session.reach.accepts == {}
    assert deliveries(ann) == [("subscription", "failed"), ("template", "delivered")]


def test_withdrawing_ends_the_accepts(bot: Bot, ann: Filed) -> None:
    with_rules(bot, subscription=SUBSCRIPTION)
    ann.follower.accept_notices("SUB-1")
    ann.follower.withdraw_notices("SUB-1")
    assert ann.session.reach.accepts == {}


def test_who_unfollowed_is_left_alone_until_they_come_back(bot: Bot, ann: Filed) -> None:
    with_rules(bot, template=TEMPLATE)
    ann.follower.unfollow()
    assert notify.settle_inboxes(bot.world) == 1 and deliveries(ann) == [("", "failed")]
    Desk.of(bot).does("review", ann.receipt)
    swept(bot)
    assert not {"message/custom/send", "message/template/send"} & set(bot.platform.calls)
    ann.follower.follow()
    assert seen(ann.follower, "正在审核") == 1


def test_wechat_knows_first_that_somebody_is_gone(bot: Bot, ann: Filed) -> None:
    with_rules(bot, template=TEMPLATE)
    ann.follower.following = False  # the event is lost
    swept(bot)
    assert ann.session.reach.gone
    assert [way for way, _ in deliveries(ann)[:2]] == ["custom", "template"]
    calls = len(bot.platform.calls)
    swept(bot, 7200)
    assert len(bot.platform.calls) == calls


def test_without_permission_the_way_is_left_alone_for_everybody(bot: Bot, ann: Filed) -> None:
    other = Filed.by(bot, "oOther-00000000000000000001")
    Desk.of(bot).does("receive", other.receipt)
    bot.platform.faults.add(Fault("errcode", "message/custom/send", errcode=48001, times=-1))
    found = swept(bot)
    assert len(found.alarms) == 1 and "48001" in found.alarms[0]
    assert bot.platform.calls.count("message/custom/send") == 1
    assert bot.world.telling.board.numbers(int(bot.clock().timestamp())).paused == ("custom",)
    bot.platform.faults.clear()
    swept(bot, 1900)
    assert [len(pushed(one.follower)) for one in (ann, other)] == [1, 1]


def test_a_busy_wechat_is_asked_again_later(bot: Bot, ann: Filed) -> None:
    bot.platform.faults.add(Fault("errcode", "message/custom/send", errcode=-1, times=3))
    found = swept(bot)
    assert pushed(ann.follower) == [] and found.alarms == () and len(found.troubles) == 1
    assert ann.session.reach.left == 5
    swept(bot)
    assert len(pushed(ann.follower)) == 1


def test_too_many_calls_are_not_repeated_within_a_minute(bot: Bot, ann: Filed) -> None:
    bot.platform.faults.add(Fault("errcode", "message/custom/send", errcode=45011))
    swept(bot)
    assert swept(bot, 59).people == 0
    swept(bot, 61)
    assert len(pushed(ann.follower)) == 1


def test_a_wechat_that_stays_busy_is_given_up(bot: Bot, ann: Filed) -> None:
    bot.platform.faults.add(Fault("errcode", "message/custom/send", errcode=-1, times=-1))
    for _ in range(8):
        swept(bot, 1900)
    calls = bot.platform.calls.count("message/custom/send")
    assert calls == 5 * 3 and deliveries(ann)[-1] == ("", "inbox")
    assert NEWS in ann.says("帮助")


def test_an_answer_that_got_lost_is_told_once_more_and_says_so(bot: Bot, ann: Filed) -> None:
    bot.platform.faults.add(Fault("truncated", "message/custom/send"))
    swept(bot)
    assert len(pushed(ann.follower)) == 1 and ann.session.news[0].tell is not None and ann.session.news[0].tell.unsure
    swept(bot, 61)
    first, second = pushed(ann.follower)
    assert "可能已经发过" in second.text and "可能已经发过" not in first.text
    assert swept(bot, 3600).people == 0 and ann.session.news == ()


def test_a_line_that_dropped_before_anything_was_sent_loses_nothing(bot: Bot, ann: Filed) -> None:
    bot.platform.faults.add(Fault("drop", "message/custom/send"))
    swept(bot)
    assert pushed(ann.follower) == []
    swept(bot, 61)
    assert len(pushed(ann.follower)) == 1


def test_twice_unsure_it_waits_for_the_person(bot: Bot, ann: Filed) -> None:
    bot.platform.faults.add(Fault("drop", "message/custom/send", times=-1))
    for _ in range(4):
        swept(bot, 100)
    assert bot.platform.calls.count("message/custom/send") == 2
    assert "可能已经发过" in ann.says("帮助")


def test_a_refused_token_is_an_alarm_and_not_hammered(bot: Bot, ann: Filed) -> None:
    bot.platform.tokens.expire()
    bot.platform.faults.add(Fault("errcode", "stable_token", errcode=40125, times=-1))
    found = swept(bot)
    assert len(found.alarms) == 1 and "AppSecret" in found.alarms[0]
    calls = len(bot.platform.calls)
    swept(bot, 60)
    assert len(bot.platform.calls) == calls
    assert NEWS in ann.says("帮助")


def test_a_misread_content_is_refused_once(bot: Bot, ann: Filed) -> None:
    bot.platform.faults.add(Fault("errcode", "message/custom/send", errcode=87014, times=-1))
    found = swept(bot)
    assert len(found.alarms) == 1
    swept(bot, 3600)
    assert bot.platform.calls.count("message/custom/send") == 1
    assert NEWS in ann.says("帮助")
