"""A filed claim in words: where it is, since when, what comes next, whom to call; and what is wanted again. Pure."""

from datetime import datetime, timedelta, timezone

from dialogs import wording
from dialogs.effects import ClaimStatus
from dialogs.knowledge import Knowledge, Moment
from dialogs.reasons import NOT_SAID
from dialogs.session import Asked, Draft

CHINA = timezone(timedelta(hours=8))


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
            reason = knowledge.reasons.refuse.get(one.reason, NOT_SAID).says
            said = wording.REFUSED_FOR.format(reason=reason) if reason else ""
            return wording.STATUS["rejected"].format(reason=said, note=programme.rejected if programme else "")
    return wording.STATUS[one.status]


def whole(knowledge: Knowledge, one: ClaimStatus) -> str:
    """All of it: receipt, since when, state, whom to call."""
    return wording.STATUS_LINE.format(
        receipt=aloud(one.receipt), date=day(one.since), state=state(knowledge, one), office=one.office,
        phone=knowledge.phone(one.office, knowledge.programmes.get(one.programme)),
    )  # fmt: skip


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
