"""Carrying out the words that work everywhere: help, back, pause, the board, a person, my data… Pure."""


from msgspec.structs import replace

from dialogs import (
    agent_words,
    agents,
    board,
    claim,
    claim_words,
    engine,
    helping,
    helping_words,
    questions_of_ours,
    retakes,
    rights,
    sheet,
    sides,
    verification,
    withdrawing,
    wording,
)
from dialogs.effects import Effect, ReadClaims, Turn
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import HandOver, Reply, Say
from dialogs.session import Draft, Question, Session


def and_again(knowledge: Knowledge, session: Session, *before: Reply, effects: tuple[Effect, ...] = ()) -> Turn:
    """Say something, then put the open question of the claim again, where one is open."""
    if claim.is_open(session) and session.question is None:
        return claim.ask(knowledge, session, *before, effects=effects)
    return Turn(session, before, effects)


def run(knowledge: Knowledge, session: Session, word: str, moment: Moment) -> Turn:
    """Carry out a word that works everywhere; keys of commands.WORDS."""
    draft = session.draft
    if retakes.is_of(session):
        other = retakes.swapped(session) if word in ("start", "resume", "restart") else None
        if other is not None:
            return run(knowledge, other, word, moment)
        if word == "restart":
            return _beside(knowledge, session, moment)
        if (turn := retakes.obey(knowledge, session, word)) is not None:
            return turn
    match word:
        case "start" | "resume" | "restart" | "cancel":
            return _begin_or_end(knowledge, session, word, moment)
        case "pause" if draft is not None:
            return Turn(session.with_draft(replace(draft, paused=True)), (Say(wording.PAUSED),))
        case "back" | "skip" | "keep" | "why" | "submit" | "edit" if claim.is_open(session):
            return _within(knowledge, session, word)
        case "back" | "menu":
            return and_again(knowledge, session, sides.menu(knowledge))
        case "help":
            return and_again(knowledge, session, Say(_help(knowledge, session)))
        case "board" if draft is not None:
            return board.shown(knowledge, session)
        case "sheet" if draft is not None:
            return sheet.asked(knowledge, session, moment)
        case "board" | "sheet":
            return sides.materials(knowledge, session)
        case "status":
            return Turn(session, (), (ReadClaims(),))
        case "withdraw_claim":
            return withdrawing.asked(knowledge, session)
        case "human":
            return _human(knowledge, session, moment)
        case "verify":
            return verification.obey(knowledge, session)
        case "ask_help":
            return helping.offer(knowledge, session, moment)
        case "stop_help":
            return helping.stop(knowledge, session)
        case "correct" if claim.is_open(session) and not retakes.is_of(session):
            return _within(knowledge, session, "edit")
        case "my_data" | "export" | "correct" | "withdraw" | "erase":
            return rights.asked_for(session, word)
        case "privacy":
            return rights.privacy(knowledge, session)
        case "pause" | "skip" | "keep" | "why" | "submit" | "edit":
            if word == "submit" and session.receipts:
                said = wording.FILED_BEFORE.format(receipt=claim_words.aloud(session.receipts[-1].number))
                return Turn(session, (Say(said),))
            return Turn(
                session,
                (Say(wording.RECAP_PAUSED if draft is not None else wording.NO_DRAFT_LEFT), sides.menu(knowledge)),
            )
        case _:
            return sides.topic(knowledge, session, word)


def _human(knowledge: Knowledge, session: Session, moment: Moment) -> Turn:
    account = knowledge.account
    office = knowledge.office(office_name(knowledge, session))
    call = agent_words.CALL.format(office=office.name, phone=knowledge.phone(office.name))
    if agents.on_duty(account, moment.now):
        return Turn(agents.called(session, moment), (HandOver(f"{call}\n{agent_words.TYPE_IT}"),))
    if account.agents:
        hours = "、".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in account.agent_hours)
        call = agent_words.OFF_DUTY.format(hours=hours, call=call)
    return and_again(knowledge, session, Say(call))


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _help(knowledge: Knowledge, session: Session) -> str:
    if not claim.is_open(session):
        return wording.HELP
    draft = session.draft
    assert draft is not None
    step = engine.open_step(knowledge.programmes[draft.programme], draft)
    hint = helping_words.HINT if step is not None and step.kind == "photo" else ""
    return "\n".join(line for line in (step.guidance if step else "", wording.HELP_IN_CLAIM, hint) if line)


def office_name(knowledge: Knowledge, session: Session) -> str:
    """The office that answers for this person as far as we know."""
    draft = session.draft
    if draft is not None:
        return engine.office_of(knowledge.programmes[draft.programme], draft, knowledge.directory, session.office)
    programme = knowledge.of_province(session.province) or next(iter(knowledge.programmes.values()))
    return session.office or programme.default_office


def _begin_or_end(knowledge: Knowledge, session: Session, word: str, moment: Moment) -> Turn:
    draft = session.draft
    match word:
        case "start" | "resume" if draft is not None:
            paused = draft.paused
            draft = replace(draft, paused=False, answers=_without_refused_consents(knowledge, draft))
            number, total = engine.progress(knowledge.programmes[draft.programme], draft)
            session = replace(session, draft=draft, refusals=0)
            recap = (Say(wording.RECAP.format(number=number, total=total)),) if paused or word == "start" else ()
            return verification.asking_after(claim.ask(knowledge, session, *recap))
        case "resume" if session.receipts:  # perhaps the reply to 提交 never came
            receipt = claim_words.aloud(session.receipts[-1].number)
            return Turn(session, (Say(wording.FILED_NOTHING_TO_RESUME.format(receipt=receipt)),))
        case "resume":
            return Turn(session, (Say(wording.NOTHING_TO_RESUME),))
        case "start" | "restart" if draft is None:
            return questions_of_ours.choose_programme(knowledge, session, moment)
        case "restart":
            return Turn(replace(session, question=Question("restart", ("yes", "no"))), (Say(wording.RESTART_ASK),))
        case "cancel" if draft is not None:
            return Turn(
                replace(session, question=Question("cancel", ("pause", "drop", "go"))), (Say(wording.CANCEL_ASK),)
            )
        case _:
            return Turn(session, (Say(wording.NO_DRAFT_LEFT), sides.menu(knowledge)))


def _beside(knowledge: Knowledge, session: Session, moment: Moment) -> Turn:
    """A new claim while a paper of a filed one is open: not while its photograph is on its way."""
    if session.laid_by is not None or not retakes.may_wait(session):
        return and_again(knowledge, session, Say(wording.RETAKE_FIRST))
    return questions_of_ours.choose_programme(knowledge, session, moment)


def _without_refused_consents(knowledge: Knowledge, draft: Draft) -> dict[str, str]:
    programme = knowledge.programmes[draft.programme]
    refused = {
        step.id for step in programme.asked if step.kind == "consent" and draft.answers.get(step.id) == engine.NO
    }
    return {key: value for key, value in draft.answers.items() if key not in refused}


def _within(knowledge: Knowledge, session: Session, word: str) -> Turn:
    draft = session.draft
    assert draft is not None
    programme = knowledge.programmes[draft.programme]
    step = engine.open_step(programme, draft)
    session = replace(session, refusals=0)
    match word:
        case "submit":
            return claim.submit(knowledge, session)
        case "edit":
            return claim.ask(knowledge, session, Say(wording.EDIT_WHICH)) if step is None else Turn(
                session, (claim.summary(knowledge, session), Say(wording.EDIT_WHICH))
            )  # fmt: skip
        case "back":
            before = engine.previous_step(programme, draft)
            if before is None:
                return claim.ask(knowledge, session, Say(wording.BACK_AT_START))
            return claim.ask(knowledge, session.with_draft(engine.reopen(draft, before.id)))
        case "why":
            why = wording.WHY.format(why=step.why) if step is not None and step.why else wording.NO_WHY
            return claim.ask(knowledge, session, Say(why))
        case "keep" if step is not None and step.id in draft.reopened:
            return claim.ask(knowledge, session.with_draft(engine.keep(draft, step.id)))
        case "skip" if step is not None and not step.required:
            return board.skip(knowledge, session, draft, [step])
        case "skip" if step is not None:
            return claim.ask(knowledge, session, Say(wording.CANNOT_SKIP))
        case _:
            return claim.ask(knowledge, session)
