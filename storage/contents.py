"""The texts that operators edit: every published version is kept, the newest of each is live."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Engine, func, insert, select

from storage.console_schema import CONTENTS
from storage.database import for_writing, reachable
from storage.errors import NotAllowed

Kind = Literal["greeting", "faq", "notice", "programme", "offices"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Texts = Mapping[tuple[str, str], str]
"""(kind, name) to the live text."""


@dataclass(frozen=True, slots=True)
class Version:
    """One published text; "" stands for the one that ships. `of`: the version it took up again, 0 for a new text."""

    id: int
    kind: str
    name: str
    text: str
    by: str
    at: datetime
    of: int


class Contents:
    """Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = for_writing(engine)

    def revision(self) -> int:
        """Grows with everything that is published; 0 before."""
        with reachable(), self._engine.connect() as connection:
            return int(connection.scalar(select(func.max(CONTENTS.c.id))) or 0)

    def live(self) -> dict[tuple[str, str], Version]:
        """The newest version of each item, those among them that go back to the shipped text too."""
        newest = select(func.max(CONTENTS.c.id)).group_by(CONTENTS.c.kind, CONTENTS.c.name)
        with reachable(), self._engine.connect() as connection:
            rows = connection.execute(select(CONTENTS).where(CONTENTS.c.id.in_(newest)))
            return {(row.kind, row.name): Version(*row) for row in rows}

    def texts(self) -> dict[tuple[str, str], str]:
        """What is live in place of what ships."""
        return {item: version.text for item, version in self.live().items() if version.text}

    def history(self, kind: str, name: str, most: int = 50) -> list[Version]:
        """The versions of one item, newest first."""
        found = select(CONTENTS).where(CONTENTS.c.kind == kind, CONTENTS.c.name == name)
        with reachable(), self._engine.connect() as connection:
            return [Version(*row) for row in connection.execute(found.order_by(CONTENTS.c.id.desc()).limit(most))]

    def publish(self, kind: Kind, name: str, text: str, by: str, at: datetime, *, over: int, of: int = 0) -> int:
        """Make a text live; its version's id. It has been proved already.

        over    the version that the editor saw as the live one, 0 for the shipped text
        raises  NotAllowed when another one is live by now
        """
        item = (CONTENTS.c.kind == kind, CONTENTS.c.name == name)
        row = {"kind": kind, "name": name, "text": text, "by": by, "at": at, "of": of}
        with reachable(), self._writing.begin() as connection:
            if (connection.scalar(select(func.max(CONTENTS.c.id)).where(*item)) or 0) != over:
                raise NotAllowed("somebody else has published meanwhile")
            made = connection.execute(insert(CONTENTS).values(row)).inserted_primary_key
            return int(made[0]) if made is not None else 0
