"""A person's rights, between the core and the shell: what is asked of it, what it tells. The unions: effects.py."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SeeToRights:
    """Move to SQL what `Session.rights` holds, and carry it out. After the reply, again and again until it is done."""


@dataclass(frozen=True, slots=True)
class ReadRecords:
    """Read what SQL holds of the person before the reply; answer with RecordsRead or Unavailable.

    why  the word that needs it: "my_data", "export", "correct", "withdraw" or "erase"; `part` of a long answer
    """

    why: str
    part: int = 1


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The newest answer about a group of items; `at` in unix seconds."""

    group: str
    answer: str
    at: int


@dataclass(frozen=True, slots=True)
class FiledRecord:
    """One filed claim as its person may see it.

    filed_at  unix seconds
    taken     an office has taken it up: it is the office's to keep
    papers    how many photographs it holds
    lines     its answers, masked, each with its label
    """

    receipt: str
    programme: str
    office: str
    filed_at: int
    taken: bool
    papers: int = 0
    lines: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class RecordsRead:
    """What SQL holds of the person, for `ReadRecords.why`; claims newest first.

    link    where everything can be fetched for some minutes, "" when the account has no public address
    """

    why: str
    claims: tuple[FiledRecord, ...] = ()
    consents: tuple[ConsentGiven, ...] = ()
    link: str = field(default="", repr=False)
    part: int = 1


@dataclass(frozen=True, slots=True)
class Forget:
    """Erase the person without asking: their WeChat account was closed ("closed"), or an operator does it."""

    cause: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """WeChat withdraws the leave to use these kinds of information; its codes."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A draft last touched at or before this moment (unix seconds) has lain too long: it goes."""

    idle_since: int
