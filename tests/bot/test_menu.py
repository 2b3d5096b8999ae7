"""The menu an operator edits: what is wrong with it in words, what a push would change, what a pull writes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import menu as menu_module
from bot.menu import Button, Menu, MenuUnreadable, from_wechat, read_menu, to_wechat
from bot.menu_changes import changes, diff
from bot.menu_limits import blocks, check
from dialogs.conversation import MENU_KEYS

OURS = Path(menu_module.__file__).with_name("menu.toml").read_text(encoding="utf-8")
ANY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def one(**fields: str) -> Menu:
    """A menu of one button."""
    return Menu((Button(**({"name": "按钮", "type": "click", "key": "K"} | fields)),))


def problems(menu: Menu) -> list[str]:
    return check(menu, {"K"})


def test_the_menu_we_ship_is_sound_and_the_dialogs_answer_all_of_it():
    menu = read_menu(OURS)
    assert check(menu, MENU_KEYS) == []
    assert [button.name for button in menu.buttons] == ["申领", "查询", "帮助"]
    assert [len(button.subs) for button in menu.buttons] == [4, 5, 4]
    every_key = {sub.key for button in menu.buttons for sub in button.subs}
    assert every_key <= set(MENU_KEYS)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"name": ""}, "名字是空的"),
        ({"name": "一二三四五六"}, "最多 16 字节"),
        ({"type": "dance"}, "不认识"),
        ({"type": ""}, "不认识"),
        ({"key": ""}, "缺少 key"),
        ({"type": "pic_weixin", "key": "K" * 129}, "最多 128 字节"),
        ({"key": "OTHER"}, "点了不会有回答"),
        ({"type": "scancode_waitmsg", "key": "OTHER"}, "点了不会有回答"),
        ({"type": "view", "key": ""}, "缺少 url"),
        ({"type": "view", "key": "", "url": "ftp://x"}, "https://"),
        ({"type": "view", "key": "", "url": "https://" + "x" * 1020}, "最多 1024 字节"),
        ({"type": "view", "url": "https://x"}, "不用 key"),
        ({"type": "miniprogram", "key": "", "url": "https://x", "appid": "wx"}, "缺少 pagepath"),
        ({"type": "media_id", "key": ""}, "缺少 media_id"),
        ({"type": "article_id", "key": ""}, "缺少 article_id"),
    ],
)
def test_each_fault_is_named_with_its_button(fields, word):
    (problem,) = problems(one(**fields))
    assert word in problem and f"“{fields.get('name', '按钮')}”" in problem and blocks(problem)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"type": "view", "key": "", "url": "https://x"},
        {"type": "miniprogram", "key": "", "url": "https://x", "appid": "wx", "pagepath": "p"},
        *({"type": kind} for kind in ("scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album")),
        *({"type": kind} for kind in ("pic_weixin", "location_select")),
        *({"type": kind, "key": "", "media_id": "M"} for kind in ("media_id", "view_limited")),
        *({"type": kind, "key": "", "article_id": "A"} for kind in ("article_id", "article_view_limited")),
    ],
)
def test_every_type_of_wechats_page_passes(fields):
    assert problems(one(**fields)) == []


def test_a_name_the_phone_cuts_is_a_hint_only():
    (top,) = problems(one(name="一二三四五"))
    assert top.startswith("提示：") and not blocks(top)
    subs = (Button("一二三四五六七八九", "click", "K"), Button("abcdefghijklmnop", "click", "K"))
    (sub,) = problems(Menu((Button("上", subs=subs),)))
    assert "前 8 个汉字" in sub


def test_counts():
    assert "1 到 3" in problems(Menu(()))[0]
    assert "现在 4 个" in problems(Menu((one().buttons[0],) * 4))[0]
    six = Menu((Button("上", subs=(Button("下", "click", "K"),) * 6),))
    assert "最多 5 个，现在 6 个" in problems(six)[0]
    both = Menu((Button("上", "click", "K", subs=(Button("下", "click", "K"),)),))
    assert "不能再有 type" in problems(both)[0]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[[button]\n", "TOML"),
        ("[[buttons]]\nname='x'", "不认识的内容：buttons"),
        ("[[button]]\nname='甲'\nurll='x'", "菜单“甲”：不认识 urll"),
        ("[[button]]\nname='甲'\n[[button.sub]]\nname='乙'\n[[button.sub.sub]]\nname='丙'", "子菜单“乙”：不认识 sub"),
        ("[[button]]\nname=5", "带引号"),
        ("button = 3", "列表"),
        ("[[button]]\nname='甲'\nsub='x'", "列表"),
    ],
)
def test_a_text_that_is_no_menu_says_where(text, word):
    with pytest.raises(MenuUnreadable, match=word):
        read_menu(text)


def test_an_empty_text_is_an_empty_menu():
    assert read_menu("") == Menu(())


# -- to and from WeChat: service/api/custommenu/api_createcustommenu, api_getcustommenu -----------------------------

LIVE = {
    "menu": {
        "button": [
            {"type": "click", "name": "今日歌曲", "key": "V1001_TODAY_MUSIC", "sub_button": []},
            {
                "name": "菜单",
                "sub_button": [
                    {"type": "view", "name": "搜索", "url": "http://www.soso.com/", "sub_button": []},
                    {"type": "click", "name": "赞一下我们", "key": "V1001_GOOD", "sub_button": []},
                ],
            },
        ]
    }
}
SELF_MENU = {
    "is_menu_open": 1,
    "selfmenu_info": {
        "button": [{"name": "上", "sub_button": {"list": [{"type": "view", "name": "下", "url": "https://x"}]}}]
    },
}


def test_what_wechat_shows_becomes_the_text_it_came_from():
    menu = read_menu(from_wechat(LIVE))
    assert menu.buttons[1].subs[0] == Button("搜索", "view", url="http://www.soso.com/")
    assert to_wechat(menu)["button"][0] == {"name": "今日歌曲", "type": "click", "key": "V1001_TODAY_MUSIC"}
    assert diff(menu, LIVE) == []
    assert read_menu(from_wechat(SELF_MENU)).buttons[0].subs[0].url == "https://x"


@pytest.mark.parametrize(
    "live", [{}, {"menu": {}}, {"button": "x"}, {"button": ["x"]}, {"button": [{"sub_button": 1}]}]
)
def test_what_is_no_live_menu_is_said(live):
    if live == {"button": [{"sub_button": 1}]}:
        live = {"button": [{"name": "x", "sub_button": "y"}]}
    with pytest.raises(MenuUnreadable, match="微信"):
        from_wechat(live)


@given(st.lists(st.tuples(ANY, ANY, ANY), min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_any_menu_survives_push_and_pull(buttons):
    menu = Menu(tuple(Button(name, subs=(Button(sub, "click", key),)) for name, sub, key in buttons))
    assert read_menu(from_wechat(to_wechat(menu))) == menu


def test_a_diff_says_each_change_in_words():
    menu = read_menu(OURS)
    assert diff(menu, to_wechat(menu)) == []
    assert diff(menu, None)[1] == "新增 “申领 › 开始申领”：click CLAIM_START"
    live = to_wechat(menu)
    del live["button"][0]["sub_button"][0]
    live["button"][1]["sub_button"][0]["key"] = "OLD"
    live["button"][2]["sub_button"].append({"type": "view", "name": "旧链接", "url": "https://old"})
    assert diff(menu, live) == [
        "新增 “申领 › 开始申领”：click CLAIM_START",
        "去掉 “帮助 › 旧链接”：view https://old",
        "改动 “查询 › 我能领吗”：click OLD → click ELIGIBILITY",
    ]


def test_a_changed_order_is_a_change():
    menu = read_menu(OURS)
    live = to_wechat(Menu(menu.buttons[::-1]))
    (change,) = diff(menu, live)
    assert change.startswith("顺序变了：“申领”")


def test_a_new_name_alone_is_one_change():
    before = read_menu(OURS)
    first, *others = before.buttons
    renamed = Menu((Button("办理", subs=(Button("现在申领", "click", "CLAIM_START"), *first.subs[1:])), *others))
    assert changes(renamed, before) == ["改名 “申领” → “办理”", "改名 “办理 › 开始申领” → “现在申领”"]
    assert changes(before, renamed) == ["改名 “办理” → “申领”", "改名 “申领 › 现在申领” → “开始申领”"]


BUTTONS = st.builds(Button, st.sampled_from("甲乙丙丁"), st.just("click"), st.sampled_from("KL"))
MENUS = st.lists(
    st.one_of(
        BUTTONS,
        st.builds(
            lambda name, subs: Button(name, subs=tuple(subs)),
            st.sampled_from("甲乙丙"),
            st.lists(BUTTONS, min_size=1, max_size=4),
        ),
    ),
    max_size=3,
).map(lambda buttons: Menu(tuple(buttons)))


@given(MENUS, MENUS)
@settings(max_examples=300, deadline=None)
def test_two_menus_are_told_apart_exactly_when_they_differ(one, other):
    assert (changes(one, other) == []) == (one == other)
