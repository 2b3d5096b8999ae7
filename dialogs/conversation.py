"""What a person may say at any moment, and what it does: commands, side questions, the claim. Pure."""

from dataclasses import replace

from dialogs import claim, commands, engine, questions_of_ours, sides, wording
from dialogs.effects import (
    ClaimFiled,
    ClaimsRead,
    Clicked,
    DropPhotos,
    Effect,
    FileClaim,
    Followed,
    Input,
    Located,
    PhotoJudged,
    PhotosComing,
    ReadClaims,
    Said,
    Sent,
    Turn,
    Unavailable,
    Unreadable,
)
from dialogs.guide import is_question
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import HandOver, Refused, Reply, Say
from dialogs.session import Draft, Question, Receipt, Session

MENU_KEYS = {
    "CLAIM_START": "start", "CLAIM_STATUS": "status", "CLAIM_RESUME": "resume", "ELIGIBILITY": "eligibility",
    "MATERIALS": "materials", "GUIDE": "guide", "FAQ": "faq", "OFFICES": "offices", "HUMAN": "human",
    "MY_DATA": "my_data", "HELP": "help", "PHOTOS": "board", "OFFICE_NEAR": "offices", "MENU": "menu",
    "PAUSE": "pause", "PRIVACY": "privacy",
}  # fmt: skip
"""What a menu button's key stands for: the dialogs offer exactly these."""

ASKED_IN_WORDS = ("choice", "consent", "place")
"""Kinds whose answer is a word that a question may contain too: “五华区电话是多少” answers no place."""
READ_FIRST = (*ASKED_IN_WORDS, "bank_card", "social_card", "phone", "id_number", "date")
"""Kinds whose answer is known when seen; in other kinds (an address) a clear question comes first."""
LONGEST_BARE_ANSWER = 3
""""1", "是的", "延吉市": too short to be a question that matters."""


def converse(knowledge: Knowledge, session: Session, told: Input, moment: Moment) -> Turn:
    """Answer one input. Same input, same output; replies are never empty except for verdicts and unfinished filing."""
    session, changed = _under_todays_programme(knowledge, session, moment)
    if (
        session.draft is not None
        and session.draft.filing
        and not isinstance(told, ClaimFiled | Unavailable | PhotoJudged)
    ):
        office = engine.office_of(
            knowledge.programmes[session.draft.programme], session.draft, knowledge.directory, session.office
        )
        return Turn(session, (), (FileClaim(session.draft, office),))
    turn = _answer(knowledge, session, told, moment)
    if changed and turn.replies:
        turn = replace(turn, replies=(Say(wording.CHANGED.format(labels="、".join(changed))), *turn.replies))
    if not isinstance(told, PhotoJudged):
        turn = replace(turn, session=replace(turn.session, last_at=int(moment.now.timestamp())))
    return turn


def _under_todays_programme(knowledge: Knowledge, session: Session, moment: Moment) -> tuple[Session, tuple[str, ...]]:
    draft = session.draft
    if draft is None:
        return session, ()
    programme = knowledge.programmes.get(draft.programme)
    if programme is None:
        return session.with_draft(None), ()
    moved, again = engine.revised(programme, draft, moment.now.date(), knowledge.directory)
    for gone in engine.vanished(programme, moved, knowledge.directory) if not draft.filing else ():
        moved = replace(moved, answers={one: said for one, said in moved.answers.items() if one != gone})
        again = (*again, f"{draft.answers[gone]}（经办机构名录里换了，请再选一次）")
    return (session.with_draft(moved) if moved is not draft else session), again


def _answer(knowledge: Knowledge, session: Session, told: Input, moment: Moment) -> Turn:
    match told:
        case Said():
            return _said(knowledge, session, told, moment)
        case Clicked(key):
            word = MENU_KEYS.get(key)
            if word is None:
                return Turn(session, (Say(wording.MENU),))
            return run(knowledge, session, word, moment)
        case Sent():
            return claim.photo_sent(knowledge, session, told, moment)
        case PhotoJudged():
            return claim.photo_judged(knowledge, session, told, moment)
        case Located(lat, lng):
            return sides.located(knowledge, session, lat, lng)
        case Followed(scene, new):
            return _followed(knowledge, session, scene, new)
        case PhotosComing(count):
            return Turn(session, (Say(wording.PHOTOS_COMING.format(count=count)),))
        case Unreadable(kind):
            texts = {"voice": wording.VOICE, "sticker": wording.STICKER, "video": wording.VIDEO,
                     "shortvideo": wording.VIDEO, "link": wording.FILE, "file": wording.FILE}  # fmt: skip
            return _and_again(knowledge, session, Say(texts.get(kind, wording.UNKNOWN)))
        case ClaimFiled(receipt, filed_at):
            return _filed(knowledge, session, receipt, filed_at)
        case ClaimsRead(claims):
            return sides.status(knowledge, session, claims)
        case Unavailable(what):
            return _unavailable(knowledge, session, what)


def in_claim(session: Session) -> bool:
    """Is a claim being filled right now?"""
    return session.draft is not None and not session.draft.paused


def _and_again(knowledge: Knowledge, session: Session, *before: Reply, effects: tuple[Effect, ...] = ()) -> Turn:
    """Say something, then put the open question of the claim again, where one is open."""
    if in_claim(session) and session.question is None:
        return claim.ask(knowledge, session, *before, effects=effects)
    return Turn(session, before, effects)


def _followed(knowledge: Knowledge, session: Session, scene: str, new: bool) -> Turn:
    lines: list[Reply] = []
    office = knowledge.directory.named(scene.removeprefix("office:")) if scene else None
    if office is None and scene:
        office = next(
            (row for row in knowledge.directory.offices if scene in (f"{row.source}-{row.row}", row.adcode)), None
        )
    if office is not None:
        session = replace(session, office=office.name, province=office.province)
        lines.append(Say(wording.OFFICE_SCANNED.format(office=office.name)))
    if new or office is None:
        lines.insert(0, sides.welcome(knowledge))
    return _and_again(knowledge, session, *lines)


def _said(knowledge: Knowledge, session: Session, said: Said, moment: Moment) -> Turn:
    text = said.text
    draft = session.draft
    if not text.strip():
        return _and_again(knowledge, session, Say(wording.BLANK))
    if said.tap and "." in said.tap and not _tap_is_current(knowledge, session, said.tap):
        return _and_again(knowledge, replace(session, question=None), Say(wording.OLD_TAP))
    if (turn := sides.dead_number(knowledge, session, text, said.tap)) is not None:
        return turn
    word = commands.command(text)
    if session.question is not None:
        turn = questions_of_ours.answer(knowledge, session, text, word, moment)
        if turn is not None:
            return turn
        session = replace(session, question=None)
    if draft is not None and (line := commands.line_to_edit(text)) is not None:
        return _edit(knowledge, session, draft, line)
    if draft is not None and (paper := commands.paper_to_retake(text)) is not None:
        return _retake(knowledge, session, draft, paper)
    if word is not None and not (in_claim(session) and _is_option(knowledge, session, text)):
        return run(knowledge, session, word, moment)
    if in_claim(session):
        return _claim_text(knowledge, session, text, moment)
    return sides.idle_text(knowledge, session, text, moment, run)


def _tap_is_current(knowledge: Knowledge, session: Session, tap: str) -> bool:
    draft = session.draft
    if draft is None:
        return False
    step = engine.open_step(knowledge.programmes[draft.programme], draft)
    return tap == claim.tap_id(draft, step.id if step is not None else "summary")


def _is_option(knowledge: Knowledge, session: Session, text: str) -> bool:
    """Does this word answer the open choice (say, the ninth option) rather than call a command?"""
    draft = session.draft
    assert draft is not None
    step = engine.open_step(knowledge.programmes[draft.programme], draft)
    return step is not None and text.strip().isdigit() and 0 < int(text) <= len(step.options)


def _claim_text(knowledge: Knowledge, session: Session, text: str, moment: Moment) -> Turn:
    draft = session.draft
    assert draft is not None
    programme = knowledge.programmes[draft.programme]
    step = engine.open_step(programme, draft)
    side = None
    if len(text.strip()) > LONGEST_BARE_ANSWER:  # a cry for help comes before whatever answer it may contain
        side = knowledge.guide.side_question(text, knowledge.directory, sides.context_of(knowledge, session))
    if side is not None and side.stops_form:
        return sides.told(knowledge, session, side, text, run, moment)
    if step is not None and step.kind in READ_FIRST and not (step.kind in ASKED_IN_WORDS and is_question(text)):
        reading = engine.read_answer(programme, step, text, moment.now.date(), knowledge.directory)
        if not isinstance(reading, Refused):
            return claim.answer(knowledge, session, text, moment)
    if side is not None:
        return sides.told(knowledge, session, side, text, run, moment)
    return claim.answer(knowledge, session, text, moment)


def _edit(knowledge: Knowledge, session: Session, draft: Draft, line: int) -> Turn:
    steps = claim.summary_steps(knowledge.programmes[draft.programme], draft)
    reached = [step for step in steps if step.id in draft.answers or step.id in draft.photos]
    if not 1 <= line <= len(steps) or steps[line - 1] not in reached:
        return _and_again(knowledge, session, Say(wording.NO_SUCH_LINE.format(count=len(steps))))
    draft = replace(engine.reopen(draft, steps[line - 1].id), paused=False)
    return claim.ask(knowledge, replace(session, draft=draft, refusals=0), Say(wording.REOPENED))


def _retake(knowledge: Knowledge, session: Session, draft: Draft, paper: int) -> Turn:
    papers = engine.slots(knowledge.programmes[draft.programme], draft)
    if not 1 <= paper <= len(papers):
        return _and_again(knowledge, session, Say(wording.NO_SUCH_LINE.format(count=len(papers))))
    step = papers[paper - 1]
    if step.id in draft.photos or step.id in draft.answers:
        draft = engine.reopen(draft, step.id)
    return claim.ask(knowledge, session.with_draft(replace(draft, paused=False)), Say(wording.REOPENED))


def run(knowledge: Knowledge, session: Session, word: str, moment: Moment) -> Turn:
    """Carry out a word that works everywhere; keys of commands.WORDS."""
    draft = session.draft
    match word:
        case "start" | "resume" | "restart" | "cancel":
            return _begin_or_end(knowledge, session, word, moment)
        case "pause" if draft is not None:
            return Turn(session.with_draft(replace(draft, paused=True)), (Say(wording.PAUSED),))
        case "back" | "skip" | "keep" | "why" | "submit" | "edit" if in_claim(session):
            return _within(knowledge, session, word)
        case "back" | "menu":
            return _and_again(knowledge, session, sides.menu(knowledge))
        case "help":
            return _and_again(knowledge, session, Say(_help(knowledge, session)))
        case "board" if draft is not None:
            return _and_again(knowledge, session, claim.board(knowledge, draft))
        case "board":
            return sides.materials(knowledge, session)
        case "status":
            return Turn(session, (), (ReadClaims(),))
        case "human":
            office = knowledge.office(_office_name(knowledge, session))
            say = wording.HUMAN.format(office=office.name, phone=knowledge.phone(office.name))
            return (
                Turn(session, (HandOver(say),))
                if knowledge.account.agents
                else _and_again(knowledge, session, Say(say))
            )
        case "my_data" | "export":
            return _and_again(knowledge, session, Say(sides.my_data(knowledge, session)))
        case "erase":
            return Turn(replace(session, question=Question("erase", ("erase", "keep"))), (Say(wording.ERASE_ASK),))
        case "pause" | "skip" | "keep" | "why" | "submit" | "edit":
            if word == "submit" and session.receipts:
                said = wording.FILED_BEFORE.format(receipt=sides.aloud(session.receipts[-1].number))
                return Turn(session, (Say(said),))
            return Turn(
                session,
                (Say(wording.RECAP_PAUSED if draft is not None else wording.NO_DRAFT_LEFT), sides.menu(knowledge)),
            )
        case _:
            return sides.topic(knowledge, session, word)


def _help(knowledge: Knowledge, session: Session) -> str:
    if not in_claim(session):
        return wording.HELP
    draft = session.draft
    assert draft is not None
    step = engine.open_step(knowledge.programmes[draft.programme], draft)
    return "\n".join(line for line in (step.guidance if step else "", wording.HELP_IN_CLAIM) if line)


def _office_name(knowledge: Knowledge, session: Session) -> str:
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
            return claim.ask(knowledge, session, *recap)
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
            skipped = engine.skip(draft, step)
            unused = tuple(claim.keys_of(draft) - claim.keys_of(skipped))
            drop = (DropPhotos(unused),) if unused else ()
            return claim.ask(knowledge, session.with_draft(skipped), Say(wording.SKIPPED), effects=drop)
        case "skip" if step is not None:
            return claim.ask(knowledge, session, Say(wording.CANNOT_SKIP))
        case _:
            return claim.ask(knowledge, session)


def _filed(knowledge: Knowledge, session: Session, receipt: str, filed_at: int) -> Turn:
    draft = session.draft
    if draft is None:
        return Turn(session, (Say(wording.FILED_BEFORE.format(receipt=sides.aloud(receipt))),))
    programme = knowledge.programmes[draft.programme]
    office = _office_name(knowledge, session)
    kept = Receipt(receipt, programme.id, office, filed_at)
    session = replace(
        session, draft=None, question=None, refusals=0, receipts=(*session.receipts, kept), province=programme.province
    )
    text = wording.FILED.format(
        receipt=sides.aloud(receipt), office=office, phone=knowledge.phone(office), next=programme.filed
    )
    return Turn(session, (Say(text),))


def _unavailable(knowledge: Knowledge, session: Session, what: str) -> Turn:
    if what == "filing":
        draft = session.draft
        session = session.with_draft(replace(draft, filing=False)) if draft is not None else session
        return Turn(session, (Say(wording.FILING_LATER),))
    receipts = "、".join(sides.aloud(receipt.number) for receipt in session.receipts) or "无"
    return _and_again(knowledge, session, Say(wording.STATUS_LATER.format(receipts=receipts)))
