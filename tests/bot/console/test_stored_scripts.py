"""What claimants write, shown to staff in real Chromium: it stays text. Nothing runs, nothing is asked from elsewhere."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bot.console.office import Office
from tests.bot.console.test_browser import chromium, sign_in  # noqa: F401 — a fixture
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot

PAYLOADS = (
    "<script>pwned=1;alert(1)</script>", "<img src=x onerror=pwned=1>", "\"><svg onload=pwned=1>",
    "'-alert(1)-'\" onfocus=pwned=1 autofocus x=\"", "</textarea></title></style><script>alert(1)</script>",
    "<a href=javascript:pwned=1>点我</a>", "<iframe srcdoc='<script>top.pwned=1</script>'>",
    "<link rel=stylesheet href=http://evil.example/x>", "{{7*7}}${7*7}<%=7*7%>", "<base href=http://evil.example/>",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>", "&lt;script&gt;alert(1)&lt;/script&gt;x",
)  # fmt: skip


@pytest.fixture
def office(bot: Bot) -> Office:
    return Office.of(bot)


def filed_at(bot: Bot, number: int, address: str) -> str:
    """The receipt of somebody who lives there."""
    follower = bot.follower(f"oScripts-{number:020d}")
    for line in WHOLE_CLAIM:
        act(follower, address if line.startswith("昆明市五华区") else line)
    act(follower, address)
    (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
    assert claim.answers["home_address"] == address
    return claim.receipt


def watched(page: Page) -> list[str]:
    """What the page did that no page of ours does."""
    seen: list[str] = []
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda said: seen.append(said.text) if "Content Security Policy" in said.text else None)
    page.on(
        "request", lambda asked: None if asked.url.startswith(("http://127.0.0.1", "data:")) else seen.append(asked.url)
    )
    return seen


def test_what_claimants_write_stays_text_in_every_page(chromium: Browser, office: Office) -> None:  # noqa: F811
    addresses = [f"昆明市五华区样例路1号{payload}" for payload in PAYLOADS]
    both = [
        "".join((one, other.removeprefix("昆明市五华区样例路1号")))
        for one, other in zip(addresses[::2], addresses[1::2], strict=True)
    ]
    receipts = [filed_at(office.bot, number, address) for number, address in enumerate(both)]
    reviewer = chromium.new_context().new_page()
    seen = watched(reviewer)
    office.desk.sign_in.add("reviewer", "reviewer", "", "correct horse battery staple")
    sign_in(reviewer, office, "reviewer")
    for receipt, address in zip(receipts, both, strict=True):
        reviewer.goto(f"{office.bot.address}/console/claims/{receipt}")
        reviewer.get_by_role("button", name="显示完整号码").click()
        expect(reviewer.get_by_text(address)).to_be_visible()
        assert reviewer.evaluate("typeof pwned") == "undefined"
    for payload in PAYLOADS:
        for path in ("claims?receipt=", "claims?office=", "claims?state=", "claims?after=", "claims/", "nowhere/"):
            reviewer.goto(f"{office.bot.address}/console/{path}{quote(payload, safe='')}")
            assert reviewer.evaluate("typeof pwned") == "undefined"
    assert seen == []


def test_what_is_typed_at_the_door_stays_text(chromium: Browser, office: Office) -> None:  # noqa: F811
    page = chromium.new_context().new_page()
    seen = watched(page)
    for payload in PAYLOADS[:5]:
        page.goto(f"{office.bot.address}/console/login")
        page.get_by_label("用户名").fill(payload)
        page.get_by_label("密码").fill("x")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_label("用户名")).to_have_value(payload)
        assert page.evaluate("typeof pwned") == "undefined"
    assert seen == []


def test_a_claim_in_a_frame_of_elsewhere_is_not_shown(chromium: Browser, office: Office) -> None:  # noqa: F811
    page = chromium.new_context().new_page()
    page.set_content(f"<iframe src='{office.bot.address}/console/login'></iframe>")
    page.wait_for_timeout(0)
    frame = page.frames[-1]
    assert frame.get_by_label("用户名").count() == 0
