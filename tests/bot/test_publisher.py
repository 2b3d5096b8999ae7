"""Versions of the menu and putting one live: on the simulated WeChat, with what goes wrong on the way."""

from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest

from bot.app import build_publisher
from bot.menu import Button, Menu
from bot.menu_set import MenuSet, Tagged, check_set, read_set, set_changes, write_set
from bot.publisher import Publisher, Stopped, Unfit
from bot.publishing import last_published, push, tell_if_no_menu
from dialogs.conversation import MENU_KEYS
from storage.menus import Overtaken
from tests.whole import Bot

SHIPPED = files("bot").joinpath("menu.toml").read_text(encoding="utf-8")


def one_button(name: str, url: str = "") -> Menu:
    button = Button(name, "view", url=url) if url else Button(name, "click", "HELP")
    return Menu((button,))


def for_tags(*tags: str) -> MenuSet:
    """The shipped menu, and for each tag one of one button that bears its number."""
    return MenuSet(read_set(SHIPPED).default, tuple(Tagged(tag, one_button(tag)) for tag in tags))


@pytest.fixture
def publisher(bot: Bot) -> Publisher:
    return build_publisher(bot.settings, bot.clock)


def published(publisher: Publisher, wanted: MenuSet) -> None:
    publisher.record_and_publish(write_set(wanted), "ann", "")


def tag(bot: Bot, name: str) -> str:
    return str(bot.platform.tags.create({"tag": {"name": name}})["tag"]["id"])


# -- sets ------------------------------------------------------------------------------------------------------------


def test_a_set_survives_its_text_and_wechat(bot: Bot, publisher: Publisher) -> None:
    wanted = for_tags(tag(bot, "甲"), tag(bot, "乙"))
    assert read_set(write_set(wanted)) == wanted
    published(publisher, wanted)
    live = publisher.live()
    assert live.menus == wanted and not live.elsewhere


def test_faults_of_a_set_name_the_menu(bot: Bot) -> None:
    wrong = MenuSet(one_button("甲"), (Tagged("", one_button("乙")), Tagged("sex=1", one_button("一二三四五六"))))
    told = check_set(wrong, MENU_KEYS)
    assert len(told) == 3 and all("标签" in one for one in told)
    twice = check_set(for_tags("7", "7"), MENU_KEYS)
    assert len(twice) == 1 and "不会出现" in twice[0]
    sites = tuple(Tagged(str(at), one_button("去", f"https://site{at}.example/x")) for at in range(4))
    (many,) = check_set(MenuSet(one_button("甲"), sites), MENU_KEYS)
    assert "最多用 3 个网站，现在 4 个" in many
    assert check_set(MenuSet(one_button("甲"), sites[:3]), MENU_KEYS) == []


def test_changes_of_a_set_say_whose_menu() -> None:
    before, after = for_tags("7", "8"), for_tags("8", "9")
    assert set_changes(after, before) == ["新增 标签 9 的菜单", "去掉 标签 7 的菜单"]
    assert set_changes(for_tags("8", "7"), before) == ["按标签的菜单换了先后"]
    changed = replace(before, tagged=(Tagged("7", one_button("新")), before.tagged[1]))
    assert set_changes(changed, before)[0].startswith("标签 7 的菜单：改名 “7” → “新”")
    assert set_changes(before, before) == []


# -- publishing ------------------------------------------------------------------------------------------------------


def test_people_get_the_menu_of_their_tag_and_the_first_that_fits(bot: Bot, publisher: Publisher) -> None:
    filed, paid = tag(bot, "已提交"), tag(bot, "已发放")
    published(publisher, for_tags(filed, paid))
    ann, bo, cy = (bot.follower(f"oFollower-00000000000000000{at}") for at in range(3))
    for number, openids in ((filed, [ann.openid, bo.openid]), (paid, [bo.openid])):
        bot.platform.tags.mark({"tagid": int(number), "openid_list": openids}, bot.platform.known)
    seen = [publisher.quick.try_menu(one.openid)["button"] for one in (ann, bo, cy)]
    assert [buttons[0]["name"] for buttons in seen] == [filed, filed, "申领"]
    assert publisher.tags() == {filed: "已提交", paid: "已发放"}
    published(publisher, for_tags(paid, filed))
    assert publisher.quick.try_menu(bo.openid)["button"][0]["name"] == paid
    published(publisher, for_tags(paid))
    assert publisher.quick.try_menu(ann.openid)["button"][0]["name"] == "申领"
    assert len(bot.platform.menus.get()["conditionalmenu"]) == 1


def test_conditional_menus_that_stay_the_same_are_left_alone(bot: Bot, publisher: Publisher) -> None:
    wanted = for_tags(tag(bot, "甲"))
    published(publisher, wanted)
    bot.platform.calls.clear()
    published(publisher, replace(wanted, default=one_button("帮助")))
    assert "menu/create" in bot.platform.calls and not [one for one in bot.platform.calls if "conditional" in one]


@pytest.mark.parametrize(
    ("call", "errcode", "told"),
    [
        ("menu/create", 40018, ("发布默认菜单", "线上还是原来的菜单")),
        ("menu/create", -1, ("微信系统繁忙", "线上还是原来的菜单")),
        ("menu/get", 45009, ("默认菜单已经是新的",)),
        ("menu/delconditional", 48001, ("撤下旧的", "默认菜单已经是新的")),
        ("menu/addconditional", 65316, ("只发布了 0 个，共 2 个", "最多用 3 个网站")),
    ],
)
def test_what_stops_half_way_says_what_is_live_and_publishing_again_mends_it(
    bot: Bot, publisher: Publisher, call: str, errcode: int, told: tuple[str, ...]
) -> None:
    one, two = tag(bot, "甲"), tag(bot, "乙")
    published(publisher, for_tags(one))
    wanted = replace(for_tags(two, one), default=one_button("帮助"))
    bot.platform.faults.add(fault(call, errcode))
    with pytest.raises(Stopped) as stopped:
        published(publisher, wanted)
    bot.platform.faults.clear()
    assert all(word in str(stopped.value) for word in told), str(stopped.value)
    last = publisher.versions.last_publication()
    assert last is not None and last.outcome == "stopped" and last.detail == str(stopped.value)
    good = publisher.last_published()
    assert publisher.live().menus != wanted and good is not None and good.number == 1
    published(publisher, wanted)
    assert publisher.live().menus == wanted


def fault(call: str, errcode: int):  # type: ignore[no-untyped-def]
    from bot.simulator import faults

    return faults.from_json({"kind": "errcode", "path": call, "errcode": errcode, "times": 9})


def test_a_publication_whose_process_died_can_be_done_again_after_a_while(bot: Bot, publisher: Publisher) -> None:
    version = publisher.versions.add(SHIPPED, "", "ann", bot.clock(), seen=0)
    dead = publisher.versions.begin(1, "ann", bot.clock(), seen=0)
    with pytest.raises(Overtaken):
        publisher.publish(version, "bo", seen=dead.id)
    bot.clock.shift_by = lambda: timedelta(minutes=4)
    publisher.publish(version, "bo", seen=dead.id)
    assert publisher.live().menus == read_set(SHIPPED)


def test_an_unfit_menu_reaches_nobody(bot: Bot, publisher: Publisher) -> None:
    for text in ("", "[[button]]\nname='x'\ntype='click'\nkey='NOBODY'", "[[button", "[[tagged]]\ntag=[1]"):
        with pytest.raises(Unfit):
            publisher.record_and_publish(text, "ann", "")
    assert "menu/create" not in bot.platform.calls and publisher.versions.newest() is None


def test_a_menu_made_on_wechats_own_page_is_seen_as_such(bot: Bot, publisher: Publisher) -> None:
    bot.platform.menus.create({"button": [{"name": "官网", "type": "view", "url": "https://x.example"}]})
    bot.platform.faults.add(fault("menu/get", 46003))
    live = publisher.live()
    assert live.elsewhere and live.menus is not None and live.menus.default.buttons[0].name == "官网"


# -- command line and start-up ---------------------------------------------------------------------------------------


def test_the_command_line_records_versions_where_the_database_is(bot: Bot, publisher: Publisher) -> None:
    assert push(bot.settings, SHIPPED) == 1 and push(bot.settings, SHIPPED) == 1
    other = write_set(MenuSet(one_button("帮助")))
    assert push(bot.settings, other) == 2 and last_published(bot.settings) == other
    assert [one.made_by for one in publisher.versions.listed(9)] == ["claimbot menu push"] * 2
    empty = bot.settings.paths.data_dir / "elsewhere"
    without = bot.settings.model_copy(update={"paths": bot.settings.paths.model_copy(update={"data_dir": empty})})
    assert push(without, SHIPPED) is None and publisher.live().menus == read_set(SHIPPED)


def test_an_account_without_a_menu_is_told_once(bot: Bot, publisher: Publisher) -> None:
    assert tell_if_no_menu(bot.settings, publisher) is False
    assert bot.redis.exists("menu:told")
    push(bot.settings, SHIPPED)
    assert tell_if_no_menu(bot.settings, publisher) is True
    bot.platform.faults.add(fault("menu/get", -1))
    assert tell_if_no_menu(bot.settings, publisher) is None
