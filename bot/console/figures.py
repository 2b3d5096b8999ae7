"""The operators' numbers of one period, reckoned from the tables; kept for some seconds: a page has several charts."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.console import numbers_words as words
from bot.console.desk import Desk
from dialogs.status import STATUSES
from dialogs.walked import SUMMARY
from handlers.world import CHINA
from storage.claim_numbers import Stalled
from storage.errors import StoreUnavailable
from storage.meter import PhotoNumbers, photo_numbers
from storage.number_reports import Reported
from storage.tally import OTHERS

FRESH_S = 30.0
DECIDED_WITHIN = 10
"""Working days the law gives an office from receiving a claim (dialogs/wording.py says it to claimants too)."""
TEXTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class StepCount:
    """One question: drafts that came to it, answered it; answers refused at it."""

    label: str
    reached: int
    answered: int
    refused: int

    @property
    def left(self) -> int:
        """Drafts that came to it and have not gone on."""
        return max(0, self.reached - self.answered)


@dataclass(frozen=True, slots=True)
class Figures:
    """All of one period. Durations in minutes, None before anybody finished; `people` None before it was reckoned.

    steps       by programme id: its questions in order, the summary last
    photos      (strength, reason code, how often), most often first; all, however judged
    unanswered  texts that several people typed; `others`: how many questions the rest were
    meter       None while Redis is away
    """

    days: Sequence[tuple[date, int, int]]
    people: int | None
    turns: int
    begun: int
    filed: int
    median: int | None
    ninetieth: int | None
    states: Mapping[str, int]
    steps: Mapping[str, Sequence[StepCount]]
    photos: Sequence[tuple[str, str, int]]
    unanswered: Sequence[tuple[str, int]]
    others: int
    stalled: Sequence[Stalled]
    dead: Sequence[Reported]
    meter: PhotoNumbers | None


class FigureBook:
    """Threads may ask at once; each process keeps its own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._kept: dict[tuple[int, str], tuple[float, Figures]] = {}

    def of(self, days: int, programme: str) -> Figures:
        """Of the last `days` days, of one programme or of all (""). Raises StoreUnavailable."""
        with self._lock:  # who comes meanwhile waits for these rather than reckoning the same
            at, figures = self._kept.get((days, programme), (-FRESH_S, None))
            if figures is None or time.monotonic() - at > FRESH_S:
                figures = _reckoned(self._desk, days, programme)
                self._kept[days, programme] = (time.monotonic(), figures)
            return figures


def _reckoned(desk: Desk, days: int, programme: str) -> Figures:
    world = desk.world
    now = world.clock()
    since = now.date() - timedelta(days=days - 1)
    midnight = datetime.combine(since, datetime.min.time(), CHINA)
    totals = {what: _of(rows, programme) for what, rows in world.counts.totals(since).items()}
    by_day = world.counts.by_day(since, ("turns", "people"))
    median, ninetieth = _quantiles(totals.get("minutes", {}))
    texts, others = world.counts.unanswered(since, OTHERS, TEXTS_SHOWN)
    states = desk.claim_numbers.by_status(midnight, programme)
    return Figures(
        days=_days(by_day, since, now.date()),
        people=next((n for day, what, key, n in reversed(by_day) if what == "people" and key == str(days)), None),
        turns=sum(n for _, what, _, n in by_day if what == "turns"),
        begun=sum(totals.get("begun", {}).values()),
        filed=sum(totals.get("filed", {}).values()),
        median=median,
        ninetieth=ninetieth,
        states={status: states.get(status, 0) for status in STATUSES},
        steps={name: _steps(desk, name, totals) for name in world.knowledge.programmes if programme in ("", name)},
        photos=_photos(totals.get("photo", {})),
        unanswered=texts,
        others=others,
        stalled=desk.claim_numbers.stalled(working_days_before(now, DECIDED_WITHIN), programme),
        dead=world.numbers.since(since),
        meter=_meter(desk),
    )


def _of(rows: Mapping[str, int], programme: str) -> Mapping[str, int]:
    return {key: n for key, n in rows.items() if not programme or key.split("/", 1)[0] in (programme, "")}


def _days(rows: Sequence[tuple[date, str, str, int]], since: date, today: date) -> list[tuple[date, int, int]]:
    found = {(day, what): n for day, what, key, n in rows if what == "turns" or key == "1"}
    every = (since + timedelta(days=past) for past in range((today - since).days + 1))
    return [(day, found.get((day, "turns"), 0), found.get((day, "people"), 0)) for day in every]


def _steps(desk: Desk, name: str, totals: Mapping[str, Mapping[str, int]]) -> list[StepCount]:
    def counted(step: str, label: str) -> StepCount:
        reached, answered, refused = (totals.get(what, {}).get(f"{name}/{step}", 0)
                                      for what in ("reached", "answered", "refused"))  # fmt: skip
        return StepCount(label, reached, answered, refused)

    steps = [counted(step.id, step.label) for step in desk.world.knowledge.programmes[name].asked]
    return [*steps, counted(SUMMARY, words.SUMMARY)]


def _photos(rows: Mapping[str, int]) -> list[tuple[str, str, int]]:
    found: dict[tuple[str, str], int] = {}
    for key, n in rows.items():
        _, strength, code = key.split("/", 2)
        found[strength, code] = found.get((strength, code), 0) + n
    return [(*which, n) for which, n in sorted(found.items(), key=lambda one: (-one[1], one[0]))]


def _quantiles(minutes: Mapping[str, int]) -> tuple[int | None, int | None]:
    """Median and 90th percentile of (programme/minutes, how often)."""
    spent = sorted((int(key.rpartition("/")[2]), n) for key, n in minutes.items())
    whole = sum(n for _, n in spent)

    def reached(share: float) -> int | None:
        so_far = 0
        for minute, n in spent:
            so_far += n
            if so_far >= whole * share:
                return minute
        return None

    return reached(0.5), reached(0.9)


def working_days_before(now: datetime, days: int) -> datetime:
    """The same hour so many days earlier that are neither Saturday nor Sunday; the state's holidays are not known."""
    while days:
        now -= timedelta(days=1)
        days -= now.weekday() < 5
    return now


def _meter(desk: Desk) -> PhotoNumbers | None:
    try:
        return photo_numbers(desk.world.meter, desk.world.pending, int(desk.world.clock().timestamp()))
    except StoreUnavailable:
        return None
