"""Each effect of the core to the store or call that does it."""

from dialogs import engine
from dialogs.effects import (
    ClaimFiled,
    ClaimsRead,
    ClaimStatus,
    ClaimWithdrawn,
    DrawSheet,
    DropPhotos,
    Effect,
    ErasePerson,
    FetchPhoto,
    FileClaim,
    HandInPaper,
    Input,
    ReadClaims,
    ReadPaper,
    ReportNumber,
    Unanswered,
    Unavailable,
    WithdrawClaim,
)
from dialogs.help_effects import EndHelp
from dialogs.records import ReadRecords, SeeToRights
from handlers import own_claims, records
from handlers.world import World
from storage.errors import Missing, StoreUnavailable, Unreadable
from storage.filed import Claim

HINT_LOST_AFTER_S = 15
"""A worker that has not begun by then never heard of it, or is too busy: the sweeper says it again."""


def answer_of(effect: Effect, world: World, person: str, openid: str) -> Input | None:
    """Perform what must be true before the reply, and what the core is told of it; None for effects without answer."""
    try:
        match effect:
            case FileClaim(draft, office):
                programme = world.knowledge.programmes[draft.programme]
                filed = world.claims.file(
                    draft_id=draft.id, person=person, openid=openid, programme=programme.id, version=programme.version,
                    office=office, answers=engine.claim_answers(programme, draft),
                    papers=engine.claim_papers(programme, draft), now=world.clock(),
                    remarks={slot: photo.remark for slot, photo in draft.photos.items() if photo.remark},
                )  # fmt: skip
                return ClaimFiled(filed.receipt, int(filed.filed_at.timestamp()))
            case ReadClaims(why):
                return ClaimsRead(tuple(status_of(claim) for claim in own_claims.results(world, person)), why)
            case WithdrawClaim(receipt):
                return ClaimWithdrawn(receipt, own_claims.withdraw(world, person, receipt, world.clock()))
            case ReadRecords():
                return records.read(world, person, effect)
            case _:
                return None
    except (StoreUnavailable, Unreadable):
        return Unavailable(_WHAT.get(type(effect), ""))
    except Missing:  # it was erased since it was asked about
        return ClaimsRead(())


_WHAT: dict[type[Effect], str] = {
    FileClaim: "filing", ReadClaims: "claims", WithdrawClaim: "withdrawal", ReadRecords: "records",
}  # fmt: skip
"""What could not be done, as the core knows it."""


def status_of(claim: Claim) -> ClaimStatus:
    """A claim as the dialogs tell of it."""
    received, handover = claim.received_at, claim.handover
    return ClaimStatus(
        claim.receipt, claim.programme, claim.office, claim.status, int(claim.since.timestamp()), claim.detail,
        claim.standing.reason, int(received.timestamp()) if received is not None else 0, claim.asked,
        handover.state if handover is not None else "", handover.withdrawal if handover is not None else "",
        claim.system, claim.events[-1].seq,
    )  # fmt: skip


def before_commit(effects: tuple[Effect, ...], world: World, person: str) -> None:
    """What must stand before the session does: the pending index knows of every photograph, and what is erased cannot
    come back from where drafts are parked. Raises StoreUnavailable."""
    for effect in effects:
        match effect:
            case FetchPhoto(ticket) | HandInPaper(ticket):
                now = int(world.clock().timestamp())
                world.pending.add(person, ticket, now, now + HINT_LOST_AFTER_S)
            case ErasePerson():
                world.parked.drop(person)
            case _:
                pass


def after_commit(effects: tuple[Effect, ...], world: World, person: str) -> None:
    """Hints and clean-up. What fails here is found again by the sweeper and the audit."""
    for effect in effects:
        try:
            match effect:
                case FetchPhoto(ticket) | HandInPaper(ticket):
                    world.jobs.fetch_photo(person, ticket)
                case ReadPaper(ticket):
                    world.jobs.read_paper(person, ticket)
                case DrawSheet(ticket):
                    world.jobs.draw_sheet(person, ticket)
                case ReportNumber(office, phones):
                    day = world.clock().date().isoformat()
                    world.jobs.report_number(person, office, ";".join(phones), day)
                case FileClaim() if world.agency.hands_over:
                    world.jobs.hand_over()
                    world.jobs.tidy(person)
                case SeeToRights():
                    world.jobs.see_to(person)
                case EndHelp(help_id, why, photos):
                    world.helpings.end(help_id, why, world.clock(), photos)
                case Unanswered(text):
                    world.tally.asked(world.clock().date(), text)
                case DropPhotos() | ErasePerson() | FileClaim():
                    # also pictures that a retake replaced: the draft that would name them is gone
                    world.jobs.tidy(person)
                case _:
                    pass
        except StoreUnavailable:
            continue
