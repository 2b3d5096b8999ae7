"""What is answered: only what a guide or the law says, in their words, for the person's place."""

import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dialogs.guide import Asked, is_question, read_guide
from dialogs.guide_files import KINDS
from dialogs.guide_lines import answer
from dialogs.model import Context
from dialogs.session import Question
from tests.build import Talk, a_session
from tests.dialogs.score_questions import the_directory, the_guide

GUIDE = the_guide()
DIRECTORY = the_directory()
NOBODY, KUNMING, JILIN = Context(), Context(province="云南省"), Context(province="吉林省")
WUHUA = Context(province="云南省", last_insured="五华区就业局失业保险科")
NONGAN = Context(province="吉林省", last_insured="农安县社会保险局")
YANJI = Context(province="吉林省", last_insured="延吉市社会保险局")
PLACES = (NOBODY, KUNMING, JILIN, WUHUA, NONGAN, YANJI)
NUMBERS = range(1, 46)
FAQ_TOML = files("dialogs.programmes").joinpath("faq.toml").read_text("utf-8")
GUIDE_TOML = files("dialogs.programmes").joinpath("guide.toml").read_text("utf-8")

_ALLOWED = re.compile(
    r"https?://\S+|0\d{2,3}-\d{7,8}|\d{11}|12333|110|120|(?:最长)(?:12|18|24)个月|满1年|不满1年|不足1年|满5年|不足5年|满10年|不足10年"
    r"|[12]0个工作日|2到5倍|38条|1寸|2、3页|第7项|回“[^”]*”"
)


def replies(context: Context) -> list[str]:
    told = [GUIDE.faq(number, context, DIRECTORY) for number in NUMBERS if number != 43]
    entries = GUIDE.book.entries.values()
    told += [GUIDE.book.reply(entry, context, DIRECTORY) for entry in entries if entry.kind == "other"]
    return [*told, GUIDE.onsite(context), GUIDE.conditions(context), *GUIDE.channels(context), *GUIDE.statuses(context)]


@pytest.mark.parametrize("context", PLACES)
def test_no_number_is_told_that_no_source_has(context: Context) -> None:
    for reply in replies(context):
        rest = _ALLOWED.sub("", re.sub(r"^\d\. ", "", reply, flags=re.M))
        assert not re.search(r"\d", rest), reply
        assert not re.search(r"[一二三四五六七八九十百千万两几]+[元块]", rest), reply


@pytest.mark.parametrize("context", PLACES)
def test_every_question_has_a_short_answer_without_holes(context: Context) -> None:
    for number in NUMBERS:
        if number == 43:
            continue
        reply = GUIDE.faq(number, context, DIRECTORY)
        assert reply
        assert "{" not in reply
        assert "您" not in reply
        own_words = re.sub(r"https?://\S+|0\d{2,3}-\d{7,8}|“[^”]*”", "", reply)
        assert len(re.findall(r"[\u4e00-\u9fff]", own_words)) <= 110 or number in (12, 13), reply


@pytest.mark.parametrize("number", [12, 13, 17, 26, 27])
def test_five_answers_differ_by_province_and_both_are_told_when_it_is_not_known(number: int) -> None:
    kunming, jilin, unknown = (GUIDE.faq(number, place) for place in (KUNMING, JILIN, NOBODY))
    assert len({kunming, jilin, unknown}) == 3
    assert "昆明" in unknown
    assert "吉林" in unknown


def test_kunmings_papers_are_the_seven_of_its_guide_and_never_jilins() -> None:
    kunming, jilin = GUIDE.materials(KUNMING), GUIDE.materials(JILIN)
    for paper in (
        "身份证人像面、身份证国徽面",
        "户口册（发证机关页）",
        "户口册（本人页）",
        "申领人近期1寸免冠彩色照片",
        "申领人本人银行卡",
        "社会保障卡",
        "就业创业证2、3页（非必填项）",
    ):
        assert paper in kunming
    assert "户口" not in jilin
    assert "照片" not in jilin
    assert "激活金融社会保障卡，或本人身份证、银行卡、存折" in jilin
    assert "带*的必填项为准" in jilin


def test_the_steps_are_the_guides_nine_and_five() -> None:
    kunming, jilin = GUIDE.steps(KUNMING), GUIDE.steps(JILIN)
    assert (len(kunming), len(jilin)) == (9, 5)
    said = "".join(kunming)
    for word in (
        "“就业彩云南”",
        "“实名认证”",
        "“立即使用”",
        "“申领失业保险待遇”—“失业保险金申请”",
        "失业保险待遇发放提示",
        "“申领失业保险待遇”—“失业保险待遇查询”",
        "摄像头和麦克风",
        "保存提交",
        "个人中心",
        "代缴医保",
    ):
        assert word in said
    for field in (
        "失业日期",
        "失业原因",
        "失业登记日期",
        "待遇享受开始年月",
        "发放对象",
        "发放方式",
        "金融机构编码",
        "户名",
        "领取人姓名",
        "领取人证件号码",
    ):
        assert f"“{field}”" in said
    said = "".join(jilin)
    for word in (
        "“吉林省社会保险网上经办系统”",
        "http://wssb.jlsi.jl.gov.cn:8001",
        "“个人用户”",
        "“注册”",
        "“失业金申领”",
        "“同步社会保障卡信息”",
        "“失业金申领列表”",
        "“附件”",
        "“上报”",
        "“同步审批结果”",
    ):
        assert word in said
    assert len(GUIDE.steps(NOBODY)) == 2


def test_changchuns_own_channels_are_only_for_people_insured_there() -> None:
    assert any("“长春社会保险”微信小程序" in channel for channel in GUIDE.channels(NONGAN))
    assert not any("长春" in channel for channel in GUIDE.channels(YANJI))
    assert not any("长春" in channel for channel in GUIDE.channels(JILIN))
    assert "长春" not in GUIDE.faq(13, YANJI)
    assert "在长春参保的" in GUIDE.faq(13, JILIN)


def test_changchuns_offices_are_in_the_directory() -> None:
    assert all(DIRECTORY.named(name) for name in GUIDE.book.locals["吉林省"].city_offices)


def test_the_top_offices_are_in_the_directory_with_their_numbers() -> None:
    for local in GUIDE.book.locals.values():
        office = DIRECTORY.named(local.top_office)
        assert office is not None
        assert any(local.top_phone.endswith(phone) for phone in office.phones)


def test_the_office_to_call_is_the_last_insured_places_own() -> None:
    assert "五华区就业局失业保险科 0871-63588129" in GUIDE.faq(6, WUHUA, DIRECTORY)
    assert "昆明市就业局失业保险中心 0871-63362528" in GUIDE.faq(6, KUNMING, DIRECTORY)
    assert "吉林省社会保险局 0431-85821827" in GUIDE.faq(6, JILIN, DIRECTORY)
    both = GUIDE.faq(6, NOBODY, DIRECTORY)
    assert "0871-63362528" in both
    assert "0431-85821827" in both


def test_a_place_in_the_question_chooses_the_guide() -> None:
    assert "户口册" in GUIDE.ask("昆明要带什么材料", DIRECTORY, NOBODY).reply
    assert "户口册" not in GUIDE.ask("延吉这边要带什么材料", DIRECTORY, NOBODY).reply


def test_a_telephone_number_is_told_whose_it_is() -> None:
    asked = GUIDE.ask("0871-63588129是哪里的电话", DIRECTORY)
    assert asked.kind == "office"
    assert "五华区就业局失业保险科" in asked.reply


def test_nothing_promises_or_frightens() -> None:
    for context in PLACES:
        for reply in replies(context):
            assert not re.search(r"你一定能|保证|肯定能|太晚了|最后一天", reply), reply


def test_distress_is_met_with_people_to_call_and_stops_the_form() -> None:
    for said in ("没饭吃了", "我不想活了", "家里揭不开锅，失业金什么时候到账", "想死的心都有了"):
        asked = GUIDE.ask(said, DIRECTORY, WUHUA)
        assert (asked.kind, asked.topic, asked.stops_form) == ("other", "distress", True), said
        assert "12333" in asked.reply
        assert "0871-63588129" in asked.reply
        assert GUIDE.side_question(said, DIRECTORY, WUHUA) == asked


@pytest.mark.parametrize("said", ["急死我了，钱什么时候到账", "我爸领失业金的时候去世了", "烦死了怎么还没批"])
def test_impatience_and_mourning_are_not_distress(said: str) -> None:
    assert not GUIDE.ask(said, DIRECTORY).stops_form


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("我找到工作了", "found_work"),
        ("公司不给离职证明", "no_certificate"),
        ("有人说交钱帮我办", "fraud"),
        ("谢谢你", "thanks"),
        ("你好", "greeting"),
        ("垃圾机器人", "insult"),
        ("转人工", "human"),
        ("会不会泄露我的个人信息", "privacy"),
        ("申领步骤", "guide"),
        ("北京失业金一个月多少钱", "elsewhere"),
        ("失业金要交个人所得税吗", "outside"),
        ("我的申请到哪一步了", "status"),
        ("我要申领", "claim"),
        ("要带什么材料", "materials"),
        ("我符合条件吗", "eligibility"),
    ],
)
def test_topics_are_told_apart(said: str, topic: str) -> None:
    assert GUIDE.ask(said, DIRECTORY).topic == topic


PLAIN_ANSWERS = (
    "张测试",
    "13800000000",
    "6222000000000001234",
    "990101198503150017",
    "代缴医保",
    "合同到期",
    "自己辞职",
    "是",
)
ADDRESSES = (
    "昆明市五华区正义路17号",
    "五华区正义路五华坊17号3栋2单元501室",
    "吉林省长春市朝阳区人民大街1号",
    "官渡区关上街道",
    "盘龙区北京路481号",
    "呈贡区七甸街道小哨箐村",
    "禄劝县屏山街道秀屏路",
    "西山区春雨路188号政务服务中心旁边",
    "云南昆明",
    "昆明市安宁市连然街道办事处旁",
    "寻甸县仁德街道办北城区凤凰路12号",
    "老家在禄劝，现在住五华区",
)


@pytest.mark.parametrize("said", [*ADDRESSES, *PLAIN_ANSWERS])
def test_an_answer_is_never_taken_for_a_side_question(said: str) -> None:
    assert GUIDE.side_question(said, DIRECTORY, KUNMING) is None


@pytest.mark.parametrize(
    ("said", "kind", "faq"),
    [
        ("五华区的电话是多少", "office", 43),
        ("五华区电话", "office", 43),
        ("要带什么材料？", "materials", 12),
        ("一个月能领多少钱", "faq", 7),
        ("我的申请到哪一步了？", "status", 26),
        ("户口册在老家怎么办", "faq", 15),
        ("医保那里选什么", "faq", 23),
        ("我找到工作了", "faq", 29),
        ("你们会不会泄露我的信息", "faq", 42),
    ],
)
def test_a_clear_question_in_mid_form_is_answered(said: str, kind: str, faq: int) -> None:
    asked = GUIDE.side_question(said, DIRECTORY, KUNMING)
    assert isinstance(asked, Asked)
    assert (asked.kind, asked.faq) == (kind, faq)


def test_the_form_of_a_question() -> None:
    assert is_question("能领吗")
    assert is_question("五华区电话")
    assert not is_question("昆明市五华区正义路17号")


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(said: str) -> None:
    asked = GUIDE.ask(said, DIRECTORY)
    assert asked.kind in KINDS
    assert asked.reply
    assert len(asked.offered) <= 3
    assert all(GUIDE.question(number) for number in asked.offered)


@given(st.text(alphabet="我的失业金能领吗怎么办公司不给辞职合同到期多少钱在哪里医保户口照片", max_size=30))
def test_any_mix_of_our_words_gets_an_answer(said: str) -> None:
    asked = GUIDE.ask(said, DIRECTORY)
    assert asked.reply
    assert not (asked.faq is not None and asked.offered)


def test_a_line_of_the_command_keeps_what_it_was_given() -> None:
    told = answer(GUIDE, DIRECTORY, {"q": "能领几个月", "context": {"province": "云南省"}, "id": 7})
    assert told["id"] == 7
    assert (told["kind"], told["faq"], told["offered"]) == ("faq", 6, [])
    assert "24个月" in told["reply"]


def test_a_line_that_is_unsure_shows_what_it_offers() -> None:
    told = answer(GUIDE, DIRECTORY, {"q": "离职证明和户口本没有"})
    assert (told["kind"], told["faq"]) == ("other", None)
    assert GUIDE.question(told["offered"][0]) in told["reply"]


def test_a_line_without_a_question_is_refused() -> None:
    with pytest.raises(ValueError, match='"q"'):
        answer(GUIDE, DIRECTORY, {"context": {}})


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('number = 2\n', 'number = 1\n', "same number"),
        ('number = 45\n', 'number = 46\n', "46"),
        ('"quit can"', '"quitt can"', "quitt"),
        ('topic = "claim"\nkind = "claim"', 'topic = "claim"\nkind = "clam"', "clam"),
        ('question = "能领几个月"', 'question = ""', "faq:6"),
        ('ordinary = "', 'ordinary = "nowhere ', "nowhere"),
        ('\n[words]', '\n[[words', "faq.toml"),
    ],
)  # fmt: skip
def test_a_broken_list_of_questions_is_named(old: str, new: str, complaint: str) -> None:
    assert old in FAQ_TOML
    with pytest.raises(ValueError, match=complaint):
        read_guide(FAQ_TOML.replace(old, new, 1), GUIDE_TOML)


def test_a_guide_without_its_steps_is_named() -> None:
    with pytest.raises(ValueError, match="云南省 has no steps"):
        read_guide(FAQ_TOML, GUIDE_TOML.replace("\nsteps = [", "\nstops = [", 1))


def test_the_offered_question_for_an_office_is_answered_with_one_back() -> None:
    talk = Talk(replace(a_session(), draft=None, question=Question("faqs", ("43", "7"))))
    assert "请发区县的名字" in talk.says("1")
