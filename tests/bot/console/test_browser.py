"""The console in real Chromium: a reviewer's day from the log-in to the news on the phone, and what axe-core says."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.bot.console.office import PASSWORD, Office
from tests.bot.desk import Filed
from tests.whole import Bot

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"office": (1366, 768), "phone": (390, 844)}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def office(bot: Bot) -> Office:
    return Office.of(bot)


def sign_in(page: Page, office: Office, name: str) -> None:
    page.goto(f"{office.bot.address}/console/login")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("6 位验证码").fill(office.code(name))
    page.get_by_role("button", name="绑定并登录").click()
    expect(page.get_by_role("heading", name=f"{name}，您好")).to_be_visible()


def serious(page: Page) -> list[Any]:
    """What axe-core finds that keeps somebody out."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found
            if one["impact"] in ("serious", "critical")]  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_a_claim_is_reviewed_to_approval_and_the_phone_hears_of_it(
    chromium: Browser, office: Office, size: str
) -> None:
    ann = Filed.by(office.bot)
    office.desk.sign_in.add("zhang.li", "reviewer", "", PASSWORD)
    width, height = SIZES[size]
    page = chromium.new_page(viewport={"width": width, "height": height})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    try:
        page.goto(f"{office.bot.address}/console/login")
        assert not serious(page)
        sign_in(page, office, "zhang.li")
        page.get_by_role("link", name="申领审核").first.click()
        assert not serious(page)
        page.get_by_role("link", name=ann.receipt).click()
        page.get_by_role("button", name="由我来办").click()
        for deed in ("收件…", "开始审核…"):
            page.get_by_role("button", name=deed).click()
            page.get_by_role("button", name="确定").click()
        assert not serious(page)
        page.get_by_label("开始月份").fill("2026-12")
        page.get_by_label("结束月份").fill("2027-05")
        page.get_by_label("金额（元）").fill("1500")
        page.get_by_role("button", name="通过…", exact=True).click()
        expect(page.get_by_text("2027年5月")).to_be_visible()
        assert not serious(page)
        page.get_by_role("button", name="确定").click()
        expect(page.get_by_role("status")).to_contain_text("已通过")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert (
            page.locator("figure img").evaluate_all(
                "all => Promise.all(all.map(one => (one.loading = 'eager', one.decode().then(() => one.naturalWidth))))"
            )
            and complaints == []
        )
    finally:
        page.close()
    assert "审批通过" in ann.says("进度") and ann.claim.status == "approved"


def test_the_other_pages_keep_nobody_out(chromium: Browser, office: Office) -> None:
    for role, paths in (("administrator", ("", "staff")), ("auditor", ("", "audit"))):
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        office.desk.sign_in.add(f"{role}.one", role, "", PASSWORD)  # type: ignore[arg-type]
        sign_in(page, office, f"{role}.one")
        for path in paths:
            page.goto(f"{office.bot.address}/console/{path}")
            assert not serious(page), path
        page.close()
