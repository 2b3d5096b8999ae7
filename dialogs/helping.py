"""A second phone takes the photographs (协助拍照): a code read aloud, photographs only, ended at any time. Pure.

Two people, two sessions. The claimant's (`Session.help`) decides what a helper may do; the helper's (`Session.helping`)
only says whose photographs theirs are. The shell carries words between the two (handlers/helping.py).
"""

import re

from msgspec.structs import replace

from dialogs import claim, engine, helping_words, photos
from dialogs.effects import Sent, Turn
from dialogs.help_effects import (
    EndHelp,
    HandLent,
    HelperJoined,
    HelperSent,
    HelpInput,
    HelpJoined,
    HelpOffered,
    HelpOver,
    JoinHelp,
    LeaveHelp,
    LendHand,
    OfferHelp,
    Shot,
)
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Say
from dialogs.normal import bare, plain
from dialogs.programme import Programme, Step
from dialogs.session import Draft, Help, Helping, News, Session

LASTS_S = 30 * 60
CODE_DIGITS = 8
_CODE = re.compile(r"帮忙(?:号码?)?(?:是|为)?[:：,，]?(\d[\d-]{3,15})")


def heard(knowledge: Knowledge, session: Session, told: HelpInput, moment: Moment) -> Turn:
    """What the shell tells either of them."""
    match told:
        case HelpOffered():
            return offered(session, told)
        case HelpJoined():
            return joined(session, told)
        case HandLent():
            return lent(session, told)
        case _:
            return told_claim(knowledge, session, told, moment)


# the claimant


def offer(knowledge: Knowledge, session: Session, moment: Moment) -> Turn:
    """请人帮忙."""
    draft = session.draft
    if draft is None or draft.paused:
        return Turn(session, (Say(helping_words.NOT_NOW),))
    if _is_active(session, moment) and session.help is not None and session.help.helper:
        return claim.ask(knowledge, session, Say(helping_words.ALREADY))
    programme = claim.programme_of(knowledge, draft)
    step = engine.open_step(programme, draft)
    if step is None:
        return claim.ask(knowledge, session, Say(helping_words.NOT_NOW))
    if step.kind != "photo":  # consents are asked before photographs
        return claim.ask(knowledge, session, Say(helping_words.NOT_YET))
    return Turn(session, (), (OfferHelp(),))


def offered(session: Session, told: HelpOffered) -> Turn:
    """The code stands; an older one does not count any more."""
    if session.draft is None:
        return Turn(session, (Say(helping_words.NOT_NOW),))
    aloud = f"{told.code[:4]} {told.code[4:]}"
    says = Say(helping_words.CODE.format(code=aloud, minutes=LASTS_S // 60))
    return Turn(replace(session, help=Help(told.id, told.until, session.draft.id)), (says,))


def stop(knowledge: Knowledge, session: Session) -> Turn:
    """停止帮忙, or 结束帮忙 said by who helps."""
    if session.helping is not None:
        left = LeaveHelp(session.helping.owner, session.helping.id)
        return Turn(replace(session, helping=None), (Say(helping_words.LEFT),), (left,))
    given = session.help
    says = Say(helping_words.STOPPED if given is not None else helping_words.NOBODY)
    session = replace(session, help=None)
    effects = (EndHelp(given.id, "owner", given.photos),) if given is not None and given.helper else ()
    if claim.is_open(session) and session.question is None:
        return claim.ask(knowledge, session, says, effects=effects)
    return Turn(session, (says,), effects)


def told_claim(
    knowledge: Knowledge, session: Session, told: HelperJoined | HelperSent | HelpOver, moment: Moment
) -> Turn:
    """What a helper did. A turn that changes nothing: it is not allowed, or was done before."""
    given = session.help
    if given is None or given.id != told.id:
        return Turn(session, ())
    now = int(moment.now.timestamp())
    match told:
        case HelperJoined(helper=helper) if not given.helper and _is_active(session, moment):
            return Turn(replace(_with_news(session, now, helping_words.BEGAN), help=replace(given, helper=helper)), ())
        case HelperSent() if given.helper == told.helper and _is_active(session, moment):
            return _taken(knowledge, session, told, moment)
        case HelpOver(why=why):
            over = replace(_with_news(session, now, helping_words.OVER[why]), help=None)
            return Turn(over, (), (EndHelp(given.id, why, given.photos),))
    return Turn(session, ())


def may_join(session: Session, help_id: str, helper: str, moment: Moment) -> str:
    """Why this person cannot help; "" when they can. As in HelpJoined."""
    given = session.help
    if given is None or given.id != help_id or not _is_active(session, moment):
        return "unknown"
    return "" if given.helper in ("", helper) else "used"


def is_helper(session: Session, help_id: str, helper: str, moment: Moment) -> bool:
    """May this person send photographs now?"""
    given = session.help
    return given is not None and (given.id, given.helper) == (help_id, helper) and _is_active(session, moment)


def holds(session: Session, ticket: str) -> bool:
    """Does this photograph lie in the claim?"""
    return session.draft is not None and engine.slot_of(session.draft, ticket) is not None


def view(knowledge: Knowledge, session: Session, what: str, tickets: tuple[str, ...]) -> HandLent:
    """What a helper may know of the claim: which papers are wanted, and what became of their own photographs."""
    draft = session.draft
    assert draft is not None
    programme = claim.programme_of(knowledge, draft)
    papers = engine.slots(programme, draft)
    wanted = [step for step in papers if _is_wanted(step, draft)]
    labels = [step.label for step in sorted(wanted, key=lambda step: not step.required)]
    done = all(
        step.id in draft.photos and step.id not in draft.reopened and draft.photos[step.id].state in ("good", "advised")
        for step in papers if step.required
    )  # fmt: skip
    newest = programme.step(engine.slot_of(draft, tickets[-1]) or "") if tickets else None
    complete = done and not (wanted and newest is not None and not newest.required)  # pages of an optional paper follow
    return HandLent(what, tuple(_shot(programme, draft, ticket) for ticket in tickets), tuple(labels), complete)


def _is_wanted(step: Step, draft: Draft) -> bool:
    photo = draft.photos.get(step.id)
    if photo is not None and step.id not in draft.reopened:
        return photo.state not in engine.ACCEPTED_PHOTO
    return step.id in draft.reopened or step.id not in draft.answers


def _shot(programme: Programme, draft: Draft, ticket: str) -> Shot:
    slot = engine.slot_of(draft, ticket)
    if slot is None:
        return Shot(ticket, "")
    photo, step = draft.photos[slot], programme.step(slot)
    remark = photo.remark if photo.state == "retake" else ""
    return Shot(ticket, photo.state, step.label if step is not None else slot, remark)


def _is_active(session: Session, moment: Moment) -> bool:
    given, draft = session.help, session.draft
    return (
        given is not None and draft is not None and draft.id == given.draft
        and moment.now.timestamp() < given.until
    )  # fmt: skip


def _taken(knowledge: Knowledge, session: Session, told: HelperSent, moment: Moment) -> Turn:
    ticket = told.photo.ticket
    draft, given = session.draft, session.help
    assert draft is not None and given is not None
    if draft.paused or holds(session, ticket) or any(one.ticket == ticket for one in session.arrivals):
        return Turn(session, ())
    turn = photos.sent(knowledge, replace(session, question=None), told.photo, moment)
    after = turn.session.draft
    slot = engine.slot_of(after, ticket) if after is not None else None
    if after is None or slot is None:
        return Turn(session, ())
    marked = replace(after, photos={**after.photos, slot: replace(after.photos[slot], helped=True)})
    kept = replace(  # what the claimant was just asked is asked still
        turn.session, draft=marked, question=session.question, refusals=session.refusals,
        help=replace(given, photos=given.photos + 1),
    )  # fmt: skip
    return Turn(kept, (), turn.effects)


def _with_news(session: Session, now: int, says: str) -> Session:
    return replace(session, news=(*session.news, News("claim", "", now, f"help/{now}", says)))


# who helps


def code_in(text: str) -> str | None:
    """The code in 帮忙 1234 5678; "" when only the word is there; None when it is about something else."""
    said = bare(plain(text))
    if said == "帮忙":
        return ""
    match = _CODE.fullmatch(said)
    return match[1].replace("-", "") if match else None


def join(session: Session, code: str, moment: Moment) -> Turn:
    """帮忙 and a code."""
    if session.helping is not None and code and moment.now.timestamp() < session.helping.until:
        return Turn(session, (Say(helping_words.BUSY_HELPING),))
    return Turn(session, (), (JoinHelp(code),)) if code else Turn(session, (Say(helping_words.HOW),))


def joined(session: Session, told: HelpJoined) -> Turn:
    """What came of the code."""
    if told.why:
        return Turn(session, (Say(helping_words.REFUSED[told.why]),))
    says = Say(helping_words.JOINED.format(labels="\n".join(told.open)))
    return Turn(replace(session, helping=Helping(told.owner, told.id, told.until)), (says,))


def current(session: Session, moment: Moment) -> Session:
    """Without a help whose time was over long ago: who sends a photograph then means their own claim."""
    helping = session.helping
    over = helping is not None and moment.now.timestamp() >= helping.until + LASTS_S
    return replace(session, helping=None) if over else session


def lend(session: Session, photo: Sent, moment: Moment) -> Turn:
    """A photograph sent while helping goes to the other claim, never to one's own."""
    helping = session.helping
    assert helping is not None
    if moment.now.timestamp() >= helping.until:
        return Turn(replace(session, helping=None), (Say(helping_words.HELP_OVER),))
    return Turn(session, (), (LendHand(helping.owner, helping.id, photo, (*helping.waiting, photo.ticket)),))


def asking_after(session: Session, turn: Turn) -> Turn:
    """With whatever a helper types, what became of the photographs not judged before is told."""
    helping = session.helping
    if helping is None or not helping.waiting or turn.session.helping is None:
        return turn
    return replace(turn, effects=(*turn.effects, LendHand(helping.owner, helping.id, None, helping.waiting)))


def lent(session: Session, told: HandLent) -> Turn:
    """What became of it, in words."""
    helping = session.helping
    if helping is None:
        return Turn(session, ())
    if told.what in ("over", "ended"):
        words = helping_words.HELP_OVER if told.what == "over" else helping_words.ENDED
        return Turn(replace(session, helping=None), (Say(words),))
    lines = [line for shot in told.shots if (line := _line(shot))]
    waiting = tuple(shot.ticket for shot in told.shots if shot.state == "fetching")
    if told.complete and not waiting:
        return Turn(replace(session, helping=None), (Say("\n".join((*lines, helping_words.COMPLETE))),))
    if told.what == "closed":
        lines.append(helping_words.NOTHING_OPEN)
    elif told.what == "taken":
        lines += [helping_words.CHECKING] if waiting else []
        lines += [helping_words.NEXT.format(label=told.open[0], count=len(told.open))] if told.open else []
    session = replace(session, helping=replace(helping, waiting=waiting))
    return Turn(session, (Say("\n".join(lines)),) if lines else ())


def _line(shot: Shot) -> str:
    match shot.state:
        case "good":
            return helping_words.SHOT.format(label=shot.label)
        case "advised":
            return helping_words.ADVISED.format(label=shot.label)
        case "retake" if shot.remark:
            return helping_words.RETAKE.format(label=shot.label, remark=shot.remark)
        case "retake":
            return helping_words.RETAKE_PLAIN.format(label=shot.label)
    return ""
