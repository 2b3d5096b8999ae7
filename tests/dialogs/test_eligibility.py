"""The eligibility check explains and never promises; the ceilings are the law's."""

import pytest

from dialogs.eligibility import REASONS, ceiling, eligibility, longest_months


@pytest.mark.parametrize(
    ("paid_months", "longest"), [(0, 0), (11, 0), (12, 12), (59, 12), (60, 18), (119, 18), (120, 24), (480, 24)]
)
def test_the_ceiling_counts_completed_years(paid_months: int, longest: int) -> None:
    assert longest_months(paid_months) == longest


def test_a_ceiling_is_told_as_the_longest_and_left_to_the_office() -> None:
    assert "最长18个月" in ceiling(60)
    assert "由当地核定" in ceiling(60)
    assert "保留" in ceiling(11)
    assert "个月" not in ceiling(11)


def test_months_below_zero_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="negative"):
        longest_months(-1)


def test_dismissal_for_fault_counts_and_resignation_does_not() -> None:
    assert eligibility("yes", "dismissed", "yes").outlook == "seems_met"
    assert eligibility("yes", "resigned", "yes").outlook == "seems_not_met"
    assert eligibility("yes", "employer_at_fault", "yes").outlook == "seems_met"
    assert eligibility("yes", "agreed_by_self", "yes").outlook == "seems_not_met"


def test_who_is_not_registered_is_told_to_register_not_refused() -> None:
    told = eligibility("yes", "expired", "no")
    assert told.outlook == "ask_office"
    assert "失业登记" in told.text
    assert "{office}" in told.text


def test_a_resignation_keeps_the_years() -> None:
    assert "保留" in eligibility("yes", "resigned", "yes").text


@pytest.mark.parametrize("paid", ["yes", "no", "unsure"])
@pytest.mark.parametrize("reason", [reason.id for reason in REASONS])
@pytest.mark.parametrize("registered", ["yes", "no", "unsure"])
def test_no_answer_promises(paid: str, reason: str, registered: str) -> None:
    told = eligibility(paid, reason, registered)  # type: ignore[arg-type]
    assert "由经办机构认定" in told.text
    assert len(told.reasons) == 3
    assert not any(promise in told.text for promise in ("你可以领", "你能领", "一定能", "保证"))
    if reason == "unclear":
        assert told.outlook != "seems_met"


def test_there_are_ten_reasons_and_no_other() -> None:
    assert len(REASONS) == 10
    with pytest.raises(ValueError, match="bored"):
        eligibility("yes", "bored", "yes")
