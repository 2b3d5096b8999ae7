"""What every side question needs: what is known of the person, and the way back to the open question."""

from dialogs import claim
from dialogs.effects import Turn
from dialogs.knowledge import Knowledge
from dialogs.model import Context, Reply
from dialogs.session import Session


def context_of(knowledge: Knowledge, session: Session) -> Context:
    """What is known when this person names a place or asks a question."""
    draft, asked = session.draft, session.question
    offered = asked.options if asked is not None and asked.about in ("offices", "place") else ()
    insured = ""
    if draft is not None:
        programme = knowledge.programmes[draft.programme]
        place = draft.answers.get(programme.office_step, "")
        insured = place if knowledge.directory.named(place) is not None else ""
    return Context(province=session.province, last_insured=insured or session.office, asked=offered)


def is_asking(session: Session) -> bool:
    """Is a question of the claim open?"""
    return session.draft is not None and not session.draft.paused and session.question is None


def then(knowledge: Knowledge, session: Session, *replies: Reply) -> Turn:
    """Say something, then the claim's open question where there is one."""
    if is_asking(session):
        return claim.ask(knowledge, session, *replies)
    return Turn(session, replies)
