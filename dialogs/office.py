"""One office of the directory, how to ring it, and the card a person is shown."""

import re
from dataclasses import dataclass
from typing import Literal

AREA_CODES = {"昆明市": "0871"}
"""Cities whose guide prints landlines without their area code. The guide's own number stays in the data."""

GUIDES = {
    "kunming": "《昆明市失业保险金网上申领指南》",
    "jilin": "吉林省《失业保险金申领指南》",
}

_LANDLINE = re.compile(r"\d{7,8}")


@dataclass(frozen=True, slots=True)
class Office:
    """One row of offices.csv; texts exactly as the guide has them.

    phones   as printed in the guide, without area code in Kunming; `dialable` adds it
    bank     the bank this office pays through; "" where the guide gives none
    checked  the day somebody last compared this row with its source (YYYY-MM-DD), "" when not recorded
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
    checked: str = ""


Mode = Literal["one", "list", "ask", "none"]


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


def dialable(office: Office) -> tuple[str, ...]:
    """Its telephone numbers as one dials them from anywhere: area code before a landline, a mobile left alone."""
    code = AREA_CODES.get(office.city, "")
    return tuple(f"{code}-{phone}" if code and _LANDLINE.fullmatch(phone) else phone for phone in office.phones)


def card(office: Office) -> str:
    """What a person is told of an office: name, address, telephone ready to dial, paying bank, source."""
    lines = [
        office.name,
        f"地址：{office.address or '指南没有给出地址'}",
        f"电话：{'、'.join(dialable(office))}",
    ]
    if office.bank:
        lines.append(f"该机构发放银行：{office.bank}")
        lines.append("你的卡是否要同一家银行，请打电话确认")
    checked = f"，{office.checked}核对" if office.checked else ""
    lines.append(f"来源：{GUIDES.get(office.source, office.source)}{checked}")
    return "\n".join(lines)
