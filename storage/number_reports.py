"""Telephone numbers that nobody answered, as people reported them: the operators' list. No person is kept."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from storage.database import for_writing, reachable
from storage.keyring import Keyring
from storage.schema import NUMBER_REPORTS


@dataclass(frozen=True, slots=True)
class Reported:
    """One office's numbers and how often they were reported; each person counts once a day."""

    office: str
    phones: str
    times: int
    first: date
    last: date


class NumberReports:
    """Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self._engine = engine
        self._writing = for_writing(engine)
        self._keyring = keyring

    def record(self, person: str, office: str, phones: tuple[str, ...], day: date) -> bool:
        """Note a report; False when this person has reported this office on this day already.

        A keyed hash of the three tells repeats apart: who reported cannot be read from the table.
        """
        row = {"once": self._once(person, office, day), "office": office, "phones": ";".join(phones), "day": day}
        try:
            with reachable(), self._writing.begin() as connection:
                connection.execute(insert(NUMBER_REPORTS).values(row))
        except IntegrityError:
            return False
        return True

    def forget(self, person: str) -> int:
        """Remove what this person reported; how many. Which rows are theirs only who knows the person can tell."""
        table = NUMBER_REPORTS.c
        with reachable(), self._engine.connect() as connection:
            rows = connection.execute(select(table.office, table.day).distinct()).all()
        mine = [self._once(person, row.office, row.day) for row in rows]
        gone = 0
        with reachable(), self._writing.begin() as connection:
            for at in range(0, len(mine), 500):
                page = table.once.in_(mine[at : at + 500])
                gone += connection.execute(delete(NUMBER_REPORTS).where(page)).rowcount
        return gone

    def drop_before(self, day: date) -> int:
        """Remove what is older; how many."""
        with reachable(), self._writing.begin() as connection:
            return connection.execute(delete(NUMBER_REPORTS).where(NUMBER_REPORTS.c.day < day)).rowcount

    def _once(self, person: str, office: str, day: date) -> str:
        content = "\0".join((person, office, day.isoformat())).encode()
        return self._keyring.keyed_hash(b"number report", content).hex()

    def since(self, day: date) -> list[Reported]:
        """What was reported on this day or later, most often first."""
        table = NUMBER_REPORTS.c
        times = func.count().label("times")
        found = (
            select(
                table.office, table.phones, times, func.min(table.day).label("first"), func.max(table.day).label("last")
            )
            .where(table.day >= day)
            .group_by(table.office, table.phones)
            .order_by(times.desc(), table.office)
        )
        with reachable(), self._engine.connect() as connection:
            return [Reported(*row) for row in connection.execute(found)]
