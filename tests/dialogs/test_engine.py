"""What holds whatever a person does, and the rules a person would name."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs import claim, engine
from dialogs.commands import WORDS
from dialogs.conversation import MENU_KEYS
from dialogs.effects import Clicked, Followed, Located, Said, Unreadable
from dialogs.programme import SKIPPED
from dialogs.session import Session
from tests.build import KUNMING_ANSWERS, MOMENT, Talk, a_session, knowledge

LIKELY = [
    "1", "2", "3", "一", "同意", "不同意", "我已阅读", "代缴医保", "A1234567", "昆明市五华区样例路1号",
    "五华区电话多少", "6222000000000001234", "13800138000", "改1", "改4", "改99", "重拍1", "1和2对调", "重拍2、3", "跳过8", "仍用这张", "照片", "看照片", "延吉市", "长春", "满了",
    "自己辞职", "吉林", "帮忙 1234 5678",
]  # fmt: skip
words = st.sampled_from([word for group in WORDS.values() for word in group] + LIKELY)
deeds = st.one_of(
    words.map(Said),
    st.text(max_size=30).map(Said),
    st.sampled_from(sorted(MENU_KEYS)).map(Clicked),
    st.sampled_from(["voice", "sticker", "video", "file", "unknown"]).map(Unreadable),
    st.just(Located(25.04, 102.7)),
    st.just(Followed("kunming-2")),
    st.sampled_from(["photo good", "photo advise", "photo refuse", "photo lost"]),
)


def stored(session: Session) -> Session:
    """As Redis gives it back."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(session), type=Session)


@settings(max_examples=150, deadline=None)
@given(st.lists(deeds, max_size=40))
def test_every_input_is_answered_and_no_draft_is_filed_twice(script: list[object]) -> None:
    talk = Talk(a_session())
    for deed in script:
        reply = talk.sends(deed.split()[1], "再拍一张") if isinstance(deed, str) else talk.told(deed)  # type: ignore[arg-type]
        assert reply.strip(), deed
        assert talk.session.draft is None or not talk.session.draft.filing
        talk.session = stored(talk.session)
    assert len(talk.filed) == len(set(talk.filed))


@settings(max_examples=100, deadline=None)
@given(st.lists(words, max_size=25))
def test_nothing_is_filed_without_every_required_paper(script: list[str]) -> None:
    talk = Talk(a_session(answers=KUNMING_ANSWERS))
    for text in script:
        talk.says(text)
    assert talk.filed == []


def whole_kunming(talk: Talk) -> None:
    for _ in range(7):
        talk.sends()
    talk.says("跳过")


def test_a_whole_claim_is_filed_once_on_confirmation_only() -> None:
    talk = Talk(a_session(answers=KUNMING_ANSWERS))
    whole_kunming(talk)
    assert talk.filed == []
    assert "回执号" in talk.says("提交")
    assert "已经提交过" in talk.says("提交")
    assert len(talk.filed) == 1


def test_the_medical_card_is_asked_only_with_agent_payment() -> None:
    talk = Talk(a_session(answers={"notice": "read"}))
    assert "个人医保卡号" in talk.says("1")
    talk = Talk(a_session(answers={"notice": "read"}))
    assert "常住地址" in talk.says("2")


def test_an_answer_that_became_irrelevant_is_kept_but_left_out_of_the_claim() -> None:
    talk = Talk(a_session(answers=KUNMING_ANSWERS))
    whole_kunming(talk)
    talk.says("改1")
    talk.says("2")
    draft = talk.session.draft
    assert draft is not None
    assert draft.answers["medical_card"] == "A1234567"
    assert "medical_card" not in engine.claim_answers(knowledge().programmes["kunming"], draft)


def test_progress_follows_skip_logic() -> None:
    programme = knowledge().programmes["kunming"]
    with_card = a_session(answers={"notice": "read", "medical_way": "agent"}).draft
    without = a_session(answers={"notice": "read", "medical_way": "other"}).draft
    assert with_card is not None and without is not None
    assert engine.progress(programme, with_card)[1] == engine.progress(programme, without)[1] + 1


def test_system_fields_are_shown_and_never_asked() -> None:
    programme = knowledge().programmes["kunming"]
    assert [field.label for field in programme.system_fields] == [
        "失业日期", "失业原因", "失业登记日期", "待遇享受开始年月", "发放对象", "发放方式", "金融机构编码", "户名",
        "领取人姓名", "领取人证件号码",
    ]  # fmt: skip
    assert all(step.source == "claimant" for step in programme.asked)
    talk = Talk(a_session(answers=KUNMING_ANSWERS))
    whole_kunming(talk)
    shown = talk.says("让我再看一遍")
    assert all(field.label in shown for field in programme.system_fields)


def test_kunming_asks_five_fields_and_seven_required_papers() -> None:
    programme = knowledge().programmes["kunming"]
    fields = [step.label for step in programme.asked if step.kind not in ("photo", "consent", "notice")]
    assert fields == ["缴纳医保的方式", "个人医保卡号", "个人详细常住地址", "个人银行账号", "领取人联系电话"]
    assert sum(step.kind == "photo" and step.required for step in programme.asked) == 7


def test_a_tap_on_an_old_option_is_recognised_and_not_recorded() -> None:
    talk = Talk(a_session(answers={"notice": "read"}))
    draft = talk.session.draft
    assert draft is not None
    old = claim.tap_id(draft, "medical_way")
    talk.says("代缴医保", old)
    answers = talk.session.draft.answers  # type: ignore[union-attr]
    assert "之前的选项" in talk.says("页面上的其他方式", old)
    assert talk.session.draft.answers == answers  # type: ignore[union-attr]


def test_back_offers_the_old_answer_and_keeps_it() -> None:
    talk = Talk(a_session(answers={"notice": "read", "medical_way": "other"}))
    assert "上次填的是" in talk.says("上一步")
    assert "常住地址" in talk.says("不变")
    assert talk.session.draft.answers["medical_way"] == "other"  # type: ignore[union-attr]


def test_a_required_question_is_not_skipped_and_an_optional_is() -> None:
    talk = Talk(a_session(answers={"notice": "read"}))
    assert "不能跳过" in talk.says("跳过")
    talk = Talk(a_session(answers=KUNMING_ANSWERS))
    whole_kunming(talk)
    assert talk.session.draft.answers["employment_cert_2"] == SKIPPED  # type: ignore[union-attr]


def test_the_third_wrong_answer_offers_a_person() -> None:
    talk = Talk(a_session(answers={"notice": "read", "medical_way": "agent", "medical_card": "A1234567",
                                   "home_address": "昆明市五华区样例路1号", "consent_bank": "yes"}))  # fmt: skip
    assert "比如" in talk.says("123")
    talk.says("1234")
    third = talk.says("12345")
    assert "人工" in third and "0871-63588129" in third


def test_a_refused_photo_opens_its_slot_again() -> None:
    talk = Talk(a_session(answers=KUNMING_ANSWERS))
    assert "要重拍" in talk.sends("refuse", "照片太暗。")
    assert "（1/7）" in talk.sends()


def test_a_changed_programme_keeps_answers_and_tells_what_changed() -> None:
    known = knowledge()
    kunming = known.programmes["kunming"]
    extra = replace(kunming.steps[1], id="extra", label="新问题", prompt="新的一题？")
    changed = replace(kunming, version="later", steps=(*kunming.steps[:2], extra, *kunming.steps[2:]))
    newer = replace(known, programmes={**known.programmes, "kunming": changed})
    talk = Talk(a_session(answers=KUNMING_ANSWERS), newer)
    said = talk.says("帮助")
    assert "新问题" in said and "新的一题" in said
    assert talk.session.draft.answers == KUNMING_ANSWERS  # type: ignore[union-attr]
    assert talk.session.draft.version == "later"  # type: ignore[union-attr]


def test_while_processes_disagree_on_the_version_no_answer_and_no_picture_is_lost() -> None:
    """A newer programme reaches every process within seconds, one after the other; a person meets them in any order."""
    known = knowledge()
    kunming = known.programmes["kunming"]
    question = replace(kunming.step("medical_way"), id="hours", label="方便的时间", prompt="什么时候接电话？")
    slot = replace(kunming.step("id_emblem"), id="new_paper", label="新材料", prompt="请拍新材料。")
    at = [step.id for step in kunming.steps].index("id_portrait")
    steps = (*kunming.steps[:at], question, slot, *kunming.steps[at:])
    newer = replace(known, programmes=dict(known.programmes) | {"kunming": replace(kunming, version="later", steps=steps)})
    talk = Talk(a_session(answers=KUNMING_ANSWERS), newer)
    talk.says("帮助")
    talk.says("1")
    talk.sends()
    assert talk.session.draft is not None and talk.session.draft.photos["new_paper"].key
    talk.known = known  # the next message reaches a process that has not looked yet
    said = talk.sends()
    assert "（1/7）" in said
    assert talk.session.draft.answers["hours"] == "agent" and talk.session.draft.photos["new_paper"].key
    assert "hours" not in engine.claim_answers(kunming, talk.session.draft)
    talk.known = newer
    assert "什么时候" not in talk.says("帮助") and talk.session.draft.version == "later"
    assert engine.claim_answers(newer.programmes["kunming"], talk.session.draft)["hours"] == "agent"


def test_an_address_with_a_district_is_an_answer_not_a_side_question() -> None:
    talk = Talk(a_session(answers={"notice": "read", "medical_way": "other"}))
    talk.says("昆明市官渡区关兴路320号3栋")
    assert talk.session.draft.answers["home_address"] == "昆明市官渡区关兴路320号3栋"  # type: ignore[union-attr]


@pytest.mark.parametrize("role", ["helper"])
def test_a_helpers_account_never_files(role: str) -> None:
    talk = Talk(a_session(answers=KUNMING_ANSWERS), knowledge(role))
    whole_kunming(talk)
    assert "我不能替你提交" in talk.says("提交")
    assert talk.filed == []


def test_refusing_consent_stores_nothing_more_and_can_be_taken_back() -> None:
    talk = Talk(a_session(answers={key: value for key, value in KUNMING_ANSWERS.items() if key != "consent_papers"}))
    assert "不收集" in talk.says("不同意")
    assert "没有存" in talk.sends()
    assert "证件照片" not in talk.says("五华区")
    assert "你同意" in talk.says("继续")


def test_moment_is_the_only_clock() -> None:
    first, second = Talk(a_session()), Talk(a_session())
    for text in ("我已阅读", "1", "A1234567"):
        assert first.says(text) == second.says(text)
    assert first.session == second.session
    assert first.session.last_at == int(MOMENT.now.timestamp())
