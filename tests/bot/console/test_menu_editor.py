"""The menu editor over HTTP, as a browser without JavaScript sends it: editing, versions, publishing, going back."""

import re
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from bot.console.menu_editor_words import KEYS, TYPES
from bot.console.menu_form import FIELDS, changed, form_of, read_form, set_of
from bot.menu_limits import NEEDS
from bot.menu_set import MenuSet, read_set
from bot.simulator import faults
from dialogs.conversation import MENU_KEYS
from tests.bot.console.menu_page import EDIT, Editor
from tests.bot.console.office import Browser, Office
from tests.whole import Bot

SHIPPED = read_set(files("bot").joinpath("menu.toml").read_text(encoding="utf-8"))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@pytest.fixture
def office(bot: Bot) -> Office:
    return Office.of(bot)


@pytest.fixture
def operator(office: Office) -> Browser:
    return office.signed_in("operator")


def publishes(browser: Browser, number: int) -> str:
    """The button on a version's page."""
    page = browser.opens(f"/console/menu/versions/{number}")
    hidden = {name: re.search(rf'name="{name}" value="(\d+)"', page) for name in ("base", "seen")}
    said = {name: found[1] for name, found in hidden.items() if found}
    return browser.sends(f"/console/menu/versions/{number}/publish", **said)


def on_the_phone(bot: Bot) -> list[str]:
    """The upper buttons a follower without tags has."""
    return [str(one["name"]) for one in bot.platform.menus.seen_by(())]


def test_an_account_without_a_menu_is_offered_the_default_one(bot: Bot, operator: Browser) -> None:
    page = operator.opens("/console/menu")
    assert "公众号现在没有菜单，发布默认菜单？" in page
    page = operator.sends("/console/menu/default", base="0", seen="0")
    assert "已发布第 1 版" in page and "和第 1 版一样" in page and "没有菜单" not in page
    assert on_the_phone(bot) == ["申领", "查询", "帮助"]


def test_a_menu_is_edited_checked_compared_published_and_seen_on_the_phone(
    bot: Bot, office: Office, operator: Browser
) -> None:
    operator.opens("/console/menu")
    operator.sends("/console/menu/default", base="0", seen="0")
    editor = Editor.open(operator)
    ids = editor.ids()
    editor.presses(f"up:{ids['我的进度']}")
    assert editor.names()[1:3] == ["我的进度", "开始申领"]
    editor.presses(f"remove:{ids['使用帮助']}")
    page = editor.presses(f"add_sub:{ids['帮助']}")
    assert "名字是空的" in page
    (new,) = (row["id"] for row in editor.rows() if not row["name"])
    editor.fills(new, name="官网", type="view", url="12333.example")
    page = editor.presses("check")
    assert "网址” 要以 https:// 开头" in page and "这些要改好才能发布" in page
    editor.fills(new, url="https://www.12333.example/")
    assert "没有问题" in editor.presses("check")
    page = editor.presses("save", note="加官网\x00")
    assert "已存成第 2 版" in page and "加官网" in page
    assert "新增 “帮助 › 官网”" in page and "去掉 “帮助 › 使用帮助”" in page and "顺序变了" in page
    assert on_the_phone(bot) == ["申领", "查询", "帮助"] and "官网" not in str(bot.platform.menus.get())
    assert "已发布第 2 版" in publishes(operator, 2)
    assert "官网" in str(bot.platform.menus.get()) and "使用帮助" not in str(bot.platform.menus.get())
    deeds = [(one.deed, one.subject) for one in office.desk.audit.newest(20)]
    assert ("published_menu", "菜单第2版") in deeds and ("saved_menu", "菜单第2版") in deeds


def test_going_back_makes_a_new_version_of_the_old_one(bot: Bot, operator: Browser) -> None:
    operator.opens("/console/menu")
    operator.sends("/console/menu/default", base="0", seen="0")
    editor = Editor.open(operator)
    editor.presses(f"remove:{editor.ids()['查询']}")
    editor.presses("save")
    publishes(operator, 2)
    assert on_the_phone(bot) == ["申领", "帮助"]
    assert "退回到这一版" in operator.opens("/console/menu/versions/1")
    assert "已退回到第 1 版（存为第 3 版）" in publishes(operator, 1)
    assert on_the_phone(bot) == ["申领", "查询", "帮助"]
    page = operator.opens("/console/menu")
    assert "退回到第 1 版" in page and "和第 3 版一样" in page


def test_who_edits_an_old_version_is_told_and_loses_nothing(office: Office, operator: Browser) -> None:
    first, other = Editor.open(operator), Editor.open(office.signed_in("operator"))
    other.fills(other.ids()["人工"], name="找人工")
    other.presses("save")
    first.fills(first.ids()["人工"], name="人工服务")
    page = first.presses("save")
    assert operator.status == 409
    assert "存了第 1 版，您的还没有存" in page and "改名 “帮助 › 找人工” → “人工服务”" in page
    assert "人工服务" in first.names() and office.desk.menus.versions.newest_number() == 1
    assert "已存成第 2 版" in first.presses("save_over")
    other.presses("save", base="999")
    assert office.desk.menus.versions.newest_number() == 2


def test_who_publishes_from_an_old_page_is_told(bot: Bot, office: Office, operator: Browser) -> None:
    Editor.open(operator).presses("save")
    assert "已发布第 1 版" in publishes(operator, 1)
    bot.platform.calls.clear()
    operator.opens("/console/menu/versions/1")
    page = operator.sends("/console/menu/versions/1/publish", base="1", seen="0")
    assert "刚刚有人发布过菜单" in page and "menu/create" not in bot.platform.calls
    operator.opens("/console/menu")
    assert "刚刚有人发布过菜单" in operator.sends("/console/menu/default", base="0", seen="1")


def test_people_with_a_tag_get_their_own_menu(bot: Bot, operator: Browser) -> None:
    tag = bot.platform.tags.create({"tag": {"name": "已提交"}})["tag"]["id"]
    ann = bot.follower()
    bot.platform.tags.mark({"tagid": tag, "openid_list": [ann.openid]}, bot.platform.known)
    operator.opens("/console/menu")
    operator.sends("/console/menu/default", base="0", seen="0")
    editor = Editor.open(operator)
    page = editor.presses("add_menu")
    assert "请选一个标签" in page and f'<option value="{tag}">已提交' in page
    menu, button = editor.rows()[-2:]
    editor.fills(menu["id"], key=str(tag))
    editor.fills(button["id"], name="查进度", key="CLAIM_STATUS")
    page = editor.presses("save")
    assert "有标签“已提交”的人看到" in page and "新增 标签“已提交” 的菜单" in page
    publishes(operator, 2)
    assert [one["name"] for one in bot.platform.menus.seen_by(ann.tags)] == ["查进度"]
    assert on_the_phone(bot) == ["申领", "查询", "帮助"]


def test_a_publication_that_stops_half_way_says_so_until_it_is_mended(bot: Bot, operator: Browser) -> None:
    tag = bot.platform.tags.create({"tag": {"name": "已提交"}})["tag"]["id"]
    editor = Editor.open(operator)
    editor.presses("add_menu")
    menu, button = editor.rows()[-2:]
    editor.fills(menu["id"], key=str(tag))
    editor.fills(button["id"], name="查进度", key="CLAIM_STATUS")
    editor.presses("save")
    bot.platform.faults.add(faults.from_json({"kind": "errcode", "path": "menu/addconditional", "errcode": 65305}))
    page = publishes(operator, 1)
    assert "没有全部发布" in page and "按标签的菜单太多" in page and "默认菜单已经是新的" in page
    page = operator.opens("/console/menu")
    assert "上次发布第 1 版没有全部发布" in page and "看第 1 版" in page
    assert "已发布第 1 版" in publishes(operator, 1) and "上次发布" not in operator.page


def test_with_wechat_away_every_page_opens_and_says_so(bot: Bot, operator: Browser) -> None:
    Editor.open(operator).presses("save")
    bot.platform.faults.add(faults.from_json({"kind": "drop", "path": "", "times": -1}))
    for path in ("/console/menu", "/console/menu/versions/1", EDIT, f"{EDIT}?from=live"):
        page = operator.opens(path)
        assert operator.status == 200, path
        assert path == EDIT or "读不到" in page, path
    editor = Editor.open(operator)
    assert "请填标签的编号" in editor.presses("add_menu")
    assert "没有全部发布" in publishes(operator, 1) and "连不上微信" in operator.page
    bot.platform.faults.clear()
    bot.platform.faults.add(faults.from_json({"kind": "garbage", "path": "menu/get", "times": 1}))
    assert operator.opens("/console/menu") and operator.status == 200


def test_a_menu_changed_elsewhere_is_seen(bot: Bot, operator: Browser) -> None:
    Editor.open(operator).presses("save")
    publishes(operator, 1)
    bot.platform.menus.create({"button": [{"name": "别的", "type": "view", "url": "https://x.example"}]})
    page = operator.opens("/console/menu")
    assert "可能在别处改过" in page and "去掉 “别的”" in page
    assert Editor.open(operator, "live").names() == ["别的"]


@pytest.mark.parametrize(
    "said",
    [
        [("do", "save")],
        [("do", "up:1"), ("id", "1"), ("node", "sub")],
        [("do", "remove:99999999999999999999")],
        [("do", "no_such_deed:1"), ("id", "1")],
        [("do", "save"), ("id", "1"), ("node", "top"), ("name", "<script>alert(1)</script>"), ("type", "'\">"), ("key", "{{7*7}}")],
        [("do", "check"), ("id", "1"), ("id", "1"), ("node", "menu"), ("node", "top"), ("name", "a\x00\x1b\x7f\r\n")],
        [("do", "save"), ("id", "一"), ("node", "menu"), ("key", "\x00"), ("base", "-1")],
        [("do", "save"), ("note", "\x00\ud7ff" * 500), ("base", "9" * 400)],
        [("do", "check")] + [("id", str(at)) for at in range(3000)],
        [("do", "check"), ("id", "1"), ("name", "长" * 100_000)],
        [("do", "check"), ("id", "1"), ("name", "x" * 3_000_000)],
        [("do", "add_menu:")] * 30,
        [("do", "save"), ("id", "1"), ("node", "top"), ("name", "]]>&amp;"), ("type", "view"), ("url", "http://[::1")],
        [("do", "save"), ("id", "1"), ("node", "menu"), ("key", "1"), ("id", "2"), ("node", "top"), ("type", "view"),
         ("type", "view"), ("url", "x"), ("url", "http://[")],
    ],
)  # fmt: skip
def test_whatever_is_sent_is_answered(operator: Browser, said: list[tuple[str, str]]) -> None:
    operator.opens(EDIT)
    token = re.search(r'name="csrf_token" value="([^"]+)"', operator.page)
    assert token is not None
    sent = [("csrf_token", token[1]), *said]
    answer = operator.http.post(f"{operator.address}{EDIT}", data=sent, timeout=30)
    assert answer.status_code < 500 and "<script>alert" not in answer.text
    for path in (
        "/console/menu",
        EDIT,
        "/console/menu/versions/1",
        "/console/menu/versions/0x1",
        "/console/menu?before=x",
    ):
        operator.opens(path)
        assert operator.status in (200, 404), path


def test_an_old_version_that_cannot_be_read_any_more_says_so(office: Office, operator: Browser) -> None:
    office.desk.menus.versions.add("[[wrong", "", "ann", office.bot.clock(), seen=0)
    assert "这一版读不出来" in operator.opens("/console/menu/versions/1")
    assert "这一版有问题" in operator.sends("/console/menu/versions/1/publish", base="1", seen="0")
    assert operator.opens(EDIT) and operator.status == 200


# -- the form by itself ----------------------------------------------------------------------------------------------


def as_sent(form_blocks) -> "MultiDict[str, str]":  # type: ignore[no-untyped-def]
    return MultiDict([(name, getattr(block, name)) for block in form_blocks for name in FIELDS])


def test_every_type_and_key_has_its_words() -> None:
    assert set(TYPES) == {"", *NEEDS} and set(MENU_KEYS) <= set(KEYS)


def test_the_form_gives_back_what_it_shows() -> None:
    form = form_of(SHIPPED)
    assert set_of(form) == SHIPPED
    assert set_of(read_form(as_sent(form.blocks()))) == SHIPPED


def test_a_sub_button_at_the_end_of_its_row_goes_over_to_the_neighbour() -> None:
    form = form_of(SHIPPED)
    last = form.parts[0].tops[0].subs[-1]
    changed(form, "down", last.id)
    assert form.parts[0].tops[1].subs[0] == last
    changed(form, "up", last.id)
    assert form.parts[0].tops[0].subs[-1] == last
    first = form.parts[0].tops[0].subs[0]
    changed(form, "up", first.id)
    assert form.parts[0].tops[0].subs[0] == first


DEEDS = st.tuples(st.sampled_from(["up", "down", "remove", "add_top", "add_sub", "add_menu", "?"]), st.integers(0, 30))


@given(st.lists(DEEDS, max_size=25))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_moving_loses_no_button_and_doubles_none(deeds: list[tuple[str, int]]) -> None:
    form = form_of(SHIPPED)
    for deed, number in deeds:
        before = {block.id for block in form.blocks()}
        changed(form, deed, str(number) if number else "")
        after = [block.id for block in form.blocks()]
        assert len(after) == len(set(after))
        if deed in ("up", "down", "?"):
            assert set(after) == before
        elif deed != "remove":
            assert before <= set(after)
        assert set_of(read_form(as_sent(form.blocks()))) == set_of(form)


@given(st.lists(st.tuples(*[st.sampled_from(["top", "sub", "menu", ""])], *[TEXT] * 8), max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_fields_are_a_menu(rows: list[tuple[str, ...]]) -> None:
    said: MultiDict[str, str] = MultiDict()
    for node, *texts in rows:
        for name, value in zip(FIELDS, (texts[0], node, *texts[1:]), strict=True):
            said.add(name, value)
    form = read_form(said)
    assert len(form.blocks()) == len(rows) and isinstance(set_of(form), MenuSet)
