"""A short chaos with each run of the tests; `make chaos` is the whole one."""

from pathlib import Path

import pytest

from tests.chaos.model import Model
from tests.chaos.run import chaos


@pytest.mark.timeout(500)  # a photograph or a claim that a killed worker had in hand is taken up again after 75 to 90 s
def test_nothing_acknowledged_is_lost_or_doubled_and_nobody_is_stuck(tmp_path: Path) -> None:
    report = chaos(12, 5, 4, 14.0, tmp_path, seed=3)
    print(report)
    found = (report.losses, report.doubles, report.stuck, report.silent, report.refused, report.logged)
    assert found == ([], [], [], 0, [], [])
    assert sum(report.kills.values()) == 5 and sum(report.outages.values()) == 4
    assert report.filed == report.at_agency == 12 - report.erased_after_filing


def test_the_judge_sees_a_lost_answer() -> None:
    model = told("【1/17】申领前，请认真阅读", ("notice", "read"), "【2/17】你选哪种缴纳医保的方式？")
    assert model.answers == {"notice": "read"} and not model.losses
    model.hears("【1/17】申领前，请认真阅读")
    assert model.losses == ["notice asked again"]


def test_the_judge_sees_a_question_passed_over() -> None:
    """As when the second of two taps answers the next question."""
    model = told("【1/17】申领前，请认真阅读", ("notice", "read"), "【4/17】请发你的详细常住地址")
    assert model.doubles == ["medical_way passed over, home_address open"]


def test_the_judge_lets_an_answer_whose_reply_was_lost_be_kept_or_not() -> None:
    for text, kept in (("【2/17】你选哪种缴纳医保的方式？", True), ("【1/17】申领前，请认真阅读", False)):
        model = told("【1/17】申领前，请认真阅读", ("notice", "read"), text)
        assert not model.losses and not model.doubles and ("notice" in model.answers) is kept


def test_the_judge_sees_a_draft_that_is_gone() -> None:
    model = told("【1/17】申领前，请认真阅读", ("notice", "read"), "没有没填完的申领。发“申领”可以开始。")
    assert model.losses == ["a draft of 0 answers is gone"]


def test_the_judge_waits_for_the_receipt_of_a_submission_whose_reply_was_lost() -> None:
    for then, losses in (("回执号 1673 4320 7833 2", 0), ("你还没有提交过申领。发“申领”开始。", 1)):
        model = told("【1/17】申领前，请认真阅读", ("notice", "read"), "【2/17】你选哪种缴纳医保的方式？")
        model.maybe_filed = True
        model.hears("没有没填完的申领。发“申领”可以开始。")
        assert not model.losses and model.answers
        model.hears(then)
        assert len(model.losses) == losses


def told(first: str, answer: tuple[str, str], then: str) -> Model:
    model = Model("kunming")
    model.hears(first)
    model.pending = (*answer, b"")
    model.hears(then)
    return model
