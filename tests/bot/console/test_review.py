"""A reviewer's day: the queue, one claim, its papers, a decision the claimant reads; and what is not theirs to see."""

import io
import zipfile

import pytest
from PIL import Image

from storage.queue import Wanted
from tests.bot.console.office import Browser, Office
from tests.bot.desk import Filed
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot


@pytest.fixture
def office(bot: Bot) -> Office:
    return Office.of(bot)


@pytest.fixture
def ann(bot: Bot) -> Filed:
    return Filed.by(bot)


def decided(browser: Browser, receipt: str, deed: str, **said: str) -> tuple[str, str]:
    """What the reviewer is shown before, and the page after it was confirmed."""
    page = f"/console/claims/{receipt}"
    browser.opens(page)
    seen = browser.page.partition('name="seen" value="')[2].partition('"')[0]
    before = browser.sends(f"{page}/deeds/{deed}", seen=seen, **said)
    return before, browser.sends(f"{page}/deeds/{deed}", seen=seen, confirmed="1", **said)


def test_a_claim_goes_from_the_queue_to_approval_and_the_claimant_reads_it(office: Office, ann: Filed) -> None:
    reviewer = office.signed_in("reviewer")
    assert ann.receipt in reviewer.opens("/console/claims")
    page = reviewer.opens(f"/console/claims/{ann.receipt}")
    assert "身份证国徽面" in page and "****" in page and "由我来办" in page
    reviewer.sends(f"/console/claims/{ann.receipt}/hand")
    for deed in ("receive", "review"):
        decided(reviewer, ann.receipt, deed)
    before, after = decided(reviewer, ann.receipt, "approve", start="2026-12", end="2027-05", amount="1500")
    assert "申请人会读到" in before and "2026年12月" in before and "1500" in before
    assert "已通过" in after and ann.claim.status == "approved"
    heard = ann.says("你好")
    assert "审批通过" in heard and "1500" in heard
    told = [entry.deed for entry in office.desk.audit.newest(50)]
    assert told[0] == "saw_claim" and {"approve", "receive", "review", "took"} <= set(told)
    assert office.desk.audit.broken_at() is None


def test_what_cannot_be_is_told_in_words_and_nothing_happens(office: Office, ann: Filed) -> None:
    reviewer = office.signed_in("reviewer")
    _, after = decided(reviewer, ann.receipt, "receive")
    assert "请先点“由我来办”" in after
    reviewer.sends(f"/console/claims/{ann.receipt}/hand")
    for deed in ("receive", "review"):
        decided(reviewer, ann.receipt, deed)
    for deed, said, words in (
        ("approve", {"start": "2026-12", "end": "2026-11", "amount": "1500"}, "结束不能早于开始"),
        ("approve", {"start": "2026-12", "end": "2027-11", "amount": "许多"}, "金额只写数字"),
        ("refuse", {"reason": "<script>"}, "请选一个原因"),
        ("retake", {"paper": "../../etc", "reason": "blurred"}, "请选这件申领里的一份材料"),
        ("paid", {}, "刚刚有变化"),
    ):
        before, _ = decided(reviewer, ann.receipt, deed, **said)
        assert words in before, deed
    assert ann.claim.status == "reviewing"


def test_two_reviewers_do_not_decide_on_one_claim(office: Office, ann: Filed) -> None:
    first, second = office.signed_in("reviewer"), office.signed_in("reviewer")
    first.opens(f"/console/claims/{ann.receipt}")
    first.sends(f"/console/claims/{ann.receipt}/hand")
    second.opens(f"/console/claims/{ann.receipt}")
    assert f"{first.name} 在办" in second.page
    assert f"{first.name} 正在办" in second.sends(f"/console/claims/{ann.receipt}/hand")
    _, after = decided(second, ann.receipt, "receive")
    assert f"{first.name} 正在办" in after
    second.sends(f"/console/claims/{ann.receipt}/hand", over="1")
    _, after = decided(first, ann.receipt, "receive")
    assert f"{second.name} 正在办" in after and ann.claim.status == "submitted"
    decided(second, ann.receipt, "receive")
    stale = second.sends(f"/console/claims/{ann.receipt}/deeds/review", seen="1", confirmed="1")
    assert "刚刚有变化" in stale and ann.claim.status == "received"


def test_another_offices_claim_is_not_there(office: Office, ann: Filed) -> None:
    elsewhere = office.signed_in("reviewer", office="官渡区就业局失业保险科")
    assert ann.receipt not in elsewhere.opens("/console/claims")
    assert ann.receipt not in elsewhere.opens("/console/claims?office=" + ann.claim.office)
    for path in ("", "/papers/id_emblem"):
        elsewhere.opens(f"/console/claims/{ann.receipt}{path}")
        assert elsewhere.status == 404
    elsewhere.opens("/console/claims")
    for path in ("/numbers", "/hand", "/deeds/receive"):
        elsewhere.sends(f"/console/claims/{ann.receipt}{path}", token=token_of(elsewhere))
        assert elsewhere.status == 404, path


def token_of(browser: Browser) -> str:
    browser.opens("/console/")
    return browser.page.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_numbers_are_masked_until_asked_for_and_that_is_written_down(office: Office, ann: Filed) -> None:
    reviewer = office.signed_in("reviewer")
    account = ann.claim.answers["bank_account"]
    shown = " ".join(account[at : at + 4] for at in range(0, len(account), 4))
    assert shown not in reviewer.opens(f"/console/claims/{ann.receipt}") and account not in reviewer.page
    assert shown in reviewer.sends(f"/console/claims/{ann.receipt}/numbers")
    assert ("showed_numbers", ann.receipt) in [(one.deed, one.subject) for one in office.desk.audit.newest()]


def test_a_paper_is_marked_small_without_metadata_and_written_down(office: Office, ann: Filed) -> None:
    reviewer = office.signed_in("reviewer")
    path = f"{reviewer.address}/console/claims/{ann.receipt}/papers/id_emblem"
    seen = reviewer.http.get(path, timeout=20)
    picture = Image.open(io.BytesIO(seen.content))
    turned = Image.open(io.BytesIO(reviewer.http.get(f"{path}?turn=90", timeout=20).content))
    assert picture.format == "JPEG" and not picture.getexif() and max(picture.size) <= 640
    assert turned.size == picture.size[::-1]
    plain = Image.open(io.BytesIO(ann.bot.world.photos.get(ann.person, ann.claim.papers["id_emblem"])))
    assert picture.tobytes() != plain.resize(picture.size).tobytes()
    assert ("saw_paper", ann.receipt) in [(one.deed, one.subject) for one in office.desk.audit.newest()]
    for bad in ("?size=huge", "?turn=45", "%2f..%2fid_portrait"):
        assert reviewer.http.get(path + bad, timeout=20).status_code == 404


def test_what_a_claimant_typed_is_text_to_the_staff(office: Office, bot: Bot) -> None:
    follower = bot.follower()
    for line in WHOLE_CLAIM:
        act(follower, "五华区样例路<script>alert(1)</script>1号" if "样例路" in line else line)
    (claim,) = bot.world.claims.of(bot.world.sessions.person_of(follower.openid))
    ann = Filed(bot, follower, claim.receipt)
    reviewer = office.signed_in("reviewer")
    reviewer.opens(f"/console/claims/{ann.receipt}")
    reviewer.sends(f"/console/claims/{ann.receipt}/numbers")
    assert "<script>alert" not in reviewer.page and "&lt;script&gt;alert" in reviewer.page


def test_the_queue_is_cut_down_and_pages(office: Office, ann: Filed) -> None:
    reviewer = office.signed_in("reviewer")
    assert ann.receipt not in reviewer.opens("/console/claims?state=paid")
    assert ann.receipt not in reviewer.opens("/console/claims?hand=mine")
    assert ann.receipt in reviewer.opens("/console/claims?hand=free")
    assert "回执号" in reviewer.opens("/console/claims?receipt=%E4%B8%80%E4%BA%8C") and "13 位" in reviewer.page
    assert f"回执号 {ann.receipt}" in reviewer.opens(f"/console/claims?receipt={ann.receipt}")
    for odd in ("after=x", "after=1e400_1", "after=nan_nan", "state=nonsense", "office=%00"):
        reviewer.opens(f"/console/claims?{odd}")
        assert reviewer.status == 200, odd
    assert office.desk.queue.counts(Wanted()) == {"submitted": 1}


def test_a_claim_is_taken_along_as_one_file_and_that_is_written_down(office: Office, ann: Filed) -> None:
    reviewer = office.signed_in("reviewer")
    reviewer.opens(f"/console/claims/{ann.receipt}")
    sent = reviewer.http.post(
        f"{reviewer.address}/console/claims/{ann.receipt}/file", data={"csrf_token": token_of(reviewer)}, timeout=20
    )
    with zipfile.ZipFile(io.BytesIO(sent.content)) as archive:
        names = archive.namelist()
        text = archive.read("申领.txt").decode()
        (emblem,) = (name for name in names if "身份证国徽面" in name)
        assert archive.read(emblem) == ann.bot.world.photos.get(ann.person, ann.claim.papers["id_emblem"])
    assert len(names) == len(ann.claim.papers) + 2 and ann.claim.answers["bank_account"] in text
    assert sent.headers["Cache-Control"] == "no-store" and f"{ann.receipt}.zip" in sent.headers["Content-Disposition"]
    assert ("exported_claim", ann.receipt) in [(one.deed, one.subject) for one in office.desk.audit.newest()]


def test_the_queue_and_a_claim_take_the_same_statements_however_many_there_are(office: Office, ann: Filed) -> None:
    reviewer = office.signed_in("reviewer")

    def statements(path: str) -> int:
        seen = reviewer.statements(path)
        return sum(one.lstrip().lower().startswith("select") for one in seen)

    paths = ("/console/claims", f"/console/claims/{ann.receipt}")
    before = [statements(path) for path in paths]
    for number in range(5):
        Filed.by(office.bot, f"oMany-{number:021d}")
    office.bot.jobs.settle()
    assert [statements(path) for path in paths] == before and max(before) <= 12, before
