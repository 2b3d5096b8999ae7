"""The slot board as something one can give orders to: retake, exchange, skip, sort, keep. Pure."""


from msgspec.structs import replace

from dialogs import claim, engine, photo_news, photos, slots, wording
from dialogs.board_words import BoardWord, board_word
from dialogs.effects import DropPhotos, FetchPhoto, Turn
from dialogs.knowledge import Knowledge
from dialogs.model import Say
from dialogs.programme import Step
from dialogs.session import Draft, Session
from dialogs.slots import Placed


def understood(knowledge: Knowledge, session: Session, text: str) -> BoardWord | None:
    """What a text says to the board of this claim; None when it says nothing to it."""
    draft = session.draft
    if draft is None:
        return None
    papers = engine.slots(claim.programme_of(knowledge, draft), draft)
    return board_word(text, [step.label for step in papers]) if papers else None


def obey(knowledge: Knowledge, session: Session, word: BoardWord) -> Turn:
    """Carry out what was said to the board."""
    draft = session.draft
    assert draft is not None
    programme = claim.programme_of(knowledge, draft)
    papers = engine.slots(programme, draft)
    if not all(1 <= number <= len(papers) for number in word.papers):
        return claim.ask(knowledge, _going_on(session), Say(wording.NO_SUCH_PAPER.format(count=len(papers))))
    chosen = [papers[number - 1] for number in word.papers]
    match word.deed:
        case "swap":
            return _swapped(knowledge, session, draft, chosen)
        case "retake":
            for step in chosen:
                if step.id in draft.photos or step.id in draft.answers:
                    draft = engine.reopen(draft, step.id)
            asked = engine.open_step(programme, draft)
            later = "、".join(step.label for step in chosen if step != asked)
            say = Say(wording.REOPENED_LATER.format(labels=later) if later else wording.REOPENED)
            return claim.ask(knowledge, _going_on(session.with_draft(draft)), say)
        case _:
            return _skipped(knowledge, session, draft, chosen)


def _going_on(session: Session) -> Session:
    draft = session.draft
    assert draft is not None
    return replace(session, draft=replace(draft, paused=False), question=None, refusals=0)


def _swapped(knowledge: Knowledge, session: Session, draft: Draft, chosen: list[Step]) -> Turn:
    programme = claim.programme_of(knowledge, draft)
    judge: tuple[str, ...] = ()
    for one, other in zip(chosen[::2], chosen[1::2], strict=True):
        if one.id not in draft.photos and other.id not in draft.photos:
            return claim.ask(knowledge, _going_on(session), Say(wording.NOTHING_TO_SWAP))
        placed = slots.swap(programme, draft, one.id, other.id)
        draft, judge = placed.draft, (*judge, *placed.judge)
    return _rearranged(knowledge, session, Placed(draft, "", judge))


def sorted_by_content(knowledge: Knowledge, session: Session) -> Turn:
    """Move the photographs to where they belong by what is written on them."""
    assert session.draft is not None
    programme = claim.programme_of(knowledge, session.draft)
    return _rearranged(knowledge, session, slots.sort(programme, session.draft))


def _rearranged(knowledge: Knowledge, session: Session, placed: Placed) -> Turn:
    moved = photos.following(_going_on(session), replace(placed.draft, paused=False))
    effects = tuple(FetchPhoto(ticket) for ticket in dict.fromkeys(placed.judge))
    if effects:  # judged anew, they are told like a burst: with the board
        moved = replace(moved, burst=len(effects) + 1)
    assert moved.draft is not None
    says = (Say(wording.SWAPPED), photo_news.board(knowledge, moved.draft))
    return claim.ask(knowledge, moved, *says, effects=effects)


def _skipped(knowledge: Knowledge, session: Session, draft: Draft, chosen: list[Step]) -> Turn:
    if any(step.required for step in chosen):
        return claim.ask(knowledge, _going_on(session), Say(wording.CANNOT_SKIP))
    return skip(knowledge, session, draft, chosen)


def skip(knowledge: Knowledge, session: Session, draft: Draft, chosen: list[Step]) -> Turn:
    """Leave optional steps out; pictures that lay there go."""
    before = photos.keys_of(draft)
    for step in chosen:
        draft = engine.skip(draft, step)
    unused = tuple(before - photos.keys_of(draft))
    effects = (DropPhotos(unused),) if unused else ()
    return claim.ask(knowledge, _going_on(session.with_draft(draft)), Say(wording.SKIPPED), effects=effects)


def shown(knowledge: Knowledge, session: Session) -> Turn:
    """Every paper with its state; and where they belong, when they were read and stand elsewhere."""
    assert session.draft is not None
    says = (photo_news.board(knowledge, session.draft),)
    if session.draft.paused:
        return Turn(session, says)
    return photo_news.with_sorting(knowledge, session, says) or claim.ask(knowledge, session, *says)
