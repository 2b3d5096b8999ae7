"""The office matcher: the labelled set, every office under every way to write it, and what a person would name."""

import itertools
import json
import time
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

from dialogs.model import Context
from dialogs.offices import Directory, Office, answer, card, check_directory, dialable, read_directory
from dialogs.places import stem
from dialogs.programmes import shipped
from tests.dialogs.score_offices import labelled, score

CSV = shipped("offices.csv")
DIRECTORY = read_directory(CSV)
BY_PLACE = {office.district or office.city or office.province: office for office in DIRECTORY.offices}
SHARED = ("吉林", "通化", "长白")
SENTENCES = (
    "{}", "我在{}失业了去哪里领钱", "{}社保局电话", "请问{}在哪里办失业金", "社保交在{}", "最后参保地是{}", "我{}的", "给我{}的电话",
    "家在{}，失业了", "在{}上班，被辞退了", "电话 {}", "那{}呢", "我社保关系在{}", "求{}的号码", "想去{}问问，怎么走",
)  # fmt: skip
READ_OTHERWISE = {"珲": ("hun", "hún"), "乾": ("qian", "qián"), "长": ("chang", "cháng")}


def full_names(office: Office) -> list[str]:
    """The names of its area that are unmistakable."""
    place = office.district or office.city or office.province
    names = {place, office.official_name or place}
    if place in ("双阳", "九台"):
        names.add(place + "区")
    return sorted(names)


def short_name(office: Office) -> str:
    place = office.district or office.city or office.province
    return stem(place) or place


def spelled(name: str, *, tones: bool = False) -> list[str]:
    syllables = lazy_pinyin(name, style=Style.TONE if tones else Style.NORMAL)
    return [
        READ_OTHERWISE[char][tones] if char in READ_OTHERWISE else syllable
        for char, syllable in zip(name, syllables, strict=True)
    ]


@lru_cache(maxsize=1)
def alike_in_sound() -> dict[str, list[str]]:
    rows = (line.split(",") for line in shipped("readings.csv").splitlines()[1:])
    pairs = [(sounds.split()[0], char) for sounds, chars in rows for char in chars]
    return {
        sound: [char for _, char in group]
        for sound, group in itertools.groupby(sorted(pairs), key=lambda pair: pair[0])
    }


def the_one(query: str, context: Context | None = None) -> str:
    found = DIRECTORY.find(query, context or Context())
    assert found.mode == "one", (query, found.mode, [office.name for office in found.offices])
    return found.offices[0].name


def mode(query: str, context: Context | None = None) -> str:
    return DIRECTORY.find(query, context or Context()).mode


# -- the labelled set


def test_the_labelled_set_is_answered_right() -> None:
    lines = labelled()
    scores = score(DIRECTORY, lines)
    assert len(lines) >= 450
    assert scores["all"].accuracy >= 0.98, scores["all"].misses
    assert scores["all"].wrong_guesses < 0.005, scores["all"].misses
    assert scores["held out"].asked >= 200
    assert all(one.accuracy >= 0.9 for one in scores.values()), scores["all"].misses


def test_no_query_is_labelled_twice() -> None:
    keys = [json.dumps([line.get("q"), line.get("lat"), line.get("lng"), line.get("context")]) for line in labelled()]
    assert len(keys) == len(set(keys))


# -- every office


@pytest.mark.parametrize("office", DIRECTORY.offices, ids=lambda office: office.name)
def test_every_office_answers_to_its_names_in_every_sentence(office: Office) -> None:
    names = [*full_names(office), office.name]
    if short_name(office) not in SHARED:
        names.append(short_name(office))
    for name, sentence in itertools.product(names, SENTENCES):
        assert the_one(sentence.format(name)) == office.name


@pytest.mark.parametrize("office", [o for o in DIRECTORY.offices if o.district], ids=lambda office: office.name)
def test_every_office_answers_with_its_province_and_city_before_it(office: Office) -> None:
    city = stem(office.city) or office.city
    above = (
        {office.province + office.city, office.province[:2] + city, office.city, city}
        if office.city != "长白山"
        else {"吉林", "延边州"}
    )
    for prefix, name in itertools.product(sorted(above), full_names(office)):
        assert the_one(prefix + name) == office.name
        assert the_one(f"我在{prefix}{name}失业了") == office.name


@pytest.mark.parametrize("office", DIRECTORY.offices, ids=lambda office: office.name)
def test_every_office_answers_to_its_name_in_letters_and_traditional_characters(office: Office) -> None:
    for name in full_names(office):
        assert the_one(OpenCC("s2t").convert(name)) == office.name
    name = office.district or office.city or office.province
    if len(name) > 5:
        return
    plainly, toned = spelled(name), spelled(name, tones=True)
    for written in (
        "".join(plainly),
        " ".join(plainly),
        "".join(toned),
        " ".join(toned),
        "".join(plainly).upper(),
        "-".join(plainly),
    ):
        assert the_one(written) == office.name


@pytest.mark.parametrize("office", DIRECTORY.offices, ids=lambda office: office.name)
def test_every_telephone_finds_its_office_however_it_is_broken_up(office: Office) -> None:
    for printed, phone in zip(office.phones, dialable(office), strict=True):
        digits = phone.replace("-", "")
        spaced = " ".join((digits[:4], digits[4:8], digits[8:]))
        for written in (
            printed,
            phone,
            digits,
            spaced,
            phone.replace("-", "－"),
            f"谁的电话是{phone}",
            f"+86 {digits.lstrip('0')}",
            phone.split("-")[-1],
        ):
            assert the_one(written) == office.name
        if "-" in phone:
            area, number = phone.split("-")
            assert the_one(f"（{area}）{number}") == office.name


@pytest.mark.parametrize("office", [o for o in DIRECTORY.offices if o.address], ids=lambda office: office.name)
def test_every_printed_address_finds_its_office(office: Office) -> None:
    assert the_one(office.address) == office.name
    assert the_one("昆明市" + office.address.removeprefix("昆明市")) == office.name


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_character_written_by_sound_never_finds_another_office(data: st.DataObject) -> None:
    counties = [name for name, office in BY_PLACE.items() if office.district and name[-1] in "区县市"]
    name = data.draw(st.sampled_from(counties))
    at = data.draw(st.integers(0, len(name) - 2))
    other = data.draw(st.sampled_from(alike_in_sound()[spelled(name)[at]]))
    found = DIRECTORY.find(data.draw(st.sampled_from(SENTENCES)).format(name[:at] + other + name[at + 1 :]))
    assert found.mode != "one" or found.offices[0] == BY_PLACE[name]


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(["", "云南省", "吉林省", "火星"]),
    st.lists(st.sampled_from([o.name for o in DIRECTORY.offices]), max_size=3),
)
def test_anything_typed_is_answered_in_one_of_four_ways(text: str, province: str, asked: list[str]) -> None:
    found = DIRECTORY.find(text, Context(province, "", tuple(asked)))
    counts = {
        "one": len(found.offices) == 1,
        "list": len(found.offices) > 1,
        "ask": len(found.offices) >= 1,
        "none": not found.offices,
    }
    assert counts[found.mode]


@settings(max_examples=200, deadline=None)
@given(st.floats(), st.floats())
def test_any_point_is_answered_with_one_office_or_none(lat: float, lng: float) -> None:
    found = DIRECTORY.nearest(lat, lng)
    assert (found.mode, len(found.offices)) in (("one", 1), ("none", 0))


# -- rules a person would name


def test_a_city_district_without_a_row_falls_to_its_city_and_says_so() -> None:
    found = DIRECTORY.find("长春朝阳区")
    assert found.offices[0].name == "长春市社会保险局"
    assert "朝阳区" in found.note


def test_a_zone_the_guide_does_not_list_names_the_higher_office() -> None:
    found = DIRECTORY.find("高新区")
    assert found.mode == "none"
    assert found.refer is not None
    assert found.refer.name == "昆明市就业局失业保险中心"
    assert found.refer.name in found.note


def test_the_district_comes_before_the_street() -> None:
    assert the_one("昆明市五华区环城西路31号") == "五华区就业局失业保险科"


def test_chenggong_in_other_offices_addresses_means_those_offices_only_in_full() -> None:
    assert the_one("呈贡") == "呈贡区就业局失业保险科"
    assert the_one("呈贡区七甸街道小哨箐村") == "阳宗海管委会就业失业保险科"
    assert the_one("呈贡新区昆明市市级行政中心综合楼西区二楼") == "昆明市就业局失业保险中心"


def test_what_was_just_asked_back_is_answered_by_one_word() -> None:
    asked = DIRECTORY.find("吉林")
    assert asked.mode == "ask"
    context = Context("", "", tuple(office.name for office in asked.offices))
    assert the_one("市里的", context) == "吉林市社会保险局"
    assert the_one("省", context) == "吉林省社会保险局"
    assert the_one("2", context) == "吉林市社会保险局"
    assert the_one("五华区", context) == "五华区就业局失业保险科"


def test_the_chosen_province_decides_between_two_districts_of_one_name() -> None:
    assert mode("朝阳区") == "ask"
    assert the_one("朝阳区", Context(province="吉林省")) == "长春市社会保险局"
    assert mode("北京朝阳区", Context(province="吉林省")) == "none"


def test_without_a_place_the_last_insured_office_is_meant() -> None:
    assert the_one("电话是多少", Context(last_insured="珲春市社会保险局")) == "珲春市社会保险局"


def test_special_areas_come_before_the_district_around_them() -> None:
    assert DIRECTORY.nearest(24.95, 102.95).offices[0].name == "阳宗海管委会就业失业保险科"
    assert DIRECTORY.nearest(24.98, 102.80).offices[0].name == "经开区就业局失业保险科"
    assert DIRECTORY.nearest(42.42, 128.11).offices[0].name == "长白山管委会社会保险局"


def test_a_query_of_many_thousand_characters_is_answered_quickly() -> None:
    begun = time.process_time()
    mode("吉林通化" * 50_000)
    mode("wuhua" * 50_000)
    assert time.process_time() - begun < 1


# -- the card


def test_a_kunming_card_has_the_area_code_and_the_bank() -> None:
    shown = card(BY_PLACE["东川区"])
    assert "0871-62138526、0871-62138524" in shown
    assert "该机构发放银行：中国工商银行" in shown
    assert "昆明市失业保险金网上申领指南" in shown


def test_a_mobile_is_left_alone_and_the_guides_number_kept() -> None:
    assert dialable(BY_PLACE["寻甸县"]) == ("13354909010",)
    assert BY_PLACE["五华区"].phones == ("63588129",)
    assert dialable(BY_PLACE["五华区"]) == ("0871-63588129",)


def test_a_jilin_card_says_that_the_guide_has_no_address_and_no_bank_line() -> None:
    shown = card(BY_PLACE["珲春市"])
    assert "指南没有给出地址" in shown
    assert "0433-7512409" in shown
    assert "银行" not in shown


# -- the directory as data


def test_the_shipped_directory_has_no_problem() -> None:
    assert check_directory(CSV) == []
    assert len(DIRECTORY.offices) == 69
    assert DIRECTORY.named("五华区就业局失业保险科") == BY_PLACE["五华区"]
    assert DIRECTORY.named("五华区") is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("63588129", "6358812", "telephone"),
        ("63588129", "63588129;", "; too many"),
        ("63588129", "", "phones is empty"),
        ("63588129", "63362528", "already in row 2"),
        ("五华区就业局失业保险科", "昆明市就业局失业保险中心", "already in row 2"),
        ("五华区,五华区,530102", "五花区,五花区,530102", "530102 is 五华区"),
        ("五华区,五华区,530102", "五华区,五华区,530199", "not a division"),
        ("五华区,五华区,530102", "五华区,五华区,53010", "6 digits"),
        ("云南省,昆明市,五华区", "云南,昆明市,五华区", "no province 云南"),
        ("交通银行,63588129,kunming,2", "交通银行,63588129,kunming,二", "not a number"),
        ("交通银行,63588129,kunming,2", "交通银行,63588129", "fewer fields"),
        ("seed_row", "row", "seed_row are missing"),
    ],
)
def test_a_faulty_directory_is_refused_with_the_row(old: str, new: str, problem: str) -> None:
    faulty = CSV.replace(old, new, 1)
    if old == "63588129" and len(new) == 7:
        faulty = CSV.replace(old, "635-88129", 1)
    found = check_directory(faulty)
    assert any(problem in line and line.startswith("row ") for line in found), found
    with pytest.raises(ValueError, match="row "):
        read_directory(faulty)


def test_an_empty_directory_is_refused() -> None:
    assert check_directory(CSV.splitlines()[0] + "\n")
    assert check_directory("")


def test_another_city_is_a_file() -> None:
    header = CSV.splitlines()[0]
    qujing = Directory(
        read_directory(f"{header}\n云南省,曲靖市,麒麟区,麒麟区,530302,麒麟区就业局,,,0874-3123456,qujing,1\n").offices
    )
    assert qujing.find("我在麒麟区失业了").offices[0].name == "麒麟区就业局"
    assert qujing.find("曲靖麒麟").offices[0].name == "麒麟区就业局"
    assert qujing.find("五华区").mode == "none"


# -- one line of `claimbot office --jsonl`


def test_a_line_is_answered_with_itself_and_the_answer() -> None:
    line = {"q": "高新区", "context": {"province": "云南省"}, "id": 7}
    got = answer(DIRECTORY, line)
    assert got.items() >= line.items()
    assert (got["answer_mode"], got["offices"], got["refer"]) == ("none", [], "昆明市就业局失业保险中心")
    assert json.loads(json.dumps(got)) == got


def test_a_point_is_answered_too_and_an_empty_line_refused() -> None:
    assert answer(DIRECTORY, {"lat": 42.86, "lng": 130.36})["offices"] == ["珲春市社会保险局"]
    with pytest.raises(ValueError, match="lat"):
        answer(DIRECTORY, {"query": "五华"})
