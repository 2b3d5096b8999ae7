"""Names and addresses, and how values are shown, grouped and taken out of what is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.model import Filled, Refused
from dialogs.readers import a_name, a_text, an_address, grouped, looks_sensitive, masked, redacted

NAMES = {
    "张测试": "张测试", "张 测试": "张测试", "欧阳样例": "欧阳样例", "我叫张测试": "张测试", "我是张测试": "张测试",
    "姓名：张测试": "张测试", "我的名字是张测试。": "张测试", "我的名字叫做张测试啊": "张测试", "本人张测试": "张测试",
    "张测试（女）": "张测试", "我叫张测试，今年五十": "张测试", "我姓张，叫测试": "张测试",
    "张测试 13800138000": "张测试", "张测试谢谢": "张测试",
    "“张测试”": "张测试",
    "买买提·吐尔逊": "买买提·吐尔逊", "买买提•吐尔逊": "买买提·吐尔逊", "买买提．吐尔逊": "买买提·吐尔逊",
    "买买提 · 吐尔逊": "买买提·吐尔逊",
    "阿不都热合曼·买买提江·艾力": "阿不都热合曼·买买提江·艾力", "䶮测试": "䶮测试", "𬭎测试": "𬭎测试",
    "张𠮷": "张𠮷", "张\u200b测试": "张测试",
    "於乾": "於乾", "張測試": "張測試", "John Smith": "John Smith", "Ｊｏｈｎ　Ｓｍｉｔｈ": "John Smith",
    "Mary-Jane O'Neil": "Mary-Jane O'Neil",
    "司马样例": "司马样例", "李好": "李好", "何是": "何是", "王有": "王有", "叫张测试": "张测试",
    "那样例": "那样例", "那我叫张测试": "张测试", "你好，我叫张测试呀": "张测试", "古丽哈": "古丽哈",
}  # fmt: skip
BAD_NAMES = (
    "", "😀", "１２３", "张测试123", "不知道", "你问这个干什么", "好", "是的", "同意", "我姓张", "张*试",
    "为什么要姓名", "没有", "你好", "谢谢",
    "13800138000", "张" * 31, "张" * 5000, "帮助", "上一步", "失业金怎么申领", "...", "·", "我不想说",
    "我是张测试的妻子", "汉族", "请问要写谁的",
)  # fmt: skip

ADDRESSES = {
    "昆明市西山区春雨路188号3栋2单元501": "昆明市西山区春雨路188号3栋2单元501",
    "我住在昆明市西山区春雨路188号": "昆明市西山区春雨路188号",
    "地址：昆明市西山区春雨路１８８号": "昆明市西山区春雨路188号",
    "家庭住址:虚构省样例市测试路1号": "虚构省样例市测试路1号",
    "我家住在虚构省样例市测试路1号": "虚构省样例市测试路1号",
    "现住址是虚构省样例市测试路1号": "虚构省样例市测试路1号",
    "我的地址是虚构省样例市测试路1号。": "虚构省样例市测试路1号",
    "昆明市五华区（翠湖边）": "昆明市五华区（翠湖边）",
    "虛構省樣例市測試路1號": "虛構省樣例市測試路1號",
    "呈贡区七甸街道小哨箐村": "呈贡区七甸街道小哨箐村",
    "租的房子，西山区前卫街道滇池路1号": "租的房子，西山区前卫街道滇池路1号",
    "  昆明市\n西山区　春雨路 1号 ": "昆明市 西山区 春雨路 1号",
    "昆明市\u200b西山区春雨路1号": "昆明市西山区春雨路1号",
    "虚构省样例市": "虚构省样例市",
    "昆明市西山区春雨路188号，谢谢": "昆明市西山区春雨路188号",
    "昆明市西山区春雨路188号？": "昆明市西山区春雨路188号",
    "样例市" + "长" * 117: "样例市" + "长" * 117,
}
BAD_ADDRESSES = (
    "", "😀😀😀😀😀😀", "不知道", "我也不知道怎么写", "昆明", "12345678", "１２３４５６７８９０", "你问这个干什么？",
    "住哪里都要写吗", "和身份证一样", "同身份证地址",
    "跟户口本上一样", "昆明昆明昆明", "我没有固定地址", "不想告诉你们", "为什么要填地址", "abcdefgh",
    "样例市" + "长" * 118, "样" * 5000, "忘了门牌号是多少",
)  # fmt: skip


@pytest.mark.parametrize(("text", "name"), NAMES.items())
def test_a_name_is_found(text: str, name: str) -> None:
    reading = a_name(text)
    assert isinstance(reading, Filled)
    assert reading.value == name


@pytest.mark.parametrize("text", BAD_NAMES)
def test_what_is_no_name_is_refused_with_an_example(text: str) -> None:
    reading = a_name(text)
    assert isinstance(reading, Refused)
    assert reading.why
    assert reading.example == "张测试"


def test_a_name_in_traditional_script_is_kept_and_noted() -> None:
    assert isinstance(reading := a_name("張測試"), Filled)
    assert "繁体" in reading.note
    assert a_name("张测试") == Filled("张测试")


@given(st.text(st.characters(min_codepoint=0x20000, max_codepoint=0x2A6D6), min_size=2, max_size=10))
def test_rare_characters_are_never_refused(name: str) -> None:
    assert isinstance(a_name(name), Filled)


@pytest.mark.parametrize(("text", "address"), ADDRESSES.items())
def test_an_address_is_kept_as_written(text: str, address: str) -> None:
    assert an_address(text) == Filled(address)


@pytest.mark.parametrize("text", BAD_ADDRESSES)
def test_what_is_no_address_is_refused_with_an_example(text: str) -> None:
    reading = an_address(text)
    assert isinstance(reading, Refused)
    assert reading.why
    assert reading.example


def test_free_text_is_kept_up_to_its_limit() -> None:
    assert a_text("  你好\x00 ") == Filled("你好")
    assert isinstance(a_text("\u200b \n"), Refused)
    assert isinstance(a_text("长" * 501), Refused)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("id_number", "990101198503150017", "9901**********0017"),
        ("id_number", "99010119900101006X", "9901**********006X"),
        ("phone", "13800138000", "138****8000"),
        ("phone", "0871-63362528", "0871-****2528"),
        ("phone", "0871-63362528转801", "0871-****2528"),
        ("bank_card", "6222000000000001234", "**** 1234"),
        ("social_card", "A12345678", "**** 5678"),
        ("name", "张测试", "张**"),
        ("address", "昆明市西山区春雨路188号", "昆明市西山区…"),
        ("address", "样例新村十八号大院", "样例新村十八…"),
        ("choice", "同意", "同意"),
        ("date", "2026-10-31", "2026-10-31"),
        ("id_number", "12345", "****"),
        ("phone", "", ""),
    ],
)
def test_a_value_is_masked(kind: str, value: str, shown: str) -> None:
    assert masked(kind, value) == shown


@given(
    st.sampled_from(["id_number", "bank_card", "social_card", "phone"]),
    st.text("0123456789X-转", min_size=6, max_size=25),
)
def test_a_mask_never_shows_the_whole(kind: str, value: str) -> None:
    assert value not in masked(kind, value)


@pytest.mark.parametrize(
    ("kind", "value", "read_back"),
    [
        ("bank_card", "6222000000000001234", "6222 0000 0000 0001 234"),
        ("phone", "13800138000", "138 0013 8000"),
        ("phone", "0871-63362528", "0871-63362528"),
        ("id_number", "990101198503150017", "990101 19850315 0017"),
        ("id_number", "ABC123456789012", "ABC 123456 789012"),
        ("choice", "同意", "同意"),
    ],
)
def test_a_number_is_read_back_in_groups(kind: str, value: str, read_back: str) -> None:
    assert grouped(kind, value) == read_back


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("我的号990101198503150017谢谢", "我的号〔号码〕谢谢"),
        ("卡6222 0000 0000 0001 234", "卡〔号码〕"),
        ("电话13800138000", "电话〔号码〕"),
        ("电话１３８００１３８０００", "电话〔号码〕"),
        ("一三八零零一三八零零零", "〔号码〕"),
        ("138\u200b0013\u200b8000", "〔号码〕"),
        ("0871-63362528", "〔号码〕"),
        ("99010119900101006X。", "〔号码〕。"),
        ("我叫张测试，怎么申领", "我叫〔姓名〕，怎么申领"),
    ],
)
def test_what_identifies_somebody_is_taken_out(text: str, kept: str) -> None:
    assert redacted(text) == kept
    assert looks_sensitive(text)


@pytest.mark.parametrize(
    "text", ["打12333问吗", "2026-10-31失业的", "满1年领几个月", "怎么领失业金", "", "1、2、3", "2026年10月31日"]
)
def test_harmless_texts_stay(text: str) -> None:
    assert redacted(text) == text
    assert not looks_sensitive(text)


@given(
    st.text(max_size=12),
    st.sampled_from(["990101198503150017", "6222000000000001234", "13800138000"]),
    st.text(max_size=12),
)
def test_no_number_survives_redaction_and_doing_it_twice_changes_nothing(before: str, number: str, after: str) -> None:
    once = redacted(before + number + after)
    assert number not in once
    assert redacted(once) == once
