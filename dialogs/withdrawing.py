"""Taking a filed claim back: which one, really, and what came of it. Pure."""


from msgspec.structs import replace

from dialogs import agency_words, claim, claim_words, commands, obeying, retakes
from dialogs.effects import ClaimStatus, ReadClaims, Turn, WithdrawClaim
from dialogs.knowledge import Knowledge
from dialogs.model import Say, Tap
from dialogs.normal import bare
from dialogs.session import Question, Session
from dialogs.status import is_decided

MOST = 9
LABELS = ("撤回", "不撤回")
LONGEST_YES = 4
""""确认撤回"."""


def asked(knowledge: Knowledge, session: Session) -> Turn:
    """The word was said: the claims are looked at first. A claim that is only being filled needs none of it."""
    if session.receipts or session.draft is None:
        return Turn(session, (), (ReadClaims("withdraw"),))
    return obeying.and_again(knowledge, session, Say(agency_words.WITHDRAW_DRAFT))


def choose(knowledge: Knowledge, session: Session, claims: tuple[ClaimStatus, ...]) -> Turn:
    """What can be taken back: nothing, one, or one of several."""
    open_ones = [one for one in claims if not is_decided(one.status)][:MOST]  # type: ignore[arg-type]
    if not open_ones:
        return obeying.and_again(knowledge, session, Say(agency_words.WITHDRAW_NONE))
    if len(open_ones) == 1:
        return confirm(session, open_ones[0].receipt)
    receipts = tuple(one.receipt for one in open_ones)
    labels = tuple(f"{claim_words.aloud(one.receipt)}（{claim_words.day(one.since)}）" for one in open_ones)
    question = Question("withdraw_which", receipts)
    return Turn(replace(session, question=question), (Say(agency_words.WITHDRAW_WHICH, claim.numbered(labels)),))


def confirm(session: Session, receipt: str) -> Turn:
    """Asked once."""
    question = Question("withdraw_claim", ("withdraw", "keep"), (receipt,))
    text = agency_words.WITHDRAW_ASK.format(receipt=claim_words.aloud(receipt)).split("\n", maxsplit=1)[0]
    taps = tuple(Tap(f"{number} {label}", label, "q") for number, label in enumerate(LABELS, 1))
    return Turn(replace(session, question=question), (Say(text, taps),))


def is_sure(text: str) -> bool:
    """Is it a plain yes? The same word again, and a sentence (“等等再撤回”), are asked about once more."""
    said = bare(text)
    return len(said) <= LONGEST_YES and (said in LABELS or commands.command(text) != "withdraw_claim")


def confirmed(session: Session, receipt: str) -> Turn:
    """It is done before the reply."""
    return Turn(session, (), (WithdrawClaim(receipt),))


def done(knowledge: Knowledge, session: Session, receipt: str, outcome: str) -> Turn:
    """What came of it. A paper of that claim that was asked for again is not wanted any more."""
    known = next((one for one in session.receipts if one.number == receipt), None)
    match outcome:
        case "done":
            left = tuple(one for one in session.asked if one.receipt != receipt)
            text = agency_words.WITHDRAWN.format(receipt=claim_words.aloud(receipt))
            return retakes.in_turn(knowledge, Turn(replace(session, asked=left), (Say(text),)))
        case "passed_on":
            return Turn(session, (Say(agency_words.WITHDRAWAL_PASSED_ON.format(receipt=claim_words.aloud(receipt))),))
    office = known.office if known is not None else obeying.office_name(knowledge, session)
    text = agency_words.WITHDRAWAL_DECIDED.format(office=office, phone=knowledge.phone(office))
    return Turn(session, (Say(text),))
