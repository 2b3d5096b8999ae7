"""The limits of menus: bytes against an independent count, and words for everything WeChat may say."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.menu import Button, Menu
from bot.menu_limits import SUB, TOP, as_shown, blocks, check, faults, size, width
from bot.menu_words import ADVICE, OF_REMEDY, explained
from bot.simulator.errors import WeChatSays
from bot.simulator.menus import Menus
from bot.wechat_errors import NO_ANSWER, error_of

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
MENU_ERRCODES = (
    40015, 40016, 40017, 40018, 40019, 40020, 40022, 40023, 40024, 40025, 40026, 40027, 40033, 40054, 40055, 46003,
    65301, 65302, 65303, 65304, 65305, 65307, 65316, 65317, 65320,
)  # fmt: skip
"""Every errcode of the platform's pages on menus."""


def octets(text: str) -> int:
    """UTF-8's own rule, a character at a time, without Python's encoder."""
    return sum(1 + (ord(char) > 0x7F) + (ord(char) > 0x7FF) + (ord(char) > 0xFFFF) for char in text)


@given(NAMES)
@example("申领失业金😀")
@example("👨‍👩‍👧")
def test_names_are_measured_in_bytes(name: str) -> None:
    assert size(name) == octets(name)
    top = [one for one in check(Menu((Button(name, "click", "K"),)), {"K"}) if blocks(one)]
    sub = [one for one in check(Menu((Button("上", subs=(Button(name, "click", "K"),)),)), {"K"}) if blocks(one)]
    blank = not name.strip()
    assert bool(top) == (octets(name) > 16 or blank) and bool(sub) == (octets(name) > 60 or blank)


@given(NAMES, st.sampled_from(["click", "view"]), NAMES)
def test_what_we_let_through_the_simulated_wechat_takes(name: str, kind: str, target: str) -> None:
    """The simulator counts by itself; control characters cannot be sent at all (40033)."""
    button = (
        Button(name, kind, key=target) if kind == "click" else Button(name, kind, url=f"https://x.example/{target}")
    )
    if not [one for one in check(Menu((button,)), {target}) if blocks(one)]:
        Menus().create({"button": [{"name": name, "type": kind, "key": button.key, "url": button.url}]})


@pytest.mark.parametrize(("key", "url"), [("k" * 129, ""), ("键" * 43, ""), ("", "https://x/" + "u" * 1015)])
def test_what_the_simulated_wechat_refuses_we_refuse(key: str, url: str) -> None:
    button = Button("甲", "view" if url else "click", key=key, url=url)
    with pytest.raises(WeChatSays):
        Menus().create({"button": [{"name": "甲", "type": button.type, "key": key, "url": url}]})
    assert list(faults(Menu((button,)), {key}))


@pytest.mark.parametrize("char", ["\x00", "\n", "\x1b", "\x7f", "\r"])
def test_what_json_can_only_escape_is_refused(char: str) -> None:
    (problem,) = check(Menu((Button(f"甲{char}", "click", "K"),)), {"K"})
    assert "控制字符" in problem


@given(NAMES)
def test_a_name_is_shown_as_far_as_the_phone_shows_it(name: str) -> None:
    for level in (TOP, SUB):
        shown = as_shown(name, level)
        assert shown == name or (shown.endswith("...") and name.startswith(shown[:-3]))
        assert width(shown) <= level.shown * 2 + 3


@pytest.mark.parametrize("errcode", MENU_ERRCODES)
def test_every_errcode_of_menus_says_what_to_do(errcode: int) -> None:
    told = explained(error_of(errcode))
    assert str(errcode) in told and "未知" not in told and ADVICE[errcode] in told
    assert re.search(r"请|再|就", ADVICE[errcode])


def test_what_is_unknown_or_no_errcode_says_what_to_do_too() -> None:
    assert "请把错误码告诉管理员" in explained(error_of(99999)) and "99999" in explained(error_of(99999))
    told = explained(error_of(NO_ANSWER))
    assert "连不上微信" in told and "错误码" not in told and OF_REMEDY["again"] in told
