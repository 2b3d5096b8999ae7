"""Photographs coming in: which slot each one takes, what a verdict does. What is said of them: photo_news.py. Pure."""


from msgspec.structs import replace

from dialogs import claim, engine, retakes, slots, wording
from dialogs.effects import (
    DropPhotos,
    Effect,
    FetchPhoto,
    PaperRead,
    PhotoJudged,
    PhotoMissing,
    PhotosComing,
    ReadPaper,
    Sent,
    Turn,
)
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Say
from dialogs.photo_news import batch_is_whole, batch_line, under_way
from dialogs.session import Arrival, Batch, Draft, News, Photo, Session

ARRIVALS_KEPT_S = 120
"""A menu button's event and its photographs come within moments of each other."""
BEFORE_ITS_EVENT_S = 20
"""A photograph that came earlier before the event was sent by itself: WeChat repeats an event for 15 s at most."""
ARRIVALS_MOST = 20
MD5_CHARS = 8
_STATES = {"good": "good", "advise": "advised"}


def keys_of(draft: Draft | None) -> set[str]:
    """The stored pictures that this draft holds; one picture may stand in two slots."""
    return {photo.key for photo in draft.photos.values() if photo.key} if draft is not None else set()


def keys_in(session: Session) -> set[str]:
    """The stored pictures of everything in progress."""
    return {key for draft in session.drafts for key in keys_of(draft)}


def sent(knowledge: Knowledge, session: Session, photo: Sent, moment: Moment) -> Turn:
    """A photograph goes into the slot that was open when it was sent."""
    now = int(moment.now.timestamp())
    draft, asked = session.draft, session.question
    session = replace(session, question=None, arrivals=_arrived(session, photo.ticket, now))
    if draft is not None and draft.retake is not None:
        if why := retakes.refused_photo(knowledge, draft):
            return Turn(session, (Say(why),))
        draft = replace(draft, paused=False)
        session = session.with_draft(draft)
    if draft is None or draft.paused:
        return Turn(session, (Say(wording.NO_SLOT if draft is None else wording.NO_SLOT_PAUSED),))
    programme = claim.programme_of(knowledge, draft)
    step = engine.open_step(programme, draft)
    if step is None:
        return claim.ask(knowledge, session, Say(wording.NO_SLOT_LEFT))
    new = Photo(
        "fetching", photo.ticket, photo.media_id, photo.pic_url, came_at=now, sent_at=photo.sent_at or now,
        order=photo.order,
    )  # fmt: skip
    # what was answered stays, unless the numbers of the messages are known to tell their order
    movable = {news.ticket for news in session.news} | set(under_way(draft))
    if slots.is_ordered(session):
        movable |= {placed.ticket for placed in draft.photos.values()}
    choice = asked.data[0] if asked is not None and asked.about == "photo" else ""
    placed = slots.place(programme, draft, new, movable, choice)
    if placed is None:
        why = wording.CONSENT_FIRST if step.kind in ("consent", "notice") else wording.NEED_TEXT
        return claim.ask(knowledge, session, Say(why))
    before = under_way(draft)
    changed = sum(draft.photos.get(slot) is not picture for slot, picture in placed.draft.photos.items())
    session = following(replace(session, refusals=0, burst=session.burst + changed), placed.draft)
    effects = tuple(FetchPhoto(ticket) for ticket in placed.judge)
    batch = batch_line(session)
    if before:
        return Turn(session, (Say(wording.CHECKING_ONE_OF.format(count=session.burst)), *batch), effects)
    looked_at = wording.CHECKING if draft.retake is None else wording.RETAKE_RECEIVED
    return claim.ask(knowledge, session, Say(looked_at), *batch, effects=effects)


def following(session: Session, draft: Draft) -> Session:
    """The session with photographs moved: their untold news move with them, and go where they are judged anew."""
    news = []
    for item in session.news:
        slot = engine.slot_of(draft, item.ticket)
        if slot is None or slot == item.slot or item.state not in ("good", "advised", "retake"):
            news.append(item)
        elif draft.photos[slot].state != "fetching":
            news.append(replace(item, slot=slot))
    return replace(session, draft=draft, news=tuple(news))


def _arrived(session: Session, ticket: str, now: int) -> tuple[Arrival, ...]:
    lately = [one for one in session.arrivals if one.at > now - ARRIVALS_KEPT_S and one.ticket != ticket]
    return (*lately[-(ARRIVALS_MOST - 1) :], Arrival(ticket, now))


def coming(session: Session, told: PhotosComing, moment: Moment) -> Turn:
    """A menu button chose photographs; they come before or after this."""
    if told.count < 1:
        return Turn(session, (Say(wording.NEED_PHOTO),))
    now = int(moment.now.timestamp())
    md5s = tuple(md5.lower()[:MD5_CHARS] for md5 in told.md5s)
    arrived = tuple(one for one in session.arrivals if one.at > now - BEFORE_ITS_EVENT_S)
    session = replace(session, batch=Batch(told.count, md5s, now), arrivals=arrived)
    if batch_is_whole(session):
        return Turn(replace(session, batch=None, arrivals=()), batch_line(session))
    return Turn(session, batch_line(session))


def judged(knowledge: Knowledge, session: Session, verdict: PhotoJudged, moment: Moment) -> Turn:
    """The verdict on a photograph becomes news that rides on the next reply."""
    draft = session.draft
    if verdict.md5:
        known = (
            replace(one, md5=verdict.md5[:MD5_CHARS]) if one.ticket == verdict.ticket else one
            for one in session.arrivals
        )
        session = replace(session, arrivals=tuple(known))
    slot = engine.slot_of(draft, verdict.ticket) if draft is not None else None
    if draft is None or slot is None or draft.photos[slot].state != "fetching":
        # too late, or judged twice: the bytes go only if no slot holds the same picture
        late = {verdict.key} - {""} - keys_in(session)
        return Turn(session, (), (DropPhotos(tuple(late)),) if late else ())
    photo = draft.photos[slot]
    if verdict.strength in ("good", "advise", "refuse") and _moved(knowledge, draft, verdict.slot, slot):
        if verdict.key:
            photo = replace(photo, key=verdict.key, fingerprint=verdict.fingerprint, media_id="", pic_url="")
        session = session.with_draft(replace(draft, photos={**draft.photos, slot: photo}))
        return Turn(session, (), (FetchPhoto(verdict.ticket),))
    later = [other for other in draft.photos.values() if (other.sent_at, other.order) > (photo.sent_at, photo.order)]
    state = _STATES.get(verdict.strength, "retake")
    usable = state != "retake"
    settled = replace(
        photo, state=state, key=verdict.key if usable else "", fingerprint=verdict.fingerprint, remark=verdict.says,
        media_id="", pic_url="", reading=verdict.reading and usable,
        passed_by=0 if usable else max((other.sent_at for other in later), default=0),
    )  # fmt: skip
    draft = replace(draft, photos={**draft.photos, slot: settled})
    told = state if verdict.strength in ("good", "advise", "refuse") else verdict.strength
    news = News(told, slot, int(moment.now.timestamp()), verdict.ticket, verdict.says)
    unused = tuple({photo.key, verdict.key} - {""} - keys_in(session.with_draft(draft)))
    effects: tuple[Effect, ...] = (DropPhotos(unused),) if unused else ()
    if settled.reading:
        effects = (*effects, ReadPaper(verdict.ticket))
    if draft.retake is not None:
        return _of_retake(session, draft, news, effects)
    return Turn(replace(session, draft=draft, news=(*_without(session.news, verdict.ticket), news)), (), effects)


def _of_retake(session: Session, draft: Draft, news: News, effects: tuple[Effect, ...] = ()) -> Turn:
    """A good one goes on by itself and is news only when it has arrived; any other leaves the slot open."""
    assert draft.retake is not None
    told = _without(session.news, news.ticket)
    if news.state == "good":
        turn = retakes.usable(replace(session, draft=draft, news=told))
        return replace(turn, effects=(*effects, *turn.effects))
    if news.state == "advised":
        draft = engine.reopen(draft, draft.retake.slot)
    return Turn(replace(session, draft=draft, news=(*told, news)), (), effects)


def _moved(knowledge: Knowledge, draft: Draft, judged_for: str, slot: str) -> bool:
    """Was it judged for a slot that asks for something else than the one it stands in now?"""
    programme = claim.programme_of(knowledge, draft)
    there, here = programme.step(judged_for), programme.step(slot)
    return there is not None and here is not None and slots.asks(there) != slots.asks(here)


def _without(news: tuple[News, ...], ticket: str) -> tuple[News, ...]:
    return tuple(item for item in news if item.ticket != ticket)


def read(knowledge: Knowledge, session: Session, found: PaperRead, moment: Moment) -> Turn:
    """What is written on a photograph: advice that joins its verdict, told or not."""
    draft = session.draft
    slot = engine.slot_of(draft, found.ticket) if draft is not None else None
    if draft is None or slot is None or not draft.photos[slot].reading:
        return Turn(session, ())
    photo = replace(draft.photos[slot], reading=False, seen=found.seen, holder=found.holder)
    news = session.news
    if found.says and not _moved(knowledge, draft, found.slot, slot):
        photo = replace(photo, state="advised", remark=found.says)
        item = News("advised", slot, int(moment.now.timestamp()), found.ticket, found.says)
        if draft.retake is not None and not draft.filing:
            return _of_retake(session, replace(draft, photos={**draft.photos, slot: photo}), item)
        if draft.retake is None:
            news = (*_without(news, found.ticket), item)
    elif draft.retake is not None:
        return retakes.usable(session.with_draft(replace(draft, photos={**draft.photos, slot: photo})))
    return Turn(replace(session, draft=replace(draft, photos={**draft.photos, slot: photo}), news=news), ())


def missing(session: Session, lost: PhotoMissing, moment: Moment) -> Turn:
    """Stored bytes are gone: the person is told and asked again, whatever was said before."""
    draft = session.draft
    photo = draft.photos.get(lost.slot) if draft is not None else None
    if draft is None or photo is None or photo.key != lost.key:
        return Turn(session, ())
    if draft.filing and draft.retake is None:  # it is filed without; of a claim's lost papers the operators are told
        return Turn(session, ())
    photo = replace(photo, state="retake", key="", fingerprint="", remark="", reading=False, passed_by=0)
    news = News("missing", lost.slot, int(moment.now.timestamp()), photo.ticket)
    draft = replace(draft, photos={**draft.photos, lost.slot: photo}, filing=False)
    return Turn(replace(session, draft=draft, news=(*_without(session.news, photo.ticket), news)), ())
