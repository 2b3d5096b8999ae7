"""The phone page in a real browser: a person follows, types, taps an option, sends a paper."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from echo_bot import EchoBot
from playwright.sync_api import Page, expect, sync_playwright

from bot.simulator.platform import Platform

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
MENU = {
    "button": [
        {"name": "办申领", "sub_button": [
            {"type": "click", "name": "开始申领", "key": "start"},
            {"type": "click", "name": "查进度", "key": "status"},
            {"type": "pic_photo_or_album", "name": "补传材料", "key": "photos"},
        ]},
        {"name": "找网点", "type": "location_select", "key": "place"},
        {"name": "问一问", "type": "click", "key": "ask"},
    ]
}  # fmt: skip


@pytest.fixture
def page(url: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        assert chromium, "Debian's chromium is needed: make browser"
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        page = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(url)
        yield page
        browser.close()
        assert wrong == []


def test_a_person_follows_types_taps_and_sends_a_paper(page: Page, platform: Platform, bot: EchoBot) -> None:
    platform.menus.create(MENU)
    page.get_by_role("button", name="关注公众号").click()
    expect(page.locator(".account .bubble").first).to_contain_text("event subscribe")

    page.get_by_role("button", name="办申领").click()
    page.locator("#menu .sub").get_by_text("查进度").click()
    expect(page.locator(".account .bubble").last).to_contain_text("status")

    page.get_by_role("button", name="切换到键盘").click()
    page.get_by_role("textbox").fill("你好 <b>1</b> & 2")
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".me .bubble").last).to_have_text("你好 <b>1</b> & 2")
    expect(page.locator(".account .bubble").last).to_have_text("你说：你好 <b>1</b> & 2")

    page.locator(".tap", has_text="查进度").first.click()
    expect(page.locator(".account .bubble").last).to_have_text("tapped progress")

    page.get_by_role("button", name="更多功能").click()
    page.get_by_role("button", name="样例证件").click()
    page.get_by_text("身份证人像面").click()
    page.get_by_text("身份证国徽面").click()
    page.locator("#send-papers").click()
    expect(page.locator(".me img")).to_have_count(2)
    expect(page.locator(".account .bubble", has_text="got image")).to_have_count(2)
    page.wait_for_function("[...document.images].every((image) => image.complete && image.naturalWidth > 300)")
    page.wait_for_function("chat.scrollTop + chat.clientHeight > chat.scrollHeight - 4")
    kept = os.environ.get("CLAIMBOT_SCREENSHOTS")
    if kept:
        page.screenshot(path=Path(kept) / "phone.png")
    assert [message.type for message in bot.seen] == ["event", "event", "text", "text", "image", "image"]
    assert platform.followers()[0].violations == []


def test_a_bot_that_answers_nonsense_shows_the_grey_line(page: Page, bot: EchoBot) -> None:
    bot.answer = lambda message: bot.app.make_response('{"ok": true}')
    page.get_by_role("button", name="关注公众号").click()
    expect(page.locator(".grey").last).to_have_text("该公众号提供的服务出现故障，请稍后再试")


def test_two_phones_keep_two_chats(page: Page, platform: Platform) -> None:
    page.get_by_role("button", name="关注公众号").click()
    expect(page.locator(".account .bubble")).to_have_count(1)
    page.get_by_role("button", name="切换手机").click()
    page.get_by_role("button", name="新的手机").click()
    expect(page.locator(".account .bubble")).to_have_count(0)
    page.get_by_role("button", name="关注公众号").click()
    expect(page.locator(".account .bubble")).to_have_count(1)
    assert len({each.openid for each in platform.followers() if each.following}) == 2
