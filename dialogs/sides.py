"""Side questions: offices, guide, FAQ, status, eligibility. Answered at any moment; the open question follows again."""

from collections.abc import Callable

from msgspec.structs import replace

from dialogs import board, claim, claim_words, dead_numbers, eligibility_talk, engine, notes, retakes, wording
from dialogs.aside import context_of, is_asking, then
from dialogs.effects import ClaimStatus, ReadClaims, Turn, Unanswered
from dialogs.guide import Asked
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Context, Picture, Say, Tap
from dialogs.offices import Found
from dialogs.readers.masking import redacted
from dialogs.session import Question, Session

MAX_LISTED = 20
LOCATION_WORDS = wording.LOCATION_CONSENT.split("\n", maxsplit=1)[0]
NOT_UNDERSTOOD = ("unknown", "unsure")
"""Topics of the guide's answers that answer nothing."""
ASKED_OFTEN = (1, 6, 7, 12, 13, 24, 26, 27, 29)
ASKED_OFTEN_TOP = "大家常问这些。点一下，或直接打字问："
HOW_TO_FOLLOW = 26
"""The question 怎么查进度: for people who filed in the official channel."""


Run = Callable[[Knowledge, Session, str, Moment], Turn]


def welcome(knowledge: Knowledge) -> Say:
    """The first message."""
    account = knowledge.account
    text = knowledge.greeting or (wording.WELCOME_HELPER if account.role == "helper" else wording.WELCOME_AGENCY)
    return Say(text.replace("{operator}", account.operator), _menu_taps())


def menu(knowledge: Knowledge) -> Say:
    """What can be done here."""
    return Say(wording.MENU, _menu_taps())


def _menu_taps() -> tuple[Tap, ...]:
    return (Tap("申领失业金", "申领", "word"), Tap("查网点和电话", "网点", "word"), Tap("办理步骤", "步骤", "word"),
            Tap("常见问题", "常见问题", "word"))  # fmt: skip


def idle_text(knowledge: Knowledge, session: Session, text: str, moment: Moment, run: Run) -> Turn:
    """A text outside a claim."""
    numbers = {"1": "start", "2": "offices", "3": "guide"}
    word = numbers.get(text.strip().translate(str.maketrans("１２３", "123")))
    if word is not None:
        return run(knowledge, session, word, moment)
    return told(
        knowledge,
        session,
        knowledge.guide.ask(text, knowledge.directory, context_of(knowledge, session)),
        text,
        run,
        moment,
    )


def told(knowledge: Knowledge, session: Session, asked: Asked, text: str, run: Run, moment: Moment) -> Turn:
    """A question understood: its answer, and the open question again."""
    turn = _told(knowledge, session, asked, text, run, moment)
    if asked.topic in NOT_UNDERSTOOD:
        return replace(turn, effects=(*turn.effects, Unanswered(redacted(text))))
    return turn


def _told(knowledge: Knowledge, session: Session, asked: Asked, text: str, run: Run, moment: Moment) -> Turn:
    if asked.stops_form:
        draft = session.draft
        stopped = session.with_draft(replace(draft, paused=True)) if draft is not None else session
        return Turn(stopped, (Say(asked.reply),))
    if asked.kind == "status":
        return Turn(session, (), (ReadClaims(),))
    if (
        asked.kind == "claim"
        and asked.topic != "guide"
        and not (session.draft is not None and not session.draft.paused)
    ):
        return run(knowledge, session, "start", moment)
    if asked.topic == "human":
        return run(knowledge, session, "human", moment)
    if asked.kind == "office":
        return office(knowledge, session, knowledge.directory.find(text, context_of(knowledge, session)), asked.reply)
    if asked.offered:
        options = tuple(str(number) for number in asked.offered)
        labels = tuple(knowledge.guide.question(number) for number in asked.offered)
        question = Question("faqs", options)
        return Turn(replace(session, question=question), (Say(asked.reply, claim.numbered(labels)),))
    return then(knowledge, session, Say(asked.reply))


def dead_number(knowledge: Knowledge, session: Session, text: str, tap: str) -> Turn | None:
    """A number that does not answer, tapped or told; None when the text is about something else."""
    heard = dead_numbers.heard(knowledge, text, tap, context_of(knowledge, session))
    if heard is None:
        return None
    say, report = heard
    turn = then(knowledge, session, say)
    return replace(turn, effects=(report,)) if report is not None else turn


LONGEST_PLACE = 10
"""Characters of a message that is nothing but a place."""


def place_named(knowledge: Knowledge, session: Session, text: str) -> Turn | None:
    """A message that is nothing but a place: its office; None for anything else."""
    if len(text.strip()) > LONGEST_PLACE:
        return None
    found = knowledge.directory.find(text, Context(province=session.province))
    if found.mode == "none" and found.note in ("", notes.WHICH_PLACE):
        return None
    return office(knowledge, session, found)


def office(knowledge: Knowledge, session: Session, found: Found, otherwise: str = "") -> Turn:
    """One card, a list, a question back, or an honest no."""
    note = (found.note,) if found.note else ()
    match found.mode:
        case "one":
            return then(knowledge, session, dead_numbers.shown(found.offices[0], *note))
        case "list" if len(found.offices) <= 2:
            return then(knowledge, session, *map(Say, note), *(dead_numbers.shown(row) for row in found.offices))
        case "list":
            lines = [f"{row.name} {knowledge.phone(row.name)}" for row in found.offices[:MAX_LISTED]]
            more = ("还有更多，请发区县的名字。",) if len(found.offices) > MAX_LISTED else ()
            return then(knowledge, session, Say("\n".join((*note, *lines, *more))))
        case "ask":
            names = tuple(row.name for row in found.offices)[:9]
            asking = found.note or "是下面哪一个？"
            return Turn(replace(session, question=Question("offices", names)), (Say(asking, claim.numbered(names)),))
        case _:
            if found.refer is not None:
                return then(knowledge, session, dead_numbers.shown(found.refer, *note))
            return then(knowledge, session, Say("".join(note) or otherwise or wording.ASK_PLACE))


def located(knowledge: Knowledge, session: Session, lat: float, lng: float) -> Turn:
    """A position: asked for consent once, used once, never kept."""
    if session.consents.get("location") != engine.YES:
        options = (Tap("1 同意", "同意", "q"), Tap("2 不同意", "不同意", "q"))
        asked = Question("location", ("yes", "no"))
        return Turn(replace(session, question=asked), (Say(LOCATION_WORDS, options),))
    return office(knowledge, session, knowledge.directory.nearest(lat, lng))


def topic(knowledge: Knowledge, session: Session, word: str) -> Turn:
    """A command that asks for one of the guide's parts."""
    context = context_of(knowledge, session)
    match word:
        case "materials":
            if session.draft is not None and not session.draft.paused:
                return board.shown(knowledge, session)
            return materials(knowledge, session)
        case "guide":
            return then(knowledge, session, *(Say(step) for step in knowledge.guide.steps(context)))
        case "faq":
            return _told_faqs(knowledge, session)
        case "offices":
            if knowledge.directory.named(context.last_insured) is not None:
                return then(knowledge, session, dead_numbers.shown(knowledge.office(context.last_insured)))
            return Turn(session, (Say(wording.ASK_PLACE),))
        case "eligibility":
            return eligibility_talk.start(knowledge, session)
        case "app":
            picture = Picture("jilin_app_qr", wording.JILIN_APP)
            if is_asking(session):  # one reply a message: the question has to stand in it too
                return then(knowledge, session, Say(wording.JILIN_APP))
            return Turn(session, (picture,))
        case _:
            return then(knowledge, session, menu(knowledge))


def _told_faqs(knowledge: Knowledge, session: Session) -> Turn:
    options = tuple(str(number) for number in ASKED_OFTEN)
    labels = tuple(knowledge.guide.question(number) for number in ASKED_OFTEN)
    asked = Question("faqs", options)
    return Turn(replace(session, question=asked), (Say(ASKED_OFTEN_TOP, claim.numbered(labels)),))


def materials(knowledge: Knowledge, session: Session) -> Turn:
    """The list of papers for the person's place."""
    return then(knowledge, session, Say(knowledge.guide.materials(context_of(knowledge, session), knowledge.directory)))


def faq(knowledge: Knowledge, session: Session, number: int) -> Turn:
    """One answer of the FAQ; the question for an office has none of its own, but one back: where?"""
    told = knowledge.guide.faq(number, context_of(knowledge, session), knowledge.directory)
    return then(knowledge, session, Say(told or wording.ASK_PLACE))


def status(knowledge: Knowledge, session: Session, claims: tuple[ClaimStatus, ...]) -> Turn:
    """Where each claim is, since when, what comes next, whom to call."""
    session = retakes.known_from(session, claims)
    lines = [claim_words.in_full(knowledge, one) for one in claims]
    draft = next((one for one in session.drafts if one.retake is None), None)
    if draft is not None:
        number, total = engine.progress(knowledge.programmes[draft.programme], draft)
        lines.append(wording.STATUS_DRAFT.format(number=number, total=total))
    if not lines:
        lines = [
            wording.STATUS_NONE,
            knowledge.guide.faq(HOW_TO_FOLLOW, context_of(knowledge, session), knowledge.directory),
        ]
    if retakes.is_of(session) and retakes.may_wait(session):  # what is wanted stands among the lines
        return Turn(session, (Say("\n\n".join(lines)),))
    return then(knowledge, session, Say("\n\n".join(lines)))
