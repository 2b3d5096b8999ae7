"""A filed claim's life: the desk decides by command, the person hears of it and sends what is asked for."""

import pytest

from handlers import claim_news
from tests.bot.desk import Desk, Filed
from tests.whole import Bot, paper

ASKED = "需要你补一张：身份证国徽面（照片模糊）。请拍好发过来。"


def asked_again(bot: Bot) -> tuple[Desk, Filed]:
    desk, ann = Desk.of(bot), Filed.by(bot)
    desk.does("receive", ann.receipt)
    desk.does("review", ann.receipt)
    desk.does("retake", ann.receipt, "--paper", "id_emblem", "--reason", "blurred")
    return desk, ann


def test_a_claim_goes_its_way_and_the_person_hears_of_each_step(bot: Bot) -> None:
    desk, ann = Desk.of(bot), Filed.by(bot)
    assert "等待经办机构接收" in ann.says("进度")
    assert "is now received" in desk.does("receive", ann.receipt)
    assert "was already received" in desk.does("receive", ann.receipt)
    heard = ann.says("帮助")
    assert "经办机构已收到" in heard and "10 个工作日" in heard
    assert "经办机构已收到" not in ann.says("帮助")
    desk.does("review", ann.receipt)
    progress = ann.says("进度")
    assert "正在审核" in progress and "收到日期" in progress and "63588129" in progress
    approve = ("approve", ann.receipt, "--start", "2026-12", "--end", "2027-11", "--amount", "1500.50")
    desk.does(*approve)
    assert "was already approved" in desk.does(*approve)
    heard = ann.says("你好")
    for words in ("审批通过", "开始日期：2026年12月", "终止日期：2027年11月", "金额：1500.50 元", "失业保险待遇查询"):
        assert words in heard
    desk.does("pay", ann.receipt)
    desk.does("paid", ann.receipt)
    assert "已发放" in ann.says("进度")
    assert [event.status for event in ann.claim.events] == [
        "submitted", "received", "reviewing", "approved", "paying", "paid",
    ]  # fmt: skip


def test_a_refusal_gives_the_reason_the_office_and_the_window(bot: Bot) -> None:
    desk, ann = Desk.of(bot), Filed.by(bot)
    desk.does("receive", ann.receipt)
    desk.does("review", ann.receipt)
    desk.does("refuse", ann.receipt, "--reason", "own_will")
    for heard in (ann.says("菜单"), ann.says("进度")):
        assert "因为本人意愿" in heard and "经办窗口" in heard and "63588129" in heard


def test_one_paper_is_asked_for_and_only_it_can_be_sent(bot: Bot) -> None:
    desk, ann = asked_again(bot)
    before = dict(ann.claim.papers)
    heard = ann.says("你好")
    assert heard.count(ASKED) == 1
    assert ASKED in ann.says("进度")
    for word in ("改1", "跳过", "上一步", "取消", "重拍2", "1和2对调"):
        assert "已经交了" in ann.says(word), word
    told = ann.says("[照片 bank_card]")
    assert "身份证国徽面已补交" in told and "回到审核" in told
    bot.jobs.settle()
    after = ann.claim
    assert after.status == "reviewing" and set(after.paper_states.values()) == {"kept"}
    assert {slot for slot in before if before[slot] != after.papers[slot]} == {"id_emblem"}
    assert bot.world.photos.get(ann.person, after.papers["id_emblem"]) == paper("bank_card")
    assert ann.session.draft is None and ann.session.asked == () and bot.world.pending.count() == 0
    assert before["id_emblem"] not in bot.world.photos.keys_of(ann.person)
    assert "不用补" not in ann.says("进度") and "正在审核" in ann.says("进度")
    assert "没有存" in ann.says("[照片 id_emblem]")
    desk.does("approve", ann.receipt, "--start", "2026-12", "--end", "2027-05", "--amount", "1500")
    assert "审批通过" in ann.says("帮助")


def test_with_redis_away_the_deed_is_done_and_told_later(bot: Bot) -> None:
    desk, ann = Desk.of(bot), Filed.by(bot)
    text = desk.config.read_text("utf-8")
    desk.config.write_text(text.replace(bot.settings.redis.url, "redis://127.0.0.1:1"), "utf-8")
    assert "as soon as Redis is there" in desk.does("receive", ann.receipt)
    assert ann.claim.status == "received" and "经办机构已收到" not in ann.says("帮助")
    claim_news.tell_all(bot.world)
    assert "经办机构已收到" in ann.says("帮助")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("show", "123"), "no receipt number"),
        (("receive", "9301 5948 2462 3"), "no claim has"),
        (("approve", "{receipt}", "--start", "2026-13", "--end", "2027-01", "--amount", "1"), "no month"),
        (("approve", "{receipt}", "--start", "2026-12", "--end", "2026-11", "--amount", "1"), "before the start"),
        (("approve", "{receipt}", "--start", "2026-12", "--end", "2027-01", "--amount", "viel"), "no sum"),
        (("approve", "{receipt}", "--start", "2026-12", "--end", "2027-01", "--amount", "1"), "cannot follow"),
        (("refuse", "{receipt}", "--reason", "ugly"), "unknown reason"),
        (("retake", "{receipt}", "--paper", "shoe", "--reason", "blurred"), "no paper"),
        (("retake", "{receipt}", "--paper", "id_emblem", "--reason", "ugly"), "unknown reason"),
        (("pay", "{receipt}"), "cannot follow"),
        (("list", "--office", "没有的机构"), "no office"),
        (("list", "--status", "lost"), "lost"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(bot: Bot, words: tuple[str, ...], why: str) -> None:
    desk, ann = Desk.of(bot), Filed.by(bot)
    assert why in desk.refuses(*(word.format(receipt=ann.receipt) for word in words))
    assert ann.claim.status == "submitted"


def test_the_list_and_the_claim_are_shown_without_secrets(bot: Bot) -> None:
    desk, ann = asked_again(bot)
    listed = desk.does("list", "--office", ann.claim.office, "--status", "needs_materials")
    assert ann.receipt in listed.replace(" ", "")
    assert "no claims" in desk.does("list", "--status", "paid")
    shown = desk.does("show", ann.receipt)
    assert "paper id_emblem 身份证国徽面: retake (blurred)" in shown and "paper id_portrait" in shown
    for secret in ("6222000000000001234", "13800138000", "A1234567", "样例路", ann.follower.openid):
        assert secret not in shown + listed
