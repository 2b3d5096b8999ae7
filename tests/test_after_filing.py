"""What follows a filed claim, whole, with each run of the tests; `python -m tests.after_filing` is the longer one."""

from pathlib import Path

import pytest

from tests.after_filing import STAGES, WAYS, run


@pytest.mark.timeout(500)  # a claim or news that a killed worker had in hand are taken up again after 75 to 90 s
def test_a_claim_reaches_the_agency_once_and_news_the_person_once(tmp_path: Path) -> None:
    report = run(len(WAYS), 3, tmp_path, kill_every_s=9.0)
    print(report)
    assert (report.filed_not_once, report.seen_not_once, report.stuck) == ([], [], [])
    assert sum(report.kills.values()) and set(report.told) == set(WAYS)
    assert report.told["passive"] + report.told["custom"] == (len(STAGES) - 1) * len(WAYS)
