"""A person is forgotten: by their own word, by leaving, by an operator, or because a draft lay too long. Pure.

What was said is gone with the turn itself; `Rights.erasing` tells a job of the rest.
"""


import dataclasses

from msgspec.structs import replace

from dialogs import claim, claim_words
from dialogs import rights_words as words
from dialogs.effects import DropPhotos, Effect, ErasePerson, Turn
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Say
from dialogs.records import FiledRecord, Forget, Lapsed, RecordsRead, SeeToRights
from dialogs.session import Erasing, News, Question, Reach, Rights, Session

ERASE, DRAFTS, ALL, KEEP = "erase", "drafts", "all", "keep"
LABELS = ("删除", "不删")
LABELS_WITH_CLAIMS = ("只删没提交的，申领照办", "申领也撤回，全部删除", "不删")
TAKEN = "taken"


def asked(knowledge: Knowledge, session: Session, read: RecordsRead) -> Turn:
    """Really? Told apart: what goes, what may go, what the law keeps."""
    taken = [one for one in read.claims if one.taken]
    waiting = [one for one in read.claims if not one.taken]
    lines = [words.ERASE_ASK]
    if taken:
        office = claim_words.whom_to_call(knowledge, taken[0].office, taken[0].programme)
        lines.append(words.ERASE_TAKEN.format(receipts=_receipts(taken), **office))
    kept = TAKEN if taken else ""
    if not waiting:
        question = Question("erase", (ERASE, KEEP), (kept,))
        return Turn(replace(session, question=question), (Say("\n".join(lines), claim.numbered(LABELS)),))
    lines.append(words.ERASE_WAITING.format(receipts=_receipts(waiting)))
    question = Question("erase_claims", (DRAFTS, ALL, KEEP), (kept, *(one.receipt for one in waiting)))
    return Turn(replace(session, question=question), (Say("\n".join(lines), claim.numbered(LABELS_WITH_CLAIMS)),))


def still_there(session: Session, read: RecordsRead) -> RecordsRead:
    """What SQL holds, without what is to go but of which SQL has not heard yet."""
    going = session.rights.erasing
    until = max((wish.at for wish in going), default=0)
    claims = read.claims
    if any(wish.claims for wish in going):
        claims = tuple(one for one in claims if one.taken)
    return dataclasses.replace(read, claims=claims, consents=tuple(one for one in read.consents if one.at > until))


def confirmed(session: Session, question: Question, option: str, moment: Moment) -> Turn:
    """The draft and what was said are gone with this very turn."""
    taken, *waiting = question.data or ("",)
    claims = option == ALL
    says = [words.ERASED]
    if claims:
        says.append(words.ERASED_CLAIMS)
    elif option == DRAFTS:
        says.append(words.ERASED_KEPT)
    if taken:
        says.append(words.ERASED_TAKEN)
    says.append(words.DEED_DONE.format(**claim_words.stamp(moment)))
    gone = _gone(session, moment, "asked", claims=claims, of=tuple(waiting) if claims else ())
    return Turn(gone, (Say("\n".join(says)),), (ErasePerson(), SeeToRights()))


def forgotten(session: Session, told: Forget, moment: Moment) -> Turn:
    """Nobody is asked and nobody is told."""
    known = tuple(one.number for one in session.receipts) + tuple(one.receipt for one in session.asked)
    return Turn(_gone(session, moment, told.cause, claims=True, of=known), (), (SeeToRights(),))


def unfollowed(session: Session) -> Turn:
    """Draft and pictures go; what was filed stays with the office, and nothing else is kept for long."""
    before = session.rights
    rights = Rights(
        unrecorded=before.unrecorded, erasing=before.erasing, leaving=not (session.receipts or session.asked)
    )
    left = Session(
        session.openid, receipts=session.receipts, asked=session.asked, rights=rights, reach=Reach(gone=True)
    )
    waiting: tuple[Effect, ...] = (SeeToRights(),) if rights.unrecorded or rights.erasing else ()
    return Turn(left, (), (ErasePerson(), *waiting))


def lapsed(knowledge: Knowledge, session: Session, told: Lapsed, moment: Moment) -> Turn:
    """A draft that nobody has touched for so long goes; the person hears of it when they write again."""
    if session.last_at > told.idle_since or any(draft.filing for draft in session.drafts):
        return Turn(session, ())
    # a paper that an office asked for again is the office's matter
    draft, laid_by = (
        one if one is not None and one.retake is not None else None for one in (session.draft, session.laid_by)
    )
    if (draft, laid_by) == (session.draft, session.laid_by):
        return Turn(session, ())
    says = words.LAPSED.format(days=knowledge.notice.draft_days)
    told_already = (item for item in session.news if item.state == "claim")
    news = (*told_already, News("claim", "", int(moment.now.timestamp()), "lapsed", says))
    left = replace(
        session, draft=draft, laid_by=laid_by, news=news, question=None, sheet=None, batch=None, arrivals=(), refusals=0
    )
    return Turn(left, (), (DropPhotos(()),))


def _gone(session: Session, moment: Moment, cause: str, *, claims: bool, of: tuple[str, ...]) -> Session:
    """The session without anything but what is known of claims that stay: those `of` these receipts do not."""
    receipts = tuple(one for one in session.receipts if one.number not in of)
    asked_again = tuple(one for one in session.asked if one.receipt not in of)
    before = session.rights
    wish = Erasing(moment.receipt, int(moment.now.timestamp()), cause, claims)
    leaving = not (receipts or asked_again)
    rights = Rights(unrecorded=before.unrecorded, erasing=(*before.erasing, wish), leaving=leaving)
    return Session(session.openid, receipts=receipts, asked=asked_again, rights=rights)


def _receipts(claims: list[FiledRecord]) -> str:
    return "、".join(claim_words.aloud(one.receipt) for one in claims)
