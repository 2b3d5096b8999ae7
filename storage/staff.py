"""Who works at the console: names, roles, argon2 hashes, sealed TOTP secrets; and what fails at the door."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.console_schema import STAFF
from storage.database import for_writing, reachable
from storage.errors import Missing, NotAllowed
from storage.keyring import Keyring

Role = Literal["operator", "reviewer", "auditor", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff.

    office        the full name of the only office whose claims they see; "" for all
    password      an argon2 hash
    totp          the base32 secret of their second factor; totp_step: the last 30-second step taken, 0 before the
                  first: until then it has not been set up
    failures      refused log-ins in a row
    epoch         changes whenever what was signed in before must end (new password, disabled)
    """

    id: int
    name: str
    role: Role
    office: str
    password: str = field(repr=False)
    totp: str = field(repr=False)
    totp_step: int
    disabled_at: datetime | None
    failures: int
    locked_until: datetime | None
    epoch: int

    @property
    def may_enter(self) -> bool:
        """Not disabled."""
        return self.disabled_at is None


class StaffRoll:
    """Staff in SQL. Every method raises StoreUnavailable, Unreadable."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self._engine = engine
        self._writing = for_writing(engine)
        self._keyring = keyring

    def add(self, name: str, role: Role, office: str, password: str, totp: str, at: datetime) -> Member:
        """Raises NotAllowed when the name is taken."""
        row = {
            "name": name, "role": role, "office": office, "password": password, "totp": self._seal(name, totp),
            "totp_step": 0, "made_at": at, "failures": 0, "epoch": 0,
        }  # fmt: skip
        try:
            with reachable(), self._writing.begin() as connection:
                connection.execute(insert(STAFF).values(row))
        except IntegrityError as taken:
            raise NotAllowed(f"the name {name!r} is taken") from taken
        return self.named(name) or self._gone(name)

    def named(self, name: str) -> Member | None:
        """By name, exactly."""
        return self._one(STAFF.c.name == name)

    def by_id(self, member_id: int) -> Member | None:
        """By id."""
        return self._one(STAFF.c.id == member_id)

    def all(self) -> Sequence[Member]:
        """Everybody, also who is disabled, by name."""
        with reachable(), self._engine.connect() as connection:
            rows = connection.execute(select(STAFF).order_by(STAFF.c.name)).all()
        return [self._member(row) for row in rows]

    def change(
        self, name: str, *, role: Role | None = None, office: str | None = None, password: str = "", totp: str = ""
    ) -> None:
        """What is given is changed; who is signed in is signed out. A new `totp` is to be set up again.
        Raises Missing."""
        values: dict[str, Any] = {"epoch": STAFF.c.epoch + 1, "failures": 0, "locked_until": None}
        values |= {"role": role} if role else {}
        values |= {"office": office} if office is not None else {}
        values |= {"password": password} if password else {}
        values |= {"totp": self._seal(name, totp), "totp_step": 0} if totp else {}
        self._update(name, values)

    def disable(self, name: str, at: datetime | None) -> None:
        """Nobody enters by this name any more and who is in is out; `at` None: they may again. Raises Missing."""
        self._update(name, {"disabled_at": at, "epoch": STAFF.c.epoch + 1, "failures": 0, "locked_until": None})

    def sign_out(self, member_id: int) -> None:
        """Whoever is signed in by this name is signed out, wherever they are."""
        with reachable(), self._writing.begin() as connection:
            connection.execute(update(STAFF).where(STAFF.c.id == member_id).values(epoch=STAFF.c.epoch + 1))

    def failed(self, member_id: int, at: datetime, lock_after: int, lock_for: timedelta) -> None:
        """One more refused log-in; from `lock_after` on the door stays shut for a while."""
        until = at + lock_for
        with reachable(), self._writing.begin() as connection:
            connection.execute(update(STAFF).where(STAFF.c.id == member_id).values(failures=STAFF.c.failures + 1))
            locked = (STAFF.c.id == member_id, STAFF.c.failures >= lock_after)
            connection.execute(update(STAFF).where(*locked).values(locked_until=until, failures=0))

    def entered(self, member_id: int, step: int) -> bool:
        """A log-in with the code of this 30-second step. False when that step or a later one was used already."""
        fresh = (STAFF.c.id == member_id, STAFF.c.totp_step < step, STAFF.c.disabled_at.is_(None))
        with reachable(), self._writing.begin() as connection:
            values = {"totp_step": step, "failures": 0, "locked_until": None}
            return connection.execute(update(STAFF).where(*fresh).values(values)).rowcount == 1

    def _update(self, name: str, values: dict[str, Any]) -> None:
        with reachable(), self._writing.begin() as connection:
            if connection.execute(update(STAFF).where(STAFF.c.name == name).values(values)).rowcount != 1:
                self._gone(name)

    def _one(self, which: Any) -> Member | None:
        with reachable(), self._engine.connect() as connection:
            row = connection.execute(select(STAFF).where(which)).one_or_none()
        return self._member(row) if row is not None else None

    def _member(self, row: Row[Any]) -> Member:
        totp = self._keyring.open_sealed(row.totp, totp_context(row.name)).decode()
        return Member(
            row.id, row.name, row.role, row.office, row.password, totp, row.totp_step, row.disabled_at, row.failures,
            row.locked_until, row.epoch,
        )  # fmt: skip

    def _seal(self, name: str, totp: str) -> bytes:
        return self._keyring.seal(totp.encode(), totp_context(name))

    def _gone(self, name: str) -> Member:
        raise Missing(f"nobody has the name {name!r}")


def totp_context(name: str) -> bytes:
    """What a member's sealed TOTP secret is sealed to."""
    return b"staff/totp/" + name.encode()
