"""The operators' pages in real Chromium: numbers, contents, posters, at the office and on a phone."""

import pytest
from playwright.sync_api import Browser, Page, expect

from handlers import day_book
from tests.bot.console.office import PASSWORD, Office
from tests.bot.console.test_browser import SIZES, chromium, office, serious, sign_in
from tests.bot.desk import Filed
from tests.test_conversations import act

__all__ = ["chromium", "office"]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("size", SIZES)
def test_an_operators_day(chromium: Browser, office: Office, size: str) -> None:
    bot = office.bot
    Filed.by(bot)
    day_book.write_up(bot.world)
    office.desk.sign_in.add("op.wang", "operator", "", PASSWORD)
    width, height = SIZES[size]
    page = chromium.new_page(viewport={"width": width, "height": height})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    try:
        sign_in(page, office, "op.wang")
        page.get_by_role("link", name="数据").first.click()
        expect(page.get_by_role("heading", name="数据", exact=True)).to_be_visible()
        charts = page.locator("img.chart")
        assert charts.count() == 5
        drawn = "all => Promise.all(all.map(one => one.decode().then(() => one.naturalWidth)))"
        assert all(charts.evaluate_all(drawn)) and fits(page) and not serious(page)

        page.get_by_role("link", name="内容").first.click()
        assert not serious(page) and fits(page)
        page.get_by_role("link", name="关注后的问候").click()
        page.get_by_label("内容", exact=True).fill("您好，这里办失业金。\n1 申领失业金\n2 查网点和电话\n3 看办理步骤")
        page.get_by_role("button", name="预览").click()
        expect(page.locator(".reads").first).to_contain_text("您好，这里办失业金")
        assert not serious(page) and fits(page)
        page.get_by_role("button", name="发布").click()
        expect(page.get_by_role("status")).to_contain_text("已发布")
        page.goto(f"{bot.address}/console/content/programme/kunming")
        page.get_by_role("button", name="预览").click()
        expect(page.get_by_text("和现在用的一样")).to_be_visible()
        assert not serious(page) and fits(page)

        page.get_by_role("link", name="海报").first.click()
        page.get_by_role("button", name="给五华区就业局失业保险科做二维码").click()
        assert not serious(page) and fits(page)
        page.get_by_role("link", name="打印五华区就业局失业保险科的海报").click()
        expect(page.get_by_alt_text("五华区就业局失业保险科的二维码")).to_be_visible()
        assert not serious(page) and fits(page) and complaints == []
        page.emulate_media(media="print")
        assert len(page.pdf(format="A4", prefer_css_page_size=True)) > 1000
    finally:
        page.close()
    assert "这里办失业金" in act(bot.platform.follower("oScan-00000000000000000000001"), "[关注]")
