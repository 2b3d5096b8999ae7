"""Versions of the menu and the book of publications: nothing is overwritten, and who looked too early is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import migrations
from storage.database import open_engine
from storage.errors import Missing, StoreUnavailable
from storage.menus import MenuVersions, Overtaken

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def versions(tmp_path: Path) -> MenuVersions:
    engine = open_engine("", tmp_path)
    migrations.upgrade(engine)
    return MenuVersions(engine)


def test_versions_count_up_and_who_did_not_see_the_newest_adds_none(versions: MenuVersions) -> None:
    assert versions.newest() is None and versions.newest_number() == 0 and versions.listed(10) == []
    assert versions.add("a", "first", "ann", AT, seen=0).number == 1
    assert versions.add("b", "", "bo", AT, seen=1).number == 2
    for seen in (0, 1, 3):
        with pytest.raises(Overtaken):
            versions.add("c", "", "ann", AT, seen=seen)
    assert [one.content for one in versions.listed(10)] == ["b", "a"]
    assert [one.content for one in versions.listed(10, before=2)] == ["a"]
    assert versions.get(1).note == "first" and versions.get(1).made_at == AT
    with pytest.raises(Missing):
        versions.get(7)


def test_who_did_not_see_the_last_publication_publishes_nothing(versions: MenuVersions) -> None:
    versions.add("a", "", "ann", AT, seen=0)
    first = versions.begin(1, "ann", AT, seen=0)
    with pytest.raises(Overtaken):
        versions.begin(1, "bo", AT, seen=0)
    versions.end(first.id, "stopped", "why")
    assert versions.last_done() is None
    second = versions.begin(1, "bo", AT, seen=1)
    told = [(one.by, one.outcome, one.detail) for one in versions.publications([1])]
    assert told == [("ann", "stopped", "why"), ("bo", "begun", "")]
    for _ in range(2):
        versions.end(second.id, "done")
    assert versions.last_done() == versions.last_publication()


def test_of_many_who_save_and_publish_at_once_one_does(versions: MenuVersions) -> None:
    def tried(number: int) -> tuple[bool, bool]:
        won = []
        for deed in (
            lambda: versions.add("x", "", f"staff-{number}", AT, seen=1),
            lambda: versions.begin(1, f"staff-{number}", AT, seen=0),
        ):
            try:
                deed()
                won.append(True)
            except Overtaken:
                won.append(False)
        return won[0], won[1]

    versions.add("x", "", "ann", AT, seen=0)
    with ThreadPoolExecutor(8) as threads:
        saved, published = zip(*threads.map(tried, range(8)), strict=True)
    assert sum(saved) == sum(published) == 1 and versions.newest_number() == 2


def test_a_database_that_is_away_is_a_store_unavailable(tmp_path: Path) -> None:
    away = MenuVersions(open_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path))
    for ask in (away.newest, away.newest_number, away.last_publication, away.last_done, lambda: away.listed(1)):
        with pytest.raises(StoreUnavailable):
            ask()
