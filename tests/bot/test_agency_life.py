"""A claim at an agency with a platform of its own: handed over once, its results told, papers and withdrawals passed on."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from celery import Celery
from pydantic import SecretStr

from bot.checks import faults
from bot.config import Settings
from bot.tasks import claims as claims_tasks
from handlers import claim_news, handover, own_claims
from handlers.review_desk import ReviewDesk
from tests.bot.agency_house import KEY_ID, SECRET, House, housed
from tests.bot.console.office import Office
from tests.bot.desk import Desk, Filed
from tests.bot.test_agency_callback import said
from tests.test_conversations import act
from tests.test_promises import whole_claim
from tests.whole import Bot, paper


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    with housed(settings, slow_s=3.0) as whole:
        yield whole


def test_a_claim_is_handed_over_and_its_results_are_told(house: House) -> None:
    replies = whole_claim(house.bot.follower("oFiled-000000000000000000001"))
    assert "已提交，等待转交" in replies[-1] and "回执号" in replies[-1] and "63588129" in replies[-1]
    ann = Filed(house.bot, house.bot.follower("oFiled-000000000000000000001"), next(iter_receipts(house)))
    house.bot.jobs.settle()
    house.works()
    heard = ann.says("帮助")
    assert "已转交" in heard and "等待经办机构接收" in heard
    assert "已转交" not in ann.says("帮助")
    there = house.there(ann)
    assert there.submitted["answers"]["bank_account"] == "6222000000000001234"
    assert house.agency.book.papers[there.papers["id_portrait"]] == paper("id_portrait")
    assert set(there.papers) == set(ann.claim.papers)
    house.agency.book.decide(ann.receipt, "received")
    assert "经办机构已收到" in ann.says("帮助")
    house.agency.book.decide(ann.receipt, "approved", start="2026-12", end="2027-11", amount="1500.50")
    heard = ann.says("你好")
    for words in ("审批通过", "开始日期：2026年12月", "终止日期：2027年11月", "金额：1500.50 元", "失业保险待遇查询"):
        assert words in heard
    assert "正在审核" not in heard  # what lies between is implied, not told
    house.agency.book.decide(ann.receipt, "paid")
    assert "已发放" in ann.says("进度")
    assert [event.status for event in ann.claim.events] == [
        "submitted", "submitted", "received", "reviewing", "approved", "paying", "paid",
    ]  # fmt: skip
    assert [status for _, status in house.agency.callbacks] == [200] * 3
    assert ann.claim.handover is not None and ann.claim.handover.state == "ended"


def desk_of(house: House) -> Desk:
    """The operator's terminal, with the agency in its settings."""
    desk = Desk.of(house.bot)
    agency = house.bot.settings.agency
    lines = f'\n[agency]\nurl = "{agency.url}"\nkey_id = "{KEY_ID}"\nsecret = "{SECRET}"\n'
    desk.config.write_text(desk.config.read_text("utf-8") + lines, "utf-8")
    return desk


def iter_receipts(house: House) -> Iterator[str]:
    world = house.bot.world
    return (claim.receipt for claim in world.claims.newest())


def test_with_the_agency_down_the_claim_waits_and_goes_through_once(house: House) -> None:
    house.agency.troubles += ["down", "garbled", "down", "garbled"]
    ann = house.filed()
    shown = ann.says("进度")
    assert shown.count("已提交，等待转交") == 1 and "发“撤回申领”" in shown
    assert house.metric("claimbot_handovers_waiting") == 1 and not house.agency.book.claims
    house.later(11)
    assert house.metric("claimbot_handovers_late") == 1
    for _ in range(6):
        house.works(minutes=11)
    assert list(house.agency.book.claims) == [ann.receipt] and not house.agency.troubles
    assert house.metric("claimbot_handovers_waiting") == 0 == house.metric("claimbot_handovers_late")
    assert "已转交" in ann.says("进度")


def test_an_open_circuit_is_seen_and_closes_by_itself(house: House) -> None:
    house.agency.troubles += ["down"] * 5
    ann = house.filed()
    for _ in range(3):
        house.works(minutes=11)
    assert len(house.agency.troubles) == 0 and not house.agency.book.claims
    assert house.metric("claimbot_agency_circuit") == 1  # this clock is ahead: one may try
    house.bot.redis.hset("{agency}:circuit", "until", 0)  # its time is over
    house.works(minutes=11)
    assert house.there(ann) and house.metric("claimbot_agency_circuit") == 0


def test_an_answer_that_is_lost_files_nothing_twice(house: House) -> None:
    house.agency.troubles += ["", "lost", "lost", "lost", "lost"]
    ann = house.filed()
    assert ann.claim.handover is not None and ann.claim.handover.told in (0, 1)
    house.bot.redis.delete("{agency}:circuit")
    for _ in range(3):
        house.works(minutes=11)
    assert len(house.agency.book.claims) == 1 and ann.claim.handover.told == 1
    assert sum(event.reason == "handed_over" for event in ann.claim.events) == 1


def test_a_refusal_is_not_repeated_and_the_person_is_told_whom_to_call(house: House) -> None:
    house.agency.troubles.append("refused")
    ann = house.filed()
    house.works()
    heard = ann.says("帮助")
    assert "没有转交成功" in heard and "63588129" in heard
    calls = len(house.agency.calls)
    for _ in range(3):
        house.works(minutes=60)
    assert len(house.agency.calls) == calls and house.metric("claimbot_handovers_refused") == 1
    desk = desk_of(house)
    assert "refused (not_our_district)" in desk.does("show", ann.receipt)
    assert "waits for the agency again" in desk.does("hand-over", ann.receipt)
    house.works()
    assert "已转交" in ann.says("帮助") and house.there(ann)


def test_a_paper_asked_for_again_goes_to_the_agency(house: House) -> None:
    ann = house.filed()
    book = house.agency.book
    old = house.there(ann).papers["id_emblem"]
    asked = [{"slot": "id_emblem", "reason": "blurred"}]
    book.decide(ann.receipt, "needs_materials", papers=asked)
    assert "需要你补一张：身份证国徽面（照片模糊）" in ann.says("你好")
    late = book.newest(ann.receipt, 0)
    told = ann.says("[照片 bank_card]")
    assert "身份证国徽面已补交" in told
    house.bot.jobs.settle()
    house.works()
    now = house.there(ann).papers["id_emblem"]
    assert now != old and book.papers[now] == paper("bank_card")
    assert book.newest(ann.receipt, 0)["status"] == "reviewing"
    assert ann.claim.status == "reviewing" and ann.claim.handover.seen == 2
    # the agency says again what it said before it had the paper, under a new number
    assert house.agency.post_back(json.dumps({**late, "seq": 3}).encode()) == 200
    assert ann.claim.status == "reviewing" and ann.session.asked == ()
    book.decide(ann.receipt, "needs_materials", papers=asked)  # now really anew; number 3 is known
    book.decide(ann.receipt, "needs_materials")
    assert ann.claim.status == "needs_materials" and len(ann.session.asked) == 1


def test_progress_asks_the_agency_and_is_quick_when_it_is_slow(house: House) -> None:
    ann = house.filed()
    house.agency.silent = True
    house.agency.book.decide(
        ann.receipt, "reviewing",
        fields={"reason": "合同到期", "recipient_id": "990101198503150017", "社保卡号": "6222000000000001234"},
    )  # fmt: skip
    house.later(1)
    shown = ann.says("同步审批结果")
    assert "正在审核" in shown and "失业原因：合同到期" in shown
    assert "领取人证件号码：9901**********0017" in shown and "1234" in shown
    assert "990101198503150017" not in shown and "6222000000000001234" not in shown
    assert "正在审核" not in ann.says("帮助")  # it was read, it is no news
    house.agency.troubles.append("slow")
    house.later(1)
    began = time.monotonic()
    assert "正在审核" in ann.says("进度")
    assert time.monotonic() - began < 3


def test_results_that_are_never_told_are_asked_for(house: House) -> None:
    ann = house.filed()
    house.agency.silent = True
    house.agency.book.decide(ann.receipt, "received")
    assert handover.ask_silent(house.bot.world, timedelta(minutes=15)) == 0
    house.later(20)
    assert handover.ask_silent(house.bot.world, timedelta(minutes=15)) == 1
    assert handover.ask_silent(house.bot.world, timedelta(minutes=15)) == 0
    claim_news.tell_all(house.bot.world)
    assert "经办机构已收到" in ann.says("帮助")


def test_a_result_that_cannot_be_does_not_hold_up_the_others(house: House) -> None:
    ann = house.filed()
    house.agency.silent = True
    house.agency.book.decide(ann.receipt, "needs_materials", papers=[{"slot": "shoe"}])
    house.later(20)
    assert handover.ask_silent(house.bot.world, timedelta(minutes=15)) == 0
    assert house.bot.world.handovers.silent_since(house.bot.world.clock() - timedelta(minutes=15)) == []
    assert "result_unknown_paper" in desk_of(house).does("show", ann.receipt)


def test_what_the_agency_knows_of_a_person_is_fetched_with_the_claim(house: House) -> None:
    house.agency.book.people["990101198503150017"] = {"unemployed_on": "2026-10-31", "bank_code": "102", "shoe": "44"}
    house.agency.troubles.append("down")
    house.bot.jobs.hands_over = False
    ann = Filed.by(house.bot, "oFiled-000000000000000000001")
    house.bot.world.system_fields.add(ann.claim.id, {"recipient_id": "990101198503150017"})
    house.works()
    house.works(minutes=1)
    assert dict(ann.claim.system) == {
        "recipient_id": "990101198503150017", "unemployed_on": "2026-10-31", "bank_code": "102",
    }  # fmt: skip
    shown = ann.says("进度")
    assert "预领取信息" in shown and "失业日期：2026-10-31" in shown


JILIN_CLAIM = [
    "申领", "吉林省", "延吉", "1", "1", "13800138000", "1", "同意", "[照片 social_card]", "上报",
]  # fmt: skip


def test_jilin_files_and_asks_in_its_own_words(house: House) -> None:
    house.agency.book.cards["99010119900101006X"] = {"社会保障卡号": "A12345678901", "发卡银行": "样例银行"}
    house.agency.silent = house.bot.jobs.hands_over = False
    follower = house.bot.follower("oJilin-000000000000000000001")
    replies = [act(follower, line) for line in JILIN_CLAIM]
    assert "已提交，等待转交" in replies[-1] and "延吉市社会保险局" in replies[-1]
    ann = Filed(house.bot, follower, next(iter_receipts(house)))
    house.bot.world.system_fields.add(ann.claim.id, {handover.ID_NUMBER: "99010119900101006X"})
    house.works()
    house.agency.silent = True
    house.agency.book.decide(ann.receipt, "rejected", reason="somewhere_else", words="请到长春办理")
    house.later(1)
    shown = ann.says("同步审批结果")
    assert "审批不通过。原因：请到长春办理" in shown and "0433-2706070" in shown
    assert "发卡银行：样例银行" in shown and "8901" in shown and "A12345678901" not in shown
    assert "99010119900101006X" not in shown


def test_many_claims_and_many_workers_hand_each_over_once(house: House) -> None:
    world = house.bot.world
    person = world.sessions.person_of("oMany-0000000000000000000001")
    key = world.photos.put(person, paper("id_emblem"))
    receipts = [
        world.claims.file(
            draft_id=f"many-drafts-{number}", person=person, openid="o", programme="kunming", version="1",
            office="五华区就业局失业保险科", answers={"medical_way": "other"}, papers={"id_emblem": key},
            now=world.clock(),
        ).receipt
        for number in range(12)
    ]  # fmt: skip
    house.agency.troubles += ["", "lost", "down", "", "lost"]
    for _ in range(3):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: handover.hand_over(world), range(4)))
        house.bot.redis.delete("{agency}:circuit")
        house.later(11)
    assert sorted(house.agency.book.claims) == sorted(receipts)
    for claim in world.claims.of(person):
        assert claim.handover is not None and claim.handover.state == "sent"
        assert sum(event.reason == "handed_over" for event in claim.events) == 1


def test_a_claim_is_taken_back_at_the_agency_too(house: House) -> None:
    ann = house.filed()
    assert "要撤回这份申领吗" in ann.says("撤回申领")
    assert "没有撤回" in ann.says("2") and ann.claim.status == "submitted"
    ann.says("撤回申领")
    assert "正在转告经办机构撤回" in ann.says("撤回")
    house.bot.jobs.settle()
    house.works()
    assert ann.claim.status == "withdrawn" and house.agency.book.newest(ann.receipt, 0)["status"] == "withdrawn"
    assert "你已撤回这次申领" in ann.says("帮助")
    assert house.agency.post_back(said(ann, 9, "approved")) == 200  # later results are ignored
    assert ann.claim.status == "withdrawn" and "没有可以撤回的申领" in ann.says("撤回申领")


def test_a_withdrawal_that_comes_too_late_says_so(house: House) -> None:
    ann = house.filed()
    house.agency.silent = True
    house.agency.book.decide(ann.receipt, "approved", start="2026-12", end="2027-01", amount="1500")
    ann.says("撤回申领")
    ann.says("1")
    house.bot.jobs.settle()
    house.works()
    assert ann.claim.status == "approved"
    assert "审批通过" in ann.says("帮助") and "经办机构已经办结，没有撤回" in ann.says("进度")
    assert house.metric("claimbot_handovers_refused") == 1


def test_the_desk_takes_a_claim_back_for_somebody(house: House) -> None:
    ann, desk = house.filed(), desk_of(house)
    assert "as soon as the agency agrees" in desk.does("withdraw", ann.receipt)
    house.works()
    assert ann.claim.status == "withdrawn" and "你已撤回这次申领" in ann.says("帮助")
    assert ann.receipt in desk.does("list", "--handover", "ended").replace(" ", "")
    assert "no claims" in desk.does("list", "--handover", "refused")
    assert "was not refused" in desk.refuses("hand-over", ann.receipt)
    assert "handed over: ended, reference AG00000001" in desk.does("show", ann.receipt)


def test_a_claim_that_never_left_is_taken_back_without_the_agency(house: House) -> None:
    house.bot.jobs.hands_over = False
    ann = Filed.by(house.bot, "oFiled-000000000000000000001")
    ann.says("撤回申领")
    ann.says("撤回")
    assert "正在转告经办机构" in ann.says("进度")
    house.works()
    assert ann.claim.status == "withdrawn" and house.agency.calls == []


def test_at_the_desk_a_claim_is_taken_back_at_once(bot: Bot) -> None:
    desk, ann = Desk.of(bot), Filed.by(bot)
    ann.says("撤回申领")
    assert "已撤回，回执号" in ann.says("1")
    assert ann.claim.status == "withdrawn" and "你已撤回这次申领" in ann.says("进度")
    assert "was already withdrawn" in desk.does("withdraw", ann.receipt)
    assert "no claim" not in desk.refuses("receive", ann.receipt)


def test_a_decided_claim_is_not_taken_back(bot: Bot) -> None:
    desk, ann = Desk.of(bot), Filed.by(bot)
    ann.says("撤回申领")
    desk.does("receive", ann.receipt)
    desk.does("review", ann.receipt)
    desk.does("refuse", ann.receipt, "--reason", "own_will")
    assert "不能撤回了" in ann.says("1") and ann.claim.status == "rejected"
    assert "cannot follow" in desk.refuses("withdraw", ann.receipt)


def test_the_check_says_whether_the_agency_answers_and_what_waits(house: House) -> None:
    settings = house.bot.settings
    assert [line for line in faults(settings) if "[agency]" in line] == []
    house.agency.troubles += ["refused", "garbled"]
    house.filed()
    told = [line for line in faults(settings) if "[agency]" in line]
    assert "what answers there is not the agency's platform" in told[0] and "1 claims need you" in told[1]
    wrong = settings.agency.model_copy(update={"secret": SecretStr("another secret altogether")})
    told = [line for line in faults(settings.model_copy(update={"agency": wrong})) if "[agency]" in line]
    assert "does not know our key" in told[0] and "secret altogether" not in told[0]


def test_no_secret_of_a_claim_is_in_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    app = Celery("test")
    claims_tasks.add(app, lambda: house.bot.world, 900)
    house.agency.troubles += ["down"] * 4
    ann = house.filed()
    for _ in range(2):
        house.later(11)
        app.tasks["claimbot.hand_over"]()
        app.tasks["claimbot.ask_agency"]()
    house.agency.post_back(b"{}")
    assert "a claim waits for the agency" in caplog.text
    for secret in ("6222000000000001234", "13800138000", "样例路", ann.follower.openid, SECRET, "X-Claimbot"):
        assert secret not in caplog.text
    assert house.there(ann)


def test_taken_back_while_no_platform_is_set(house: House) -> None:
    ann = house.filed()
    at_desk = replace(house.bot.world, agency=ReviewDesk(house.bot.world.claims))
    assert own_claims.withdraw(at_desk, ann.person, ann.receipt, at_desk.clock()) == "done"
    assert ann.claim.status == "withdrawn"
    house.works()
    assert house.agency.book.newest(ann.receipt, 0)["status"] == "withdrawn"


def test_the_console_only_shows_what_the_platform_decides(house: House) -> None:
    ann = house.filed()
    reviewer = Office.of(house.bot).signed_in("reviewer")
    page = f"/console/claims/{ann.receipt}"
    reviewer.opens(page)
    assert "自己的平台办理" in reviewer.sends(f"{page}/hand") and "收件…" not in reviewer.page
    assert "自己的平台办理" in reviewer.sends(f"{page}/deeds/receive", seen="1", confirmed="1")
    assert ann.claim.status == "submitted"
