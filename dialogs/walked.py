"""How far a claim came in one turn: the steps that were reached and answered for the first time. For counting."""

from dataclasses import dataclass

from msgspec.structs import replace

from dialogs import engine
from dialogs.programme import Programme
from dialogs.session import Draft, Session

SUMMARY = "summary"
"""What stands for the summary among the steps: reached when nothing else is open, answered when the claim is filed."""


@dataclass(frozen=True, slots=True)
class Walked:
    """Ids of steps of one draft, each told once in its life."""

    reached: frozenset[str]
    answered: frozenset[str]


NOWHERE = Walked(frozenset(), frozenset())


def walked(programme: Programme, before: Draft | None, after: Draft) -> Walked:
    """What a turn brought a draft. `before`: the same draft, None when it has just begun.

    Going back, a reopened answer or a refused photograph opens steps that were reached already: they are not counted
    again. Only a branch that was left unanswered and entered once more does.
    """
    if before == after:
        return NOWHERE
    given_before = frozenset[str]() if before is None else _given(before)
    touched = given_before if before is None else given_before | {_furthest(programme, before)}
    given = _given(after)
    return Walked((given | {_furthest(programme, after)}) - touched, given - given_before)


def refused_at(programme: Programme, before: Session, after: Session) -> str:
    """The step whose answer was refused in this turn; "" when none was."""
    draft = before.draft
    if draft is None or after.draft is None or after.draft.id != draft.id or after.refusals <= before.refusals:
        return ""
    step = engine.open_step(programme, draft)
    return step.id if step is not None else SUMMARY


def _given(draft: Draft) -> frozenset[str]:
    return frozenset((*draft.answers, *draft.photos))


def _furthest(programme: Programme, draft: Draft) -> str:
    """The step that would be open if nobody had gone back and no photograph had been refused."""
    if draft.reopened or any(photo.state not in engine.ACCEPTED_PHOTO for photo in draft.photos.values()):
        taken = {slot: replace(photo, state="good") for slot, photo in draft.photos.items()}
        draft = replace(draft, reopened=(), photos=taken)
    step = engine.open_step(programme, draft)
    return step.id if step is not None else SUMMARY
