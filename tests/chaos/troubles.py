"""What is done to the bot from outside: kills with -9, and partners, SQL and disk that go away and come back.

Everything comes from one seeded schedule, which is printed. Each deed is a real one: signals, a lock held by another
connection, the database's file exchanged for a folder, a file system filled to the last byte, servers that stop.
"""

import ctypes
import os
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.simulator.faults import Fault
from bot.simulator.platform import Platform
from bot.simulator.roads import Trouble
from storage.database import FILE_NAME
from tests.chaos.house import House

KILLS = ("web", "web", "main", "worker", "worker's child", "valkey", "valkey")
OUTAGES = (
    "sql locked", "sql refused", "disk full", "agency away", "wechat away", "wechat slow", "wechat cuts", "roads",
)  # fmt: skip
ROADS = (
    Trouble("lost", times=4), Trouble("overlap", times=4, delay_s=0.5), Trouble("hold", times=3, delay_s=2.0),
    Trouble("gather", times=4, many=4, delay_s=2.0), Trouble("cut", times=3), Trouble("slow", times=3, delay_s=2.0),
    Trouble("skew", times=4, offset_s=-200), Trouble("skew", times=4, offset_s=200),
)  # fmt: skip
MEDIA_ERRORS = (-1, 40001, 42001, 40014, 45009, 45011, 40007)
RENAME_EXCHANGE = 2
AT_FDCWD = -100


@dataclass(frozen=True, slots=True)
class Planned:
    """One deed: when, after the beginning, what, and how long."""

    at_s: float
    kind: str
    lasts_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.at_s:6.1f} s {self.kind}" + (f" for {self.lasts_s:.1f} s" if self.lasts_s else "")


def planned(kills: int, outages: int, whole_s: float, chance: random.Random) -> list[Planned]:
    """Spread over the middle of the time; every kind comes before any comes again."""
    found = []
    for count, kinds, lasts in ((kills, KILLS, (0.0, 0.0)), (outages, OUTAGES, (2.0, min(12.0, whole_s / 8)))):
        order: list[str] = []
        for at in range(count):
            if not order:
                order = chance.sample(kinds, len(kinds))
            when = whole_s * (0.05 + 0.85 * (at + chance.random()) / count)
            found.append(Planned(when, order.pop(), chance.uniform(*lasts)))
    return sorted(found, key=lambda one: one.at_s)


@dataclass
class Troubles:
    """Carries the plan out, and remembers when the web server itself was down."""

    house: House
    platform: Platform
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    outages: Counter[str] = field(default_factory=Counter)
    web_down: list[tuple[float, float, str]] = field(default_factory=list)
    _killing: threading.Lock = field(default_factory=threading.Lock)
    _taken: dict[str, threading.Lock] = field(
        default_factory=lambda: {kind.partition(" ")[0]: threading.Lock() for kind in OUTAGES}
    )

    def rage(self, plan: list[Planned], over: threading.Event) -> None:
        """Every deed at its time; outages last in threads of their own. Returns when all are over."""
        began, threads = time.monotonic(), []
        for deed in plan:
            if over.wait(max(0.0, began + deed.at_s - time.monotonic())):
                break
            thread = threading.Thread(target=self._do, args=(deed,), daemon=True)
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()

    def _do(self, deed: Planned) -> None:
        if deed.kind in KILLS:
            with self._killing:  # two of these at once would only hide one
                self._kill(deed.kind)
            return
        # what takes the same thing away waits for the other to bring it back
        with self._taken[deed.kind.partition(" ")[0]], self._during(deed.kind, deed.lasts_s):
            self.outages[deed.kind] += 1
            threading.Event().wait(deed.lasts_s)

    def _kill(self, kind: str) -> None:
        began = time.monotonic()
        if kind == "main":
            self.house.kill_everything()
        elif not self.house.kill(kind):
            kind += " (nobody was there)"
        self.kills[kind] += 1
        if kind in ("main", "web"):
            self.house.wait_until_up()
            self.web_down.append((began, time.monotonic(), kind))

    @contextmanager
    def _during(self, kind: str, lasts_s: float) -> Iterator[None]:
        match kind:
            case "sql locked":
                with closing(sqlite3.connect(self.house.data_dir / FILE_NAME, timeout=20)) as held:
                    held.isolation_level = None
                    held.execute("BEGIN EXCLUSIVE")
                    yield
                    held.execute("ROLLBACK")
            case "sql refused":
                with exchanged(self.house.data_dir / FILE_NAME):
                    yield
            case "disk full":
                with self.house.full_disk():
                    yield
            case "agency away":
                self.house.close_agency()
                yield
                self.house.open_agency()
            case "wechat away":
                self.platform.faults.add(Fault("drop", times=-1), lasts_s)
                yield
            case "wechat slow":
                self.platform.faults.add(Fault("delay", times=-1, delay_s=3.0), lasts_s)
                yield
            case "wechat cuts":
                for errcode in MEDIA_ERRORS:
                    self.platform.faults.add(Fault("errcode", "media/get", errcode=errcode), lasts_s)
                self.platform.faults.add(Fault("truncated", times=-1), lasts_s)
                yield
            case "roads":
                for trouble in self.chance.sample(ROADS, len(ROADS)):
                    self.platform.roads.add(trouble, lasts_s)
                yield
            case _:
                raise AssertionError(kind)


@contextmanager
def exchanged(file: Path) -> Iterator[None]:
    """A folder stands where the file was: it can be neither opened nor made anew."""
    other = file.with_name("away")
    other.mkdir()
    exchange_names(file, other)
    try:
        yield
    finally:
        exchange_names(file, other)
        other.rmdir()


def exchange_names(one: Path, other: Path) -> None:
    """Both change places in one step: nobody sees either missing."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")
