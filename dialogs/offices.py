"""The directory of offices and its matcher: what a person says about a place, to the office that is responsible."""

from dataclasses import dataclass
from typing import Literal

from dialogs.model import Context

NOTHING_KNOWN = Context()

Mode = Literal["one", "list", "ask", "none"]


@dataclass(frozen=True, slots=True)
class Office:
    """One row of offices.csv; texts exactly as the guide has them.

    phones  as printed in the guide, without area code in Kunming; `dialable` adds it
    bank    the bank this office pays through; "" where the guide gives none
    """

    name: str
    province: str
    city: str
    district: str
    official_name: str
    adcode: str
    address: str
    bank: str
    phones: tuple[str, ...]
    source: str
    row: int


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to "which office?".

    mode     one | list | ask | none
    offices  exactly one for one, all for list, the candidates for ask, none for none
    refer    the higher office to turn to instead (mode none), or None
    note     a sentence for the person: why asked back, why none, that a district falls to its city's office
    """

    mode: Mode
    offices: tuple[Office, ...] = ()
    refer: Office | None = None
    note: str = ""


class Directory:
    """All offices, indexed once; immutable afterwards."""

    offices: tuple[Office, ...]

    def find(self, query: str, context: Context = NOTHING_KNOWN) -> Found:
        """The office a person means by these words."""
        raise NotImplementedError

    def nearest(self, lat: float, lng: float) -> Found:
        """The responsible office at a point (WGS-84 or GCJ-02 degrees: the difference does not matter by district)."""
        raise NotImplementedError

    def named(self, name: str) -> Office | None:
        """The office of exactly this name."""
        raise NotImplementedError


def read_directory(csv_text: str) -> Directory:
    """A directory from the text of offices.csv. Raises ValueError that names the row and what is wrong."""
    raise NotImplementedError


def card(office: Office) -> str:
    """What a person is told of an office: name, address, telephone ready to dial, paying bank, source."""
    raise NotImplementedError
