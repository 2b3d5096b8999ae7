"""Places outside the directory are never given an office of ours: every county and city of China."""

import csv

import pytest

from dialogs.offices import Directory, read_directory
from dialogs.programmes import shipped

OUR_CITIES = ("5301", "2201", "2202", "2203", "2204", "2205", "2206", "2207", "2208", "2224")
OUR_PROVINCES = ("220000", "530000")


@pytest.fixture(scope="module")
def directory() -> Directory:
    return read_directory(shipped("offices.csv"))


@pytest.fixture(scope="module")
def divisions() -> dict[str, str]:
    rows = csv.reader(shipped("divisions.csv").splitlines()[1:])
    return {code: name for code, name in rows if code[:4] not in OUR_CITIES and code not in OUR_PROVINCES}


def test_a_place_elsewhere_is_never_given_an_office(directory: Directory, divisions: dict[str, str]) -> None:
    wrong = [name for name in divisions.values() if directory.find(name).mode in ("one", "list")]
    assert not wrong


def test_with_its_province_before_it_the_answer_is_an_honest_none(
    directory: Directory, divisions: dict[str, str]
) -> None:
    names = dict(csv.reader(shipped("divisions.csv").splitlines()[1:]))
    asked = [
        f"我在{names[code[:2] + '0000']}{name}失业了去哪里领" for code, name in divisions.items() if code[2:] != "0000"
    ]
    wrong = [text for text in asked if directory.find(text).mode != "none"]
    assert not wrong
