"""How well questions in people's own words are understood: `python -m tests.dialogs.score_questions [--all]`.

questions.jsonl holds labelled questions; every third is held out: without --all only their number is shown, so that
tuning by hand does not look at them.

right      the labelled question is answered (or the labelled kind, where no number is labelled)
offered    nothing was answered, and the labelled question is among those offered
wrong      another question was answered
missed     neither: nothing answered and the right one not offered
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from dialogs.guide import Asked, Guide, read_guide
from dialogs.model import Context
from dialogs.programmes import shipped
from dialogs.offices import Directory, read_directory

QUESTIONS = Path(__file__).with_name("questions.jsonl")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One line of the set."""

    q: str
    province: str
    kind: str
    faq: int | None
    topic: str
    held_out: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """One question, what was understood, and how right that is."""

    labelled: Labelled
    asked: Asked
    verdict: str
    micros: float


def the_guide(unheard: Iterable[str] = ()) -> Guide:
    """The guide as it ships, but for sentences it must not have heard."""
    left_out = set(unheard)
    heard = [line for line in shipped("heard.tsv").splitlines() if line.partition("\t")[2] not in left_out]
    return read_guide(shipped("faq.toml"), shipped("guide.toml"), heard_tsv="\n".join(heard))


def the_directory() -> Directory:
    """The directory as it ships."""
    return read_directory(shipped("offices.csv"))


def labelled() -> Iterator[Labelled]:
    """The set, in the order of the file."""
    for line in QUESTIONS.read_text("utf-8").splitlines():
        row = json.loads(line)
        yield Labelled(
            row["q"], row["context"]["province"], row["kind"], row["faq"], row.get("topic", ""), row["held_out"]
        )


def verdict(line: Labelled, asked: Asked) -> str:
    """right | offered | wrong | missed"""
    if line.topic and asked.topic != line.topic:
        return "wrong"
    if line.faq is not None:
        if asked.faq == line.faq:
            return "right"
        if line.faq in asked.offered:
            return "offered"
        return "missed" if asked.kind == "other" and asked.topic in ("unsure", "unknown") else "wrong"
    if asked.kind == line.kind and not asked.offered:
        return "right"
    if asked.offered:
        near = {"office": 43, "status": 26, "claim": 13}.get(line.kind)
        return "offered" if line.kind in ("other", "eligibility") or near in asked.offered else "missed"
    return "missed" if asked.kind == "other" and asked.topic in ("unsure", "unknown") else "wrong"


def judged(guide: Guide, directory: Directory) -> list[Judged]:
    """Every question asked once."""
    results = []
    for line in labelled():
        context = Context(province=line.province)
        start = time.perf_counter()
        asked = guide.ask(line.q, directory, context)
        micros = (time.perf_counter() - start) * 1e6
        results.append(Judged(line, asked, verdict(line, asked), micros))
    return results


def main() -> None:
    """Print what went wrong, and the score."""
    results = judged(the_guide(), the_directory())
    show_all = "--all" in sys.argv
    for one in results:
        if one.verdict != "right" and (show_all or not one.labelled.held_out):
            got = one.asked.faq or one.asked.topic or one.asked.kind
            wanted = one.labelled.faq or one.labelled.kind
            print(f"{one.verdict:8}{one.labelled.q}  [{wanted}] got {got} {one.asked.offered}")
    for name, held in (("tuning", False), ("held out", True)):
        some = [one for one in results if one.labelled.held_out is held]
        count = Counter(one.verdict for one in some)
        good = (count["right"] + count["offered"]) / len(some)
        shown = "  ".join(f"{key} {count[key]}" for key in ("right", "offered", "missed", "wrong"))
        wrong = count["wrong"] / len(some)
        print(f"{name:9}{len(some)} questions  {shown}  right or offered {good:.1%}  wrong {wrong:.2%}")
    print(f"median {median(one.micros for one in results):.0f} µs a question")


if __name__ == "__main__":
    main()
