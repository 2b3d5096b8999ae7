"""Questions that stand outside a programme's steps: which programme, which office, really delete?"""


from msgspec.structs import replace

from dialogs import (
    agency_words,
    board,
    claim,
    consents,
    dead_numbers,
    eligibility_talk,
    engine,
    farewell,
    photos,
    retakes,
    rights,
    sides,
    slots,
    taking_back,
    verification,
    withdrawing,
    wording,
)
from dialogs.effects import DropPhotos, Turn
from dialogs.engine import NO, YES
from dialogs.knowledge import Knowledge, Moment
from dialogs.model import Context, Filled, Say
from dialogs.readers import read
from dialogs.records import SeeToRights
from dialogs.session import Draft, Question, Session


def choose_programme(knowledge: Knowledge, session: Session, moment: Moment) -> Turn:
    """Begin a claim; asks for the place unless the person's province is known."""
    if session.office:
        programme = knowledge.of_province(knowledge.office(session.office).province)
        if programme is not None:
            return begin(knowledge, session, programme.id, moment)
    ids = tuple(knowledge.programmes)
    labels = tuple(knowledge.programmes[pid].city or knowledge.programmes[pid].province for pid in ids)
    return Turn(
        replace(session, question=Question("programme", ids)), (Say(wording.CHOOSE_PROGRAMME, claim.numbered(labels)),)
    )


def begin(knowledge: Knowledge, session: Session, programme_id: str, moment: Moment) -> Turn:
    """A fresh draft of this programme, and its first question."""
    programme = knowledge.programmes[programme_id]
    draft = Draft(moment.fresh_id, programme.id, programme.version, int(moment.now.timestamp()))
    session = replace(session, draft=draft, question=None, refusals=0, province=programme.province)
    if (turn := verification.at_start(knowledge, session)) is not None:
        return turn
    return claim.ask(knowledge, session, Say(programme.opening))


def answer(knowledge: Knowledge, session: Session, text: str, word: str | None, moment: Moment) -> Turn | None:
    """The answer to our open question; None when the person said something else."""
    asked = session.question
    assert asked is not None
    closed = replace(session, question=None)
    picked = _picked(knowledge, asked, text, moment)
    match asked.about, picked:
        case "programme", str(programme_id):
            return begin(knowledge, closed, programme_id, moment)
        case "programme", None:
            found = knowledge.directory.find(text, Context())
            offices = found.offices if word is None else ()
            provinces = {office.province for office in offices}
            programme = knowledge.of_province(provinces.pop()) if len(provinces) == 1 else None
            return begin(knowledge, closed, programme.id, moment) if programme is not None else None
        case "place", str(office):
            return claim.accept_place(knowledge, closed, office)
        case "place", None if word is None:
            return claim.answer(knowledge, closed, text, moment) if closed.draft is not None else None
        case "offices" | "place", str(office) if knowledge.directory.named(office) is None:
            return again(knowledge, closed, Say(wording.OFFICE_GONE.format(office=office)))
        case "offices", str(office):
            return again(knowledge, closed, dead_numbers.shown(knowledge.office(office)))
        case "faqs", str(number):
            return sides.faq(knowledge, closed, int(number))
        case "rights", str(word):
            return rights.chosen(knowledge, closed, word)
        case "withdraw", str(option):
            return taking_back.picked(knowledge, closed, asked, option, moment)
        case "erase" | "erase_claims", farewell.KEEP:
            return again(knowledge, closed, Say(wording.KEPT))
        case "erase" | "erase_claims", str(option):
            return farewell.confirmed(closed, asked, option, moment)
        case "restart", "yes":
            return _dropped(knowledge, closed, moment, begin_again=True)
        case "cancel", "drop":
            return _dropped(knowledge, closed, moment, begin_again=False)
        case "cancel", "pause" if closed.draft is not None:
            return Turn(closed.with_draft(replace(closed.draft, paused=True)), (Say(wording.PAUSED),))
        case "photo", "retake" if closed.draft is not None:
            reopened = closed.with_draft(engine.reopen(closed.draft, asked.data[0]))
            return claim.ask(knowledge, reopened, Say(wording.RETAKE_PLEASE))
        case "photo", "keep" if retakes.is_of(closed):
            return retakes.kept(knowledge, closed)
        case "photo", "keep":
            return again(knowledge, closed, Say(wording.PHOTO_KEPT))
        case "sort", "sort" if closed.draft is not None:
            return board.sorted_by_content(knowledge, closed)
        case "sort", "leave" if closed.draft is not None:
            left = closed.with_draft(slots.left_so(closed.draft))
            return again(knowledge, left, Say(wording.SORT_DECLINED))
        case "location", "yes":
            agreed = replace(closed, consents={**closed.consents, "location": YES})
            agreed = consents.noted(knowledge, agreed, "location", YES, sides.LOCATION_WORDS, moment)
            return Turn(agreed, (Say(wording.LOCATION_AGAIN),), (SeeToRights(),))
        case "location", "no":
            refused = consents.noted(knowledge, closed, "location", NO, sides.LOCATION_WORDS, moment)
            turn = again(knowledge, refused, Say(wording.LOCATION_REFUSED))
            return replace(turn, effects=(*turn.effects, SeeToRights()))
        case "withdraw_claim", "withdraw" if not withdrawing.is_sure(text):
            return withdrawing.confirm(closed, asked.data[0])
        case "withdraw_claim", "withdraw":
            return withdrawing.confirmed(closed, asked.data[0])
        case "withdraw_claim", "keep":
            return again(knowledge, closed, Say(agency_words.WITHDRAW_KEPT))
        case "withdraw_which", str(receipt):
            return withdrawing.confirm(closed, receipt)
        case "eligibility", _ if word is None:
            return eligibility_talk.answer(knowledge, session, text, moment)
        case (("restart" | "cancel"), str()):
            return again(knowledge, closed)
        case _:
            return None


def again(knowledge: Knowledge, session: Session, *before: Say) -> Turn:
    """Say something, then the claim's open question where there is one."""
    if session.draft is not None and not session.draft.paused:
        return claim.ask(knowledge, session, *before)
    return Turn(session, before or (sides.menu(knowledge),))


_LABELS = {
    "rights": rights.DEED_LABELS,
    "erase": farewell.LABELS,
    "erase_claims": farewell.LABELS_WITH_CLAIMS,
    "restart": ("重新开始", "不，接着填"),
    "cancel": ("先停", "删掉", "接着填"),
    "location": ("同意", "不同意"),
    "photo": ("重拍", "仍用这张"),
    "sort": ("按这样放", "不动"),
    "withdraw_claim": withdrawing.LABELS,
}


def _picked(knowledge: Knowledge, asked: Question, text: str, moment: Moment) -> str | None:
    """Which option's value the text picks."""
    if asked.about == "eligibility":
        return None
    labels = _LABELS.get(asked.about) or tuple(_label(knowledge, asked.about, option) for option in asked.options)
    reading = read("choice", text, today=moment.now.date(), options=labels)
    if isinstance(reading, Filled) and reading.value in labels:
        return asked.options[labels.index(reading.value)]
    if asked.about in ("offices", "place"):  # 市里的, 后面那个
        found = knowledge.directory.find(text, Context(asked=asked.options))
        if found.mode == "one" and found.offices[0].name in asked.options:
            return found.offices[0].name
    return None


def _label(knowledge: Knowledge, about: str, option: str) -> str:
    if about == "programme":
        programme = knowledge.programmes[option]
        return programme.city or programme.province
    if about == "withdraw":
        return taking_back.label(option)
    return knowledge.guide.question(int(option)) if about == "faqs" else option


def _dropped(knowledge: Knowledge, session: Session, moment: Moment, *, begin_again: bool) -> Turn:
    draft = session.draft
    keys = tuple(photos.keys_of(draft))
    effects = (DropPhotos(keys),) if keys else ()
    session = session.with_draft(None)
    if begin_again and draft is not None:
        turn = begin(knowledge, session, draft.programme, moment)
        return replace(turn, effects=(*turn.effects, *effects))
    return Turn(session, (Say(wording.CANCELLED),), effects)
