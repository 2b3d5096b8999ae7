"""What was counted, by day, for the operators: words of ours and how often. No person, but see `unanswered`."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Engine, delete, func, insert, select, update

from storage.console_schema import DAILY_COUNTS
from storage.database import for_writing, reachable

UNANSWERED = "unanswered"
"""Under this the key is a text that people typed, redacted and cut: shown only when several typed the same."""
OF_PROGRAMMES = ("begun", "filed", "reached", "answered", "refused", "minutes", "photo")
"""What is counted by programme; besides these "turns" and "people" (handlers/counting.py, handlers/day_book.py)."""
FEWEST = 3
KEPT_DAYS = 400
TEXTS_KEPT_DAYS = 90

_TABLE = DAILY_COUNTS.c


class DailyCounts:
    """Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def set(self, day: date, counts: Mapping[tuple[str, str], int]) -> None:
        """A day's counts as they stand by now, by (what, key). Safe to repeat; a number never falls again: Redis may
        have forgotten what it had counted."""
        with reachable(), self._writing.begin() as connection:
            found = connection.execute(select(_TABLE.what, _TABLE.key, _TABLE.n).where(_TABLE.day == day))
            there = {(row.what, row.key): row.n for row in found}
            new = [{"day": day, "what": what, "key": key, "n": n}
                   for (what, key), n in counts.items() if (what, key) not in there]  # fmt: skip
            if new:
                connection.execute(insert(DAILY_COUNTS), new)
            for (what, key), n in counts.items():
                if n > there.get((what, key), n):
                    here = (_TABLE.day == day, _TABLE.what == what, _TABLE.key == key)
                    connection.execute(update(DAILY_COUNTS).where(*here).values(n=n))

    def totals(self, since: date, whats: Iterable[str] = OF_PROGRAMMES) -> dict[str, dict[str, int]]:
        """What to key to how often, from this day on."""
        found = select(_TABLE.what, _TABLE.key, func.sum(_TABLE.n).label("n"))
        found = found.where(_TABLE.what.in_(tuple(whats)), _TABLE.day >= since).group_by(_TABLE.what, _TABLE.key)
        totals: dict[str, dict[str, int]] = {}
        with reachable(), self._engine.connect() as connection:
            for row in connection.execute(found):
                totals.setdefault(row.what, {})[row.key] = int(row.n)
        return totals

    def by_day(self, since: date, whats: Iterable[str]) -> list[tuple[date, str, str, int]]:
        """(day, what, key, n) of these, oldest day first."""
        found = select(_TABLE.day, _TABLE.what, _TABLE.key, _TABLE.n)
        found = found.where(_TABLE.day >= since, _TABLE.what.in_(tuple(whats))).order_by(_TABLE.day)
        with reachable(), self._engine.connect() as connection:
            return [(row.day, row.what, row.key, row.n) for row in connection.execute(found)]

    def unanswered(self, since: date, others: str, most: int) -> tuple[list[tuple[str, int]], int]:
        """Texts that were typed at least FEWEST times, most often first; and how many questions all others were."""
        times = func.sum(_TABLE.n)
        cut = (_TABLE.day >= since, _TABLE.what == UNANSWERED)
        often = select(_TABLE.key, times.label("n")).where(*cut, _TABLE.key != others).group_by(_TABLE.key)
        often = often.having(times >= FEWEST).order_by(times.desc(), _TABLE.key).limit(most)
        with reachable(), self._engine.connect() as connection:
            rows = [(row.key, int(row.n)) for row in connection.execute(often)]
            whole = int(connection.scalar(select(times).where(*cut)) or 0)
        return rows, whole - sum(n for _, n in rows)

    def forget(self, today: date) -> None:
        """What is older than is needed."""
        ages = today.toordinal()
        with reachable(), self._writing.begin() as connection:
            connection.execute(delete(DAILY_COUNTS).where(_TABLE.day < date.fromordinal(ages - KEPT_DAYS)))
            old_texts = (_TABLE.what == UNANSWERED, _TABLE.day < date.fromordinal(ages - TEXTS_KEPT_DAYS))
            connection.execute(delete(DAILY_COUNTS).where(*old_texts))
