"""Three questions a person can answer, the conditions held against the answers. Explains; the office decides."""


from msgspec.structs import replace

from dialogs import claim, wording
from dialogs.aside import context_of, then
from dialogs.effects import Turn
from dialogs.eligibility import REASONS, Known, eligibility
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Filled, Say
from dialogs.readers import read
from dialogs.session import Question, Session

_KNOWN: dict[str, Known] = {
    "满了": "yes", "没有满": "no", "登记了，想找工作": "yes", "还没登记，或不想找工作": "no", "说不清": "unsure",
}  # fmt: skip
ELIGIBILITY = (
    ("单位和你本人都交失业保险，满 1 年了吗？", ("满了", "没有满", "说不清")),
    ("你是怎么离开单位的？", tuple(reason.label for reason in REASONS)),
    ("办失业登记了吗？想再找工作吗？", ("登记了，想找工作", "还没登记，或不想找工作", "说不清")),
)
"""The three conditions of 社会保险法 art 45 as questions that a person can answer."""


def start(knowledge: Knowledge, session: Session) -> Turn:
    """The first of three questions."""
    return _ask(session, (), Say(wording.ELIGIBILITY_START))


def _ask(session: Session, given: tuple[str, ...], *before: Say) -> Turn:
    text, options = ELIGIBILITY[len(given)]
    asked = Question("eligibility", options, given)
    return Turn(replace(session, question=asked), (*before, Say(text, claim.numbered(options))))


def answer(knowledge: Knowledge, session: Session, text: str, moment: Moment) -> Turn | None:
    """One of the three answers; after the last the conditions compared, without a promise."""
    asked = session.question
    assert asked is not None
    reading = read("choice", text, today=moment.now.date(), options=asked.options)
    if not isinstance(reading, Filled):
        return None
    given = (*asked.data, reading.value)
    if len(given) < len(ELIGIBILITY):
        return _ask(session, given)
    closed = replace(session, question=None)
    return then(knowledge, closed, Say(result(knowledge, closed, given)))


def result(knowledge: Knowledge, session: Session, given: tuple[str, ...]) -> str:
    """The three answers held against the conditions. Explains; the office decides."""
    paid, leaving, registered = given
    reason = next(reason.id for reason in REASONS if reason.label == leaving)
    compared = eligibility(_KNOWN[paid], reason, _KNOWN[registered])
    return knowledge.guide.book.filled(compared.text, context_of(knowledge, session), knowledge.directory)
