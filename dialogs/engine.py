"""The claim itself: which step is open, what an answer does to the draft. Pure; `claim.py` puts it into words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace

from dialogs import identity, readers
from dialogs.conditions import ALWAYS
from dialogs.model import Context, Filled, Reading, Refused
from dialogs.offices import Directory, Office
from dialogs.programme import SKIPPED, Programme, Step
from dialogs.session import Draft, Photo

ACCEPTED_PHOTO = ("fetching", "good", "advised")
"""Photo states that do not leave the slot open: a picture on its way counts until its verdict says otherwise."""
YES, NO, READ = "yes", "no", "read"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A place that could be several offices: ask back."""

    offices: tuple[str, ...]
    why: str


def known(draft: Draft) -> dict[str, str]:
    """All that counts as answered: typed answers, and "photo" for slots with a picture."""
    pictures = {slot: "photo" for slot, photo in draft.photos.items() if photo.state in ACCEPTED_PHOTO}
    return {**draft.answers, **pictures}


def relevant_steps(programme: Programme, draft: Draft) -> tuple[Step, ...]:
    """The steps this person walks, given the answers so far."""
    if draft.retake is not None:  # of a filed claim one paper is open, whatever became of the programme since
        slot = draft.retake.slot
        return (programme.step(slot) or Step(slot, "photo", label=slot),)
    return _relevant(programme, known(draft))


def _relevant(programme: Programme, answers: dict[str, str]) -> tuple[Step, ...]:
    return tuple([step for step in programme.asked if step.condition is ALWAYS or step.relevant(answers)])


def open_step(programme: Programme, draft: Draft) -> Step | None:
    """The first relevant step without an accepted answer; None when only the summary is left."""
    answers = known(draft)
    for step in _relevant(programme, answers) if draft.retake is None else relevant_steps(programme, draft):
        if step.id in draft.reopened or not _accepted(step, answers):
            return step
    return None


def _accepted(step: Step, answers: dict[str, str]) -> bool:
    if step.id not in answers:
        return False
    return not (step.kind == "consent" and answers[step.id] == NO)


def progress(programme: Programme, draft: Draft) -> tuple[int, int]:
    """(number of the open step, how many there are), over what is relevant now; consents and notices count too."""
    steps = relevant_steps(programme, draft)
    open_now = open_step(programme, draft)
    number = steps.index(open_now) + 1 if open_now in steps else len(steps)
    return number, len(steps)


def slots(programme: Programme, draft: Draft) -> tuple[Step, ...]:
    """The papers this person has to send, in order."""
    return tuple(step for step in relevant_steps(programme, draft) if step.kind == "photo")


def previous_step(programme: Programme, draft: Draft) -> Step | None:
    """The answered step before the open one; consents are not walked back into."""
    before: Step | None = None
    for step in relevant_steps(programme, draft):
        if step == open_step(programme, draft):
            break
        if step.kind not in ("consent", "notice"):
            before = step
    return before


def reopen(draft: Draft, step_id: str) -> Draft:
    """Ask this step again; its old answer stays until a new one is accepted."""
    return replace(draft, reopened=tuple(dict.fromkeys((*draft.reopened, step_id))))


def keep(draft: Draft, step_id: str) -> Draft:
    """The old answer of a reopened step stands."""
    return replace(draft, reopened=tuple(other for other in draft.reopened if other != step_id))


def accept(draft: Draft, step_id: str, value: str) -> Draft:
    """Record an answer."""
    return keep(replace(draft, answers={**draft.answers, step_id: value}), step_id)


def skip(draft: Draft, step: Step) -> Draft:
    """Record that an optional step was skipped; a picture that was there goes."""
    photos = {slot: photo for slot, photo in draft.photos.items() if slot != step.id}
    return accept(replace(draft, photos=photos), step.id, SKIPPED)


def place_photo(draft: Draft, step_id: str, photo: Photo) -> Draft:
    """A picture for a slot; an earlier "skipped" is forgotten."""
    answers = {key: value for key, value in draft.answers.items() if key != step_id}
    return keep(replace(draft, answers=answers, photos={**draft.photos, step_id: photo}), step_id)


def slot_of(draft: Draft, ticket: str) -> str | None:
    """The slot that waits for the verdict on this ticket."""
    return next((slot for slot, photo in draft.photos.items() if photo.ticket == ticket), None)


def read_answer(programme: Programme, step: Step, text: str, today: date, directory: Directory) -> Reading | Ambiguous:
    """A typed answer to a step, understood or refused."""
    match step.kind:
        case "choice":
            labels = [option.label for option in step.options]
            reading = readers.read("choice", text, today=today, options=labels, aliases=_also(step))
            if isinstance(reading, Filled):
                return Filled(step.options[labels.index(reading.value)].id)
            return reading
        case "consent":
            reading = readers.read("choice", text, today=today, options=["同意", "不同意"])
            if isinstance(reading, Filled):
                return Filled(YES if reading.value == "同意" else NO)
            return reading
        case "place":
            return _a_place(programme, text, directory)
        case "text":
            return Filled(text.strip()) if text.strip() else Refused("还没有内容，请再写一次。", step.example)
        case _:
            return readers.read(step.kind, text, today=today, area_code=programme.area_code)


def _also(step: Step) -> list[list[str]]:
    return [list(option.also) for option in step.options]


def _a_place(programme: Programme, text: str, directory: Directory) -> Reading | Ambiguous:
    found = directory.find(text, Context(province=programme.province))
    offices = [office for office in found.offices if office.province == programme.province]
    if found.mode == "one" and offices:
        return Filled(offices[0].name, found.note)
    if found.mode in ("ask", "list") and 1 < len(offices) <= 9:
        return Ambiguous(tuple(office.name for office in offices), found.note or "是下面哪一个？")
    return Refused(found.note or "没有认出这个地方。请写市、县或区的名字。", "延吉市")


def office_of(programme: Programme, draft: Draft, directory: Directory, scanned: str) -> str:
    """The responsible office: by the place the person gave, else the poster they scanned, else the programme's own."""
    if draft.retake is not None:
        return draft.retake.office
    place = draft.answers.get(programme.office_step, "")
    if directory.named(place) is not None:
        return place
    if place:
        found = directory.find(place, Context(province=programme.province))
        if found.mode == "one" and found.offices[0].city == programme.city:
            return found.offices[0].name
    chosen: Office | None = directory.named(scanned) if scanned else None
    if chosen is not None and chosen.province == programme.province:
        return chosen.name
    return programme.default_office


def revised(programme: Programme, draft: Draft, today: date, directory: Directory) -> tuple[Draft, tuple[str, ...]]:
    """The draft under today's version of its programme, and the labels of what must be asked again.

    An answer stays when its step still takes it. What belongs to no step of this version stays too, left out of the
    claim: another process may know a newer one already, and the person's next message may reach that.
    """
    if draft.version == programme.version:
        return draft, ()
    if draft.retake is not None:
        return replace(draft, version=programme.version), ()
    answers, again = {}, []
    for step_id, value in draft.answers.items():
        step = programme.step(step_id)
        if step is None or _still_taken(programme, step, value, today, directory):
            answers[step_id] = value
        else:
            again.append(step.label)
    asked = (step_id for step_id in draft.reopened if programme.step(step_id) is not None)
    reopened = tuple(step_id for step_id in asked if step_id in answers or step_id in draft.photos)
    moved = replace(draft, version=programme.version, answers=answers, reopened=reopened)
    done = known(moved)
    walked = relevant_steps(programme, moved)
    furthest = max((at for at, step in enumerate(walked) if step.id in done), default=-1)
    new = (step.label for step in walked[: furthest + 1] if step.id not in done)
    return moved, tuple(dict.fromkeys((*again, *new)))


def vanished(programme: Programme, draft: Draft, directory: Directory) -> tuple[str, ...]:
    """The steps whose chosen office is no longer in the directory: the file may be replaced at any moment."""
    places = (step.id for step in programme.asked if step.kind == "place")
    return tuple(one for one in places if draft.answers.get(one) and directory.named(draft.answers[one]) is None)


def _still_taken(programme: Programme, step: Step, value: str, today: date, directory: Directory) -> bool:
    if value == SKIPPED:
        return not step.required
    match step.kind:
        case "choice":
            return step.option(value) is not None
        case "consent":
            return value in (YES, NO)
        case "notice":
            return value == READ
        case "photo":
            return False
        case "place":
            return directory.named(value) is not None
        case _:
            return isinstance(read_answer(programme, step, value, today, directory), Filled)


def missing(programme: Programme, draft: Draft) -> Iterator[Step]:
    """Papers whose picture is still on its way: nothing is filed before they are stored."""
    for step in slots(programme, draft):
        photo = draft.photos.get(step.id)
        if photo is not None and photo.state == "fetching":
            yield step


def claim_answers(programme: Programme, draft: Draft) -> dict[str, str]:
    """The answers that go into the claim: only of steps that are relevant now, without skipped ones; and who
    the person is, where that was checked."""
    wanted = {step.id for step in relevant_steps(programme, draft)}
    given = {key: value for key, value in draft.answers.items() if key in wanted and value != SKIPPED}
    return {**given, **identity.answers(programme, draft)}


def claim_papers(programme: Programme, draft: Draft) -> dict[str, str]:
    """Slot to photo key of the papers that go into the claim."""
    wanted = {step.id for step in slots(programme, draft)}
    return {slot: photo.key for slot, photo in draft.photos.items() if slot in wanted and photo.key}
