"""Identity numbers, cards and telephones: what is taken, and which slip a refusal names. Invented numbers only."""

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from dialogs.model import Filled, Refused
from dialogs.readers import a_bank_card, a_card_number, a_phone, an_id_number, read

TODAY = date(2026, 11, 22)
ID, ID_X = "990101198503150017", "99010119900101006X"
CARD = "6222000000000001234"
MOBILE, OTHER_MOBILE = "13800138000", "13900000000"


def an_id(region: str, born: str, serial: str) -> str:
    """A number of this region and day with its right check digit."""
    return region + born + serial + str(ric.calc_check_digit(region + born + serial + "0"))


IDS = {
    ID: ID,
    ID_X: ID_X,
    ID_X.lower(): ID_X,
    "99010119900101006×": ID_X,
    "99010119900101006х": ID_X,
    "99010119900101006＊": ID_X,
    "99010119900101006叉": ID_X,
    "99010119900101006大写的X": ID_X,
    "99010119900101006 X": ID_X,
    "990101 19850315 0017": ID,
    "990101-19850315-0017": ID,
    "9901 0119 8503 1500 17": ID,
    "990101.19850315.0017": ID,
    "９９０１０１１９８５０３１５００１７": ID,
    "９９０１０１１９９００１０１００６Ｘ": ID_X,
    "九九零一零一一九八五零三一五零零一七": ID,
    "九九〇幺〇幺 幺九八五〇三幺五 〇〇幺七": ID,
    "99010119850315OO17": ID,
    "99O1O1l985O3I5OO17": ID,
    "我的身份证号是990101198503150017": ID,
    "我的身份證號碼是：990101198503150017，谢谢": ID,
    "身份证:99010119900101006X。": ID_X,
    "第一990101198503150017": ID,
    "手机13800138000身份证990101198503150017": ID,
    "990101198503150017 13800138000": ID,
    "13800138000 990101198503150017": ID,
    "990101198503150017，13800138000": ID,
    "990101198503150017\n6222000000000001234": ID,
    "990101198503150017 990101198503150017": ID,
    "不是990101198503150017，是99010119900101006X": ID_X,
    "99\u200b0101198503150017": ID,
    "ABC123456789012": "ABC123456789012",
    "abc 123456789012": "ABC123456789012",
}
BAD_IDS = {
    "990101198503150018": "有一位数字可能抄错",
    "我的身份证号是990101198503150018": "有一位数字可能抄错",
    "99010119850315001X": "有一位数字可能抄错",
    "99010119850315001": "18位，现在是17位。看一看是不是少了一位",
    "990101 19850315 001": "现在是17位",
    "9901011985031500": "现在是16位",
    "9901011985031500177": "现在是19位。看一看是不是多了一位",
    "990101850315001": "15位的老号码",
    "990101198513150017": "月份",
    "990101198502300017": "这一天不存在",
    "990101189902280017": "年份太早",
    "990101202612010017": "不会晚于今天",
    "090101198503150017": "第一位不会是0",
    "99010119850315A017": "只有最后一位可能是X",
    "9901011985X3150017": "X",
    "9901**********0017": "星号",
    "13800138000": "这像是手机号",
    CARD: "这像是银行卡号",
    "990101198503150017和99010119900101006X": "9901**********0017、9901**********006X",
    "没有": "没有看到身份证号",
    "": "没有看到身份证号",
    "😀": "没有看到身份证号",
    "身份证尾号0017": "现在是4位",
    "9" * 5000: "多了几位",
}


@pytest.mark.parametrize(("text", "value"), IDS.items())
def test_an_identity_number_is_found(text: str, value: str) -> None:
    reading = an_id_number(text, TODAY)
    assert isinstance(reading, Filled)
    assert reading.value == value


@pytest.mark.parametrize(("text", "says"), BAD_IDS.items())
def test_an_identity_number_with_a_slip_names_it(text: str, says: str) -> None:
    reading = an_id_number(text, TODAY)
    assert isinstance(reading, Refused)
    assert says in reading.why
    assert reading.example


@pytest.mark.parametrize("region", ["810000", "820000", "830000", "980000", "000000"])
def test_a_region_is_never_the_reason_to_refuse(region: str) -> None:
    number = an_id(region, "19850315", "001")
    assert isinstance(an_id_number(number, TODAY), Filled) is (region != "000000")


def test_an_unknown_region_gives_a_note_and_those_of_permits_none() -> None:
    assert an_id_number(an_id("810000", "19850315", "001"), TODAY) == Filled(an_id("810000", "19850315", "001"))
    unknown = an_id_number(an_id("190101", "19550315", "001"), TODAY)
    assert isinstance(unknown, Filled)
    assert "前两位不常见" in unknown.note


@given(
    st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.sampled_from(["99", "19", "98"]), st.integers(0, 9999)
)
def test_every_right_number_is_taken_and_every_wrong_digit_seen(born: date, serial: int, area: str, rest: int) -> None:
    number = an_id(f"{area}{rest:04}", f"{born:%Y%m%d}", f"{serial:03}")
    reading = an_id_number(number, TODAY)
    assert isinstance(reading, Filled)
    assert reading.value == number
    for at in range(17):
        wrong = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
        assert isinstance(an_id_number(wrong, TODAY), Refused)


CARDS = {
    CARD: CARD,
    "6222 0000 0000 0001 234": CARD,
    "6222-0000-0000-0001-234": CARD,
    "6222.0000.0000.0001.234": CARD,
    "6222，0000，0000，0001，234": CARD,
    "６２２２０００００００００００１２３４": CARD,
    "六二二二零零零零零零零零零零零一二三四": CARD,
    "6222OOOOOOOOOOO1234": CARD,
    "6222ooooooooooo1234": CARD,
    "622200000000000l234": CARD,
    "卡号6222000000000001234工商银行": CARD,
    "银行卡号：6222 0000 0000 0001 234。": CARD,
    "工行6222 0000 0000 0001 234 138 0013 8000": CARD,
    "6222000000000001234 13800138000": CARD,
    "卡号 6222000000000001234，手机 13800138000": CARD,
    "990101198503150017 6222000000000001234": CARD,
    "6222000000000001234，6222000000000001234": CARD,
    "旧卡号4111111111111111，6222000000000001234": CARD,
    "4111111111111111": "4111111111111111",
}
BAD_CARDS = {
    "6222000000000001235": "可能有一位抄错",
    "6222 0000 0000 0001 235": "可能有一位抄错",
    "卡号是6222000000000001235": "可能有一位抄错",
    "4111 1111 1111 1111 2": "可能有一位抄错",
    "622200000000000": "现在是15位",
    "6222": "现在是4位",
    "62220000000000012345": "现在是20位",
    "4111 1111 1111 1111 2222": "现在是20位",
    "0000000000000000": "全是同一个数字",
    "8888888888888888": "全是同一个数字",
    "62220000000000A1234": "没有字母",
    "6222**** **** 1234": "星号",
    "13800138000": "这像是手机号",
    ID: "这像是身份证号",
    "0871-63362528": "这像是座机号码",
    "没带卡": "没有看到",
    "": "没有看到",
    "4111111111111111和6222000000000001234": "**** 1111、**** 1234",
}


@pytest.mark.parametrize(("text", "value"), CARDS.items())
def test_a_bank_card_is_found(text: str, value: str) -> None:
    assert a_bank_card(text) == Filled(value)


@pytest.mark.parametrize(("text", "says"), BAD_CARDS.items())
def test_a_bank_card_with_a_slip_names_it(text: str, says: str) -> None:
    reading = a_bank_card(text)
    assert isinstance(reading, Refused)
    assert says in reading.why


@given(st.integers(10**14, 10**18 - 1))
def test_every_card_with_a_right_check_digit_is_taken(body: int) -> None:
    number = f"{body}{luhn.calc_check_digit(str(body))}"
    grouped = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    if len(set(number)) > 1 and isinstance(an_id_number(number, date(2099, 12, 31)), Refused):
        assert a_bank_card(number) == a_bank_card(grouped) == a_bank_card(f"卡号是{grouped}，谢谢") == Filled(number)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert isinstance(a_bank_card(wrong), Refused)
    assert isinstance(a_bank_card(" ".join(wrong[at : at + 4] for at in range(0, len(wrong), 4))), Refused)


SOCIAL = {
    "A12345678": "A12345678", "a1234567": "A1234567", "123456": "123456", "１２３４５６７８": "12345678",
    "我的医保卡号是 A1234567 8": "A12345678", "AB 123456": "AB123456", "卡号是12345678，谢谢": "12345678",
    "一二三四五六七八": "12345678", ID: ID, "ok 123456": "123456", "社保卡：123 456 789": "123456789",
    "13800138000 卡号A1234567": "A1234567", "12345678901234567890": "12345678901234567890",
    "yn-2020-0001": "YN20200001", "卡号：K12345678。": "K12345678",
}  # fmt: skip
BAD_SOCIAL = {
    "12345": "现在是5位", "123456789012345678901": "最多20位", "没有卡": "没有看到卡号", "meiyou": "没有看到卡号",
    "": "没有看到卡号", "A1234567和B7654321": "不止一个", "1234****5678": "星号", "不知道": "没有看到卡号",
    "卡在家里": "没有看到卡号", "9" * 5000: "最多20位", "😀😀": "没有看到卡号", "第1张": "现在是1位",
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SOCIAL.items())
def test_a_card_number_of_any_form_is_taken(text: str, value: str) -> None:
    reading = a_card_number(text)
    assert isinstance(reading, Filled)
    assert reading.value == value


@pytest.mark.parametrize(("text", "says"), BAD_SOCIAL.items())
def test_a_card_number_that_is_none_is_refused(text: str, says: str) -> None:
    reading = a_card_number(text)
    assert isinstance(reading, Refused)
    assert says in reading.why


PHONES = {
    MOBILE: MOBILE, "138 0013 8000": MOBILE, "138-0013-8000": MOBILE, "+8613800138000": MOBILE,
    "+86 138 0013 8000": MOBILE, "008613800138000": MOBILE, "8613800138000": MOBILE, "013800138000": MOBILE,
    "１３８００１３８０００": MOBILE, "一三八零零一三八零零零": MOBILE, "幺三八 零零幺三 八零零零": MOBILE,

    "138OO138OOO": MOBILE, "l38oo138ooo": MOBILE, "手机号13800138000": MOBILE,
    "我电话是13800138000（微信同号）": MOBILE,
    "wx13800138000": MOBILE, "13800138000 13800138000": MOBILE, "不是13900000000，是13800138000": MOBILE,
    "旧号13900000000，新号13800138000": MOBILE, "身份证990101198503150017电话13800138000": MOBILE,
    "0871-63362528": "0871-63362528", "0871 63362528": "0871-63362528", "（0871）63362528": "0871-63362528",
    "087163362528": "0871-63362528", "63362528": "0871-63362528", "6336 2528": "0871-63362528",
    "座机63362528": "0871-63362528", "871-63362528": "0871-63362528", "+86 871 63362528": "0871-63362528",
    "0086-871-63362528": "0871-63362528", "0433-2523456": "0433-2523456", "010-66668888": "010-66668888",
    "02866668888": "028-66668888", "0871-63362528转801": "0871-63362528转801",
    "0871-63362528-801": "0871-63362528转801", "63362528 分机801": "0871-63362528转801",
}  # fmt: skip
BAD_PHONES = {
    "1380013800": "11位，1开头，现在是10位。看一看是不是少了一位", "138001380001": "现在是12位",
    "12800138000": "第二位",
    "23800138000": "开头是2", "138****8000": "星号", "13800138OO": "现在是10位", "1380013800a": "没有字母",
    "4001234567": "服务电话", "400-123-4567": "服务电话", "12333": "服务电话", "95588": "服务电话", "110": "服务电话",
    "0871-6336252": "位数不对", "2523456": "开头是2", ID: "这像是身份证号", CARD: "这像是银行卡号",
    "13800138000或13900000000": "138****8000、139****0000", "13800138000，0871-63362528": "不止一个",
    "没有手机": "没有看到", "": "没有看到", "😀": "没有看到", "1" * 5000: "多了几位",
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), PHONES.items())
def test_a_telephone_is_found(text: str, value: str) -> None:
    assert a_phone(text, "0871") == Filled(value)


@pytest.mark.parametrize(("text", "says"), BAD_PHONES.items())
def test_a_telephone_with_a_slip_names_it(text: str, says: str) -> None:
    reading = a_phone(text, "0871")
    assert isinstance(reading, Refused)
    assert says in reading.why


def test_a_landline_needs_its_area_code_where_the_place_is_not_known() -> None:
    reading = a_phone("63362528")
    assert isinstance(reading, Refused)
    assert "区号" in reading.why
    assert a_phone("2523456", "0433") == Filled("0433-2523456")
    assert a_phone("0871-63362528") == Filled("0871-63362528")


WIDE = {ord("0") + n: 0xFF10 + n for n in range(10)}
HAN = {ord("0") + n: "零一二三四五六七八九"[n] for n in range(10)}
DRESSES = ("{}", " {} ", "是{}", "我的号码是{}，谢谢", "{}。", "\n{}\n", "号码:{}！")
VALUES = (("id_number", ID), ("id_number", ID_X), ("bank_card", CARD), ("phone", MOBILE), ("social_card", "12345678"))


@given(st.sampled_from(VALUES), st.sampled_from(DRESSES), st.sampled_from(["", " ", "-", "  "]), st.data())
def test_a_value_dressed_up_is_found_as_itself(
    value: tuple[str, str], dress: str, gap: str, draw: st.DataObject
) -> None:
    kind, number = value
    size = draw.draw(st.integers(3, 6))
    typed = gap.join(number[at : at + size] for at in range(0, len(number), size))
    typed = typed.translate(draw.draw(st.sampled_from([{}, WIDE, HAN])))
    reading = read(kind, dress.format(typed), today=TODAY)
    assert isinstance(reading, Filled)
    assert reading.value == number


@pytest.mark.parametrize(
    "kind", ["id_number", "bank_card", "social_card", "phone", "date", "choice", "address", "name", "text"]
)
@given(st.text() | st.text("0123456789Xx-* ，、一二三转O") | st.text(st.characters(), max_size=30))
def test_no_text_breaks_a_reader_and_no_refusal_repeats_a_number(kind: str, text: str) -> None:
    reading = read(kind, text, today=TODAY, options=("是", "否"), area_code="0871")
    if isinstance(reading, Refused):
        assert reading.why
        assert not any(run in reading.why for run in text.split() if run.isdigit() and len(run) > 7)


def test_an_unknown_kind_is_a_defect() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        read("photo", "1", today=TODAY)


def test_the_dictionary_of_sounds_is_not_loaded_before_it_is_needed() -> None:
    asked = "import sys, dialogs.readers; print('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "False\n"
