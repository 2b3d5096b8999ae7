"""One paper of a filed claim, asked for again: what the core says and does."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dialogs.conversation import converse
from dialogs.effects import (
    ClaimMoved,
    ClaimsRead,
    ClaimStatus,
    HandInPaper,
    PaperHandedIn,
    PaperRead,
    PhotoJudged,
    Sent,
)
from dialogs.model import OpenId
from dialogs.photo_news import riding
from dialogs.session import Asked, Draft, Photo, Receipt, Session
from dialogs.status import Event
from tests.build import KUNMING_ANSWERS, MOMENT, NOW, Talk, a_session, knowledge, text_of
from tests.dialogs.test_engine import deeds, stored

RECEIPT, OFFICE = "9301594824623", "五华区就业局失业保险科"
EMBLEM = Asked(RECEIPT, "kunming", OFFICE, "id_emblem", "blurred", int(NOW.timestamp()))
PORTRAIT = replace(EMBLEM, slot="id_portrait", reason="dark")
WANTED = "需要你补一张：身份证国徽面（照片模糊）。请拍好发过来。"


def events(*happened: tuple[str, str, str]) -> tuple[Event, ...]:
    """(status, reason, slot) in order, by the desk."""
    start = Event(1, "submitted", NOW, "claimant")
    later = (
        Event(n, status, NOW + timedelta(minutes=n), "desk", reason, {"slot": slot} if slot else {})  # type: ignore[arg-type]
        for n, (status, reason, slot) in enumerate(happened, 2)
    )
    return (start, *later)


ASKED = events(("received", "", ""), ("reviewing", "", ""), ("needs_materials", "blurred", "id_emblem"))


def moved(*asked: Asked, happened: tuple[Event, ...] = ASKED) -> ClaimMoved:
    return ClaimMoved(RECEIPT, "kunming", OFFICE, int(NOW.timestamp()), happened, asked)


def filed(draft: Draft | None = None) -> Session:
    kept = Receipt(RECEIPT, "kunming", OFFICE, int(NOW.timestamp()), heard=3)
    return Session(OpenId("oTest-0000000000000000000001"), draft, receipts=(kept,), province="云南省")


def asked_talk(*asked: Asked) -> Talk:
    talk = Talk(filed())
    talk.told(moved(*(asked or (EMBLEM,))))
    return talk


def news_of(talk: Talk) -> str:
    says, talk.session = riding(talk.known, talk.session, int(NOW.timestamp()))
    return "\n".join(say.text for say in says)  # type: ignore[union-attr]


def sent(talk: Talk, verdict: str = "good", *, reading: bool = False, says: str = "") -> tuple[str, bool]:
    """Send a photograph and judge it; its ticket, and whether it goes to the office now."""
    talk.tickets += 1
    talk.sent_at += 10
    ticket = f"{talk.tickets:016x}"
    talk.told(Sent(ticket, "media", sent_at=talk.sent_at, order=talk.tickets))
    key = ticket.rjust(40, "0") if verdict in ("good", "advise") else ""
    judged = PhotoJudged(ticket, verdict, says, key, "", "id_emblem", reading=reading)
    turn = converse(talk.known, talk.session, judged, MOMENT)
    talk.session = turn.session
    return ticket, HandInPaper(ticket) in turn.effects


def test_news_come_once_however_often_they_are_told() -> None:
    talk = asked_talk()
    assert news_of(talk) == WANTED
    talk.told(moved(EMBLEM))
    assert news_of(talk) == ""


def test_the_paper_is_the_only_thing_open_and_a_good_one_goes_by_itself() -> None:
    talk = asked_talk()
    assert WANTED in talk.says("你好") and "拿稳手机" in talk.says("为什么")
    ticket, goes = sent(talk)
    assert goes and talk.session.draft is not None and talk.session.draft.filing
    assert "正在交给经办机构" in talk.says("继续")
    assert "没有存" in talk.told(Sent("f" * 16, "media", sent_at=talk.sent_at + 60))
    talk.told(PaperHandedIn(ticket, True))
    assert "已补交" in news_of(talk) and talk.session.draft is None and not talk.session.asked


def test_a_poor_one_is_asked_for_again() -> None:
    talk = asked_talk()
    assert sent(talk, "refuse", says="太暗了")[1] is False
    assert "太暗了" in news_of(talk) and WANTED in talk.says("继续")
    assert sent(talk)[1]


def test_one_that_is_advised_against_waits_for_the_person() -> None:
    talk = asked_talk()
    assert sent(talk, "advise", says="有点暗")[1] is False
    assert "仍用这张" in talk.says("你好")
    assert "正在交给经办机构" in talk.says("仍用这张")
    other = asked_talk()
    sent(other, "advise", says="有点暗")
    assert sent(other)[1], "another photograph replaces it"


def test_what_is_written_on_it_is_waited_for() -> None:
    talk = asked_talk()
    ticket, goes = sent(talk, reading=True)
    assert not goes
    turn = converse(talk.known, talk.session, PaperRead(ticket, "id_emblem", "id_emblem"), MOMENT)
    assert turn.effects == (HandInPaper(ticket),)
    turn = converse(talk.known, talk.session, PaperRead(ticket, "id_emblem", "id_portrait", "像人像面"), MOMENT)
    assert turn.effects == () and turn.session.draft is not None and not turn.session.draft.filing


def test_two_papers_come_one_after_the_other() -> None:
    more = (*ASKED, Event(5, "needs_materials", NOW + timedelta(hours=1), "desk", "dark", {"slot": "id_portrait"}))
    talk = Talk(filed())
    talk.told(moved(EMBLEM, PORTRAIT, happened=more))
    assert "国徽面" in (heard := news_of(talk)) and "人像面" in heard
    ticket, _ = sent(talk)
    talk.told(PaperHandedIn(ticket, True))
    assert "还有别的要补" in news_of(talk) and "人像面" in talk.says("继续")


def test_a_claim_in_progress_is_never_overwritten() -> None:
    own = a_session(answers=KUNMING_ANSWERS).draft
    assert own is not None
    own = replace(own, photos={"id_portrait": Photo("good", "t1", key="k" * 40)})
    talk = Talk(filed(own))
    talk.told(moved(EMBLEM))
    assert talk.session.draft == own and "先发“暂停”" in news_of(talk)
    talk.says("暂停")
    assert talk.session.laid_by == replace(own, paused=True) and WANTED in talk.says("你好")
    talk.says("继续")  # the person may go back and forth
    assert talk.session.draft == own and talk.session.laid_by is None
    talk.says("暂停")
    ticket, _ = sent(talk)
    assert "国徽面" in talk.says("继续") and talk.session.laid_by is not None
    talk.told(PaperHandedIn(ticket, True))
    assert talk.session.draft == replace(own, paused=True) and talk.session.laid_by is None
    talk.says("继续")
    assert talk.session.draft == own


def test_a_claim_about_to_be_cancelled_is_not_exchanged_under_the_question() -> None:
    own = a_session(answers=KUNMING_ANSWERS).draft
    assert own is not None
    talk = Talk(filed(replace(own, paused=True)))
    talk.says("取消")
    talk.told(moved(EMBLEM))
    assert "已删掉" in talk.says("2")
    assert talk.session.laid_by is None and WANTED in talk.says("你好")


def test_a_new_claim_may_be_begun_beside_and_the_paper_comes_back() -> None:
    talk = asked_talk()
    assert "重新申领" in talk.says("申领")
    talk.says("重新申领")
    talk.says("昆明")
    assert talk.session.draft is not None and talk.session.draft.retake is None
    assert WANTED in (talk.says("暂停") and talk.says("你好"))
    sent(talk)
    assert "先把这一张补完" in talk.says("重新申领")


def test_the_office_no_longer_wants_it() -> None:
    talk = asked_talk()
    sent(talk, "advise", says="有点暗")
    talk.told(moved(happened=(*ASKED, Event(5, "reviewing", NOW + timedelta(hours=1), "desk"))))
    assert talk.session.draft is None and WANTED not in (heard := news_of(talk)) and "正在审核" in heard
    late = asked_talk()
    ticket, _ = sent(late)
    late.told(moved(happened=(*ASKED, Event(5, "reviewing", NOW + timedelta(hours=1), "desk"))))
    late.told(PaperHandedIn(ticket, False))
    assert "不用补了" in news_of(late) and late.session.draft is None


def test_what_was_erased_here_is_asked_for_again_with_the_progress() -> None:
    status = ClaimStatus(RECEIPT, "kunming", OFFICE, "needs_materials", int(NOW.timestamp()), asked=(EMBLEM,))
    session = Session(OpenId("oTest-0000000000000000000001"))
    turn = converse(knowledge(), session, ClaimsRead((status,)), MOMENT)
    assert WANTED in text_of(turn) and turn.session.draft is not None
    assert turn.session.draft.retake == EMBLEM


def test_deleting_what_is_stored_keeps_what_the_office_asked_for() -> None:
    talk = asked_talk()
    talk.says("删除我的信息")
    assert "已删除" in talk.says("1")
    assert talk.session.draft is not None and talk.session.draft.retake == EMBLEM


@settings(max_examples=150, deadline=None)
@given(st.lists(deeds.filter(lambda deed: deed != "photo good"), max_size=25))
def test_whatever_is_said_meanwhile_is_answered_and_the_paper_stays_asked_for(script: list[object]) -> None:
    talk = asked_talk()
    talk.claims = (ClaimStatus(RECEIPT, "kunming", OFFICE, "needs_materials", int(NOW.timestamp()), asked=(EMBLEM,)),)
    for deed in script:
        reply = talk.sends(deed.split()[1], "再拍一张") if isinstance(deed, str) else talk.told(deed)  # type: ignore[arg-type]
        assert reply.strip(), deed
        talk.session = stored(talk.session)
        if talk.withdrawn:  # they took the claim back, and said so twice
            return
        assert talk.session.asked == (EMBLEM,)


def test_jilin_says_its_own_words() -> None:
    office = "延吉市社会保险局"
    for status, words in (("submitted", "上报"), ("approved", "同步审批结果"), ("rejected", "社会保险局")):
        turn = converse(knowledge(), filed(), ClaimsRead((ClaimStatus(RECEIPT, "jilin", office, status, 1),)), MOMENT)
        assert words in text_of(turn) and "0433-2706070" in text_of(turn)
