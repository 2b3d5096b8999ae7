"""Which news cannot wait for the person to write, when they go out, and by which way. Pure.

Claims' news and whatever wants a deed of the person go out. That photographs are well goes out only in one summary,
while the person still sits before the phone and enough messages are left; else it waits for their next message.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from dialogs import allowance, photo_news, pieces
from dialogs.inbox import NEW, STALE_S
from dialogs.knowledge import Knowledge
from dialogs.model import Say
from dialogs.session import News, Session

Way = Literal["custom", "subscription", "template"]
WAYS: tuple[Way, ...] = ("custom", "subscription", "template")
"""In this order: the first that says it whole, then those that only point to it."""

GRACE_S = 8
"""Who is just typing gets it with their reply."""
STILL_HERE_S = 600
SUMMARY_LEAVES = 2
"""Messages that a summary of good news leaves for news that want a deed."""
_DEEDS = ("retake", "lost", "failed", "missing")
MESSAGE_BYTES = 2000


@dataclass(frozen=True, slots=True)
class Plan:
    """One attempt. `messages` are sent in this order when the way is "custom"; else `about` and `receipt` are told.

    about    "progress" or "paper", as in telling_words.NOTICES
    receipt  of the claim it is about, "" when it is about a draft
    """

    way: Way
    items: tuple[News, ...]
    messages: tuple[str, ...] = ()
    about: str = "progress"
    receipt: str = ""


def deeds(session: Session) -> tuple[News, ...]:
    """The news that are to reach the person even if they do not write."""
    draft = session.draft
    if draft is None:
        return tuple(item for item in session.news if item.state == "claim")
    states = (*_DEEDS, "claim", *(("advised",) if draft.retake is not None else ()))
    return tuple(item for item in session.news if item.state in states)


def _summary(session: Session) -> tuple[News, ...]:
    """All that was sent is judged, and the person was here a moment ago."""
    if session.draft is None or not session.news or photo_news.under_way(session.draft):
        return ()
    newest = max(item.at for item in session.news)
    return session.news if newest - session.last_at <= STILL_HERE_S else ()


def next_due(session: Session) -> int | None:
    """When something is to be done for this person; None when nothing is."""
    sending = session.reach.sending
    if sending is not None:
        return sending.at + STALE_S
    due = [_due(item) for item in deeds(session) or _summary(session) if not (item.tell or NEW).pointed]
    return min(due) if due and not session.reach.gone else None


def _due(item: News) -> int:
    return max(item.at + GRACE_S, (item.tell or NEW).due)


def plan(
    knowledge: Knowledge, session: Session, now: int, ways: Collection[str], subscription: str = ""
) -> Plan | None:
    """The next attempt; None when nothing is due, or nothing can be sent.

    ways          that are configured and work now
    subscription  the template id of the subscription notice
    """
    if session.reach.sending is not None or session.reach.gone:
        return None
    if session.draft is not None and session.draft.programme not in knowledge.programmes:
        session = session.with_draft(None)
    urgent = deeds(session)
    due = due_now(session, now)
    if "custom" in ways and any(_open(item, "custom") for item in due):
        items = tuple(item for item in session.news if _open(item, "custom"))
        says = photo_news.told(knowledge, session, items, now)
        messages = pieces.packed(tuple(say.text for say in says if isinstance(say, Say)), MESSAGE_BYTES)
        if allowance.left(session.reach, now) >= len(messages) + (0 if urgent else SUMMARY_LEAVES):
            return Plan("custom", items, messages)
    pointed_to = tuple(item for item in due if item in urgent)
    for way in WAYS[1:]:
        items = tuple(item for item in pointed_to if _open(item, way))
        if items and way in ways and (way == "template" or session.reach.accepts.get(subscription)):
            return Plan(way, items, (), _about(items), _receipt(items))
    return None


def due_now(session: Session, now: int) -> tuple[News, ...]:
    """What is to go out now, if there is a way."""
    urgent = deeds(session) or _summary(session)
    return tuple(item for item in urgent if _due(item) <= now and not (item.tell or NEW).pointed)


def _open(item: News, way: Way) -> bool:
    return way[0] not in (item.tell or NEW).used


def _about(items: tuple[News, ...]) -> str:
    paper = any(item.state != "claim" or item.ticket.startswith("ask/") for item in items)
    return "paper" if paper else "progress"


def _receipt(items: tuple[News, ...]) -> str:
    parts = next((item.ticket.split("/") for item in items if item.ticket.count("/") == 2), None)
    return parts[1] if parts is not None else ""
