"""What understanding one question costs: `python -m benchmarks.questions`."""

import statistics
import time

from bot.app import build_knowledge
from dialogs.knowledge import Account
from dialogs.model import Context
from dialogs.normal import plain
from tests.dialogs.score_questions import labelled


def ask_ms() -> list[float]:
    """Milliseconds of every question of the labelled set, in ascending order."""
    knowledge = build_knowledge(Account("", "agency"))
    _ = knowledge.guide.heard
    spent = []
    for line in labelled():
        plain.cache_clear()
        began = time.perf_counter()
        knowledge.guide.ask(line.q, knowledge.directory, Context(province=line.province))
        spent.append((time.perf_counter() - began) * 1000)
    return sorted(spent)


def main() -> None:
    """Print the figures."""
    spent = ask_ms()
    middle, late = statistics.median(spent), spent[int(len(spent) * 0.99)]
    print(f"question: median {middle:.3f} ms, 99 % {late:.3f} ms, worst {spent[-1]:.3f} ms ({len(spent)})")


if __name__ == "__main__":
    main()
