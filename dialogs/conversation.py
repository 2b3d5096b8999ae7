"""What a person may say at any moment, and what it does: commands, side questions, the claim. Pure."""

import re
from collections.abc import Collection

from msgspec.structs import replace

from dialogs import (
    agency_words,
    agents,
    aside,
    board,
    claim,
    claim_words,
    commands,
    consents,
    engine,
    farewell,
    help_effects,
    helping,
    helping_words,
    obeying,
    photo_news,
    photos,
    questions_of_ours,
    retakes,
    rights,
    rights_words,
    sheet,
    sides,
    taking_back,
    telling_words,
    verification,
    withdrawing,
    wording,
)
from dialogs.effects import (
    AgentCame,
    AgentLeft,
    ClaimFiled,
    ClaimMoved,
    ClaimsRead,
    ClaimWithdrawn,
    Clicked,
    FileClaim,
    Followed,
    Input,
    Located,
    PaperHandedIn,
    PaperRead,
    PhotoJudged,
    PhotoMissing,
    PhotosComing,
    Said,
    Sent,
    SheetDrawn,
    Turn,
    Unavailable,
    Unfollowed,
    Unreadable,
)
from dialogs.guide import is_question
from dialogs.help_effects import HelpInput
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Refused, Reply, Say
from dialogs.records import Forget, Lapsed, RecordsRead, Revoked
from dialogs.session import Draft, Receipt, Session
from dialogs.verify_effects import VerificationTold, VerifyInput

MENU_KEYS = {
    "CLAIM_START": "start", "CLAIM_STATUS": "status", "CLAIM_RESUME": "resume", "ELIGIBILITY": "eligibility",
    "MATERIALS": "materials", "GUIDE": "guide", "FAQ": "faq", "OFFICES": "offices", "HUMAN": "human",
    "MY_DATA": "my_data", "HELP": "help", "PHOTOS": "board", "OFFICE_NEAR": "offices", "MENU": "menu",
    "PAUSE": "pause", "PRIVACY": "privacy",
}  # fmt: skip
"""What a menu button's key stands for: the dialogs offer exactly these."""

UNASKED = (
    PhotoJudged, PaperRead, PhotoMissing, SheetDrawn, ClaimMoved, PaperHandedIn, Forget, Revoked, Lapsed, AgentCame,
    AgentLeft, *help_effects.UNASKED, VerificationTold,
)  # fmt: skip
"""What the shell tells of its own accord: nobody waits for words, and the person was not here."""
ASKED_IN_WORDS = ("choice", "consent", "place")
"""Kinds whose answer is a word that a question may contain too: “五华区电话是多少” answers no place."""
NEVER_A_PLACE = ("choice", "consent", "notice", "photo", "phone", "bank_card", "social_card", "id_number", "date")
"""Kinds whose answer is never the bare name of a place: there “高新区” asks for its office."""
READ_FIRST = (*ASKED_IN_WORDS, "bank_card", "social_card", "phone", "id_number", "date")
"""Kinds whose answer is known when seen; in other kinds (an address) a clear question comes first."""
LONGEST_BARE_ANSWER = 3
""""1", "是的", "延吉市": too short to be a question that matters."""
_WORD = re.compile(r"[^\W\d_]{2}")
"""Two letters or characters side by side: a text without them, as a card number, asks and says nothing else."""


def converse(knowledge: Knowledge, session: Session, told: Input, moment: Moment) -> Turn:
    """Answer one input. Same input, same output; replies are never empty except for verdicts and unfinished filing."""
    if isinstance(told, UNASKED) and (session.draft is None or session.draft.programme in knowledge.programmes):
        turn = _answer(knowledge, session, told, moment)  # what has changed is told when somebody reads it
        return retakes.in_turn(knowledge, turn)
    if (turn_of_theirs := agents.theirs(session, told, moment)) is not None:
        return turn_of_theirs
    session = helping.current(session, moment)
    if session.rights.leaving:  # somebody is here again
        session = replace(session, rights=replace(session.rights, leaving=False))
    session, changed = _under_todays_programme(knowledge, session, moment)
    session, void = consents.under_todays_notice(knowledge, session)
    is_filing = session.draft is not None and session.draft.filing and not retakes.is_of(session)
    if session.draft is not None and is_filing and not isinstance(told, (ClaimFiled, Unavailable, *UNASKED)):
        office = engine.office_of(
            knowledge.programmes[session.draft.programme], session.draft, knowledge.directory, session.office
        )
        return Turn(session, (), (FileClaim(session.draft, office),))
    turn = agents.ours_again(session, retakes.in_turn(knowledge, _answer(knowledge, session, told, moment)), moment)
    if changed and turn.replies:
        turn = replace(turn, replies=(Say(wording.CHANGED.format(labels="、".join(changed))), *turn.replies))
    if void and turn.replies:
        again = Say(rights_words.NOTICE_CHANGED.format(version=knowledge.notice.version))
        turn = replace(turn, replies=(again, *turn.replies))
    if not isinstance(told, UNASKED):
        turn = replace(turn, session=replace(turn.session, last_at=int(moment.now.timestamp())))
    return turn


def said_of(knowledge: Knowledge, session: Session, tickets: Collection[str], *, reading_too: bool) -> Turn | None:
    """The final reply to a message that a worker works on (photographs, the picture of all papers); None before."""
    if session.sheet is not None and session.sheet.ticket in tickets:
        return sheet.awaited(knowledge, session, session.sheet.ticket)
    return photo_news.awaited(knowledge, session, tickets, reading_too=reading_too)


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
    if isinstance(told, HelpInput):
        return helping.heard(knowledge, session, told, moment)
    if isinstance(told, VerifyInput):
        return verification.heard(knowledge, session, told, moment)
    match told:
        case Said():
            return helping.asking_after(session, _said(knowledge, session, told, moment))
        case Clicked(key):
            word = MENU_KEYS.get(key)
            if word is None:
                return Turn(session, (Say(wording.MENU),))
            turn = obeying.run(knowledge, session, word, moment)
            return replace(turn, session=replace(turn.session, agent=session.agent))  # an event hands nothing over
        case AgentCame() | AgentLeft():
            return Turn(agents.moved(session, told), ())
        case Sent() if session.helping is not None:
            return helping.lend(session, told, moment)
        case Sent():
            return photos.sent(knowledge, session, told, moment)
        case PhotoJudged():
            return photos.judged(knowledge, session, told, moment)
        case PaperRead():
            return photos.read(knowledge, session, told, moment)
        case PhotoMissing():
            return photos.missing(session, told, moment)
        case SheetDrawn():
            return sheet.drawn(session, told, moment)
        case Located(lat, lng):
            return sides.located(knowledge, session, lat, lng)
        case Followed(scene, new):
            return _followed(knowledge, session, scene, new)
        case Unfollowed():
            return farewell.unfollowed(session)
        case Forget():
            return farewell.forgotten(session, told, moment)
        case Lapsed():
            return farewell.lapsed(knowledge, session, told, moment)
        case Revoked():
            return taking_back.revoked(knowledge, session, told, moment)
        case RecordsRead():
            return rights.told(knowledge, session, told, moment)
        case PhotosComing() if session.helping is not None:
            return Turn(session, (Say(helping_words.SEND_THEM),))
        case PhotosComing():
            return photos.coming(session, told, moment)
        case Unreadable(kind):
            texts = {"voice": wording.VOICE, "sticker": wording.STICKER, "video": wording.VIDEO,
                     "shortvideo": wording.VIDEO, "link": wording.FILE, "file": wording.FILE}  # fmt: skip
            return obeying.and_again(knowledge, session, Say(texts.get(kind, wording.UNKNOWN)))
        case ClaimFiled(receipt, filed_at):
            return _filed(knowledge, session, receipt, filed_at)
        case ClaimMoved():
            return retakes.moved(knowledge, session, told, moment)
        case PaperHandedIn():
            return retakes.handed_in(knowledge, session, told, moment)
        case ClaimsRead(claims, "withdraw"):
            return withdrawing.choose(knowledge, session, claims)
        case ClaimsRead(claims):
            return sides.status(knowledge, session, claims)
        case ClaimWithdrawn(receipt, outcome):
            return withdrawing.done(knowledge, session, receipt, outcome)
        case Unavailable("help"):
            return Turn(session, (Say(helping_words.BUSY),))
        case Unavailable(what):
            return _unavailable(knowledge, session, what)


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
    return obeying.and_again(knowledge, session, *lines)


def _said(knowledge: Knowledge, session: Session, said: Said, moment: Moment) -> Turn:
    text = said.text
    draft = session.draft
    if not text.strip():
        return obeying.and_again(knowledge, session, Say(wording.BLANK))
    if said.tap and "." in said.tap and not _tap_is_current(knowledge, session, said.tap):
        return obeying.and_again(knowledge, replace(session, question=None), Say(wording.OLD_TAP))
    if (turn := sides.dead_number(knowledge, session, text, said.tap)) is not None:
        return turn
    if (asked := commands.part_asked(text)) is not None:
        return rights.part(knowledge, session, *asked)
    if (code := helping.code_in(text)) is not None:
        return helping.join(session, code, moment)
    word = commands.command(text)
    if session.question is not None:
        turn = questions_of_ours.answer(knowledge, session, text, word, moment)
        if turn is not None:
            return turn
        session = replace(session, question=None)
    if (turn := retakes.said(knowledge, session, text)) is not None:
        return turn
    if draft is not None and (line := commands.line_to_edit(text)) is not None:
        return _edit(knowledge, session, draft, line)
    if (said_to_board := board.understood(knowledge, session, text)) is not None:
        return board.obey(knowledge, session, said_to_board)
    if word is not None and not (claim.is_open(session) and _is_option(knowledge, session, text)):
        return obeying.run(knowledge, session, word, moment)
    if claim.is_open(session):
        return _claim_text(knowledge, session, text, moment)
    return sides.idle_text(knowledge, session, text, moment, obeying.run)


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
    return step is not None and text.strip().isdecimal() and 0 < int(text) <= len(step.options)


def _claim_text(knowledge: Knowledge, session: Session, text: str, moment: Moment) -> Turn:
    draft = session.draft
    assert draft is not None
    programme = knowledge.programmes[draft.programme]
    step = engine.open_step(programme, draft)
    side = None
    # a cry for help comes before whatever answer it may contain; half a turn's time, so not where nothing can be meant
    if len(text.strip()) > LONGEST_BARE_ANSWER and _WORD.search(text) and not claim.is_read(step, text):
        side = knowledge.guide.side_question(text, knowledge.directory, aside.context_of(knowledge, session))
    if side is not None and side.stops_form:
        return sides.told(knowledge, session, side, text, obeying.run, moment)
    if step is not None and step.kind in READ_FIRST and not (step.kind in ASKED_IN_WORDS and is_question(text)):
        reading = engine.read_answer(programme, step, text, moment.now.date(), knowledge.directory)
        if not isinstance(reading, Refused):
            return claim.answer(knowledge, session, text, moment)
    if side is not None:
        return sides.told(knowledge, session, side, text, obeying.run, moment)
    if step is not None and step.kind in NEVER_A_PLACE and (turn := sides.place_named(knowledge, session, text)):
        return turn
    return claim.answer(knowledge, session, text, moment)


def _edit(knowledge: Knowledge, session: Session, draft: Draft, line: int) -> Turn:
    steps = claim.summary_steps(knowledge.programmes[draft.programme], draft)
    reached = [step for step in steps if step.id in draft.answers or step.id in draft.photos]
    if not 1 <= line <= len(steps) or steps[line - 1] not in reached:
        return obeying.and_again(knowledge, session, Say(wording.NO_SUCH_LINE.format(count=len(steps))))
    draft = replace(engine.reopen(draft, steps[line - 1].id), paused=False)
    return claim.ask(knowledge, replace(session, draft=draft, refusals=0), Say(wording.REOPENED))


def _filed(knowledge: Knowledge, session: Session, receipt: str, filed_at: int) -> Turn:
    draft = session.draft
    if draft is None:
        return Turn(session, (Say(wording.FILED_BEFORE.format(receipt=claim_words.aloud(receipt))),))
    programme = knowledge.programmes[draft.programme]
    office = obeying.office_name(knowledge, session)
    kept = Receipt(receipt, programme.id, office, filed_at)
    session = replace(
        session, draft=None, question=None, refusals=0, receipts=(*session.receipts, kept), province=programme.province
    )
    filed = agency_words.FILED if knowledge.account.hands_over else wording.FILED
    text = filed.format(
        receipt=claim_words.aloud(receipt), office=office, phone=knowledge.phone(office), next=programme.filed
    )
    url = knowledge.account.notices_url
    return Turn(session, (Say(text), *((Say(telling_words.SUBSCRIBE.format(url=url)),) if url else ())))


def _unavailable(knowledge: Knowledge, session: Session, what: str) -> Turn:
    if what == "filing":  # it may be written although nobody could say so: nothing is changed until that is known
        return Turn(session, (Say(wording.FILING_LATER),))
    if what == "withdrawal":
        return obeying.and_again(knowledge, session, Say(agency_words.WITHDRAWAL_LATER))
    if what == "records":
        return obeying.and_again(knowledge, session, Say(rights_words.RECORDS_LATER))
    receipts = "、".join(claim_words.aloud(receipt.number) for receipt in session.receipts) or "无"
    return obeying.and_again(knowledge, session, Say(wording.STATUS_LATER.format(receipts=receipts)))
