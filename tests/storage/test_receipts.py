from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.receipts import heard, new_receipt, shown, valid

receipts = st.integers(0, 2**32).map(lambda _: new_receipt())


def test_receipts_are_thirteen_digits_and_never_repeat() -> None:
    made = {new_receipt() for _ in range(2000)}
    assert len(made) == 2000
    assert all(len(one) == 13 and one.isdigit() and one[0] != "0" and valid(one) for one in made)


def test_the_check_digit_is_the_standards() -> None:
    """ISO 7064 mod 11,10 worked by hand over 100000000000: every step leaves what the standard's rule says."""
    product = 10
    for digit in "100000000000":
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    assert valid(f"100000000000{(11 - product) % 10}")


@given(receipts, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(receipt: str, place: int, step: int) -> None:
    wrong = receipt[:place] + str((int(receipt[place]) + step) % 10) + receipt[place + 1 :]
    assert not valid(wrong)


def test_it_is_shown_in_groups_of_four() -> None:
    assert shown("3528914603715") == "3528 9146 0371 5"


@given(receipts)
def test_what_is_shown_is_heard(receipt: str) -> None:
    assert heard(shown(receipt)) == heard(receipt) == receipt


SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")
FULL = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    "written",
    [
        lambda r: "-".join((r[:4], r[4:8], r[8:12], r[12:])),
        lambda r: r.translate(FULL),
        lambda r: r.translate(SPOKEN),
        lambda r: shown(r).translate(SPOKEN),
        lambda r: r.translate(str.maketrans("12", "幺两")),
        lambda r: f"我的回执号是{shown(r)}，请帮我查一下",
        lambda r: f"进度 {r}。",
        "　".join,
    ],
)
def test_people_write_it_in_many_ways(written: Callable[[str], str]) -> None:
    for _ in range(20):
        receipt = new_receipt()
        assert heard(written(receipt)) == receipt


@pytest.mark.parametrize("text", ["", "进度", "123", "13300000000", "6222000000000001234", "990101198503150017"])
def test_other_numbers_are_not_taken_for_a_receipt(text: str) -> None:
    assert heard(text) is None


@given(st.text(max_size=60))
def test_whatever_is_heard_is_valid(text: str) -> None:
    found = heard(text)
    assert found is None or valid(found)
