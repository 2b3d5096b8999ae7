"""The menu editor in real Chromium: a real mouse drags, bytes are counted while typing, and nobody is kept out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bot.console.office import PASSWORD, Office
from tests.bot.console.test_browser import SIZES, chromium, serious, sign_in
from tests.whole import Bot

__all__ = ["chromium"]


@pytest.fixture
def office(bot: Bot) -> Office:
    return Office.of(bot)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser said on its console: nothing, if all is well."""
    return []


@pytest.fixture(params=SIZES)
def page(chromium: Browser, office: Office, complaints: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    """An operator with the default menu live, at the editor."""
    width, height = SIZES[request.param]
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    office.desk.sign_in.add("wang.fang", "operator", "", PASSWORD)
    sign_in(page, office, "wang.fang")
    page.get_by_role("link", name="菜单").first.click()
    assert not serious(page)
    page.get_by_role("button", name="发布默认菜单").click()
    page.get_by_role("link", name="改菜单").click()
    yield page
    page.close()


def names(page: Page) -> list[str]:
    return [str(one) for one in page.locator("[data-title]").all_text_contents()]


def dragged(page: Page, what: str, where: str, *, below: bool) -> None:
    """By its handle, with the mouse, onto the upper or lower half of another button's line."""
    page.locator("details.block", has_text=what).first.scroll_into_view_if_needed()
    page.locator("li", has=page.locator(f"[data-title]:text-is('{what}')")).last.locator("[data-grip]").first.hover()
    page.mouse.down()
    box = page.locator("li", has=page.locator(f"[data-title]:text-is('{where}')")).last.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * (0.8 if below else 0.2), steps=12)
    page.mouse.up()


def test_dragging_reorders_and_is_saved_and_published(page: Page, office: Office, complaints: list[str]) -> None:
    assert names(page)[:4] == ["申领", "开始申领", "我的进度", "修改/继续"]
    dragged(page, "修改/继续", "开始申领", below=False)
    assert names(page)[:4] == ["申领", "修改/继续", "开始申领", "我的进度"]
    dragged(page, "我能领吗", "我的进度", below=True)  # from one upper button to another
    assert names(page)[3:6] == ["我的进度", "我能领吗", "拍材料"]
    preview = page.locator("[data-phone] .phone-button").first
    preview.locator("summary").click()
    expect(preview.locator("li")).to_have_text(["修改/继续", "开始申领", "我的进度", "我能领吗", "拍材料"])
    page.get_by_label("改了什么").fill("换先后")
    page.get_by_role("button", name="存成新版").click()
    expect(page.get_by_role("status")).to_contain_text("已存成第 2 版")
    assert not serious(page)
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已发布第 2 版")
    live = office.bot.platform.menus.seen_by(())
    assert [one["name"] for one in live[0]["sub_button"]] == ["修改/继续", "开始申领", "我的进度", "我能领吗", "拍材料"]
    assert complaints == []


def test_an_upper_button_is_dragged_with_all_it_holds(page: Page) -> None:
    width = page.evaluate("window.innerWidth")
    page.set_viewport_size({"width": width, "height": 2000})  # the mouse reaches what is on the screen
    page.locator("[data-top]").nth(2).locator("[data-grip]").first.hover()
    page.mouse.down()
    box = page.locator("[data-top]").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + width / 4, box["y"] + 10, steps=15)
    page.mouse.up()
    assert names(page)[:6] == ["帮助", "找附近网点", "人工", "我的信息", "使用帮助", "申领"]


def test_bytes_and_the_preview_follow_the_typing(page: Page, complaints: list[str]) -> None:
    assert not serious(page)
    page.locator("summary", has_text="我的进度").click()
    block = page.locator("details.block[open]")
    name, count = block.get_by_label("名字"), block.locator("[data-count]").first
    for text, told in (("查😀", "7/60 字节"), ("a", "1/60 字节"), ("一二三四五六七八九", "27/60 字节")):
        name.fill(text)
        expect(count).to_have_text(told)
    expect(page.locator(".phone-button").first.locator("li").nth(1)).to_have_text("一二三四五六七八...")
    name.fill("字" * 21)
    expect(count).to_have_class("count over")
    block.get_by_label("点了做什么").select_option(label="打开网页")
    expect(block.get_by_label("网址")).to_be_visible()
    expect(block.get_by_label("助手回答什么")).to_be_hidden()
    block.get_by_label("网址").fill("https://例.example/" + "x" * 20)
    expect(block.locator("[data-field=url] [data-count]")).to_have_text("40/1024 字节")
    page.get_by_role("button", name="检查", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("名字 63 字节，最多 60 字节")
    assert not serious(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.locator("summary", has_text="我的进度").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="上移我的进度").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-title]").nth(1)).to_have_text("我的进度")
    expect(page.get_by_role("button", name="上移我的进度")).to_be_focused()
    page.get_by_role("button", name="＋ 按标签的菜单").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="按标签的菜单 1")).to_be_visible()
    assert not serious(page)
