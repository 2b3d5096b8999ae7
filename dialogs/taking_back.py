"""Taking a consent back: as easily as it was given, group by group, by the person or by WeChat for them. Pure."""


from msgspec.structs import replace

from dialogs import claim, claim_words, consents
from dialogs import rights_words as words
from dialogs.aside import then
from dialogs.effects import DropPhotos, Effect, Turn
from dialogs.engine import YES
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Say
from dialogs.records import ConsentGiven, RecordsRead, Revoked, SeeToRights
from dialogs.session import Question, Session

ALL, KEEP = "all", "keep"
REVOKED_LOCATION, REVOKED_PICTURES = "206", "207"
"""Codes of RevokeInfo whose kind of information is kept here; the others (address book, invoices, nickname …) never
are. source: service/guide/h5/authorization_change"""


def given(session: Session, read: RecordsRead) -> dict[str, ConsentGiven]:
    """The newest answer of each group; what SQL has not heard of yet is newer."""
    later = (ConsentGiven(one.group, one.answer, one.at) for one in session.rights.unrecorded)
    return {one.group: one for one in (*read.consents, *later)}


def asked(knowledge: Knowledge, session: Session, read: RecordsRead) -> Turn:
    """Which of the consents that were given?"""
    yes = {group for group, one in given(session, read).items() if one.answer == YES}
    yes |= consents.agreed(knowledge, session)
    groups = tuple(group for group in words.GROUPS if group in yes)
    if not groups:
        return then(knowledge, session, Say(words.WITHDRAW_NONE))
    options = (*groups, *((ALL,) if len(groups) > 1 else ()), KEEP)
    taken = [one.office for one in read.claims if one.taken]
    waiting = len(taken) < len(read.claims)
    filed = (taken[0] if taken else "", "waiting" if waiting else "")
    labels = tuple(label(option) for option in options)
    return Turn(
        replace(session, question=Question("withdraw", options, filed)),
        (Say(words.WITHDRAW_ASK, claim.numbered(labels)),),
    )


def label(option: str) -> str:
    """How an option of the question reads."""
    return {ALL: words.WITHDRAW_ALL, KEEP: words.WITHDRAW_KEEP}.get(option) or words.GROUPS.get(option, option)


def picked(knowledge: Knowledge, session: Session, question: Question, option: str, moment: Moment) -> Turn:
    """What was collected under it goes, and the claim waits."""
    if option == KEEP:
        return then(knowledge, session, Say(words.NOT_WITHDRAWN))
    groups = tuple(one for one in question.options if one not in (ALL, KEEP)) if option == ALL else (option,)
    session, effects, stopped = _taken_back(knowledge, session, groups, moment)
    labels = "、".join(label(group) for group in groups)
    says = [words.WITHDRAWN.format(groups=labels, **claim_words.stamp(moment))]
    if stopped:
        says.append(words.WITHDRAWN_PAUSED)
    office, waiting = question.data
    if office:
        says.append(words.WITHDRAWN_FILED.format(**claim_words.whom_to_call(knowledge, office)))
    if waiting:
        says.append(words.WITHDRAWN_WAITING)
    return Turn(session, (Say("\n".join(says)),), effects)


def _taken_back(
    knowledge: Knowledge, session: Session, groups: tuple[str, ...], moment: Moment
) -> tuple[Session, tuple[Effect, ...], bool]:
    left = consents.without(knowledge, session, groups)
    session = left.session
    for group in groups:
        answer = (consents.WITHDRAWN, words.WITHDRAW_ASK)
        session = consents.noted(knowledge, session, group, *answer, moment, deed=moment.receipt)
    dropped = (DropPhotos(left.keys),) if left.keys else ()
    return session, (*dropped, SeeToRights()), left.stopped


def revoked(knowledge: Knowledge, session: Session, told: Revoked, moment: Moment) -> Turn:
    """WeChat says that a kind of information may not be used any more: as if the person had taken the consent back."""
    named = {"location"} if REVOKED_LOCATION in told.codes else set()
    if REVOKED_PICTURES in told.codes:
        named |= consents.photo_groups(knowledge, session)
    groups = tuple(group for group in words.GROUPS if group in named)
    if session.last_at == 0 and not session.receipts:  # somebody we know nothing of
        return Turn(replace(session, rights=replace(session.rights, leaving=True)), ())
    if not groups:
        return Turn(session, ())
    session, effects, _ = _taken_back(knowledge, session, groups, moment)
    later = tuple(effect for effect in effects if not isinstance(effect, DropPhotos))  # the job does it: no SQL here
    return Turn(session, (), later)
