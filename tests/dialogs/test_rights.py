"""我的信息, 导出, 更正, 撤回同意: what they say and do to a session."""


import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dialogs.effects import Input, Unfollowed
from dialogs.records import ConsentGiven, FiledRecord, Forget, Lapsed, Revoked
from dialogs.session import Receipt
from tests.build import KUNMING_ANSWERS, NOW, Talk, a_session, knowledge

AT = int(NOW.timestamp())
WAITING = FiledRecord(
    "3528914603715", "kunming", "五华区就业局失业保险科", AT, False, 7, ("领取人联系电话：138****8000",)
)
TAKEN = dataclasses.replace(WAITING, receipt="9301594824623", taken=True)
SECRETS = ("6222000000000001234", "13800138000", "A1234567", "样例路")


def in_the_middle(papers: int = 2) -> Talk:
    talk = Talk(replace(a_session(answers=dict(KUNMING_ANSWERS)), last_at=AT))
    for _ in range(papers):
        talk.sends()
    return talk


def test_what_is_stored_is_shown_masked_under_three_heads() -> None:
    talk = in_the_middle()
    talk.records, talk.consents = (WAITING, TAKEN), (ConsentGiven("bank", "yes", AT),)
    told = talk.says("我的信息")
    for words in ("【正在填的申领】", "【已提交的申领】", "【依法保存】", "【你的同意】", "身份证人像面：已收到",
                  "2026年12月22日", "3528 9146 0371 5", "照片 7 张", "63588129", "4 删除我的信息"):  # fmt: skip
        assert words in told, words
    assert not any(secret in told for secret in SECRETS)


def test_the_four_deeds_are_a_number_away_and_the_claim_goes_on() -> None:
    talk = in_the_middle()
    for number, words in (("1", "要没有遮住的一份"), ("2", "请核对"), ("3", "要撤回哪一项"), ("4", "找不回来")):
        talk.says("我的信息")
        assert words in talk.says(number)
    talk.says("我的信息")
    assert "户口册的发证机关页" in talk.says("帮助")
    assert talk.session.question is None


def test_a_long_copy_comes_in_parts_and_loses_nothing() -> None:
    talk = in_the_middle()
    many = tuple(dataclasses.replace(WAITING, receipt=f"{number:013}", lines=WAITING.lines * 5) for number in range(12))
    talk.records = many
    first = talk.says("导出")
    count = int(first.split("共 ")[1].split(" ")[0])
    whole = first + "".join(talk.says(f"导出{number}") for number in range(2, count + 1))
    for one in many:
        assert one.receipt[:4] in whole
    assert whole.count("138****8000") >= 60 and "没有这一段" in talk.says("导出77")


def test_whom_to_ask_for_a_correction() -> None:
    talk = in_the_middle()
    assert "改2" in talk.says("更正") and "请核对" in talk.says("更正信息")
    talk.says("暂停")
    talk.records = (TAKEN, WAITING)
    told = talk.says("更正")
    assert "发“继续”" in told and "63588129" in told and told.count("还没接收") == 1
    empty = Talk(replace(a_session(), draft=None))
    assert "没有存" in empty.says("更正")


def test_a_withdrawal_deletes_what_was_collected_under_it_and_asks_only_who_goes_on() -> None:
    talk = in_the_middle()
    talk.says("撤回同意")
    told = talk.says("银行账号")
    assert "已撤回同意：银行账号" in told and "2026-11-22 09:00" in told and "3528 9146 0371 5" in told
    draft = talk.session.draft
    assert draft is not None and "bank_account" not in draft.answers and draft.answers["phone"] == "13800138000"
    assert set(draft.photos) == {"id_portrait", "id_emblem"} and draft.paused
    last = talk.session.rights.unrecorded[-1]
    assert (last.group, last.answer) == ("bank", "withdrawn")
    assert "你同意" not in talk.says("材料")
    assert "你同意我们收集吗" in talk.says("继续")
    assert "银行卡号" in talk.says("同意")


def test_a_withdrawal_for_papers_takes_the_pictures_also_of_a_claim_laid_by() -> None:
    talk = in_the_middle()
    session = talk.session
    assert session.draft is not None
    talk.session = replace(session, draft=None, laid_by=replace(session.draft, paused=True))
    talk.says("撤回同意")
    talk.says("1")
    left = talk.session.draft or talk.session.laid_by
    assert left is not None and left.photos == {} and left.answers["bank_account"]


def test_all_of_them_or_none() -> None:
    talk = in_the_middle()
    talk.says("撤回同意")
    before = talk.session.draft
    assert "没有撤回" in talk.says("不撤回") and talk.session.draft == before
    talk.says("撤回同意")
    talk.says("全部撤回")
    draft = talk.session.draft
    assert draft is not None and not draft.photos and "bank_account" not in draft.answers
    talk.consents = ()
    assert "不用撤回" in talk.says("撤回同意")


def test_what_was_filed_is_told_apart_when_a_consent_is_withdrawn() -> None:
    talk = Talk(replace(a_session(), draft=None))
    talk.consents, talk.records = (ConsentGiven("papers", "yes", AT),), (TAKEN, WAITING)
    talk.says("撤回同意")
    told = talk.says("1")
    assert "依法保存" in told and "撤回并删除" in told and "63588129" in told


@pytest.mark.parametrize(
    ("codes", "gone"), [(("206",), ""), (("207",), "id_portrait"), (("1", "999", ""), ""), (("201", "205"), "")]
)
def test_wechat_withdraws_by_code(codes: tuple[str, ...], gone: str) -> None:
    talk = in_the_middle()
    talk.session = replace(talk.session, consents={"location": "yes"})
    assert talk.told(Revoked(codes)) == ""
    draft = talk.session.draft
    assert draft is not None and ("id_portrait" in draft.photos) == (not gone)
    assert draft.answers["bank_account"] and ("location" in talk.session.consents) == ("206" not in codes)
    assert {one.answer for one in talk.session.rights.unrecorded} <= {"withdrawn"}


def test_a_code_about_somebody_unknown_keeps_nothing_of_them() -> None:
    talk = Talk(replace(a_session(), draft=None))
    talk.told(Revoked(("207",)))
    assert talk.session.rights.leaving and talk.session.rights.unrecorded == ()


def test_forgetting_leaves_nothing_but_the_wish() -> None:
    talk = in_the_middle()
    talk.session = replace(talk.session, receipts=(Receipt("3528914603715", "kunming", "x", AT),))
    assert talk.told(Forget("closed")) == ""
    session = talk.session
    assert (session.draft, session.receipts, session.news, session.consents) == (None, (), (), {})
    assert session.rights.leaving and session.rights.erasing[0].claims


def test_a_draft_that_lay_too_long_goes_and_its_person_hears_of_it() -> None:
    talk = in_the_middle()
    talk.told(Lapsed(AT - 1))
    assert talk.session.draft is not None
    talk.told(Lapsed(AT))
    assert talk.session.draft is None and any("自动删除" in item.says for item in talk.session.news)
    assert "没有没填完的申领" in talk.says("继续")


def test_nothing_that_is_being_filed_lapses() -> None:
    talk = in_the_middle()
    draft = talk.session.draft
    assert draft is not None
    talk.session = talk.session.with_draft(replace(draft, filing=True))
    talk.told(Lapsed(AT + 10**6))
    assert talk.session.draft is not None


@pytest.mark.parametrize("said", ["3", "香蕉", "", "11", "－1", "2"])
def test_an_odd_answer_to_the_last_question_erases_nothing(said: str) -> None:
    talk = in_the_middle()
    talk.says("删除我的信息")
    assert talk.says(said)
    assert talk.session.draft is not None and talk.session.rights.erasing == ()


def test_a_withdrawal_is_as_many_messages_as_the_consent() -> None:
    """PIPL 15: as easily. One question, one answer."""
    talk = in_the_middle()
    said = ["撤回同意", "1"]
    for line in said:
        talk.says(line)
    assert len(said) == 2 and talk.session.rights.unrecorded[-1].answer == "withdrawn"


WORDS = (
    "我的信息", "导出", "更正", "撤回同意", "删除我的信息", "1", "2", "3", "4", "申领", "昆明", "我已阅读", "同意",
    "不同意", "继续", "暂停", "取消", "上一步", "跳过", "提交", "改2", "6222000000000001234", "13800138000",
    "昆明市五华区样例路1号", "A1234567", "全部撤回",
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(("photo", "revoked", "unfollowed", "forget", *WORDS)), max_size=25))
def test_nothing_is_held_under_a_consent_that_does_not_stand(said: list[str]) -> None:
    talk = Talk(replace(a_session(), last_at=AT))
    events: dict[str, Input] = {
        "revoked": Revoked(("206", "207")),
        "unfollowed": Unfollowed(),
        "forget": Forget("closed"),
    }
    for line in said:
        if line == "photo":
            talk.sends()
        elif line in events:
            talk.told(events[line])
        else:
            assert talk.says(line)
        for draft in talk.session.drafts:
            steps = knowledge().programmes[draft.programme].asked
            yes = {step.consent for step in steps if step.kind == "consent" and draft.answers.get(step.id) == "yes"}
            held = [
                step
                for step in steps
                if step.kind != "consent" and (step.id in draft.photos or draft.answers.get(step.id))
            ]
            assert {step.consent for step in held if step.consent} <= yes


def test_every_group_of_the_notice_has_a_name() -> None:
    from dialogs.rights_words import GROUPS

    assert set(knowledge().notice.groups) == set(GROUPS)
