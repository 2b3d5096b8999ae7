"""Taking a filed claim back: asked once, never by a guess, and only what is not decided."""

import pytest

from dialogs.effects import ClaimStatus, ClaimWithdrawn, Unavailable
from dialogs.model import OpenId
from dialogs.session import Asked, Receipt, Session
from tests.build import NOW, Talk, a_session

OFFICE = "五华区就业局失业保险科"
ONE, TWO, DONE = "3528914603715", "9301594824623", "5013161644153"
AT = int(NOW.timestamp())


def status(receipt: str, where: str) -> ClaimStatus:
    return ClaimStatus(receipt, "kunming", OFFICE, where, AT)


def talk(*claims: ClaimStatus) -> Talk:
    receipts = tuple(Receipt(one.receipt, "kunming", OFFICE, AT) for one in claims)
    told = Talk(Session(OpenId("oTest-0000000000000000000001"), receipts=receipts, province="云南省"))
    told.claims = claims
    return told


@pytest.mark.parametrize("yes", ["1", "撤回", "确认", "是的", "确认撤回", "１"])
def test_asked_once_and_done(yes: str) -> None:
    ann = talk(status(ONE, "reviewing"), status(DONE, "paid"))
    assert "要撤回这份申领吗？回执号 3528 9146 0371 5" in ann.says("我要撤回申领")
    assert ann.withdrawn == []
    assert "已撤回，回执号 3528 9146 0371 5" in ann.says(yes)
    assert ann.withdrawn == [ONE] and ann.session.question is None


@pytest.mark.parametrize(
    "no", ["2", "不撤回", "算了", "先不撤回", "不要撤回", "进度", "五华区电话", "等等再撤回", "撤回申领"]
)
def test_nothing_is_taken_back_by_a_guess(no: str) -> None:
    ann = talk(status(ONE, "submitted"))
    ann.says("撤回申领")
    assert ann.says(no) and ann.withdrawn == []


def test_of_several_it_is_asked_which() -> None:
    ann = talk(status(ONE, "submitted"), status(TWO, "needs_materials"), status(DONE, "approved"))
    asked = ann.says("撤回申领")
    assert "哪一份" in asked and "3528 9146 0371 5" in asked and "5013" not in asked
    assert "9301 5948 2462 3" in ann.says("2")
    ann.says("1")
    assert ann.withdrawn == [TWO]


def test_what_is_decided_stays() -> None:
    for where in ("approved", "paying", "paid", "rejected", "withdrawn"):
        assert "没有可以撤回的申领" in talk(status(ONE, where)).says("撤回申领")
    assert "不能撤回了" in talk(status(ONE, "approved")).told(ClaimWithdrawn(ONE, "decided"))


def test_a_claim_that_is_only_being_filled_is_cancelled_instead() -> None:
    ann = Talk(a_session())
    said = ann.says("撤回申领")
    assert "还没有提交" in said and "取消" in said and "失业保险待遇发放提示" in said


def test_a_paper_of_it_is_not_wanted_any_more() -> None:
    ann = talk(status(ONE, "needs_materials"))
    ann.session = Session(
        ann.session.openid,
        receipts=ann.session.receipts,
        asked=(Asked(ONE, "kunming", OFFICE, "id_emblem", "blurred", AT),),
    )
    ann.says("菜单")
    assert ann.session.draft is not None and ann.session.draft.retake is not None
    ann.says("撤回申领")
    assert "已撤回" in ann.says("1")
    assert ann.session.draft is None and ann.session.asked == ()


def test_with_the_database_away_it_is_said_that_nothing_is_taken_back() -> None:
    assert "还没有撤回" in talk(status(ONE, "submitted")).told(Unavailable("withdrawal"))
