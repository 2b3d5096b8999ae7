"""A person's rights: the notice, what is stored, a copy of it, putting it right. Pure.

The words 我的信息, 导出, 更正, 撤回同意 and 删除我的信息 first read what SQL holds (ReadRecords); `told` goes on
from there.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from dialogs import claim, claim_words, engine, farewell, identity, taking_back, wording
from dialogs import rights_words as words
from dialogs.aside import then
from dialogs.effects import Turn
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Say
from dialogs.notice import in_parts, pages
from dialogs.records import FiledRecord, ReadRecords, RecordsRead
from dialogs.session import Draft, Question, Session

DEEDS = ("export", "correct", "withdraw", "erase")
DEED_LABELS = ("导出", "更正", "撤回同意", "删除我的信息")
LINK_MINUTES = 15


def asked_for(session: Session, word: str, part: int = 1) -> Turn:
    """One of the words: what SQL holds is read first."""
    return Turn(replace(session, question=None), (), (ReadRecords(word, part),))


def chosen(knowledge: Knowledge, session: Session, word: str) -> Turn:
    """One of the numbered deeds under 我的信息."""
    if word == "correct" and claim.is_open(session) and session.draft is not None and session.draft.retake is None:
        return Turn(session, (claim.summary(knowledge, session), Say(wording.EDIT_WHICH)))
    return asked_for(session, word)


def privacy(knowledge: Knowledge, session: Session, number: int | None = None) -> Turn:
    """The notice: its summary and the way to all of it; or one part of it."""
    notice = knowledge.notice
    parts = in_parts(notice)
    if number is not None:
        return then(knowledge, session, Say(_one_of(parts, number, "隐私")))
    more = words.PRIVACY_LINK.format(url=notice.url) if notice.url else words.PRIVACY_PARTS.format(count=len(parts))
    return then(knowledge, session, Say(f"个人信息处理说明（{notice.version} 版）\n{notice.summary}\n{more}"))


def part(knowledge: Knowledge, session: Session, word: str, number: int) -> Turn:
    """A part of a long answer, by its number."""
    return privacy(knowledge, session, number) if word == "privacy" else asked_for(session, word, number)


def told(knowledge: Knowledge, session: Session, read: RecordsRead, moment: Moment) -> Turn:
    """What SQL holds is known: the answer to the word that needed it."""
    read = farewell.still_there(session, read)
    match read.why:
        case "my_data":
            return _my_data(knowledge, session, read)
        case "export":
            return _export(knowledge, session, read, moment)
        case "correct":
            return _correct(knowledge, session, read)
        case "withdraw":
            return taking_back.asked(knowledge, session, read)
        case _:
            return farewell.asked(knowledge, session, read)


def _my_data(knowledge: Knowledge, session: Session, read: RecordsRead) -> Turn:
    lines = [*_draft_lines(knowledge, session), *_filed_lines(knowledge, read), *_consent_lines(session, read)]
    if not lines:
        return then(knowledge, session, Say(words.NOTHING_STORED))
    taps = claim.numbered(DEED_LABELS)
    asked = replace(session, question=Question("rights", DEEDS))
    return Turn(asked, (Say("\n".join(lines)), Say(words.DEEDS, taps)))


def _draft_lines(knowledge: Knowledge, session: Session) -> list[str]:
    lines = []
    for draft in session.drafts:
        if draft.retake is not None:
            lines += _paper_line(knowledge, draft)
            continue
        programme = knowledge.programmes[draft.programme]
        steps = claim.summary_steps(programme, draft)
        told = [f"{step.label}：{claim.shown_value(step, draft)}" for step in steps
                if step.id in draft.answers or step.id in draft.photos]  # fmt: skip
        told += [f"{label}：{value}" for label, value in identity.shown(programme, draft).items()]
        if told:
            until = datetime.fromtimestamp(session.last_at, claim_words.CHINA)
            until += timedelta(days=knowledge.notice.draft_days)
            gone = words.DRAFT_UNTIL.format(date=claim_words.day(int(until.timestamp())))
            lines += [words.DRAFT_TOP.format(name=programme.name), *told, gone]
    return lines


def _paper_line(knowledge: Knowledge, draft: Draft) -> list[str]:
    assert draft.retake is not None
    photo = draft.photos.get(draft.retake.slot)
    if photo is None:
        return []
    step = engine.relevant_steps(knowledge.programmes[draft.programme], draft)[0]
    state = claim.shown_value(step, draft)
    return [words.PAPER_TOP.format(label=claim_words.label_of(knowledge, draft.retake), state=state)]


def _filed_lines(knowledge: Knowledge, read: RecordsRead) -> list[str]:
    if not read.claims:
        return []
    lines = [words.FILED_TOP, *map(_filed_line, read.claims)]
    offices = {one.office: one.programme for one in read.claims if one.taken}
    if offices:
        lines.append(words.BY_LAW_TOP)
        lines += [words.BY_LAW.format(**claim_words.whom_to_call(knowledge, *one)) for one in offices.items()]
    return lines


def _filed_line(one: FiledRecord) -> str:
    return words.FILED_LINE.format(
        receipt=claim_words.aloud(one.receipt), date=claim_words.day(one.filed_at), papers=one.papers,
        state=words.FILED_TAKEN if one.taken else words.FILED_WAITS,
    )  # fmt: skip


def _consent_lines(session: Session, read: RecordsRead) -> list[str]:
    given = taking_back.given(session, read)
    lines = [
        words.CONSENT_LINE.format(
            group=words.GROUPS.get(one.group, one.group), answer=words.ANSWERS.get(one.answer, one.answer),
            date=claim_words.day(one.at),
        )
        for one in given.values()
    ]  # fmt: skip
    return [words.CONSENTS_TOP, *lines] if lines else []


def _export(knowledge: Knowledge, session: Session, read: RecordsRead, moment: Moment) -> Turn:
    lines = _draft_lines(knowledge, session)
    for one in read.claims:
        lines += [_filed_line(one), *one.lines]
    lines += _consent_lines(session, read)
    if not lines:
        return then(knowledge, session, Say(words.NOTHING_STORED))
    stamp = claim_words.stamp(moment)
    if read.link:
        return then(knowledge, session, Say(words.EXPORT_LINK.format(minutes=LINK_MINUTES, url=read.link, **stamp)))
    programme = knowledge.of_province(session.province) or next(iter(knowledge.programmes.values()))
    newest = read.claims[0] if read.claims else None
    office = newest.office if newest is not None else session.office or programme.default_office
    whole = words.EXPORT_WHOLE.format(**claim_words.whom_to_call(knowledge, office, programme.id))
    parts = pages((words.EXPORT_TOP.format(**stamp), *lines, whole))
    return then(knowledge, session, Say(_one_of(parts, read.part, "导出")))


def _correct(knowledge: Knowledge, session: Session, read: RecordsRead) -> Turn:
    lines = []
    if any(draft.retake is None for draft in session.drafts):
        lines.append(words.CORRECT_PAUSED)
    for one in read.claims:
        office = claim_words.whom_to_call(knowledge, one.office, one.programme)
        lines.append(words.CORRECT_FILED.format(receipt=claim_words.aloud(one.receipt), **office))
        if not one.taken:
            lines.append(words.CORRECT_WITHDRAW)
    return then(knowledge, session, Say("\n".join(lines) or words.CORRECT_NOTHING))


def _one_of(parts: list[str], part: int, word: str) -> str:
    count = len(parts)
    if not 1 <= part <= count:
        return words.NO_SUCH_PART.format(count=count, word=word)
    if count == 1:
        return parts[0]
    after = words.LAST_PART if part == count else words.MORE_PARTS
    return f"{parts[part - 1]}\n{after.format(part=part, count=count, word=word, next=part + 1)}"
