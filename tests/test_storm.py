"""A small storm of photographs with each run of the tests; `python -m tests.storm` is the whole one."""

from pathlib import Path

import pytest

from tests.storm import PER_PERSON, storm


@pytest.mark.timeout(400)  # a photograph that a killed worker had in hand is handed out again after 75 s, each time
def test_no_photograph_is_lost_while_workers_die_and_wechat_fails(tmp_path: Path) -> None:
    people = 4
    report = storm(people, 2, tmp_path, kill_every_s=2.5, fault_every_s=1.0)
    print(report)
    assert (report.wrong_bytes, report.stuck, report.unfiled) == ([], [], [])
    assert report.sent >= people * PER_PERSON and report.faults
