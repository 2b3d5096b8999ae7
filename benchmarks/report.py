"""Run every benchmark and write docs/performance.md with its plots.

    python -m benchmarks.report [--quick] [--note TEXT]

Takes about 15 minutes on 2 cores; nothing else should run on the machine. What a command printed stands in the page as
it was printed; the plots are drawn from the same run.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pygal

DOCS = Path(__file__).parents[1] / "docs"
PLOTS = DOCS / "pictures"
APPS = ("bare", "plain", "full")


@dataclass(frozen=True, slots=True)
class Part:
    """One benchmark: what it is about, and its command behind `python -m`. `quick`: what makes it short."""

    title: str
    about: str
    command: str
    quick: str = ""


PARTS = (
    Part("The webhook beside a plain app and a bare view",
         "One worker, one thread each; a text of a person in mid-claim, signed and sealed as WeChat does it. `CPU us` "
         "are all processes of an app, workers too, without Valkey; `noise` are cores that something else used: with "
         "more than 0.1 the run is to be repeated.",
         "benchmarks.webhook --rounds 5 --seconds 5", "--rounds 2 --seconds 2"),
    Part("Two workers", "The same with two workers.",
         "benchmarks.webhook --rounds 3 --seconds 5 --workers 2 --threads 1", "--rounds 1 --seconds 2"),
    Part("One turn in this process, by stage", "Microseconds: the median, and the lowest tenth.",
         "benchmarks.turn", "--repeat 2"),
    Part("A person in Redis, and a million of them", "", "benchmarks.memory", "--drafts 1000 100000 --seconds 2"),
    Part("Offices", "", "benchmarks.offices"),
    Part("Questions", "", "benchmarks.questions"),
    Part("Photographs", "", "benchmarks.photos"),
    Part("Start to first reply", "", "benchmarks.start", "--runs 2"),
    Part("Console pages with 10,000 claims", "", "benchmarks.console"),
    Part("The simulator itself", "So that it is not what is measured.", "benchmarks.simulator"),
)  # fmt: skip


def printed(part: Part, quick: bool, more: str = "") -> str:
    """What a benchmark says."""
    words = f"{part.command} {part.quick if quick else ''} {more}".split()
    ended = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, check=False)
    if ended.returncode:
        return f"failed: {ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else ended.returncode}"
    return ended.stdout.strip()


def plot(slices: list[dict[str, Any]], what: str, title: str, name: str) -> None:
    """One bar an app: the median of its rounds."""
    chart = pygal.HorizontalBar(title=title, show_legend=False, print_values=True, height=260, width=720)
    chart.x_labels = APPS
    chart.add(what, [median(one[what] for one in slices if one["app"] == app) for app in APPS])
    chart.render_to_file(str(PLOTS / name))


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--note", default="")
    given = parser.parse_args()
    lines = [
        "# How fast it is", "",
        "Written by `python -m benchmarks.report`; do not edit. Ratios within one run count: machines differ.", "",
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}.",
        *([given.note] if given.note else []), "",
        "What is fast and why: [docs/decisions/0025-speed.md](decisions/0025-speed.md).", "",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        result = Path(name) / "webhook.json"
        for part in PARTS:
            first = part is PARTS[0]
            said = printed(part, given.quick, f"--json {result}" if first else "")
            print(f"{part.title}\n{said}\n", flush=True)
            about = [part.about, ""] if part.about else []
            lines += [f"## {part.title}", "", *about, f"    python -m {part.command}", ""]
            if first and result.exists():
                slices = json.loads(result.read_text())["loaded"]
                plot(slices, "rps", "requests a second", "performance-requests.svg")
                plot(slices, "cpu_us", "CPU, microseconds a request", "performance-cpu.svg")
                lines += ["![Requests a second](pictures/performance-requests.svg)",
                          "![CPU a request](pictures/performance-cpu.svg)", ""]  # fmt: skip
            lines += ["```", said, "```", ""]
    (DOCS / "performance.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
