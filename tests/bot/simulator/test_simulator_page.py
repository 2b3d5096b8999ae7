"""The phone page in a real browser: a person follows, types, taps an option, sends a paper."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from echo_bot import EchoBot
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.simulator import papers
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "Debian's chromium is needed: make browser"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(url: str, browser: Browser) -> Iterator[Page]:
    """The phone page, as wide as a phone. Any error in its console fails the test."""
    page = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(url)
    yield page
    page.close()
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


def test_menu_buttons_for_photos_and_places(page: Page, platform: Platform, bot: EchoBot) -> None:
    platform.menus.create(MENU)
    page.get_by_role("button", name="关注公众号").click()
    page.get_by_role("button", name="办申领").click()
    page.locator("#menu .sub").get_by_text("补传材料").click()
    page.get_by_text("户口册（发证机关页）").click()
    page.locator("#send-papers").click()
    expect(page.locator(".account .bubble", has_text="got image")).to_have_count(1)
    page.get_by_role("button", name="找网点").click()
    page.get_by_role("button", name="昆明市五华区").click()
    expect(page.locator(".account .bubble").last).to_have_text("got location")
    events = [message.event for message in bot.seen if message.type == "event"]
    assert events == ["subscribe", "pic_photo_or_album", "location_select"]


def test_photos_from_disk_go_together(page: Page, bot: EchoBot, tmp_path: Path) -> None:
    for name in ("passbook", "bank_card"):
        (tmp_path / f"{name}.jpg").write_bytes(papers.jpeg(name))
    page.get_by_role("button", name="关注公众号").click()
    page.get_by_role("button", name="更多功能").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="照片").click()
    chosen.value.set_files([tmp_path / "passbook.jpg", tmp_path / "bank_card.jpg"])
    expect(page.locator(".me img")).to_have_count(2)
    expect(page.locator(".account .bubble", has_text="got image")).to_have_count(2)


def test_scanning_a_poster_follows_by_it_and_leaving_stops_the_chat(
    page: Page, platform: Platform, bot: EchoBot
) -> None:
    page.get_by_role("button", name="更多", exact=True).click()
    page.get_by_role("button", name="扫描场景二维码").click()
    page.get_by_placeholder("场景值").fill("office-7")
    page.get_by_role("button", name="确定").click()
    expect(page.locator(".account .bubble").last).to_contain_text("event subscribe_scan")
    page.get_by_role("button", name="更多", exact=True).click()
    page.get_by_role("button", name="取消关注").click()
    expect(page.get_by_role("button", name="关注公众号")).to_be_visible()
    expect(page.get_by_role("textbox")).to_be_hidden()
    assert bot.seen[0].scene_id == "office-7" and bot.seen[-1].event == "unsubscribe"


def test_a_message_sent_later_appears_by_itself(page: Page, platform: Platform) -> None:
    page.get_by_role("button", name="关注公众号").click()
    expect(page.locator(".account .bubble")).to_have_count(1)
    platform.followers()[0].conversation.add("account", "text", "照片看过了，清楚。", via="custom")
    expect(page.locator(".account .bubble").last).to_have_text("照片看过了，清楚。")


def test_what_shall_go_wrong_is_ordered_on_a_page(page: Page, platform: Platform, url: str) -> None:
    page.goto(f"{url}/faults")
    expect(page.locator("body[data-ready]")).to_be_attached()
    form = page.locator("#faults")
    form.locator("[name=path]").select_option("media/get")
    form.locator("[name=kind]").select_option("errcode")
    form.locator("[name=errcode]").select_option("45009")
    form.locator("[name=times]").fill("-1")
    form.locator("[name=lasts_s]").fill("60")
    form.get_by_role("button", name="安排").click()
    expect(page.locator("#faults-waiting li")).to_have_text(["错误码 media/get ×-1"])
    fault = platform.faults.waiting()[0]
    assert (fault.path, fault.kind, fault.errcode, fault.times) == ("media/get", "errcode", 45009, -1) and fault.until
    page.locator("#roads [name=kind]").select_option("overlap")
    page.locator("#roads").get_by_role("button", name="安排").click()
    expect(page.locator("#roads-waiting li")).to_have_count(1)
    page.locator("#faults").get_by_role("button", name="全部取消").click()
    expect(page.locator("#faults-waiting li")).to_have_count(0)
    assert platform.faults.waiting() == () and platform.roads.waiting()[0].kind == "overlap"
