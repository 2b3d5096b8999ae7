"""Hundreds of people walk claims while everything fails; then each phone is compared with what is kept.

    python -m tests.chaos --people 300 --kills 30 --minutes 10

Ends with status 1 when anything acknowledged was lost, doubled, or anybody is stuck.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import chaos


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--people", type=int, default=300)
    words.add_argument("--kills", type=int, default=30)
    words.add_argument("--outages", type=int, default=24)
    words.add_argument("--minutes", type=float, default=10.0)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--keep", type=Path, default=None, help="a folder in which the logs stay")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = given.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        report = chaos(given.people, given.kills, given.outages, given.minutes * 60, kept, given.seed, say=print)
    print(report)
    sys.exit(1 if report.bad else 0)


if __name__ == "__main__":
    main()
