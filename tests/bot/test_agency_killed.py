"""A process that hands a claim over is killed with -9 after the agency has taken it and before we know."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.config import Settings
from tests.bot.agency_house import House, housed
from tests.bot.desk import Filed
from tests.bot.test_agency_life import desk_of

WORKER = (
    "import sys; from pathlib import Path; from bot.app import build_world; from bot.config import read_settings;"
    "from handlers import handover; handover.hand_over(build_world(read_settings(Path(sys.argv[1]))))"
)


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    with housed(settings, slow_s=30.0) as whole:
        yield whole


def killed_in_the_middle(house: House) -> None:
    config = desk_of(house).config
    process = subprocess.Popen([sys.executable, "-c", WORKER, str(config)])
    assert house.agency.holding.wait(30)
    process.kill()
    process.wait(10)
    house.agency.close()  # who was held goes on: nobody hears the answer
    house.agency.holding.clear()


def test_a_claim_is_filed_once(house: House) -> None:
    house.bot.jobs.hands_over = False
    house.agency.troubles += ["", *[""] * 7, "held"]  # what is missing, seven papers, the claim itself
    ann = Filed.by(house.bot)
    killed_in_the_middle(house)
    assert list(house.agency.book.claims) == [ann.receipt]
    assert ann.claim.handover is not None and ann.claim.handover.told == 0
    house.agency.book.decide(ann.receipt, "received")  # before we know that the agency has it
    assert ann.claim.status == "received"
    house.works()  # it may still be alive: nobody takes it in hand
    assert ann.claim.handover.told == 0
    house.works(minutes=2)
    assert ann.claim.handover.told == 1 and ann.claim.handover.state == "sent"
    assert list(house.agency.book.claims) == [ann.receipt] and ann.claim.handover.remote == house.there(ann).reference


def test_a_paper_is_handed_in_once(house: House) -> None:
    ann = house.filed()
    house.agency.book.decide(ann.receipt, "needs_materials", papers=[{"slot": "id_emblem", "reason": "blurred"}])
    house.bot.jobs.hands_over = False
    ann.says("[照片 bank_card]")
    house.agency.troubles += ["", "held"]
    killed_in_the_middle(house)
    results = len(house.there(ann).results)
    house.works(minutes=2)
    assert ann.claim.handover is not None and ann.claim.handover.state == "sent"
    assert len(house.there(ann).results) == results and ann.claim.status == "reviewing"
