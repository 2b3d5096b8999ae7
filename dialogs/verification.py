"""The real-name check within a claim (Kunming's steps 2 and 3): offered first, waited for never. Pure.

The person gets a link and may go on. What the service says comes by its callback, or is asked for when the person
writes 继续; it counts once, and only for the draft and the attempt it was made for.
"""

from datetime import date

from msgspec.structs import replace

from dialogs import claim, engine, photos, readers, verify_words
from dialogs.effects import DropPhotos, Turn
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Filled, Link, Say
from dialogs.session import Draft, Identity, News, Session
from dialogs.verify_effects import AskVerification, BeginVerification, VerificationBegun, VerificationTold, VerifyInput

OLD_ENOUGH = 16
"""Years: nobody younger may be employed, so nobody younger was insured."""


def at_start(knowledge: Knowledge, session: Session) -> Turn | None:
    """A claim begins: the link first, where there is a service and the programme wants it; None elsewhere."""
    draft = session.draft
    if draft is None or not knowledge.account.verifies or not claim.programme_of(knowledge, draft).verify:
        return None
    return Turn(session, (), (BeginVerification(draft.id),))


def obey(knowledge: Knowledge, session: Session) -> Turn:
    """实名认证."""
    draft = session.draft
    if draft is None or draft.retake is not None:
        programme = knowledge.of_province(session.province) or next(iter(knowledge.programmes.values()))
        return Turn(session, (_explained(knowledge, programme.verify_how),))
    programme = claim.programme_of(knowledge, draft)
    if draft.identity is not None and draft.identity.state == "verified":
        return claim.ask(knowledge, session, Say(verify_words.DONE))
    if (turn := at_start(knowledge, session)) is not None:
        return turn
    return claim.ask(knowledge, session, _explained(knowledge, programme.verify_how))


def _explained(knowledge: Knowledge, how: str) -> Say:
    card = knowledge.account.card
    return Say(how or verify_words.NOT_HERE, links=(card,) if card is not None and how else ())


def begun(knowledge: Knowledge, session: Session, told: VerificationBegun) -> Turn:
    """The link is there."""
    draft = session.draft
    if draft is None or draft.id != told.draft:
        return Turn(session, (Say(verify_words.EXPIRED),))
    again = draft.identity is not None
    session = session.with_draft(replace(draft, identity=Identity("begun", told.attempt, told.reference)))
    card = knowledge.account.card
    links = (Link(verify_words.LINK, told.link), *((card,) if card is not None else ()))
    return claim.ask(knowledge, session, Say(verify_words.AGAIN if again else verify_words.BEGIN, links=links))


def asking_after(turn: Turn) -> Turn:
    """继续: if the result has not come, ask for it."""
    draft = turn.session.draft
    identity = draft.identity if draft is not None else None
    if draft is None or identity is None or identity.state != "begun":
        return turn
    asked = AskVerification(draft.id, identity.attempt, identity.reference)
    return replace(turn, effects=(*turn.effects, asked))


def heard(knowledge: Knowledge, session: Session, told_us: VerifyInput, moment: Moment) -> Turn:
    """What the shell tells."""
    if isinstance(told_us, VerificationBegun):
        return begun(knowledge, session, told_us)
    return told(knowledge, session, told_us, moment)


def told(knowledge: Knowledge, session: Session, heard: VerificationTold, moment: Moment) -> Turn:
    """What the service says. A turn that changes nothing: too late, twice, or of an earlier attempt."""
    place = next((name for name in ("draft", "laid_by") if _is_for(getattr(session, name), heard)), "")
    draft: Draft | None = getattr(session, place) if place else None
    if draft is None or draft.identity is None or draft.filing or draft.identity.state == "verified":
        return Turn(session, ())
    now, today = int(moment.now.timestamp()), moment.now.date()
    if heard.state == "verified":
        reading = readers.read("id_number", heard.id_number, today=today)
        if not isinstance(reading, Filled) or not heard.name.strip():
            heard = replace(heard, state="failed", words="")
        elif _years(reading.value, today) < OLD_ENOUGH:
            return _too_young(knowledge, session, place, now)
        else:
            verified = Identity("verified", heard.attempt, name=heard.name.strip(), id_number=reading.value)
            return _with(session, place, replace(draft, identity=verified), now, verify_words.VERIFIED)
    if heard.attempt != draft.identity.attempt:
        return Turn(session, ())
    if heard.state == "pending":
        return _with(session, place, draft, now, verify_words.PENDING)
    why = f"（{heard.words}）" if heard.words else ""
    words = verify_words.FAILED.format(why=why) if heard.state == "failed" else verify_words.EXPIRED
    if draft.identity.state == heard.state:
        return Turn(session, ())
    return _with(session, place, replace(draft, identity=Identity(heard.state, heard.attempt)), now, words)


def _is_for(draft: Draft | None, heard: VerificationTold) -> bool:
    return draft is not None and draft.id == heard.draft


def _years(id_number: str, today: date) -> int:
    """Full years of age by the 18 digits."""
    born = (int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    return today.year - born[0] - ((today.month, today.day) < born[1:])


def _too_young(knowledge: Knowledge, session: Session, place: str, now: int) -> Turn:
    draft: Draft = getattr(session, place)
    office = engine.office_of(claim.programme_of(knowledge, draft), draft, knowledge.directory, session.office)
    words = verify_words.TOO_YOUNG.format(office=office, phone=knowledge.phone(office))
    keys = tuple(photos.keys_of(draft))
    turn = _with(replace(session, question=None), place, None, now, words)
    return replace(turn, effects=(DropPhotos(keys),) if keys else ())


def _with(session: Session, place: str, draft: Draft | None, now: int, words: str) -> Turn:
    others = tuple(item for item in session.news if not item.ticket.startswith("identity/"))
    news = (*others, News("claim", "", now, f"identity/{now}", words))
    return Turn(replace(session, news=news, **{place: draft}), ())
