"""News on their way out: taken from the inbox before WeChat is called, gone once it has taken them, back when it has
not. Pure. What each failure means for the next try: docs/decisions/0015-telling-people.md."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from dialogs import allowance
from dialogs.session import News, Reach, Sending, Session, Tell

STALE_S = 75
"""Longer than a job may take: who sends since then has died, and nobody knows whether it was sent."""
TRIES = 5
UNSURE_AGAIN_S = 60
NEW = Tell()

End = Literal["arrived", "unsure", "again", "closed", "used_up", "gone", "declined", "refused", "paused"]
"""How an attempt ended:

arrived   WeChat has taken it
unsure    nobody knows; it may have been seen
again     WeChat has not taken it, and may later
closed    no window is open for customer-service messages
used_up   their count is used up
gone      the person cannot be reached at all
declined  the person has not accepted this subscription notice
refused   WeChat does not want this content
paused    this way does not work now, for nobody
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`delay_s` until the next try, for "again"; `template`: the subscription notice that was sent."""

    end: End
    delay_s: int = 0
    template: str = ""


def taken(session: Session, way: str, told: tuple[News, ...], now: int, messages: int, template: str = "") -> Session:
    """These news are being sent now. Customer-service messages say them: nobody else does meanwhile. The other ways
    point to them, a subscription notice using up one accept."""
    reach = session.reach
    if way == "custom":
        sending = Sending(way, now, told, before=(reach.left, reach.brief_left))
        others = tuple(item for item in session.news if item not in told)
        return replace(session, news=others, reach=replace(allowance.spent(reach, now, messages), sending=sending))
    if way == "subscription":
        reach = replace(reach, accepts=_accepts(reach, template, -1))
    sending = Sending(way, now, tickets=tuple(item.ticket for item in told))
    return replace(session, reach=replace(reach, sending=sending))


def returned(session: Session, now: int) -> Session:
    """What somebody took and never ended lies in the inbox again."""
    sending = session.reach.sending
    if sending is None or now - sending.at < STALE_S:
        return session
    return settled(session, sending, Outcome("unsure"), now)


def settled(session: Session, sending: Sending, outcome: Outcome, now: int) -> Session:
    """The attempt has ended. Unchanged when somebody else has ended it meanwhile."""
    if session.reach.sending != sending:
        return session
    reach = replace(session.reach, sending=None)
    letter = sending.way[0]
    match outcome.end:
        case "arrived":

            def pointed(tell: Tell) -> Tell:
                return replace(tell, pointed=True, used=_with(tell.used, letter))

            return _changed(replace(session, reach=reach), sending, pointed, keep=False)
        case "unsure" if sending.way == "template":  # its client_msg_id makes a repeat harmless
            return _back(session, reach, sending, sending.at + UNSURE_AGAIN_S, failed=letter)
        case "unsure":

            def once_more(tell: Tell) -> Tell:
                used = _with(tell.used, letter) if tell.unsure else tell.used
                return replace(tell, due=sending.at + UNSURE_AGAIN_S, unsure=True, used=used)

            return _changed(replace(session, reach=reach), sending, once_more)
        case "again":
            return _back(session, _refunded(reach, sending, outcome), sending, now + outcome.delay_s, failed=letter)
        case "closed":
            return _back(session, allowance.closed(reach), sending, now)
        case "used_up":
            return _back(session, allowance.used_up(reach), sending, now)
        case "gone":
            return _back(session, allowance.gone(reach), sending, now)
        case "declined":
            accepts = {one: count for one, count in reach.accepts.items() if one != outcome.template}
            return _back(session, replace(reach, accepts=accepts), sending, now)
        case "refused":
            return _back(session, _refunded(reach, sending, outcome), sending, now, used=letter)
        case "paused":
            return _back(session, _refunded(reach, sending, outcome), sending, now)


def unpointed(session: Session, ticket: str) -> Session:
    """The message that pointed to this news was not delivered: another way may be taken."""
    news = tuple(
        replace(item, tell=replace(item.tell, pointed=False)) if item.ticket == ticket and item.tell else item
        for item in session.news
    )
    return session if news == session.news else replace(session, news=news)


def chosen(session: Session, choices: tuple[tuple[str, str], ...]) -> Session:
    """The person answered, or withdrew, subscription notices: (template id, accept | reject) each."""
    reach = session.reach
    for template, choice in choices:
        if choice == "accept":
            reach = replace(reach, accepts=_accepts(reach, template, 1))
        else:
            reach = replace(reach, accepts={one: n for one, n in reach.accepts.items() if one != template})
    return replace(session, reach=reach)


ACCEPTS_MOST, TEMPLATES_MOST = 9, 5


def _accepts(reach: Reach, template: str, more: int) -> dict[str, int]:
    count = min(ACCEPTS_MOST, reach.accepts.get(template, 0) + more)
    rest = {one: n for one, n in reach.accepts.items() if one != template}
    newest = dict(list(rest.items())[-(TEMPLATES_MOST - 1) :])
    return {**newest, template: count} if count > 0 else newest


def _refunded(reach: Reach, sending: Sending, outcome: Outcome) -> Reach:
    """Nothing was sent: what was taken is there again, unless something was earned or spent meanwhile."""
    if sending.way == "subscription":
        return replace(reach, accepts=_accepts(reach, outcome.template, 1))
    if sending.way != "custom" or reach.spent_at != sending.at:
        return reach
    left, brief_left = sending.before
    return replace(reach, left=max(reach.left, left), brief_left=max(reach.brief_left, brief_left))


def _back(session: Session, reach: Reach, sending: Sending, due: int, *, failed: str = "", used: str = "") -> Session:
    """`failed`, `used`: the way's letter when it counts as one more failure, and when it is not to be tried again."""

    def change(tell: Tell) -> Tell:
        tries = tell.tries + bool(failed)
        give_up = _with(used, failed) if failed and tries >= TRIES else used
        return replace(tell, due=due, tries=0 if give_up else tries, used=_with(tell.used, give_up))

    return _changed(replace(session, reach=reach), sending, change)


def _changed(session: Session, sending: Sending, change: Callable[[Tell], Tell], *, keep: bool = True) -> Session:
    """The news of this attempt with their `tell` changed; `keep` False: those that were said in full are gone."""
    pointed_to = [
        replace(item, tell=change(item.tell or NEW)) if item.ticket in sending.tickets else item
        for item in session.news
    ]
    there = {item.ticket for item in session.news}
    back = [
        replace(item, tell=change(item.tell or NEW)) for item in sending.items
        if keep and item.ticket not in there and _still(session, item)
    ]  # fmt: skip
    return replace(session, news=(*back, *pointed_to))


def _still(session: Session, item: News) -> bool:
    """Is it still so? A paper may not be wanted any more, a photograph have been replaced."""
    if item.state == "claim":
        return not item.ticket.startswith("ask/") or any(
            item.ticket == f"ask/{one.receipt}/{one.slot}" for one in session.asked
        )
    return any(photo.ticket == item.ticket for draft in session.drafts for photo in draft.photos.values())


def _with(used: str, letters: str) -> str:
    return "".join(sorted({*used, *letters}))
