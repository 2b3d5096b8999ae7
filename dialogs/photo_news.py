"""What is said of photographs: the news that ride on a reply, the running count of a burst, the slot board. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from msgspec.structs import replace

from dialogs import claim, engine, helping_words, inbox, slots, telling_words, wording
from dialogs.claim_words import CHINA
from dialogs.effects import Turn
from dialogs.knowledge import Knowledge
from dialogs.model import Reply, Say, Tap
from dialogs.programme import Step
from dialogs.session import Draft, News, Photo, Question, Session

MANY = 3
"""So many photographs to be taken again fill a reply by themselves."""
BATCH_WAITS_S = 60
"""After so long those that are missing of a batch will not come any more."""
_SAID_WHOLE = {"lost": wording.LOST_PHOTO, "failed": wording.FAILED_PHOTO, "missing": wording.MISSING_PHOTO}


def under_way(draft: Draft | None) -> list[str]:
    """Tickets of the photographs whose verdict is not there yet."""
    photos: Iterable[Photo] = draft.photos.values() if draft is not None else ()
    return [photo.ticket for photo in photos if photo.state == "fetching"]


def riding(knowledge: Knowledge, session: Session, now: int) -> tuple[tuple[Reply, ...], Session]:
    """The news that go before any reply, and the session in which they are told."""
    session = inbox.returned(session, now)
    lines = told(knowledge, session, session.news, now)
    batch = session.batch
    if batch is not None and now - batch.at > BATCH_WAITS_S:
        came = _came(session)
        if came < batch.count:
            lines = (*lines, Say(wording.BATCH_SHORT.format(count=batch.count, came=came)))
        session = replace(session, batch=None)
    if not under_way(session.draft):
        session = replace(session, burst=0)
    return lines, (replace(session, news=()) if session.news else session)


def told(knowledge: Knowledge, session: Session, items: tuple[News, ...], now: int) -> tuple[Reply, ...]:
    """These news in words, outside the reply to their own message: what happened to a claim on another day bears its
    date, and what may have been told before says so."""
    dated = tuple(replace(item, says=_dated(item, now)) if item.state == "claim" else item for item in items)
    lines = tuple(_lines(knowledge, replace(session, news=dated), with_numbers=True))
    unsure = any(item.tell is not None and item.tell.unsure for item in items)
    return (Say(telling_words.MAYBE_TOLD), *lines) if unsure and lines else lines


def _dated(item: News, now: int) -> str:
    at = datetime.fromtimestamp(item.at, CHINA)
    if at.date() == datetime.fromtimestamp(now, CHINA).date():
        return item.says
    return telling_words.DATED.format(month=at.month, day=at.day, says=item.says)


def awaited(knowledge: Knowledge, session: Session, tickets: Collection[str], *, reading_too: bool) -> Turn | None:
    """The reply to photographs once their verdicts are there; None before.

    reading_too  also wait for what is written on them
    """
    draft = session.draft
    mine = [photo for photo in draft.photos.values() if photo.ticket in tickets] if draft is not None else []
    if any(photo.state == "fetching" or (photo.reading and reading_too) for photo in mine):
        return None
    if mine and draft is not None and draft.retake is not None and (draft.filing or mine[0].reading):
        return None  # on its way to the office: it is not there yet
    told = replace(session, news=())
    batch = batch_line(session)
    if batch and batch_is_whole(session):
        told = replace(told, batch=None, arrivals=())
    if draft is None or draft.paused or session.question is not None:
        says = (*_lines(knowledge, session, with_numbers=True), *batch)
        return Turn(told, says or (Say(wording.NO_DRAFT_LEFT if draft is None else wording.ALSO_RECEIVED),))
    waiting = len(under_way(draft))
    if waiting:
        more = Say(wording.STILL_UNDER_WAY.format(count=waiting))
        return Turn(told, (*_lines(knowledge, session, with_numbers=True), *batch, more))
    if not session.news and not session.burst:
        return Turn(told, (Say(wording.ALSO_RECEIVED), *batch))
    told = replace(told, burst=0)
    if session.burst > 1:
        return _whole_burst(knowledge, told, (*_lines(knowledge, session, with_numbers=False), *batch), session.news)
    if len(session.news) == 1 and session.news[0].state == "advised":
        slot = session.news[0].slot
        options = (Tap("1 重拍", "重拍", "q"), Tap("2 仍用这张", "仍用这张", "q"))
        (line,) = _lines(knowledge, session, with_numbers=False)
        asked = Question("photo", ("retake", "keep"), (slot,))
        return Turn(replace(told, question=asked), (replace(line, taps=options), *batch))
    return claim.ask(knowledge, told, *_lines(knowledge, session, with_numbers=True), *batch)


def _whole_burst(knowledge: Knowledge, session: Session, says: tuple[Reply, ...], news: tuple[News, ...]) -> Turn:
    """All of a burst is judged: where each one lies, and what is asked next. One reply holds 2,048 bytes: with much to
    say of the photographs, the rest is a word away."""
    draft = session.draft
    assert draft is not None
    if sum(item.state != "good" for item in news) >= MANY:
        return Turn(session, (*says, Say(wording.MANY_TO_RETAKE)))
    if engine.open_step(claim.programme_of(knowledge, draft), draft) is None:  # the summary tells their states too
        return with_sorting(knowledge, session, says) or claim.ask(knowledge, session, *says)
    says = (*says, board(knowledge, draft))
    return with_sorting(knowledge, session, says) or claim.ask(knowledge, session, *says)


def with_sorting(knowledge: Knowledge, session: Session, says: tuple[Reply, ...]) -> Turn | None:
    """Offer to move the photographs to where they belong by what is written on them; None when they stand right."""
    draft = session.draft
    assert draft is not None
    programme = claim.programme_of(knowledge, draft)
    moved = slots.moves(programme, draft)
    if not moved or draft.paused:
        return None
    papers = engine.slots(programme, draft)
    numbers = {step.id: number for number, step in enumerate(papers, 1)}
    lines = "\n".join(
        wording.SORT_LINE.format(label=step.label, number=numbers[moved[step.id]])
        for step in papers if step.id in moved and moved[step.id] in numbers
    )  # fmt: skip
    options = (Tap("1 按这样放", "按这样放", "q"), Tap("2 不动", "不动", "q"))
    proposal = Say(wording.SORT_PROPOSED.format(lines=lines), options)
    return Turn(replace(session, question=Question("sort", ("sort", "leave"))), (*says, proposal))


def board(knowledge: Knowledge, draft: Draft) -> Say:
    """Every paper with its state."""
    lines = [wording.BOARD_TOP]
    for number, step in enumerate(engine.slots(claim.programme_of(knowledge, draft), draft), 1):
        lines.append(f"{number} {step.label}：{state_of(step, draft)}")
    return Say("\n".join((*lines, wording.BOARD_END)))


def state_of(step: Step, draft: Draft) -> str:
    """A paper's state in words."""
    photo = draft.photos.get(step.id)
    if photo is not None:
        return wording.BOARD_STATE[photo.state]
    return wording.BOARD_STATE["skipped" if step.id in draft.answers else ""]


def batch_line(session: Session) -> tuple[Say, ...]:
    """How many of the photographs chosen together are here; nothing when none were announced."""
    batch = session.batch
    if batch is None:
        return ()
    if batch_is_whole(session):
        return (Say(wording.BATCH_WHOLE.format(count=batch.count)),)
    return (Say(wording.BATCH.format(count=batch.count, came=_came(session))),)


def batch_is_whole(session: Session) -> bool:
    return session.batch is not None and _came(session) >= session.batch.count


def _came(session: Session) -> int:
    """How many of the batch are here: by MD5 where the phone's are those of the bytes that came, else by count."""
    batch = session.batch
    if batch is None:
        return 0
    wanted = Counter(batch.md5s)
    matched = unknown = 0
    for one in session.arrivals:
        if not one.md5:
            unknown += 1
        elif wanted[one.md5] > 0:
            wanted[one.md5] -= 1
            matched += 1
    came = matched + unknown if matched else len(session.arrivals)
    return min(batch.count, came)


def _lines(knowledge: Knowledge, session: Session, *, with_numbers: bool) -> list[Say]:
    """One line for all that is well, one for each that is not."""
    of_claims = [Say(news.says) for news in session.news if news.state == "claim"]
    draft = session.draft
    if draft is None or len(of_claims) == len(session.news):
        return of_claims
    programme = claim.programme_of(knowledge, draft)
    papers = engine.slots(programme, draft)
    required = [step for step in papers if step.required]
    done = sum(draft.photos[step.id].state in ("good", "advised") for step in required if step.id in draft.photos)
    count = {"done": done, "total": len(required)}
    told = {news.slot for news in session.news if news.state == "good"}
    helped = {slot for slot in told if slot in draft.photos and draft.photos[slot].helped}
    good = [step.label for step in programme.steps if step.id in told - helped]
    lent = [step.label for step in programme.steps if step.id in helped]
    lines = [*of_claims, *([Say(wording.RECEIVED.format(labels="、".join(good), **count))] if good else [])]
    lines += [Say(helping_words.TAKEN.format(labels="、".join(lent)))] if lent else []
    for news in session.news:
        label = _label(knowledge, draft, news.slot)
        if news.state == "advised" and draft.retake is not None:
            lines.append(Say(wording.RETAKE_ADVISED_RIDES.format(label=label, says=news.says)))
        elif news.state == "advised":
            text = wording.ADVISED.format(label=label, says=news.says, **count)
            number = next((at for at, step in enumerate(papers, 1) if step.id == news.slot), 1)
            lines.append(Say(f"{text}\n{wording.ADVISED_RIDES.format(number=number)}" if with_numbers else text))
        elif news.state in _SAID_WHOLE:
            lines.append(Say(_SAID_WHOLE[news.state].format(label=label)))
        elif news.state == "retake":
            lines.append(Say(wording.RETAKE.format(label=label, says=news.says)))
    return lines


def _label(knowledge: Knowledge, draft: Draft, slot: str) -> str:
    step = claim.programme_of(knowledge, draft).step(slot)
    return step.label if step is not None else "照片"
