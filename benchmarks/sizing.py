"""What one person costs, measured; and from it what so many people need, on paper: the table of docs/deploy.md.

    python -m benchmarks.sizing                      measures and prints both tables
    python -m benchmarks.sizing --turns-a-core 600   the same with another throughput (`python -m benchmarks.webhook`)

The sizes are measured with whole claims through the real webhook, on a Valkey and a PostgreSQL started for it; the
photographs are the simulator's drawn ones, so their size is an assumption instead (--photo-kb).
"""

import argparse
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from storage import embedded
from tests.postgres import server
from tests.test_conversations import act
from tests.test_promises import WHOLE_CLAIM
from tests.whole import Bot, running, settings_for

PHOTOS = sum(line.startswith("[照片") for line in WHOLE_CLAIM)
PLACES = (("a district", 300_000), ("a city", 3_000_000), ("a province", 50_000_000))
DAY_S = 24 * 3600
HEADROOM = 0.5
"""Of a core, so much is planned with: the rest is for a machine that is away and for what nobody has foreseen."""


@dataclass(frozen=True)
class Cost:
    """Bytes: of a person in mid-claim in Redis, of a parked one, of one claim in SQL."""

    draft: float
    parked: float
    claim: float


@dataclass(frozen=True)
class Assumed:
    """What nobody has measured here; each can be given on the command line.

    claims_share   claims a year for each inhabitant
    asking         people who only ask, for each who claims
    asks_turns     messages of one who only asks; more_turns: of a claimant beyond the shortest claim
    busiest        of a day's messages, the share in its busiest hour; rush: the year's busiest day to an average one
    idle_days      days a draft lies in Redis after its last message
    """

    claims_share: float = 0.02
    asking: float = 5
    asks_turns: float = 5
    more_turns: float = 21
    busiest: float = 0.15
    rush: float = 4
    photo_kb: float = 800
    years: float = 3
    idle_days: float = 7
    turns_a_core: float = 600
    photo_core_s: float = 0.1
    reading_core_s: float = 0.5


def measured(people: int) -> Cost:
    """By whole claims of so many people."""
    with tempfile.TemporaryDirectory() as folder, server() as postgres:
        data_dir = Path(folder)
        valkey = embedded.start(data_dir)
        url = postgres.migrated()
        try:
            with running(settings_for(valkey.url, data_dir, url)) as bot:
                drafts = [_walked(bot, number) for number in range(people)]
                before = _size(url)
                for number in range(people):
                    act(bot.follower(_name(number)), WHOLE_CLAIM[-1])
                after = _size(url)
                key = b"{p:" + b"x" * 22 + b"}"
                bot.redis.set(key, b"r" * 8 + b"P")
                parked = bot.redis.memory_usage(key) or 0
        finally:
            valkey.stop()
    return Cost(sum(drafts) / people, parked, (after - before) / people)


def _walked(bot: Bot, number: int) -> int:
    follower = bot.follower(_name(number))
    for line in WHOLE_CLAIM[:-1]:
        act(follower, line)
    return bot.redis.memory_usage(f"{{p:{bot.world.sessions.person_of(follower.openid)}}}") or 0


def _name(number: int) -> str:
    return f"oSized-{number:021d}"


def _size(url: str) -> int:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("checkpoint")
        row = connection.execute(
            "select sum(pg_total_relation_size(c.oid)) from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where c.relkind = 'r' and n.nspname = 'public'"
        ).fetchone()
    return int(row[0]) if row is not None else 0


def table(cost: Cost, assumed: Assumed) -> Iterator[str]:
    """One line a need, one column a place."""
    rows: dict[str, list[str]] = {}
    for _, people in PLACES:
        claims = people * assumed.claims_share / 365 * assumed.rush
        turns = claims * (len(WHOLE_CLAIM) + assumed.more_turns + assumed.asking * assumed.asks_turns)
        peak = turns * assumed.busiest / 3600
        photos = claims * PHOTOS * 1.2  # some are taken again
        photos_peak = photos * assumed.busiest / 3600
        active = claims * (1 + assumed.asking) * assumed.idle_days
        a_year = people * assumed.claims_share
        for name, value in (
            ("claims on the busiest day", f"{claims:,.0f}"),
            ("messages a second, busiest hour", f"{peak:,.1f}"),
            ("photographs a second, busiest hour", f"{photos_peak:,.1f}"),
            ("cores for the web", _cores(peak / assumed.turns_a_core)),
            ("cores for photographs", _cores(photos_peak * assumed.photo_core_s)),
            ("cores for reading, if wanted", _cores(photos_peak * assumed.reading_core_s)),
            ("Redis memory, active people", _bytes(active * cost.draft)),
            ("Redis memory, parked drafts of a month", _bytes(claims * 30 * cost.parked)),
            (f"PostgreSQL, claims of {assumed.years:.0f} years", _bytes(a_year * assumed.years * cost.claim)),
            (f"bucket, {assumed.years:.0f} years", _bytes(a_year * assumed.years * PHOTOS * assumed.photo_kb * 1024)),
        ):
            rows.setdefault(name, []).append(value)
    yield "| need | " + " | ".join(f"{name}, {people:,}" for name, people in PLACES) + " |"
    yield "| --- |" + " --- |" * len(PLACES)
    for name, values in rows.items():
        yield f"| {name} | " + " | ".join(values) + " |"


def _cores(busy: float) -> str:
    return f"{max(1, math.ceil(busy / HEADROOM))}"


def _bytes(count: float) -> str:
    for unit, size in (("TB", 2**40), ("GB", 2**30), ("MB", 2**20)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count / 2**10:,.0f} kB"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--people", type=int, default=60, help="measured with so many claims")
    defaults = Assumed()
    for name in Assumed.__dataclass_fields__:
        words.add_argument(f"--{name.replace('_', '-')}", type=float, default=getattr(defaults, name))
    given = vars(words.parse_args())
    cost = measured(given.pop("people"))
    print(f"a draft before filing {cost.draft:,.0f} bytes of Redis, a parked one {cost.parked:,.0f}")
    print(f"a filed claim {cost.claim:,.0f} bytes of PostgreSQL; {len(WHOLE_CLAIM)} messages, {PHOTOS} photographs")
    assumed = Assumed(**given)
    print(assumed)
    for line in table(cost, assumed):
        print(line)


if __name__ == "__main__":
    main()
