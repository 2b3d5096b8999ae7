"""The operators' list of dead numbers on real SQLite."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage.database import open_engine
from storage.errors import StoreUnavailable
from storage.keyring import Keyring
from storage.migrations import upgrade
from storage.number_reports import NumberReports, Reported

DAY, NEXT = date(2026, 11, 22), date(2026, 11, 23)
WUHUA, DONGCHUAN = ("五华区就业局失业保险科", ("63588129",)), ("东川区就业局失业保险科", ("62138526", "62138524"))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_engine("", tmp_path)
    upgrade(engine)
    return engine


@pytest.fixture
def numbers(engine: Engine, tmp_path: Path) -> NumberReports:
    return NumberReports(engine, Keyring.open(tmp_path / "keyring.json", create=True))


def test_a_person_counts_once_a_day_for_an_office(numbers: NumberReports) -> None:
    assert [numbers.record("anna", *WUHUA, day) for day in (DAY, DAY, NEXT)] == [True, False, True]
    assert numbers.record("bert", *WUHUA, DAY)
    assert numbers.record("anna", *DONGCHUAN, DAY)
    assert numbers.since(DAY) == [
        Reported(WUHUA[0], "63588129", 3, DAY, NEXT),
        Reported(DONGCHUAN[0], "62138526;62138524", 1, DAY, DAY),
    ]
    assert [one.times for one in numbers.since(NEXT)] == [1]


def test_who_reported_is_not_kept(numbers: NumberReports, engine: Engine) -> None:
    numbers.record("anna", *WUHUA, DAY)
    with engine.connect() as connection:
        row = connection.execute(text("select * from number_reports")).one()
    assert not any("anna" in str(value) for value in row)


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    keyring = Keyring.open(tmp_path / "keyring.json", create=True)
    away = open_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path)
    with pytest.raises(StoreUnavailable):
        NumberReports(away, keyring).record("anna", *WUHUA, DAY)
