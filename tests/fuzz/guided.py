"""Inputs led by coverage: libFuzzer through atheris sees which lines of ours an input reaches. Run by __main__.

The corpus it grows lies in the given folder; an input that broke something is left in the working directory as
crash-<hash>: put it into tests/fuzz/broken/, where each run of the tests sends it again.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot", "handlers", "storage", "dialogs"]):
    from tests.fuzz.house import House, house

from bot.logs import configure
from tests.fuzz import samples
from tests.fuzz.shapes import requests_of, seeds

EVERY = 2000


class Broken(Exception):
    """What was wrong."""


def target(bot: House, done: list[int], data: bytes) -> None:
    """One input: one request, or the lines of a talk."""
    for request in requests_of(data):
        done[0] += 1
        if wrong := bot.faults(request):
            raise Broken("; ".join(wrong))
        if done[0] % EVERY == 0:
            print(f"requests {done[0]}, {dict(bot.tally)}", flush=True)


def main() -> None:
    """Never returns: libFuzzer ends the process."""
    folder, options = Path(sys.argv[1]), sys.argv[2:]
    configure("critical")
    for name, words in (("seed", seeds()),):
        for number, data in enumerate(words):
            (folder / f"{name}-{number}").write_bytes(data)
    dictionary = folder / "words.dict"
    dictionary.write_text("\n".join(f'"{_escaped(word)}"' for word in {*samples.SENSIBLE, *samples.EVENTS} if word))
    (folder / "corpus").mkdir()
    for path in list(folder.glob("seed-*")):
        path.rename(folder / "corpus" / path.name)
    with house(folder) as bot:
        done = [0]
        arguments = [sys.argv[0], str(folder / "corpus"), f"-dict={dictionary}", *options]
        atheris.Setup(arguments, lambda data: target(bot, done, data))
        atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode()[:120])


if __name__ == "__main__":
    main()
