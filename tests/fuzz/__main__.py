"""A million hostile inputs through the webhook.

    python -m tests.fuzz --inputs 1000000 --processes 2          # generated (mutation.py)
    python -m tests.fuzz --guided 120                            # and so many seconds led by coverage (pip: atheris)

The webhook is the real application in process with real Valkey and SQLite. After each input: no 5xx, no apology, no hang
over a second, a reply that opens and is whole; at the end no more memory than after the warm-up.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time

from tests.fuzz.run import MOST_GROWTH_MIB, alone, table


def main() -> None:
    """Ends with 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--guided", type=int, default=0, metavar="SECONDS", help="led by coverage, instead")
    asked = parser.parse_args()
    if asked.guided:
        raise SystemExit(_guided(asked.guided, asked.seed))
    each = asked.inputs // asked.processes
    with multiprocessing.get_context("spawn").Pool(asked.processes) as pool:
        runs = pool.starmap(alone, [(asked.seed + number, each) for number in range(asked.processes)])
    print(table(runs))
    faults = [fault for one in runs for fault in one.faults]
    print("\n".join(faults[:50]))
    raise SystemExit(1 if faults or max(one.growth_mib for one in runs) > MOST_GROWTH_MIB else 0)


def _guided(seconds: int, seed: int) -> int:
    """In a process of its own: libFuzzer ends the one it runs in."""
    with tempfile.TemporaryDirectory(prefix="guided-") as folder:
        command = [
            sys.executable,
            "-m",
            "tests.fuzz.guided",
            folder,
            f"-max_total_time={seconds}",
            f"-seed={seed % 2**31}",
        ]
        return subprocess.run([*command, "-max_len=4096", "-timeout=20"], env=os.environ, check=False).returncode


if __name__ == "__main__":
    main()
