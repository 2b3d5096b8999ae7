"""Consent to sensitive items: which words were answered, when it is void, what a withdrawal takes away. Pure."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from dialogs.engine import NO, YES
from dialogs.knowledge import Knowledge, Moment
from dialogs.programme import Step
from dialogs.session import Answered, Draft, Session

WITHDRAWN = "withdrawn"
MOST_UNRECORDED = 60
"""More than anybody answers while SQL is away; beyond it the oldest are forgotten first."""


def words_of(step: Step) -> str:
    """The words of a consent as they are shown, without the running number before them."""
    return "\n".join(line for line in (step.prompt, step.hint) if line)


def hash_of(words: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(words.encode()).hexdigest()


def noted(
    knowledge: Knowledge, session: Session, group: str, answer: str, words: str, moment: Moment, deed: str = ""
) -> Session:
    """The session that holds an answer until SQL has it. `deed` names it where one turn answers for several groups."""
    version = knowledge.notice.version
    at = int(moment.now.timestamp())
    one = Answered(f"{deed or moment.fresh_id}.{group}", group, answer, version, hash_of(words), at)
    kept = (*session.rights.unrecorded, one)[-MOST_UNRECORDED:]
    return replace(session, rights=replace(session.rights, notice=version, unrecorded=kept))


def under_todays_notice(knowledge: Knowledge, session: Session) -> tuple[Session, bool]:
    """A new version of the notice makes older consents void: they are asked again before the claim goes on. Whether
    any was. A claim that is being filed was confirmed under the old one."""
    version = knowledge.notice.version
    if session.rights.notice in ("", version) or any(draft.filing for draft in session.drafts):
        return session, False
    draft, laid_by = (_without_yes(knowledge, one) for one in (session.draft, session.laid_by))
    void = draft is not session.draft or laid_by is not session.laid_by
    rights = replace(session.rights, notice=version)
    return replace(session, draft=draft, laid_by=laid_by, consents={}, rights=rights), void


def _without_yes(knowledge: Knowledge, draft: Draft | None) -> Draft | None:
    programme = knowledge.programmes.get(draft.programme) if draft is not None else None
    if draft is None or programme is None or draft.retake is not None:
        return draft
    void = {step.id for step in programme.asked if step.kind == "consent" and draft.answers.get(step.id) == YES}
    if not void:
        return draft
    return replace(draft, answers={key: value for key, value in draft.answers.items() if key not in void})


def agreed(knowledge: Knowledge, session: Session) -> set[str]:
    """The groups that this session holds a yes for."""
    found = {group for group, answer in session.consents.items() if answer == YES}
    for draft in session.drafts:
        programme = knowledge.programmes.get(draft.programme)
        for step in programme.asked if programme is not None else ():
            if step.kind == "consent" and draft.answers.get(step.id) == YES:
                found.add(step.consent)
    return found


def photo_groups(knowledge: Knowledge, session: Session) -> set[str]:
    """The groups under which photographs are collected in the claims in hand (without one: in any)."""
    ids = {draft.programme for draft in session.drafts} & set(knowledge.programmes) or set(knowledge.programmes)
    steps = (step for programme_id in ids for step in knowledge.programmes[programme_id].asked)
    return {step.consent for step in steps if step.kind == "photo" and step.consent}


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The session without what was collected under a consent.

    keys     of the pictures that go
    stopped  a claim in hand waits now
    dropped  an answer or a picture was there
    """

    session: Session
    keys: tuple[str, ...]
    stopped: bool
    dropped: bool


def without(knowledge: Knowledge, session: Session, groups: Collection[str]) -> Withdrawn:
    """Nothing more is collected under these groups, and what was in claims not filed yet goes. A paper that is being
    handed in belongs to a filed claim already."""
    before = session.drafts
    draft, laid_by = (_stripped(knowledge, one, groups) for one in (session.draft, session.laid_by))
    after = tuple(one for one in (draft, laid_by) if one is not None)
    gone = _tickets(before) - _tickets(after)
    answers = {group: answer for group, answer in session.consents.items() if group not in groups}
    news = tuple(item for item in session.news if item.ticket not in gone)
    stripped = replace(
        session, draft=draft, laid_by=laid_by, consents=answers, news=news, question=None, refusals=0,
        sheet=None if gone else session.sheet,
    )  # fmt: skip
    keys = _keys(before) - _keys(after)
    stopped = draft is not None and draft is not session.draft and draft.retake is None
    return Withdrawn(stripped, tuple(sorted(keys)), stopped, bool(gone) or _filled(after) != _filled(before))


def _stripped(knowledge: Knowledge, draft: Draft | None, groups: Collection[str]) -> Draft | None:
    programme = knowledge.programmes.get(draft.programme) if draft is not None else None
    if draft is None or programme is None or draft.filing:
        return draft
    under = {step.id for step in programme.asked if step.consent in groups and step.kind != "consent"}
    # of another version's questions nobody knows here what they were given for
    under |= {key for key in (*draft.answers, *draft.photos) if programme.step(key) is None}
    asked = {step.id for step in programme.asked if step.consent in groups and step.kind == "consent"}
    asked &= draft.answers.keys()
    if not asked and not under & (draft.answers.keys() | draft.photos.keys()):
        return draft
    answers = {key: NO if key in asked else value for key, value in draft.answers.items() if key not in under}
    photos = {slot: photo for slot, photo in draft.photos.items() if slot not in under}
    reopened = tuple(step for step in draft.reopened if step not in under)
    return replace(draft, answers=answers, photos=photos, reopened=reopened, paused=True)


def _tickets(drafts: Iterable[Draft]) -> set[str]:
    return {photo.ticket for draft in drafts for photo in draft.photos.values()}


def _filled(drafts: Iterable[Draft]) -> set[tuple[str, str]]:
    return {(draft.id, step) for draft in drafts for step in draft.answers}


def _keys(drafts: Iterable[Draft]) -> set[str]:
    return {photo.key for draft in drafts for photo in draft.photos.values() if photo.key}
