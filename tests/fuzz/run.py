"""One process's share of the generated inputs, and the table of all of them."""

import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bot.logs import configure
from tests.fuzz.house import House, house, resident_bytes
from tests.fuzz.mutation import MAKERS, generated
from tests.fuzz.shapes import OPENID, PEOPLE

MIB = 1024 * 1024
WARM = 0.4
"""The part of the run after which memory must not grow: caches, pools and the heap have found their size."""
MOST_GROWTH_MIB = 8
SAMPLES = 50


@dataclass
class Run:
    """What one process did. Sizes in MiB; `faults` are in words, with the seed and number that bring them back."""

    inputs: int = 0
    seconds: float = 0.0
    made: Counter[str] = field(default_factory=Counter)
    tally: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    warm_mib: float = 0.0
    end_mib: float = 0.0
    largest_value: int = 0

    @property
    def growth_mib(self) -> float:
        """After the warm-up."""
        return self.end_mib - self.warm_mib


def run(seed: int, inputs: int, folder: Path, redis_url: str = "") -> Run:
    """Send so many generated inputs. With a `redis_url` that server is used, else one of its own."""
    done, rng, began = Run(), random.Random(seed), time.monotonic()
    resident: list[float] = []
    with house(folder, redis_url) as bot:
        for person in range(PEOPLE):
            bot.places(rng, OPENID.format(person))
        for number in range(inputs):
            if number % 30 == 0:
                bot.places(rng, OPENID.format(rng.randrange(PEOPLE)))
            name, request = generated(rng)
            done.made[name] += 1
            if wrong := bot.faults(request):
                done.faults.append(f"seed {seed} input {number} ({name}): {'; '.join(wrong)}")
            if number % max(inputs // SAMPLES, 1) == 0:
                resident.append(resident_bytes() / MIB)
        _measured(done, bot, resident)
    done.inputs, done.seconds = inputs, time.monotonic() - began
    return done


def _measured(done: Run, bot: House, resident: list[float]) -> None:
    warm = resident[int(len(resident) * WARM) :] or [0.0]
    third = max(len(warm) // 3, 1)
    done.warm_mib, done.end_mib = (sorted(part)[len(part) // 2] for part in (warm[:third], warm[-third:]))
    done.tally, done.slowest_s, done.largest_value = bot.tally, bot.slowest_s, bot.largest_value()


def alone(seed: int, inputs: int) -> Run:
    """A whole process's run, in a folder of its own."""
    configure("critical")
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        return run(seed, inputs, Path(folder))


def table(runs: list[Run]) -> str:
    """What was done, for a report."""
    made, tally = sum((one.made for one in runs), Counter()), sum((one.tally for one in runs), Counter())
    rows = [
        ("inputs", sum(one.inputs for one in runs)),
        *((f"  made: {name}", made[name]) for name in MAKERS),
        ("refused (403 or 400)", tally["refused"]),
        ("taken in, nothing to say", tally["silent"]),
        ("answered with a reply that opens", tally["answered"]),
        ("5xx", tally["5xx"]),
        ("other faults (apology, hang, broken reply)", sum(len(one.faults) for one in runs) - tally["5xx"]),
        ("slowest, s of wall clock", f"{max(one.slowest_s for one in runs):.2f}"),
        ("memory of each process, warm to end, MiB",
         ", ".join(f"{one.warm_mib:.0f} to {one.end_mib:.0f}" for one in runs)),
        ("largest value of one person in Redis, bytes", max(one.largest_value for one in runs)),
        ("seconds", f"{max(one.seconds for one in runs):.0f}"),
    ]  # fmt: skip
    return "\n".join(["| what | result |", "| --- | --- |", *(f"| {what} | {value} |" for what, value in rows)])
