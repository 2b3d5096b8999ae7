"""A filed claim in words: where it is, since when, what comes next, whom to call; and what is wanted again. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from dialogs import agency_words, readers, wording
from dialogs.effects import ClaimStatus
from dialogs.knowledge import Knowledge, Moment
from dialogs.reasons import NOT_SAID
from dialogs.session import Asked, Draft
from dialogs.status import HANDED_OVER, NOT_TAKEN, is_decided

CHINA = timezone(timedelta(hours=8))
_LONG_NUMBER = re.compile(r"[0-9]{9,}[0-9Xx]?")


def aloud(receipt: str) -> str:
    """A receipt number in groups of four, as one reads it aloud."""
    return " ".join(receipt[start : start + 4] for start in range(0, len(receipt), 4))


def stamp(moment: Moment) -> dict[str, str]:
    """The `time` and `receipt` of a deed that is done in this turn."""
    return {"time": f"{moment.now:%Y-%m-%d %H:%M}", "receipt": aloud(moment.receipt)}


def whom_to_call(knowledge: Knowledge, office: str, programme: str = "") -> dict[str, str]:
    """The `office` and its `phone`."""
    return {"office": office, "phone": knowledge.phone(office, knowledge.programmes.get(programme))}


def label_of(knowledge: Knowledge, asked: Asked) -> str:
    """The paper's name as the claim calls it."""
    programme = knowledge.programmes.get(asked.programme)
    step = programme.step(asked.slot) if programme is not None else None
    return step.label if step is not None else asked.slot


def asking(knowledge: Knowledge, asked: Asked) -> str:
    """需要你补一张：身份证国徽面（照片模糊）。请拍好发过来。"""
    reason = knowledge.reasons.retake.get(asked.reason, NOT_SAID)
    why = f"（{reason.says}）" if reason.says else ""
    return wording.ASKED_AGAIN.format(label=label_of(knowledge, asked), why=why)


def question(knowledge: Knowledge, draft: Draft) -> tuple[str, ...]:
    """What is to be done about the one paper that is open; nothing while its photograph is being looked at."""
    asked = draft.retake
    assert asked is not None
    photo = draft.photos.get(asked.slot)
    if draft.filing:
        return (wording.HANDING_IN.format(label=label_of(knowledge, asked)),)
    if photo is not None and photo.state == "advised":
        return (wording.RETAKE_ADVISED.format(label=label_of(knowledge, asked)),)
    if photo is not None and photo.state in ("fetching", "good"):
        return ()
    do = knowledge.reasons.retake.get(asked.reason, NOT_SAID).do
    return ("\n".join(line for line in (asking(knowledge, asked), do) if line),)


def day(moment_s: int) -> str:
    """2026年11月22日"""
    at = datetime.fromtimestamp(moment_s, CHINA)
    return f"{at.year}年{at.month}月{at.day}日"


def state(knowledge: Knowledge, one: ClaimStatus) -> str:
    """Where the claim is and what comes next. Figures only as the office gave them, days only as the law does."""
    programme = knowledge.programmes.get(one.programme)
    match one.status:
        case "submitted" if one.reason == HANDED_OVER:
            return agency_words.HANDED_OVER.format(next=programme.filed if programme else "")
        case "submitted" if one.reason == NOT_TAKEN:
            return agency_words.NOT_TAKEN
        case "submitted" if one.handover == "waiting":
            return agency_words.WAITING
        case "submitted":
            return wording.STATUS["submitted"].format(next=programme.filed if programme else "")
        case "reviewing":
            received = wording.RECEIVED_ON.format(date=day(one.received_at)) if one.received_at else ""
            return wording.STATUS["reviewing"].format(received=received)
        case "needs_materials":
            return "\n".join(asking(knowledge, asked) for asked in one.asked) or wording.STATUS["needs_materials"]
        case "approved":
            note = programme.approved if programme else ""
            return wording.STATUS["approved"].format(result=_result(one), note=note)
        case "rejected":
            reason = knowledge.reasons.refuse.get(one.reason, NOT_SAID).says or one.detail.get("words", "")
            said = wording.REFUSED_FOR.format(reason=reason) if reason else ""
            return wording.STATUS["rejected"].format(reason=said, note=programme.rejected if programme else "")
    return wording.STATUS[one.status]


def whole(knowledge: Knowledge, one: ClaimStatus) -> str:
    """All of it: receipt, since when, state, whom to call."""
    return wording.STATUS_LINE.format(
        receipt=aloud(one.receipt), date=day(one.since), state=state(knowledge, one), office=one.office,
        phone=knowledge.phone(one.office, knowledge.programmes.get(one.programme)),
    )  # fmt: skip


def in_full(knowledge: Knowledge, one: ClaimStatus) -> str:
    """All of it, and what the agency's systems know."""
    lines = [whole(knowledge, one)]
    if one.withdrawal and one.status != "withdrawn":
        late = one.withdrawal == "late"
        lines.append(agency_words.WITHDRAWN_TOO_LATE if late else agency_words.BEING_WITHDRAWN)
    elif not is_decided(one.status):  # type: ignore[arg-type]
        lines.append(agency_words.WITHDRAW_HINT)
    lines += _system_lines(knowledge, one)
    return "\n".join(lines)


def _system_lines(knowledge: Knowledge, one: ClaimStatus) -> list[str]:
    known = system_values(knowledge, one.programme, one.system) if one.status != "withdrawn" else []
    if not known:
        return []
    top = agency_words.SYSTEM_TOP.get(one.status, agency_words.SYSTEM_TOP_ELSE)
    return [top, *(agency_words.SYSTEM_LINE.format(label=label, value=value) for label, value in known)]


def system_values(knowledge: Knowledge, programme_id: str, system: Mapping[str, str]) -> list[tuple[str, str]]:
    """Labels and values to be shown, numbers masked: the programme's fields in its order, then what the agency calls by
    its own names."""
    programme = knowledge.programmes.get(programme_id)
    steps = {step.id: step for step in programme.system_fields} if programme is not None else {}
    ours = [
        (step.label, readers.masked(step.kind, system[key]) if step.kind == "id_number" else _covered(system[key]))
        for key, step in steps.items()
        if system.get(key)
    ]
    return [*ours, *((key, _covered(value)) for key, value in system.items() if key not in steps)]


def _covered(value: str) -> str:
    """Long numbers (cards, accounts) but for their last four digits."""
    return _LONG_NUMBER.sub(lambda found: "*" * (len(found[0]) - 4) + found[0][-4:], value)


def news(knowledge: Knowledge, one: ClaimStatus) -> str:
    """The same as something that has happened."""
    return wording.CLAIM_NEWS.format(told=whole(knowledge, one))


def _result(one: ClaimStatus) -> str:
    lines = [
        wording.RESULT[key].format(value=_month(one.detail[key]) if key != "amount" else one.detail[key])
        for key in ("start", "end", "amount")
        if one.detail.get(key)
    ]
    return "".join(f"{line}\n" for line in lines)


def _month(text: str) -> str:
    """2026-12 as 2026年12月; anything else as it stands."""
    year, _, month = text.partition("-")
    return f"{year}年{int(month)}月" if year.isdigit() and month.isdigit() else text
