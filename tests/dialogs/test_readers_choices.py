"""How an option is understood, and that a negation is never read as its positive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.model import Filled, Refused
from dialogs.readers import a_choice

YES_NO = ("是", "否")
CONSENT = ("同意", "不同意")
YEAR = ("满1年", "不满1年", "不确定")
MEDICAL = ("代缴医保", "自己缴纳")
REASONS = (
    "合同到期", "公司倒闭关停", "公司裁员", "公司辞退开除", "公司提出协商解除",
    "因欠薪、不缴社保等我提出解除", "自己辞职", "自己提出协商解除", "到龄退休", "说不清",
)  # fmt: skip
BANKS = ("工商银行", "建设银行", "农业银行")
MONTHS = ("12个月", "18个月", "24个月")
SIDES = ("身份证人像面", "身份证国徽面")
CHECK = ("对，就用这个", "改一下")


def _words(text: str) -> list[str]:
    return text.split()


FIRST_OF_TWO = _words(
    """
    1 １ 一 ① ⑴ ⒈ ❶ ➀ 1️⃣ 1. 1、 1， (1) 【1】 第一个 第1项 第一 第一种 选1 我选一 1号 1号吧 选项一 我要选第一个
    就第一个吧 回复1 答案是1  A a A. 选A 前一个 前面那个 上面那个 头一个 最上面的 倒数第二个 不是2 不选2 1不是2
    不是2，是1 改成1 壹
    """
)
SECOND_OF_TWO = _words(
    """
    2 ２ 二 ② 两 第二个 第2项 选二 B b 最后一个 最后那个 后一个 下面那个 倒数第一个 不是1 不要1 我不选1 不想选1
    另一个
    """
)


@pytest.mark.parametrize("text", FIRST_OF_TWO)
def test_the_first_by_its_place(text: str) -> None:
    assert a_choice(text, MEDICAL) == Filled("代缴医保")


@pytest.mark.parametrize("text", SECOND_OF_TWO)
def test_the_second_by_its_place(text: str) -> None:
    assert a_choice(text, MEDICAL) == Filled("自己缴纳")


YES = _words(
    """
    是 是的 对 对的 嗯 嗯嗯 好的 行 可以 同意 没错 没问题 是滴 要得 ok YES 👍 √ 1是 是的，我同意 对啊 對 是的！
    """
)


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    assert a_choice(text, YES_NO) == Filled("是")


NO = _words(
    """
    否 不 不是 没有 不同意 不对 没有啊 我没有 莫得 no × 2、否 不是的，是对方提的 還沒有 不用了 从来没有
    """
)


@pytest.mark.parametrize("text", NO)
def test_no(text: str) -> None:
    assert a_choice(text, YES_NO) == Filled("否")


OTHERS = [
    (CONSENT, "我不同意", "不同意"),
    (CONSENT, "不太同意", "不同意"),
    (CONSENT, "暂时不同意", "不同意"),
    (CONSENT, "不想同意", "不同意"),
    (CONSENT, "不同义", "不同意"),
    (CONSENT, "拒绝", "不同意"),
    (CONSENT, "同义", "同意"),
    (CONSENT, "我已阅读并同意", "同意"),
    (CONSENT, "没意见", "同意"),
    (YES_NO, "选是", "是"),
    (YES_NO, "我选择否", "否"),
    (YES_NO, "对的对的", "是"),
    (YES_NO, "我没有交过", "否"),
    (YES_NO, "不符合", "否"),
    (YES_NO, "符合", "是"),
    (("已登记", "未登记", "不确定"), "还没登记", "未登记"),
    (("已登记", "未登记", "不确定"), "登记过了", "已登记"),
    (("长春市", "吉林市", "四平市"), "不是长春，是四平", "四平市"),
    (("长春市", "吉林市", "四平市"), "四坪", "四平市"),
    (YEAR, "满一年", "满1年"),
    (YEAR, "刚满一年", "满1年"),
    (YEAR, "没满一年", "不满1年"),
    (YEAR, "还不到一年", "不满1年"),
    (YEAR, "没有交够一年", "不满1年"),
    (YEAR, "不满", "不满1年"),
    (YEAR, "记不清了", "不确定"),
    (MEDICAL, "代缴", "代缴医保"),
    (MEDICAL, "带缴医保", "代缴医保"),
    (MEDICAL, "不是代缴医保", "自己缴纳"),
    (MEDICAL, "不要代缴", "自己缴纳"),
    (MEDICAL, "代缴医保，不是自己缴纳", "代缴医保"),
    (MEDICAL, "自己交", "自己缴纳"),
    (MEDICAL, "代繳醫保", "代缴医保"),
    (REASONS, "被裁员了", "公司裁员"),
    (REASONS, "裁圆", "公司裁员"),
    (REASONS, "公司把我辞退了", "公司辞退开除"),
    (REASONS, "我自己辞职的", "自己辞职"),
    (REASONS, "合同期满", "合同到期"),
    (REASONS, "何同到期", "合同到期"),
    (REASONS, "合同没到期，公司裁员", "公司裁员"),
    (REASONS, "自己辞职，不是公司辞退", "自己辞职"),
    (REASONS, "公司不缴社保", "因欠薪、不缴社保等我提出解除"),
    (REASONS, "不知道", "说不清"),
    (REASONS, "十", "说不清"),
    (REASONS, "第十个", "说不清"),
    (REASONS, "最后一个", "说不清"),
    (REASONS, "选项三", "公司裁员"),
    (BANKS, "工行", "工商银行"),
    (BANKS, "功商银行", "工商银行"),
    (BANKS, "中间那个", "建设银行"),
    (MONTHS, "18", "18个月"),
    (MONTHS, "二十四个月", "24个月"),
    (MONTHS, "1", "12个月"),
    (SIDES, "人相面", "身份证人像面"),
    (SIDES, "国徽", "身份证国徽面"),
    (CHECK, "不对", "改一下"),
    (CHECK, "不改", "对，就用这个"),
    (CHECK, "好", "对，就用这个"),
    (("男", "女"), "我是女的", "女"),
    (("男", "女"), "男性", "男"),
    (("昆明", "吉林"), "我在昆明", "昆明"),
]


@pytest.mark.parametrize(("options", "text", "meant"), OTHERS)
def test_an_option_by_its_words(options: tuple[str, ...], text: str, meant: str) -> None:
    assert a_choice(text, options) == Filled(meant)


UNCLEAR = [
    (YES_NO, "3", "只有2个"),
    (YES_NO, "0", "只有2个"),
    (YES_NO, "第三个", "只有2个"),
    (REASONS, "11", "只有10个"),
    (YES_NO, "1和2", "只能选一个"),
    (YES_NO, "是不是？", "1 是，2 否"),
    (YES_NO, "是否", "1 是，2 否"),
    (YES_NO, "没关系", "1 是，2 否"),
    (YES_NO, "没看懂", "1 是，2 否"),
    (YES_NO, "不会操作", "1 是，2 否"),
    (YES_NO, "不是没有", "1 是，2 否"),
    (YES_NO, "是吗", "1 是，2 否"),
    (YES_NO, "不知道", "1 是，2 否"),
    (YES_NO, "都行", "1 是，2 否"),
    (YES_NO, "对不起", "1 是，2 否"),
    (YES_NO, "不好意思", "1 是，2 否"),
    (YES_NO, "是的，不过没交满", "1 是，2 否"),
    (YES_NO, "", "没有看到"),
    (YES_NO, " \u200b\n", "没有看到"),
    (YES_NO, "😀", "1 是，2 否"),
    (YES_NO, "是" * 5000, "太长"),
    (CONSENT, "补同意", "1 同意"),
    (CONSENT, "我不是不同意", "1 同意"),
    (CONSENT, "没有不同意", "1 同意"),
    (CONSENT, "同意不", "1 同意"),
    (CONSENT, "同不同意", "1 同意"),
    (CONSENT, "2同意", "不是同一个"),
    (("有", "没有"), "没有问题", "1 有"),
    (("有", "没有"), "有没有", "1 有"),
    (YEAR, "一年", "还是"),
    (BANKS, "银行", "还是"),
    (BANKS, "不是1", "1到3"),
    (BANKS, "前一个", "1到3"),
    (REASONS, "公司", "还是"),
    (REASONS, "协商解除", "5 公司提出协商解除，还是8 自己提出协商解除"),
    (REASONS, "没辞职", "1到10"),
    (REASONS, "不是裁员", "1到10"),
    (REASONS, "我合同丢了", "1到10"),
    (MEDICAL, "不知道代缴医保是什么", "1 代缴医保"),
    (("返回",), "2", "只有1个"),
    ((), "1", "没有可选"),
]


@pytest.mark.parametrize(("options", "text", "says"), UNCLEAR)
def test_an_unclear_answer_is_asked_back(options: tuple[str, ...], text: str, says: str) -> None:
    reading = a_choice(text, options)
    assert isinstance(reading, Refused)
    assert says in reading.why


def test_other_words_stand_for_an_option() -> None:
    aliases = (("单位交", "公司代缴"), ("灵活就业",))
    assert a_choice("单位交", MEDICAL, aliases) == Filled("代缴医保")
    assert a_choice("我是灵活就业的", MEDICAL, aliases) == Filled("自己缴纳")


@pytest.mark.parametrize(
    "deny", ["不", "不太", "不想", "我不", "没有", "暂时不", "绝对不", "补", "没", "不能", "我不会", "坚决不"]
)
@pytest.mark.parametrize("label", ["同意", "愿意", "代缴医保", "确认提交"])
def test_a_denied_label_is_never_taken_as_said(deny: str, label: str) -> None:
    for options in ((label, "不" + label), (label, "其他办法"), (label, "甲乙", "丙丁")):
        for tail in ("", "。", "的", "了"):
            assert a_choice(deny + label + tail, options) != Filled(label)


@given(st.lists(st.sampled_from(REASONS + BANKS + MONTHS), min_size=1, max_size=9, unique=True), st.data())
def test_each_option_is_found_by_label_and_number(options: list[str], draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(options) - 1))
    dress = draw.draw(st.sampled_from(["{}", " {} ", "{}。", "我选{}", "{}吧"]))
    assert a_choice(dress.format(options[at]), options) == Filled(options[at])
    assert a_choice(f"第{at + 1}个", options) == Filled(options[at])


@given(
    st.text() | st.text("不没是否有同意12一二第个选我的，。？"),
    st.lists(st.text(max_size=8), max_size=6),
    st.lists(st.lists(st.text(max_size=5), max_size=3), max_size=8),
)
def test_no_text_and_no_options_break_it(text: str, options: list[str], aliases: list[list[str]]) -> None:
    reading = a_choice(text, options, aliases)
    assert reading.value in options if isinstance(reading, Filled) else reading.why
