"""Which paper a text is from, and what is said of it. The texts are what the OCR read on our fictional papers."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from dialogs.papers import (
    NAMES,
    PAPERS,
    Box,
    Paper,
    Seen,
    card_numbers,
    id_numbers,
    may_be_portrait,
    paper_of,
    remarks,
    seen_in,
)
from dialogs.photo_words import says, strongest
from dialogs.soundness import prove
from tests.build import knowledge

ID, OTHER_ID, CARD = "990101198503150017", "99010119900101006X", "6222000000000001234"
CENTRED: Box = (0.22, 0.25, 0.56, 0.40)
READ: dict[Paper, str] = {
    "id_portrait": "姓名张测试|性别男|民族漢|出生|1985年3月15日|样例|住址|虚构省样例市示范区|例子路1号2单元302室|公民身份号码|990101198503150017",
    "id_emblem": "中华人民共和国|样例|居民身份证|虚构样例|签发机关|样例市公安局示范分局|有效期限|2016.03.15-2036.03.15",
    "household_issuer": "居民户口簿|户别|家庭户|户主姓名|张测试|户号|990100001|住址|例子路1号|详细住址|省级公安机关户口专用章|户口登记机关户口专用章|承办人签章：李示例|2016年3月15日签发",
    "household_own": "常住人口登记卡|姓名|张测试|户主或与户主关系|户主|曾用名|性别|男|出生地|虚构省样例市|民族|汉族|籍贯|出生日期|1985年3月15日|本市（县）其他住址|宗教信仰|公民身份证件编号|990101198503150017|身高|172cm|文化程度|高中|血型|婚姻状况|已婚|兵役状况|未服兵役|服务处所|样例市示范机械厂|职业|工人|何时由何地迁来本市（县）|何时由何地迁来本址|承办人签章：李示例|登记日期：2016年3月15日",
    "bank_card": "样例银行|SAMPLE BANK·借记卡|虎构样例|6222 000000000001 234|有效期 VALID THRU 12/36|ZHANG CE SHI|银联UnionPay",
    "social_card": "中华人民共和国社会保障卡|张测试|姓名|社会保障号码 990101198503150017|2021年6月|发卡日期|Z99010012|虚构省人力资源和社会保障厅|样例银行",
    "employment_cert": "失业登记情况|就业创业证|姓名|张测试|登记日期|2026年9月1日|性别|男|失业日期|民族|汉族|失业原因|劳动合同期满终止|原工作单位|公民身份号码|990101198503150017|求职意向|证书编号|9901010016000123|经办人|发证机关|样例市示范区人社局|发证日期|2026年9月1日|第3页|第2页",
    "passbook": "样例银行活期储蓄存折|户名|张测试|账号|6222 0000 0000 0001 234|开户行|样例银行示范支行|凭证号|990100000123|开户日期|2020年5月6日|本存折只在开户行所在地通存通兑。",
}
WITH_TEXT = sorted(READ)
NOISE = ["样例", "Att", "专用", "用", "第3页", "真", "HUAWEI P30", "|", "0", "2026/11/22 09:41", "。", "  "]
papers = st.sampled_from(WITH_TEXT)


def lines_of(paper: Paper) -> list[str]:
    return READ[paper].split("|")


def cut(text: str, places: list[int]) -> list[str]:
    edges = [0, *sorted({place % (len(text) + 1) for place in places}), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


# --- which paper


@pytest.mark.parametrize("paper", WITH_TEXT)
def test_a_paper_is_known_by_its_print(paper: Paper) -> None:
    assert paper_of(lines_of(paper)) == paper


@given(papers, st.lists(st.integers(0, 400), max_size=40))
def test_it_is_known_however_its_words_are_split_or_run_together(paper: Paper, places: list[int]) -> None:
    number = "6222 000000000001 234" if paper == "bank_card" else ID
    before, found, after = READ[paper].replace("|", "").partition(number)
    assert paper_of([*cut(before, places), *([found] if found else []), *cut(after, places)]) == paper


@settings(max_examples=400)
@given(papers, st.data())
def test_a_part_of_its_words_among_noise_never_makes_another_paper_of_it(paper: Paper, data: st.DataObject) -> None:
    lines = lines_of(paper)
    kept = data.draw(st.lists(st.sampled_from(lines), unique=True, max_size=len(lines)))
    noisy = data.draw(st.permutations(kept + data.draw(st.lists(st.sampled_from(NOISE), max_size=6))))
    assert paper_of(noisy) in (paper, None)


@given(st.lists(st.text(max_size=20), max_size=30))
@example(["\ud800", "\x00", "９９０１０１"])
def test_any_text_is_bearable(lines: list[str]) -> None:
    seen = seen_in(lines)
    assert seen.paper is None or seen.paper in READ
    assert all(strongest(remarks(wanted, seen, {"bank_card": CARD}, {ID})) != "refuse" for wanted in PAPERS)


@pytest.mark.parametrize("one", WITH_TEXT)
def test_two_papers_on_one_picture_are_neither(one: Paper) -> None:
    for other in WITH_TEXT:
        if other != one:
            assert paper_of(lines_of(one) + lines_of(other)) in (None, one, other)
    assert paper_of(lines_of("id_portrait") + lines_of("id_emblem")) is None
    assert paper_of(lines_of("household_issuer") + lines_of("household_own")) is None


def test_traditional_and_full_width_characters_are_the_same() -> None:
    assert (
        paper_of(["公民身份號碼９９０１０１１９８５０３１５００１７", "姓名張測試", "住址", "民族漢"]) == "id_portrait"
    )
    assert paper_of(["中華人民共和國社會保障卡", "社會保障號碼"]) == "social_card"
    assert paper_of(["戶別", "戶主姓名", "戶號"]) == "household_issuer"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "姓名|性别|民族|公民身份号码|990101198503150017",  # an ID card, or a page that lost its title
        "解除劳动合同证明书|姓名张测试|公民身份号码990101198503150017|住址|请办理失业登记|就业创业证",
        "居住证|姓名张测试|性别男|民族汉|出生|住址|公民身份号码|990101198503150017",
        "中华人民共和国机动车驾驶证|姓名|性别|住址|出生日期|有效期限|公安局",
        "往来港澳通行证|签发机关|有效期限|公安部出入境管理局",
        "临时居民身份证|签发机关|有效期限",
        "样例银行|银联|转账成功|收款账号 6222 0000 0000 0001 234",
        "样例银行|客户回单|卡号 6222 0000 0000 0001 234|借记",
        "样例银行|借记卡|银联",
        "请带身份证、户口册、银行卡、存折、社会保障卡、就业创业证",
        "我的社会保障卡丢了怎么办",
        "居民户口簿",
        "就业失业登记证",
        "社会保障卡号",
        "活期储蓄存折",
    ],
)
def test_what_is_none_of_ours_or_too_little_is_not_named(text: str) -> None:
    assert paper_of(text.split("|")) is None


def test_a_long_text_about_papers_is_no_paper() -> None:
    leaflet = ["居民身份证由公安局签发，有效期限见证件。", "去窗口前请核对姓名。" * 12]
    assert paper_of(leaflet) is None


def test_a_lone_large_face_without_print_is_a_portrait() -> None:
    assert seen_in(["1", "样例·虚构"], [CENTRED]).paper == "portrait"
    assert seen_in([], [CENTRED]).paper == "portrait"
    assert seen_in([], [CENTRED, CENTRED]).paper is None
    assert seen_in([], [(0.7, 0.3, 0.12, 0.15)]).paper is None
    assert seen_in(["姓名张测试", "性别男", "民族汉", "出生1985年"], [CENTRED]).paper is None
    assert may_be_portrait([]) and not may_be_portrait(lines_of("id_emblem"))
    assert not seen_in([" "]).text_found and seen_in(["a"]).text_found


# --- numbers


@st.composite
def an_id(draw: st.DrawFn) -> str:
    """Region 99 does not exist."""
    born = draw(st.dates(date(1900, 1, 1), date(2026, 11, 1)))
    head = f"99{draw(st.integers(0, 9999)):04d}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return head + ric.calc_check_digit(head + "0")


@st.composite
def a_card(draw: st.DrawFn) -> str:
    head = "6222" + draw(st.text("0123456789", min_size=11, max_size=14))
    return str(head + luhn.calc_check_digit(head))


def pieces_of(number: str, draw: st.DataObject) -> list[str]:
    """The number over two to six boxes."""
    places = draw.draw(st.lists(st.integers(1, len(number) - 1), min_size=1, max_size=5, unique=True))
    edges = [0, *sorted(places), len(number)]
    return [number[start:end] for start, end in pairwise(edges)]


def grouped(number: str, draw: st.DataObject) -> str:
    return draw.draw(st.sampled_from(["", " "])).join(pieces_of(number, draw))


@given(an_id(), st.data())
def test_an_identity_number_is_found_in_one_box_or_several(number: str, data: st.DataObject) -> None:
    label = data.draw(st.sampled_from(["公民身份号码", "公民身份证件编号 ", "社会保障号码:", "号"]))
    after = data.draw(st.sampled_from([["住址"], ["身高", "172cm"], []]))
    for boxes in (
        [label + grouped(number, data)],
        [label, grouped(number, data)],
        [grouped(number.lower(), data) + " 男"],
    ):
        assert id_numbers(["1985年3月15日", *boxes, *after]) == (number,), boxes
    boxes = pieces_of(number, data)
    if boxes[-1] != "X":
        assert id_numbers([label, *boxes, *after]) == (number,)
        assert id_numbers([label + boxes[0], *boxes[1:], *after]) == (number,)


@given(a_card(), st.data())
def test_a_card_number_is_found_in_one_box_or_several(number: str, data: st.DataObject) -> None:
    for boxes in ([grouped(number, data)], ["卡号" + grouped(number, data)]):
        assert card_numbers(["样例银行", *boxes, "VALID THRU 12/36"]) == (number,), boxes
    boxes = pieces_of(number, data)
    assert number in card_numbers(["样例银行", *boxes, "VALID THRU 12/36"]), boxes


@given(an_id(), a_card(), st.integers(0, 18), st.integers(1, 9), st.data())
def test_with_one_digit_misread_there_is_no_number(
    number: str, card: str, place: int, shift: int, data: st.DataObject
) -> None:
    def misread(right: str, at: int) -> str:
        digit = right[at]
        return right[:at] + (str((int(digit) + shift) % 10) if digit != "X" else "0") + right[at + 1 :]

    wrong_id, wrong_card = misread(number, place % 18), misread(card, place % len(card))
    assert id_numbers([grouped(wrong_id, data)]) == ()
    assert card_numbers([grouped(wrong_card, data)]) == ()


def test_where_a_box_alone_is_a_card_number_too_nothing_is_compared() -> None:
    both = card_numbers(["62", "22000000000000004"])
    assert both == ("22000000000000004", "6222000000000000004")
    assert remarks("bank_card", Seen("bank_card", card_numbers=both), {"bank_card": CARD}, ()) == ()


def test_a_part_of_a_longer_number_is_none() -> None:
    assert id_numbers([ID + "1", "1" + ID]) == ()
    assert card_numbers([CARD + "5", "6222 0000 0000 0001 234 5678"]) == ()
    assert id_numbers([f"{ID} 172", "公民身份号码"]) == (ID,)
    assert id_numbers(["990101", "19850315", "公民身份号码", "0017"]) == ()
    assert id_numbers(["990101", "19850315", "0017", "172"]) == ()


def test_an_impossible_day_is_no_identity_number_and_an_identity_number_no_card() -> None:
    head = "99010119850230001"
    assert id_numbers([head + ric.calc_check_digit(head + "0")]) == ()
    assert card_numbers([ID, OTHER_ID]) == ()
    assert id_numbers([ID, OTHER_ID, ID]) == (ID, OTHER_ID)
    assert card_numbers(["2016.03.15-2036.03.15", "0000 0000 0000 0000"]) == ()


# --- what is said


@pytest.mark.parametrize("wanted", PAPERS)
@pytest.mark.parametrize("shown", PAPERS)
def test_a_paper_in_another_slot_is_named_and_in_its_own_is_not(wanted: Paper, shown: Paper) -> None:
    seen = seen_in(lines_of(shown)) if shown in READ else seen_in([], [CENTRED])
    reasons = remarks(wanted, seen, {"bank_card": CARD, "id_number": ID}, {ID})
    if wanted == shown:
        assert reasons == ()
    else:
        assert [(reason.code, reason.about, reason.wanted) for reason in reasons] == [
            ("wrong_paper", NAMES[shown], NAMES[wanted])
        ]
        assert strongest(reasons) == "advise"


@pytest.mark.parametrize("wanted", [paper for paper in PAPERS if paper != "portrait"])
def test_words_that_were_not_read_are_no_remark(wanted: Paper) -> None:
    assert remarks(wanted, Seen(), {"bank_card": CARD, "id_number": ID}, {ID}) == ()
    assert remarks(wanted, Seen(text_found=True, faces=(CENTRED, CENTRED)), {}, ()) == ()


def test_the_sentences_name_the_sides_of_a_card_by_the_side() -> None:
    assert says(remarks("id_portrait", seen_in(lines_of("id_emblem")), {}, ())) == "这张像“国徽面”，现在需要“人像面”。"
    assert says(remarks("household_own", seen_in(lines_of("household_issuer")), {}, ())) == (
        "这张像“户口册发证机关页”，现在需要“户口册本人页”。"
    )
    assert (
        says(remarks("bank_card", seen_in(lines_of("id_emblem")), {}, ())) == "这张像“身份证国徽面”，现在需要“银行卡”。"
    )
    assert "有姓名的一面" in says(remarks("social_card", seen_in(lines_of("bank_card")), {}, ()))


def test_a_social_card_with_a_bank_number_will_do_as_a_bank_card() -> None:
    seen = replace(seen_in(lines_of("social_card")), card_numbers=(CARD,))
    assert remarks("bank_card", seen, {"bank_card": CARD}, ()) == ()


@pytest.mark.parametrize("wanted", ["id_portrait", "household_own", "social_card", "employment_cert"])
def test_another_persons_paper_is_noticed(wanted: Paper) -> None:
    seen = seen_in(lines_of(wanted))
    typed = remarks(wanted, seen, {"id_number": OTHER_ID}, {ID})
    assert (
        says(typed)
        == "照片上的身份证号像是 9901**********0017，和你填的不一样。请看一看是不是拿错了证件，或者号码填错了。"
    )
    read = remarks(wanted, seen, {}, {OTHER_ID})
    assert says(read) == "照片上的身份证号像是 9901**********0017，和你另一张证件上的不一样。请看一看是不是拿错了。"
    assert ID not in str(typed + read)
    assert remarks(wanted, seen, {}, ()) == remarks(wanted, seen, {}, {OTHER_ID, ID}) == ()


def test_an_identity_number_matters_only_on_papers_that_bear_their_holders() -> None:
    for wanted in ("household_issuer", "id_emblem", "bank_card", "passbook", "portrait"):
        seen = Seen(id_numbers=(ID,), faces=(CENTRED,))
        assert remarks(wanted, seen, {"id_number": OTHER_ID}, {OTHER_ID}) == ()  # type: ignore[arg-type]


def test_another_bank_card_is_noticed() -> None:
    seen = seen_in(lines_of("bank_card"))
    other = "6222000000000009997"
    reasons = remarks("bank_card", seen, {"bank_card": other}, ())
    assert says(reasons) == "照片上的卡号像是 **** 1234，和你填的不一样。请看一看是不是拿错了卡，或者卡号填错了。"
    assert CARD not in str(reasons)
    assert remarks("bank_card", replace(seen, card_numbers=(CARD, other)), {"bank_card": CARD}, ()) == ()
    assert remarks("passbook", seen_in(lines_of("passbook")), {"bank_card": other}, ()) == ()


def test_a_digit_lost_in_a_row_of_equal_ones_is_no_other_card() -> None:
    assert remarks("bank_card", Seen("bank_card", card_numbers=("622200000001234",)), {"bank_card": CARD}, ()) == ()


@pytest.mark.parametrize(
    ("faces", "said"),
    [
        ((), "照片上没有看清正脸。最好换一张正面免冠的1寸证件照。"),
        ((CENTRED, (0.0, 0.0, 0.2, 0.2)), "照片上好像有 2 张脸。最好换一张只有你本人的1寸证件照。"),
        (((0.4, 0.4, 0.2, 0.15),), "脸在照片里太小。最好换一张1寸证件照，只有头和肩。"),
        (((0.1, 0.2, 0.8, 0.6),), "脸离得太近，没有拍全。最好换一张有头和肩的1寸证件照。"),
        (((0.5, 0.3, 0.4, 0.3),), "脸不在照片中间。最好换一张脸在正中的1寸证件照。"),
        (((0.3, 0.6, 0.4, 0.3),), "脸不在照片中间。最好换一张脸在正中的1寸证件照。"),
        ((CENTRED,), ""),
    ],
)
def test_a_portrait_shows_one_face_as_a_photographer_places_it(faces: tuple[Box, ...], said: str) -> None:
    reasons = remarks("portrait", Seen(faces=faces, text_found=True), {}, ())
    assert says(reasons) == said
    assert strongest(reasons) == ("advise" if said else "good")


# --- the programmes


def test_every_photo_step_that_ships_says_which_paper_it_wants() -> None:
    for programme in knowledge().programmes.values():
        for step in programme.steps:
            assert (step.paper in PAPERS) == (step.kind == "photo"), step.id


def test_an_unknown_paper_or_one_for_a_step_without_photo_is_a_fault() -> None:
    kunming, directory = knowledge().programmes["kunming"], knowledge().directory
    for step_id, paper, fault in (
        ("id_emblem", "id_back", "unknown paper 'id_back'"),
        ("phone", "passbook", "only a photo"),
    ):
        steps = tuple(replace(step, paper=paper) if step.id == step_id else step for step in kunming.steps)
        assert any(fault in said for said in prove(replace(kunming, steps=steps), directory))
    steps = tuple(replace(step, paper="") for step in kunming.steps)
    assert prove(replace(kunming, steps=steps), directory) == []
