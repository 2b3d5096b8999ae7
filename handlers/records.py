"""What SQL holds of a person, as the person may see it."""

from collections.abc import Iterator

from dialogs import claim as claim_fields
from dialogs.records import ConsentGiven, FiledRecord, ReadRecords, RecordsRead
from dialogs.session import Draft
from handlers.world import World
from storage.erasures import UNTAKEN
from storage.filed import Claim


def read(world: World, person: str, asked: ReadRecords) -> RecordsRead:
    """For one of the words of a person's rights. Raises StoreUnavailable, Unreadable."""
    going = world.erasures.open_of(person)  # what is about to be erased is not shown any more
    claims = tuple(record_of(world, one) for one in world.claims.of(person))
    if any(one.with_claims for one in going):
        claims = tuple(one for one in claims if one.taken)
    newest = {
        one.group: ConsentGiven(one.group, one.answer, int(one.at.timestamp()))
        for one in world.consents.of(person)
        if all(one.at > erasure.asked_at for erasure in going)
    }
    link = world.links.issue(person) if asked.why == "export" and world.links.possible else ""
    return RecordsRead(asked.why, claims, tuple(newest.values()), link, asked.part)


def record_of(world: World, claim: Claim) -> FiledRecord:
    """A filed claim with its answers masked."""
    return FiledRecord(
        claim.receipt, claim.programme, claim.office, int(claim.filed_at.timestamp()), is_taken(world, claim),
        len(claim.papers), tuple(_lines(world, claim)),
    )  # fmt: skip


def is_taken(world: World, claim: Claim) -> bool:
    """Whether an office has taken it up and has to keep it. A helper's account is nobody's office."""
    if world.knowledge.account.role == "helper":
        return False
    return claim.is_at_platform or any(event.status not in UNTAKEN for event in claim.events)


def _lines(world: World, claim: Claim) -> Iterator[str]:
    programme = world.knowledge.programmes.get(claim.programme)
    draft = Draft(claim.draft_id, claim.programme, claim.version, 0, dict(claim.answers))
    for step_id in claim.answers:
        step = programme.step(step_id) if programme is not None else None
        if step is None:
            yield f"{step_id}：****"
        elif step.kind not in ("consent", "notice"):
            yield f"{step.label}：{claim_fields.shown_value(step, draft)}"
