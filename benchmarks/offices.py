"""What one office match costs, and loading the directory: `python -m benchmarks.offices`.

Issue 4 allows 1 ms at the median for a match and 0.3 s for loading.
"""

import statistics
import subprocess
import sys
import time

from dialogs.offices import answer, read_directory
from dialogs.programmes import shipped
from tests.dialogs.score_offices import labelled

_LOAD = """
import time; begun = time.perf_counter()
from dialogs.offices import read_directory
from dialogs.programmes import shipped
read_directory(shipped("offices.csv")).find("嵩明縣"); print(time.perf_counter() - begun)
"""


def load_s(runs: int = 5) -> float:
    """Seconds from a fresh interpreter's first import to the first answer, at the median."""
    command = [sys.executable, "-c", _LOAD]
    taken = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(runs)]
    return statistics.median(taken)


def match_ms(rounds: int = 5) -> list[float]:
    """Milliseconds of every match of the labelled set, in ascending order."""
    directory = read_directory(shipped("offices.csv"))
    spent = []
    for line in labelled() * rounds:
        query = {key: line[key] for key in ("q", "context", "lat", "lng") if key in line}
        begun = time.perf_counter()
        answer(directory, query)
        spent.append((time.perf_counter() - begun) * 1000)
    return sorted(spent)


def main() -> None:
    spent = match_ms()
    middle, late = statistics.median(spent), spent[int(len(spent) * 0.99)]
    print(f"match: median {middle:.3f} ms, 99 % {late:.3f} ms, worst {spent[-1]:.3f} ms")
    print(f"import, load and first answer: {load_s():.3f} s")


if __name__ == "__main__":
    main()
