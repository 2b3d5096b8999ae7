"""The claim in words: the open question, what an answer does, the summary. Photographs: photos.py."""


from msgspec.structs import replace

from dialogs import claim_words, consents, engine, identity, readers, rights_words, verify_words, wording
from dialogs.effects import DropPhotos, Effect, FileClaim, Turn
from dialogs.engine import NO, READ, YES, Ambiguous
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Refused, Reply, Say, Tap
from dialogs.normal import bare
from dialogs.programme import Programme, Step
from dialogs.records import SeeToRights
from dialogs.session import Draft, Question, Session

READ_WORDS = {
    "我已阅读",
    "已阅读",
    "读过了",
    "看过了",
    "读了",
    "看了",
    "阅读了",
    "知道了",
    "好",
    "好的",
    "是",
    "1",
    "已经读了",
    "ok",
    "嗯",
}


def programme_of(knowledge: Knowledge, draft: Draft) -> Programme:
    """The programme of a draft."""
    return knowledge.programmes[draft.programme]


def is_open(session: Session) -> bool:
    """Is a claim being filled right now?"""
    return session.draft is not None and not session.draft.paused


def tap_id(draft: Draft, step_id: str) -> str:
    """Names the question an option belongs to, so that a tap in an old bubble is recognised."""
    return f"{draft.id[:8]}.{step_id}"


def question(knowledge: Knowledge, session: Session) -> tuple[Say, ...]:
    """The open question of the claim; the summary when nothing is open."""
    draft = session.draft
    assert draft is not None
    if draft.retake is not None:
        return tuple(map(Say, claim_words.question(knowledge, draft)))
    programme = programme_of(knowledge, draft)
    step = engine.open_step(programme, draft)
    if step is None:
        return (summary(knowledge, session),)
    number, total = engine.progress(programme, draft)
    lines = [f"【{number}/{total}】{consents.words_of(step)}"]
    if step.id in draft.reopened:
        lines.append(wording.OLD_VALUE.format(value=shown_value(step, draft)))
    return (Say("\n".join(lines), tuple(taps(draft, step))),)


def taps(draft: Draft, step: Step) -> list[Tap]:
    """What can be tapped under a question; each also works typed."""
    here = tap_id(draft, step.id)
    match step.kind:
        case "choice":
            options = [Tap(f"{i} {option.label}", option.label, here) for i, option in enumerate(step.options, 1)]
        case "consent":
            options = [Tap("1 同意", "同意", here), Tap("2 不同意", "不同意", here)]
        case "notice":
            options = [Tap("我已阅读", "我已阅读", here)]
        case _:
            options = []
    if not step.required:
        options.append(Tap("跳过", "跳过", here))
    if step.id in draft.reopened:
        options.append(Tap("不变", "不变", here))
    return options


def shown_value(step: Step, draft: Draft) -> str:
    """An answer as it may be read back: masked where it is sensitive."""
    if step.kind == "photo":
        photo = draft.photos.get(step.id)
        state = photo.state if photo else ("skipped" if step.id in draft.answers else "")
        return wording.BOARD_STATE[state]
    value = draft.answers.get(step.id, "")
    said = spoken_value(step, value)
    return readers.masked(step.kind, value) if said == value and value and step.sensitivity else said


def spoken_value(step: Step, value: str) -> str:
    """An answer in words, nothing masked: for its owner's own copy."""
    if not value:
        return "跳过"
    option = step.option(value)
    if option is not None:
        return option.label
    match step.kind:
        case "consent":
            return "同意" if value == YES else "不同意"
        case "notice":
            return "已阅读"
    return value


def summary_steps(programme: Programme, draft: Draft) -> list[Step]:
    """The lines of the summary, in order: what can be changed by its number."""
    return [step for step in engine.relevant_steps(programme, draft) if step.kind not in ("consent", "notice")]


def summary(knowledge: Knowledge, session: Session) -> Say:
    """Everything told so far, before it is filed."""
    draft = session.draft
    assert draft is not None
    programme = programme_of(knowledge, draft)
    lines = [wording.SUMMARY_TOP]
    lines += [
        f"{i} {step.label}：{shown_value(step, draft)}" for i, step in enumerate(summary_steps(programme, draft), 1)
    ]
    verified = identity.shown(programme, draft)
    lines += [verify_words.SHOWN.format(label=label, value=value) for label, value in verified.items()]
    system = [step.label for step in programme.system_fields if step.label not in verified]
    if system:
        labels = "、".join(system)
        lines.append(wording.SUMMARY_SYSTEM.format(labels=labels))
    lines.append(wording.SUMMARY_OFFICE.format(office=_office(knowledge, session)))
    helper = knowledge.account.role == "helper"
    lines.append(wording.SUMMARY_END_HELPER if helper else wording.SUMMARY_END)
    here = tap_id(draft, "summary")
    return Say("\n".join(lines), () if helper else (Tap("提交", "提交", here), Tap("修改", "修改", here)))


def _office(knowledge: Knowledge, session: Session) -> str:
    draft = session.draft
    assert draft is not None
    return engine.office_of(programme_of(knowledge, draft), draft, knowledge.directory, session.office)


def ask(knowledge: Knowledge, session: Session, *before: Reply, effects: tuple[Effect, ...] = ()) -> Turn:
    """A turn that says something and puts the open question (again)."""
    says = (*before, *question(knowledge, session))
    return Turn(session, says or (Say(wording.RETAKE_CHECKING),), effects)


def answer(knowledge: Knowledge, session: Session, text: str, moment: Moment) -> Turn:
    """A typed answer to the open step (or to the summary)."""
    draft = session.draft
    assert draft is not None
    programme = programme_of(knowledge, draft)
    step = engine.open_step(programme, draft)
    if step is None:
        return ask(knowledge, session, Say(wording.NOT_UNDERSTOOD))
    if step.kind == "photo":
        return refused(knowledge, session, step, Refused(wording.NEED_PHOTO))
    if step.kind == "notice":
        if is_read(step, text) or "阅读" in text:
            return _accepted(knowledge, session, step, READ)
        return refused(knowledge, session, step, Refused("读完后，发“我已阅读”。"))
    match engine.read_answer(programme, step, text, moment.now.date(), knowledge.directory):
        case Ambiguous(offices, why):
            asked = Question("place", offices)
            return Turn(replace(session, question=asked), (Say(why, numbered(offices)),))
        case Refused() as why_not:
            return refused(knowledge, session, step, why_not)
        case filled:
            if step.kind == "consent":
                return _consented(knowledge, session, step, filled.value, moment)
            return _accepted(knowledge, session, step, filled.value, filled.note)


def is_read(step: Step | None, text: str) -> bool:
    """Is it one of the words that say a notice was read, and nothing else?"""
    return step is not None and step.kind == "notice" and bare(text) in READ_WORDS


def numbered(labels: tuple[str, ...]) -> tuple[Tap, ...]:
    """Options under a question of ours outside the steps."""
    return tuple(Tap(f"{i} {label}", label, "q") for i, label in enumerate(labels, 1))


def _accepted(knowledge: Knowledge, session: Session, step: Step, value: str, note: str = "") -> Turn:
    draft = session.draft
    assert draft is not None
    draft = engine.accept(draft, step.id, value)
    session = replace(session, draft=draft, refusals=0, question=None)
    option = step.option(value)
    remarks = [remark for remark in (option.remark if option else "", note) if remark]
    if step.kind in ("id_number", "bank_card", "social_card", "phone") and not remarks:
        remarks = [f"记下了：{readers.masked(step.kind, value)}"]
    if step.kind == "notice" and programme_of(knowledge, draft).verify and not knowledge.account.verifies:
        remarks.append(verify_words.HOW_TO)
    return ask(knowledge, session, *(Say(remark) for remark in remarks))


def _consented(knowledge: Knowledge, session: Session, step: Step, value: str, moment: Moment) -> Turn:
    """Agreed or refused: recorded either way; after a no nothing is asked until the person goes on by themselves."""
    session = consents.noted(knowledge, session, step.consent, value, consents.words_of(step), moment)
    session = replace(session, consents={**session.consents, step.consent: value})
    if value != NO:
        turn = _accepted(knowledge, session, step, value)
        return replace(turn, effects=(*turn.effects, SeeToRights()))
    draft = session.draft
    assert draft is not None
    session = session.with_draft(engine.accept(draft, step.id, value))
    left = consents.without(knowledge, session, (step.consent,))  # of an earlier yes, which a newer notice made void
    says = Say(rights_words.REFUSED_ANEW if left.dropped else wording.REFUSED_CONSENT)
    dropped = (DropPhotos(left.keys),) if left.keys else ()
    return Turn(left.session, (says,), (*dropped, SeeToRights()))


def accept_place(knowledge: Knowledge, session: Session, office: str) -> Turn:
    """The office chosen when the place was ambiguous."""
    assert session.draft is not None
    step = engine.open_step(programme_of(knowledge, session.draft), session.draft)
    if step is None or step.kind != "place":
        return ask(knowledge, replace(session, question=None))
    return _accepted(knowledge, session, step, office)


def refused(knowledge: Knowledge, session: Session, step: Step, why: Refused) -> Turn:
    """The re-prompt ladder: what is wrong and an example; then more help; then a person."""
    session = replace(session, refusals=session.refusals + 1)
    lines = [why.why]
    example = why.example or step.example
    if session.refusals >= 2 and step.guidance:
        lines.append(step.guidance)
    if example:
        lines.append(wording.READ_EXAMPLE.format(example=example))
    if session.refusals >= 3:
        lines.append(wording.THIRD_TRY.format(phone=knowledge.phone(_office(knowledge, session))))
    return ask(knowledge, session, Say("\n".join(lines)))


def submit(knowledge: Knowledge, session: Session) -> Turn:
    """The explicit confirmation: everything must be there, then the claim is filed."""
    draft = session.draft
    assert draft is not None
    programme = programme_of(knowledge, draft)
    if engine.open_step(programme, draft) is not None:
        return ask(knowledge, session, Say(wording.SUBMIT_NOT_YET))
    if knowledge.account.role == "helper":
        return ask(knowledge, session)
    waiting = [step.label for step in engine.missing(programme, draft)]
    if waiting:
        return Turn(session, (Say(wording.STILL_CHECKING.format(labels="、".join(waiting))),))
    draft = replace(draft, filing=True)
    return Turn(session.with_draft(draft), (), (FileClaim(draft, _office(knowledge, session)),))
