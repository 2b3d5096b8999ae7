"""A paper of a filed claim that the office wants once more: what the person hears, sends and may say meanwhile. Pure.

The paper is a draft of its own with one slot (Draft.retake), so that everything photographs go through holds for it:
docs/decisions/0013-retake-of-a-filed-paper.md.
"""


from msgspec.structs import replace

from dialogs import claim, claim_words, commands, engine, wording
from dialogs.board_words import board_word
from dialogs.effects import ClaimMoved, ClaimStatus, DropPhotos, HandInPaper, PaperHandedIn, Turn
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Say
from dialogs.normal import bare
from dialogs.session import Asked, Draft, News, Receipt, Session
from dialogs.status import IMPLIED

LOCKED = ("back", "skip", "edit", "cancel")
"""Words that would change a claim in progress; this one is filed."""

AGAIN = ("重拍", "重新拍", "再拍一张", "重拍一张")
KEEP = ("仍用这张", "就用这张", "用这张", "交这张")


def in_turn(knowledge: Knowledge, turn: Turn) -> Turn:
    """Whatever was done: the draft is the right one after it.

    A paper asked for again comes forward when no claim is being filled; a claim that was paused is laid by and comes
    back afterwards; a paper that is no longer asked for goes with its photographs.
    """
    before = turn.session
    session = _without_answered(before)
    session = _forward(knowledge, session)
    if session == before:
        return turn
    held = {photo.key for draft in before.drafts for photo in draft.photos.values() if photo.key}
    kept = {photo.key for draft in session.drafts for photo in draft.photos.values() if photo.key}
    dropped = (DropPhotos(tuple(sorted(held - kept))),) if held - kept else ()
    return replace(turn, session=session, effects=(*turn.effects, *dropped))


def _without_answered(session: Session) -> Session:
    draft = session.draft
    if draft is None or draft.retake is None or draft.filing:
        return session
    now = next((asked for asked in session.asked if _same(asked, draft.retake)), None)
    if now is None:
        return session.with_draft(None)
    return session if now == draft.retake else session.with_draft(replace(draft, retake=now))


def _forward(knowledge: Knowledge, session: Session) -> Session:
    draft = session.draft
    if draft is not None and (draft.retake is not None or not draft.paused or _is_busy(draft) or session.question):
        return session
    asked = next((one for one in session.asked if one.programme in knowledge.programmes), None)
    if asked is None:
        return replace(session, draft=session.laid_by, laid_by=None) if draft is None and session.laid_by else session
    version = knowledge.programmes[asked.programme].version
    front = Draft(f"{asked.receipt}-{asked.slot}"[:64], asked.programme, version, asked.at, retake=asked)
    return replace(session, draft=front, laid_by=draft or session.laid_by)


def _same(one: Asked, other: Asked) -> bool:
    return (one.receipt, one.slot) == (other.receipt, other.slot)


def _is_busy(draft: Draft) -> bool:
    """Is a photograph under way, or the whole thing?"""
    return draft.filing or any(photo.state == "fetching" for photo in draft.photos.values())


def is_of(session: Session) -> bool:
    """Is it a paper of a filed claim that is open now?"""
    return session.draft is not None and session.draft.retake is not None


def moved(knowledge: Knowledge, session: Session, told: ClaimMoved, moment: Moment) -> Turn:
    """Something happened to a filed claim: it becomes news, once, whatever is told twice or late."""
    known = next((one for one in session.receipts if one.number == told.receipt), None)
    heard = known.heard if known is not None else 0
    newest = told.happened[-1].seq
    others = [one for one in session.asked if one.receipt != told.receipt]
    wanted = {_ticket(one) for one in told.asked}
    kept = [
        item for item in session.news
        if not item.ticket.startswith(f"ask/{told.receipt}/") or item.ticket in wanted
    ]  # fmt: skip
    at = int(moment.now.timestamp())
    for event in told.happened:
        if event.seq <= heard or event.is_claimants or event.reason == IMPLIED:
            continue
        if event.status == "needs_materials":
            asked = next((one for one in told.asked if one.slot == event.detail.get("slot")), None)
            if asked is not None:
                kept = [item for item in kept if item.ticket != _ticket(asked)]
                kept.append(News("claim", "", at, _ticket(asked), _asked_news(knowledge, session, asked)))
            continue
        status = ClaimStatus(
            told.receipt, told.programme, told.office, event.status, int(event.at.timestamp()), event.detail,
            event.reason, told.received_at,
        )  # fmt: skip
        kept.append(News("claim", "", at, f"event/{told.receipt}/{event.seq}", claim_words.news(knowledge, status)))
    receipt = Receipt(told.receipt, told.programme, told.office, told.filed_at, max(heard, newest))
    receipts = tuple(receipt if one.number == told.receipt else one for one in session.receipts)
    return Turn(
        replace(
            session, asked=(*others, *told.asked), news=tuple(kept),
            receipts=receipts if known is not None else (*receipts, receipt),
        ),
        (),
    )  # fmt: skip


def _ticket(asked: Asked) -> str:
    return f"ask/{asked.receipt}/{asked.slot}"


def _asked_news(knowledge: Knowledge, session: Session, asked: Asked) -> str:
    said = claim_words.asking(knowledge, asked)
    draft = session.draft
    if draft is not None and draft.retake is None and not draft.paused:
        return f"{said}\n{wording.RETAKE_AFTER_THIS}"
    return said


def known_from(session: Session, claims: tuple[ClaimStatus, ...]) -> Session:
    """What is asked for as SQL has it, where the session has lost it, as after 删除我的信息."""
    asked = tuple(one for status in reversed(claims) for one in status.asked)
    heard = {status.receipt: status.heard for status in claims}  # what is read now is no news later
    receipts = tuple(replace(one, heard=max(one.heard, heard.get(one.number, 0))) for one in session.receipts)
    return replace(session, asked=asked, receipts=receipts)


def hand_in(session: Session) -> Turn:
    """The photograph that lies there goes to the office: a worker does it, by the ticket of the photograph."""
    draft = session.draft
    assert draft is not None and draft.retake is not None
    photo = draft.photos[draft.retake.slot]
    handing = engine.keep(replace(draft, filing=True, paused=False), draft.retake.slot)
    return Turn(replace(session, draft=handing, question=None), (), (HandInPaper(photo.ticket),))


def handed_in(knowledge: Knowledge, session: Session, told: PaperHandedIn, moment: Moment) -> Turn:
    """The paper lies in the claim, or is not wanted any more."""
    draft = session.draft
    if draft is None or draft.retake is None or not draft.filing:
        return Turn(session, ())
    asked = draft.retake
    photo = draft.photos.get(asked.slot)
    if photo is None or photo.ticket != told.ticket:
        return Turn(session, ())
    label = claim_words.label_of(knowledge, asked)
    left = tuple(one for one in session.asked if not _same(one, asked))
    if not told.taken:
        says = wording.RETAKE_NOT_WANTED.format(label=label)
    elif any(one.receipt == asked.receipt for one in left):
        says = wording.HANDED_IN_ONE.format(label=label)
    else:
        phone = knowledge.phone(asked.office, knowledge.programmes.get(asked.programme))
        says = wording.HANDED_IN.format(label=label, office=asked.office, phone=phone)
    news = News("claim", "", int(moment.now.timestamp()), told.ticket, says)
    others = tuple(item for item in session.news if item.ticket != told.ticket)
    session = replace(session, draft=None, asked=left, news=(*others, news))
    return Turn(session, (), (DropPhotos((photo.key,)),))  # what it replaced, too, is needed by nobody


def usable(session: Session) -> Turn:
    """A good photograph of the paper is stored, and read if it is to be: it goes on by itself."""
    draft = session.draft
    assert draft is not None and draft.retake is not None
    photo = draft.photos.get(draft.retake.slot)
    if draft.filing or photo is None or photo.state != "good" or photo.reading:
        return Turn(session, ())
    return hand_in(session)


def obey(knowledge: Knowledge, session: Session, word: str) -> Turn | None:
    """Words that mean something else while one paper of a filed claim is open; None for all others."""
    draft = session.draft
    assert draft is not None
    match word:
        case "start" | "resume":
            turn = claim.ask(knowledge, session.with_draft(replace(draft, paused=False)))
            new = (Say(wording.RETAKE_NEW_CLAIM),) if word == "start" else ()
            return replace(turn, replies=(*turn.replies, *new))
        case "pause":
            return Turn(session.with_draft(replace(draft, paused=True)), (Say(wording.RETAKE_PAUSED),))
        case "submit" | "keep":
            return kept(knowledge, session)
        case _ if word in LOCKED:
            return claim.ask(knowledge, session, Say(wording.RETAKE_LOCKED))
    return None


def said(knowledge: Knowledge, session: Session, text: str) -> Turn | None:
    """What is typed to the one open paper, and what would change the rest of its claim; None for anything else."""
    draft = session.draft
    if draft is None or draft.retake is None:
        return None
    if bare(text) in KEEP:
        return kept(knowledge, session)
    if commands.line_to_edit(text) is not None:
        return claim.ask(knowledge, session, Say(wording.RETAKE_LOCKED))
    word = board_word(text, [claim_words.label_of(knowledge, draft.retake)])
    again = bare(text) in AGAIN or (word is not None and word.deed == "retake" and set(word.papers) <= {1})
    if word is None and not again:
        return None
    if again:
        return claim.ask(knowledge, session)
    return claim.ask(knowledge, session, Say(wording.RETAKE_LOCKED))


def kept(knowledge: Knowledge, session: Session) -> Turn:
    """The person wants the photograph that lies there to be handed in."""
    draft = session.draft
    assert draft is not None and draft.retake is not None
    photo = draft.photos.get(draft.retake.slot)
    if photo is not None and photo.state == "advised" and not draft.filing:
        turn = hand_in(session)
        assert turn.session.draft is not None
        says = claim_words.question(knowledge, turn.session.draft)
        return replace(turn, replies=tuple(map(Say, says)))
    turn = claim.ask(knowledge, session)
    if draft.filing and photo is not None:  # said again: should it have been given up, it is begun anew
        return replace(turn, effects=(HandInPaper(photo.ticket),))
    return turn


def swapped(session: Session) -> Session | None:
    """The claim that was laid by, in hand again; the paper comes back when it is paused. None when there is none, or a
    photograph of the paper is still there."""
    if session.laid_by is None or not may_wait(session):
        return None
    return replace(session, draft=replace(session.laid_by, paused=False), laid_by=None, question=None)


def may_wait(session: Session) -> bool:
    """Can the paper be put off? Not while a photograph of it lies there."""
    draft = session.draft
    return draft is None or not (draft.filing or any(photo.state != "retake" for photo in draft.photos.values()))


def refused_photo(knowledge: Knowledge, draft: Draft) -> str:
    """Why another photograph is not taken now; "" when it is."""
    assert draft.retake is not None
    if draft.filing:
        return wording.HANDING_IN.format(label=claim_words.label_of(knowledge, draft.retake)) + wording.NOT_THIS_ONE
    photo = draft.photos.get(draft.retake.slot)
    busy = photo is not None and photo.state in ("fetching", "good")
    return wording.RETAKE_CHECKING + wording.NOT_THIS_ONE if busy else ""
