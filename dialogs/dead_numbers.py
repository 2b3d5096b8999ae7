"""A telephone number that does not answer: one tap under the card, thanks, and the next number to try."""

import re

from dialogs.effects import ReportNumber
from dialogs.knowledge import Knowledge
from dialogs.model import Context, Say, Tap
from dialogs.normal import plain
from dialogs.office import Office, card, dialable

LABEL = "号码打不通"
_TAPPED = "call:"
_DEAD = re.compile(
    r"打不通|没有?人接|无人接听?|不接电话|空号|停机|关机|一直占线|打不进去?|号码(?:是)?(?:错|不对)|接不通"
)
_ALONE = re.compile(
    r"^(?:这个?|那个?|你们?的?|给的|上面的|我打)*(?:电话|号码|座机|热线)?(?:一直|都|总是|怎么|老是|是)*$"
)

_THANKS = "谢谢你告诉我，{office}的号码打不通，我已报给管理员核对。"
_NEXT = "你可以先打{office} {phones}，或者打12333。"
_LAST = "你可以先打12333。"
_WHICH = "谢谢你告诉我。是哪里的号码打不通？发区、县、市的名字给我，比如“五华区电话打不通”。"
_GONE = "这个号码已经换过了。发区、县、市的名字，看现在的号码。"


def shown(office: Office, *notes: str) -> Say:
    """The card of an office, its one-tap report under it."""
    tap = Tap(LABEL, LABEL, f"{_TAPPED}{office.source}-{office.row}")
    return Say("\n".join((*(note for note in notes if note), card(office))), (tap,))


def above(office: Office, offices: tuple[Office, ...]) -> Office | None:
    """The next higher office: the city's for a district, else the province's; None at the top."""
    cities = [other for other in offices if other.city and other.city == office.city and not other.district]
    provinces = [other for other in offices if other.province == office.province and not other.city]
    higher = [*(cities if office.district else []), *(provinces if office.city else [])]
    return higher[0] if higher else None


def heard(knowledge: Knowledge, text: str, tap: str, context: Context) -> tuple[Say, ReportNumber | None] | None:
    """What is said to a report, and the report; None when the text is none.

    A tap names its office. Typed words report the office they name, by place or by number; without one they are
    asked which.
    """
    if tap.startswith(_TAPPED):
        key = tap.removeprefix(_TAPPED)
        offices = knowledge.directory.offices
        tapped = next((office for office in offices if f"{office.source}-{office.row}" == key), None)
        return (Say(_GONE), None) if tapped is None else _reported(knowledge, tapped)
    line = plain(text)
    dead = _DEAD.search(line)
    if dead is None:
        return None
    found = knowledge.directory.find(line, context)
    if found.mode == "one":
        return _reported(knowledge, found.offices[0])
    if _ALONE.match(line[: dead.start()].replace(" ", "")):
        return Say(_WHICH), None
    return None


def _reported(knowledge: Knowledge, office: Office) -> tuple[Say, ReportNumber]:
    higher = above(office, knowledge.directory.offices)
    onwards = _LAST if higher is None else _NEXT.format(office=higher.name, phones=" 或 ".join(dialable(higher)))
    said = f"{_THANKS.format(office=office.name)}\n{onwards}"
    return Say(said), ReportNumber(office.name, office.phones)
