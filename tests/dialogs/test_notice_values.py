"""Values of notices: whatever is fitted, WeChat (as the simulator plays it) takes."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.notices import checked_values
from dialogs.notice_values import NAMES, PREFIXES, faults, fitted, prefix_of, values
from dialogs.pieces import packed
from dialogs.telling_words import NOTICES

TEXTS = st.one_of(
    st.text(max_size=60), st.text("失业保险金申领进度照片一二三", max_size=40), st.text("0123456789*- .年月日:", max_size=40),
    st.sampled_from(["2026年7月3日 15:01", "2026年12月31日 9:05", "¥1500.50元", "有新进展", "a\nb", "\x00\u2028", "👨‍👩‍👧" * 9]),
)  # fmt: skip
KEYWORDS = st.builds(lambda prefix, number: f"{prefix}{number}", st.sampled_from(PREFIXES), st.integers(1, 99))


@given(KEYWORDS, TEXTS)
def test_what_is_fitted_is_taken(keyword: str, text: str) -> None:
    value = fitted(keyword, text)
    if value is not None:
        assert checked_values({keyword: {"value": value}}) == {keyword: value}


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable() and text.strip()))
def test_a_thing_takes_any_words_and_only_shortens_them(text: str) -> None:
    value = fitted("thing1", text)
    assert value is not None and 0 < len(value) <= 20
    whole = " ".join(text.split())
    assert value == whole or (value.endswith("…") and whole.startswith(value[:-1]))


@pytest.mark.parametrize(
    ("keyword", "text", "value"),
    [
        ("thing1", "您的申领有新进展", "您的申领有新进展"),
        ("thing1", "一二三四五六七八九十一二三四五六七八九十一", "一二三四五六七八九十一二三四五六七八九…"),
        ("phrase3", "需补照片", "需补照片"), ("phrase3", "已经有了新进展", "已经有了新"), ("phrase3", "ok", None),
        ("character_string4", "*1234", "*1234"), ("character_string4", "尾号1234", None),
        ("time2", "2026年7月3日 15:01", "2026年7月3日 15:01"), ("time2", "今天", None),
        ("thing1", "两\n行", "两 行"), ("thing1", " ", None), ("thing", "x", None), ("wings1", "x", None),
    ],
)  # fmt: skip
def test_rules_a_person_would_name(keyword: str, text: str, value: str | None) -> None:
    assert fitted(keyword, text) == value


def test_every_value_of_ours_fits_where_operators_put_it() -> None:
    keywords = {
        "thing1": "what", "thing2": "next", "thing3": "service", "phrase4": "state", "time5": "at", "date6": "at",
        "character_string7": "receipt", "const8": "=失业保险",
    }  # fmt: skip
    assert faults(keywords) == [] and {name for name in keywords.values() if name[0] != "="} == set(NAMES)
    for about in NOTICES:
        found = values(keywords, about, "3528914603715", datetime(2026, 7, 3, 15, 1))
        assert found["time5"] == "2026年7月3日 15:01" and found["character_string7"] == "*3715"
        assert checked_values({keyword: {"value": value} for keyword, value in found.items()}) == found


@pytest.mark.parametrize(
    ("keywords", "named"),
    [
        ({}, "is empty"), ({"wings1": "what"}, "wings1"), ({"thing": "what"}, "thing"), ({"thing1": "name"}, "'name'"),
        ({"phrase1": "at"}, "can never be sent"), ({"time1": "what"}, "can never be sent"), ({"thing1": "="}, "can never"),
    ],
)  # fmt: skip
def test_wrong_keywords_are_named(keywords: dict[str, str], named: str) -> None:
    (fault,) = faults(keywords)
    assert named in fault


def test_prefixes_have_numbers() -> None:
    assert prefix_of("character_string12") == "character_string" and prefix_of("thing1;drop") == ""


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="<", exclude_categories=("Cs",)), max_size=300), max_size=6), st.integers(20, 400))  # fmt: skip
def test_packed_messages_are_short_and_whole(texts: list[str], most: int) -> None:
    messages = packed(tuple(texts), most)
    assert all(0 < len(message.encode()) <= most for message in messages)
    kept = "".join("".join(messages).split())
    assert kept == "".join("".join(texts).split())
