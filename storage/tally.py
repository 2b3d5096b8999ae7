"""What is counted while people talk: in this process first, then in Redis for all processes, by day.

Counting costs a dictionary entry; `flush` is for a thread beside the replies. What a process has counted since its last
flush is lost when it is killed with -9: numbers for operators, not accounts.

Redis, under one hash tag, by day: a hash of counts, a hash of what nobody could answer, and a HyperLogLog of people
(from which no person can be read).
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any, Literal, cast

import redis

from storage.errors import StoreUnavailable
from storage.together import Command, Together

KEPT_S = 9 * 24 * 3600
"""Time enough for the job that puts the days into SQL (handlers/day_book.py) to be away for a week."""
PEOPLE_KEPT_S = 100 * 24 * 3600
TEXTS_A_DAY = 500
"""So many different unanswered questions are kept a day; what else comes is counted as OTHERS."""
TEXT_MOST = 60
OTHERS = "…"
HELD_MOST = 5000
"""Different counts held in the process while Redis is away; beyond that only what is held already is counted."""
_BETWEEN = "\t"


@dataclass(frozen=True, slots=True)
class Day:
    """One day's counts: (what, key) to how many; unanswered texts to how often; how many people."""

    counts: Mapping[tuple[str, str], int]
    asked: Mapping[str, int]
    people: int


class Tally:
    """Threads may count at once."""

    def __init__(self, client: "redis.Redis") -> None:
        self._redis = client
        self._lock = threading.Lock()
        self._counts: Counter[tuple[date, str]] = Counter()
        self._asked: Counter[tuple[date, str]] = Counter()
        self._people: set[tuple[date, str]] = set()
        self._together = Together(client)
        script = files("storage").joinpath("scripts", "tally_texts.lua").read_text()
        self._texts = client.register_script(script)

    def count(self, day: date, what: str, key: str = "", n: int = 1) -> None:
        """One more. `what` and `key` are words of ours, never a person's."""
        self._add("counts", (day, f"{what}{_BETWEEN}{key}"), n)

    def asked(self, day: date, text: str) -> None:
        """A question that nobody could answer. `text` has been redacted already."""
        self._add("asked", (day, text[:TEXT_MOST]), 1)

    def person(self, day: date, name: str) -> None:
        """This person (a pseudonym) was here."""
        with self._lock:
            if len(self._people) < HELD_MOST:
                self._people.add((day, name))

    def flush(self) -> None:
        """Give everything to Redis. Raises StoreUnavailable: then it is held for the next time."""
        with self._lock:
            counts, asked, people = self._counts, self._asked, self._people
            self._counts, self._asked, self._people = Counter(), Counter(), set()
        if not (counts or asked or people):
            return
        try:
            self._send(counts, people)
            counts, people = Counter(), set()
            for day in {day for day, _ in asked}:
                self._send_texts(day, {text: n for (on, text), n in asked.items() if on == day})
                asked = Counter({at: n for at, n in asked.items() if at[0] != day})
        except redis.RedisError as trouble:
            with self._lock:
                self._counts.update(counts)
                self._asked.update(asked)
                self._people |= people
            raise StoreUnavailable("redis") from trouble

    def day(self, day: date) -> Day:
        """What all processes have counted on a day. Raises StoreUnavailable."""
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.hgetall(_key("counts", day))
                pipe.hgetall(_key("asked", day))
                counts, asked = pipe.execute()
            people = int(self._redis.pfcount(_key("people", day)))  # no cluster takes this one in a pipeline
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
        split = {tuple(name.decode().split(_BETWEEN, 1)): int(n) for name, n in counts.items()}
        return Day(cast("dict[tuple[str, str], int]", split), {text.decode(): int(n) for text, n in asked.items()},
                   people)  # fmt: skip

    def people(self, last: date, days: int) -> int:
        """About how many different people were here on these days (within 1 %). Raises StoreUnavailable."""
        keys = [_key("people", last - timedelta(days=back)) for back in range(days)]
        try:
            return int(self._redis.pfcount(*keys))
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble

    def _add(self, name: Literal["counts", "asked"], at: tuple[date, str], n: int) -> None:
        with self._lock:
            counter = self._counts if name == "counts" else self._asked  # looked up under the lock: flush changes them
            if at in counter or len(counter) < HELD_MOST:
                counter[at] += n

    def _send(self, counts: Mapping[tuple[date, str], int], people: set[tuple[date, str]]) -> None:
        commands: list[Command] = [("HINCRBY", _key("counts", day), field, n) for (day, field), n in counts.items()]
        commands += [("EXPIRE", _key("counts", day), KEPT_S) for day in {day for day, _ in counts}]
        commands += [("PFADD", _key("people", day), name) for day, name in people]
        commands += [("EXPIRE", _key("people", day), PEOPLE_KEPT_S) for day in {day for day, _ in people}]
        if commands:
            self._together(*commands)

    def _send_texts(self, day: date, asked: Mapping[str, int]) -> None:
        words: list[Any] = [part for text_and_n in asked.items() for part in text_and_n]
        self._texts(keys=[_key("asked", day)], args=[TEXTS_A_DAY, OTHERS, KEPT_S, *words])


def _key(what: str, day: date) -> str:
    return f"{{tally}}:{what}:{day.isoformat()}"
