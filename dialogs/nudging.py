"""A claim that was left unfinished is brought to mind once: when, to whom, in which words. Pure; unix seconds."""

from dialogs import agents, allowance, engine, telling_words
from dialogs.knowledge import Knowledge
from dialogs.session import Session

AFTER_S, BEFORE_S = 20 * 3600, 46 * 3600
"""Since the last message: the next day, and before WeChat closes its 48 hours."""
LEAVES = 1
"""Messages that a nudge leaves for news that want a deed."""


def is_due(session: Session, now: int) -> bool:
    """Is there a claim in progress that nobody paused, and was it not brought to mind before? The hour is the
    caller's to know."""
    draft = session.draft
    if draft is None or draft.retake is not None or draft.paused or draft.filing or draft.nudged_at:
        return False
    if not draft.answers or session.question is not None or session.reach.sending is not None:
        return False
    if agents.is_held(session, now):
        return False
    if not AFTER_S <= now - session.last_at <= BEFORE_S:
        return False
    return allowance.left(session.reach, now) > LEAVES


def words(knowledge: Knowledge, session: Session) -> str:
    """How far, how much is left, how to go on; "" when there is nothing to go on with."""
    draft = session.draft
    programme = knowledge.programmes.get(draft.programme) if draft is not None else None
    if draft is None or programme is None:
        return ""
    if engine.open_step(programme, draft) is None:
        return telling_words.NUDGE_READY if knowledge.account.role == "agency" else ""
    number, total = engine.progress(programme, draft)
    return telling_words.NUDGE.format(number=number, total=total, left=total - number + 1)
