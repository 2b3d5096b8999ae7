"""A short form of tests/fuzz with each run; the whole one is `python -m tests.fuzz`. And every input that once broke
something, sent again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.embedded import EmbeddedValkey
from tests.fuzz.house import House, Request, house
from tests.fuzz.run import run, table
from tests.fuzz.samples import BROKEN
from tests.fuzz.shapes import OPENID, requests_of, seeds


def test_hostile_inputs_end_in_no_5xx_no_apology_and_no_hang(valkey: EmbeddedValkey, tmp_path: Path) -> None:
    done = run(20261124, 2000, tmp_path, valkey.url)
    print(table([done]))
    assert done.faults == []
    assert min(done.tally[stage] for stage in ("refused", "silent", "answered")) > 50  # each layer was reached


@pytest.fixture(scope="module")
def bot(valkey: EmbeddedValkey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("broken"), valkey.url) as opened:
        yield opened


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*")), ids=lambda path: path.name)
def test_what_once_broke_something_is_answered(bot: House, path: Path) -> None:
    assert [wrong for request in requests_of(path.read_bytes()) for wrong in bot.faults(request)] == []


def test_what_a_guided_run_starts_from_is_all_well(bot: House) -> None:
    assert [wrong for data in seeds() for request in requests_of(data) for wrong in bot.faults(request)] == []


@pytest.mark.parametrize("query", [b"\xed\xbe\xa1\xff", b"signature=\xff", "a=中".encode(), b"signature=%ff%fe"])
def test_a_query_of_raw_bytes_is_refused(bot: House, query: bytes) -> None:
    for method in ("GET", "POST"):
        assert bot.ask(Request(query, b"", method=method)).status == 400


def test_the_judge_sees_an_apology(bot: House) -> None:
    """The fuzz is worth what its judge sees: a defect made on purpose."""
    before = bot.defects()
    bot.app.extensions["meters"].defect()
    assert bot.defects() == before + 1 and OPENID
