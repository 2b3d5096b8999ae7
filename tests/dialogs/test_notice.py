"""The notice says of every programme what is asked, and a new version asks for consent again."""

from dataclasses import replace

import pytest
from msgspec import structs

from bot.app import shipped_notice
from dialogs.consents import hash_of, words_of
from dialogs.knowledge import Account, Knowledge
from dialogs.notice import NoticeUnsound, completed, in_parts, pages, prove, read_notice
from dialogs.programme import read_programme
from dialogs.programmes import shipped
from dialogs.session import Rights
from tests.build import KUNMING_ANSWERS, Talk, a_session, knowledge

VALUES = {
    "operator": "某机构", "contact": "0871-1", "draft_days": "30", "proof_days": "1096", "claims_kept": "x", "receiver": "y",
}  # fmt: skip


def newer(known: Knowledge) -> Knowledge:
    return replace(known, notice=replace(known.notice, version="2027-01-01"))


def test_what_ships_is_sound_and_says_everything() -> None:
    notice = shipped_notice(Account("某机构", "agency"))
    assert prove(notice, knowledge().programmes.values()) == []
    assert {"papers", "bank", "portrait", "location"} == set(notice.groups)
    assert "某机构" in notice.summary and len(notice.summary.encode()) < 1500
    assert all(item.purpose and item.without and item.how_long and item.who for item in notice.items)


def test_a_helper_says_that_it_hands_nothing_over() -> None:
    notice = shipped_notice(Account("某网站", "helper"))
    assert "30 天后删除" in notice.summary and "经办机构依法保存" not in notice.summary
    assert all("负责的经办机构" not in item.who for item in notice.items)


def test_a_step_or_group_that_the_notice_leaves_out_is_a_fault() -> None:
    notice = shipped_notice(Account())
    without_bank = replace(notice, items=tuple(item for item in notice.items if item.group != "bank"))
    faults = prove(without_bank, knowledge().programmes.values())
    assert any("kunming.consent_bank" in fault for fault in faults)
    assert any("kunming.bank_account" in fault for fault in faults)
    without_phone = replace(notice, items=tuple(item for item in notice.items if "phone" not in item.steps))
    assert any("phone" in fault for fault in prove(without_phone, knowledge().programmes.values()))


@pytest.mark.parametrize(
    "broken",
    ["version = ", 'version = "1"', 'version = "1"\nsummary = "{nobody}"\nitems = []\nsections = []',
     'version = "1"\nsummary = ""\nitems = [{ what = "x", colour = "red" }]\nsections = []'],
)  # fmt: skip
def test_a_broken_notice_is_named(broken: str) -> None:
    with pytest.raises(NoticeUnsound):
        read_notice(broken, VALUES)


def test_it_can_be_read_whole_in_the_chat() -> None:
    parts = in_parts(knowledge().notice)
    talk = Talk(structs.replace(a_session(), draft=None))
    first = talk.says("隐私")
    assert knowledge().notice.version in first and f"隐私{len(parts)}" in first
    whole = "\n".join(talk.says(f"隐私{number}") for number in range(1, len(parts) + 1))
    for item in knowledge().notice.items:
        assert item.what in whole and item.purpose in whole
    assert all(len(part.encode()) <= 1700 for part in parts)
    for odd in ("隐私0", "隐私99"):
        assert "没有这一段" in talk.says(odd)
    assert talk.says("隐 私 ２") == talk.says("隐私第二段")
    with_page = replace(knowledge(), notice=replace(knowledge().notice, url="https://a.example/privacy"))
    assert "https://a.example/privacy" in Talk(structs.replace(a_session(), draft=None), with_page).says("隐私")


def test_pages_lose_no_line() -> None:
    lines = [f"第{number}行" * 20 for number in range(60)]
    assert "\n".join(pages(lines)).split("\n") == lines


def test_an_answer_is_noted_with_the_hash_of_the_words_that_were_shown() -> None:
    talk = Talk(
        a_session(
            answers={key: KUNMING_ANSWERS[key] for key in ("notice", "medical_way", "medical_card", "home_address")}
        )
    )
    shown = talk.says("帮助")
    step = knowledge().programmes["kunming"].step("consent_bank")
    assert step is not None and words_of(step) in shown
    talk.says("不同意")
    talk.says("继续")
    talk.says("同意")
    no, yes = talk.session.rights.unrecorded
    assert (no.group, no.answer, yes.answer) == ("bank", "no", "yes")
    assert yes.text_hash == hash_of(words_of(step)) and yes.notice == knowledge().notice.version


def test_after_a_refusal_nothing_asks_again_until_the_person_goes_on() -> None:
    talk = Talk(
        a_session(
            answers={key: KUNMING_ANSWERS[key] for key in ("notice", "medical_way", "medical_card", "home_address")}
        )
    )
    talk.says("不同意")
    for said in ("材料", "五华区", "进度", "你好", "隐私"):
        assert "你同意我们收集吗" not in talk.says(said), said
    assert "你同意我们收集吗" in talk.says("继续")


def test_a_new_version_asks_who_agreed_again_and_nobody_else() -> None:
    old = knowledge().notice.version
    agreed = structs.replace(a_session(answers=dict(KUNMING_ANSWERS)), rights=Rights(notice=old))
    talk = Talk(agreed, newer(knowledge()))
    told = talk.says("帮助")
    assert "2027-01-01" in told and "你同意我们收集吗" in told
    assert "有更新" not in talk.says("同意")
    assert talk.session.rights.unrecorded[-1].notice == "2027-01-01"
    assert talk.session.draft is not None and talk.session.draft.answers["bank_account"] == "6222000000000001234"
    assert "你同意吗" in talk.says("帮助"), "the papers' consent, too"

    early = structs.replace(a_session(answers={"notice": "read"}), rights=Rights(notice=old))
    assert "有更新" not in Talk(early, newer(knowledge())).says("帮助")
    nobody = structs.replace(a_session(), draft=None)
    assert "有更新" not in Talk(nobody, newer(knowledge())).says("菜单")


def test_who_refuses_the_new_version_has_nothing_left_of_the_old_yes() -> None:
    old = structs.replace(a_session(answers=dict(KUNMING_ANSWERS)), rights=Rights(notice=knowledge().notice.version))
    talk = Talk(old)
    talk.sends()
    talk.known = newer(knowledge())
    talk.says("帮助")
    assert "已删除" in talk.says("不同意")
    draft = talk.session.draft
    assert draft is not None and "bank_account" not in draft.answers and draft.photos and draft.paused
    assert "你同意我们收集吗" in talk.says("继续")


def test_a_new_version_lets_no_photograph_in_before_the_new_yes() -> None:
    agreed = structs.replace(a_session(answers=dict(KUNMING_ANSWERS)), rights=Rights(notice=knowledge().notice.version))
    talk = Talk(agreed, newer(knowledge()))
    assert "没有存" in talk.sends()


def test_a_claim_that_is_being_filed_was_confirmed_under_the_old_one() -> None:
    session = structs.replace(a_session(answers=dict(KUNMING_ANSWERS)), rights=Rights(notice=knowledge().notice.version))
    assert session.draft is not None
    filing = session.with_draft(structs.replace(session.draft, filing=True))
    talk = Talk(filing, newer(knowledge()))
    assert "已提交" in talk.says("你好")


def test_what_a_new_city_asks_stands_in_the_notice_by_itself() -> None:
    toml = shipped("kunming.toml")
    whys = '\n[[steps]]\nid = "remark"\nkind = "text"\nlabel = "备注"\n'
    whys += 'prompt = "还有吗？"\nwhy = "经办人员会看。"\nrequired = false\n'
    programme = read_programme(toml + whys)
    whole = completed(knowledge().notice, [programme])
    assert [(one.what, one.purpose, one.without) for one in whole.items if "remark" in one.steps] == [
        ("备注", "经办人员会看", "可以不填")
    ]
    assert prove(whole, [programme]) == [] and completed(whole, [programme]) == whole
    silent = read_programme(toml + whys.replace('why = "经办人员会看。"\n', ""))
    assert "has no `why`" in prove(completed(knowledge().notice, [silent]), [silent])[0]
