"""A number that nobody answers: reported with one tap or in words, the next number named."""

import pytest

from dialogs.conversation import converse
from dialogs.dead_numbers import LABEL, above
from dialogs.effects import ReportNumber, Said, Turn
from dialogs.model import OpenId, Say
from dialogs.session import Session
from tests.build import MOMENT, a_session, knowledge, text_of

NOBODY = Session(OpenId("oTest-0000000000000000000001"))


def said(text: str, tap: str = "", session: Session = NOBODY) -> Turn:
    return converse(knowledge(), session, Said(text, tap), MOMENT)


def tap_of(turn: Turn) -> str:
    return next(tap.id for say in turn.replies if isinstance(say, Say) for tap in say.taps if tap.label == LABEL)


def reports(turn: Turn) -> list[str]:
    return [effect.office for effect in turn.effects if isinstance(effect, ReportNumber)]


def test_a_tap_under_the_card_reports_that_office_and_names_the_next_number() -> None:
    turn = said(LABEL, tap_of(said("东川区电话")))
    assert reports(turn) == ["东川区就业局失业保险科"]
    assert "谢谢" in text_of(turn) and "0871-63362528" in text_of(turn) and "12333" in text_of(turn)


@pytest.mark.parametrize("office", knowledge().directory.offices, ids=lambda office: office.name)
def test_every_office_has_a_next_number(office: object) -> None:
    higher = above(office, knowledge().directory.offices)  # type: ignore[arg-type]
    assert higher != office
    assert (higher is None) == (office.name in ("昆明市就业局失业保险中心", "吉林省社会保险局"))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "office"),
    [
        ("五华区电话打不通", "五华区就业局失业保险科"),
        ("13354909010是空号", "寻甸县就业局失业保险科"),
        ("0433-7512409没人接", "珲春市社会保险局"),
        ("延吉社保局的电话一直占线", "延吉市社会保险局"),
    ],
)
def test_words_report_the_office_they_name(text: str, office: str) -> None:
    assert reports(said(text)) == [office]


def test_words_without_an_office_are_asked_which() -> None:
    turn = said("电话打不通")
    assert not reports(turn) and "哪里" in text_of(turn)


def test_the_open_question_is_put_again_after_a_report() -> None:
    session = a_session("kunming", {"notice": "read"})
    turn = said(LABEL, tap_of(said("五华区电话")), session)
    assert reports(turn) and "缴纳医保的方式" in text_of(turn)


def test_a_tap_on_an_office_that_is_gone_reports_nothing() -> None:
    turn = said(LABEL, "call:kunming-99")
    assert not reports(turn) and "换过" in text_of(turn)


@pytest.mark.parametrize(
    "text", ["刷脸打不开怎么办", "我不接电话的时候能发消息吗", "手机关机了怎么办", "公司没人接收我"]
)
def test_other_words_are_no_report(text: str) -> None:
    assert not reports(said(text))
