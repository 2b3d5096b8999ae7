"""What happened to a filed claim becomes news in the person's session: at once, or after a crash by the sweeper.

The session is loaded before the claim is read, and written only if nobody was faster: it never learns less than it
knew. Twice is as good as once: the session remembers up to which event it has heard.
"""

from dialogs.conversation import converse
from dialogs.effects import ClaimMoved
from dialogs.model import OpenId
from dialogs.session import Session
from handlers import notify, parking, perform
from handlers.world import World
from storage.errors import SessionUnreadable, StoreUnavailable, Unreadable
from storage.filed import Claim


def tell(world: World, claim_id: int) -> None:
    """Raises StoreUnavailable: the outbox still holds it. Raises Unreadable when no key opens the claim."""
    found = world.claims.by_id(claim_id)
    if found is None:
        return
    for _ in range(world.limits.commit_tries):
        person = parking.load(world, found.person)
        claim = world.claims.by_id(claim_id)
        if claim is None:
            return
        session = person.session or Session(OpenId(claim.openid))
        turn = converse(world.knowledge, session, _moved(claim), world.moment())
        perform.before_commit(turn.effects, world, claim.person)
        notify.note(world, claim.person, turn.session)
        if turn.session == person.session or parking.commit(world, person, turn.session, None):
            notify.made(world, claim.person, person.session, turn.session)
            world.outbox.told(claim_id, claim.events[-1].seq)
            perform.after_commit(turn.effects, world, claim.person)
            return
    raise StoreUnavailable("news of a claim lost every race")


def tell_all(world: World) -> int:
    """Everything that waits; how many claims. One that cannot be told now does not hold up the others.
    Raises StoreUnavailable when the outbox itself cannot be read."""
    told = last = 0
    while claims := world.outbox.waiting(after=last):
        for claim_id in claims:
            try:
                tell(world, claim_id)
                told += 1
            except (SessionUnreadable, Unreadable):
                continue  # the audit names who cannot be read
        last = claims[-1]
    return told


def _moved(claim: Claim) -> ClaimMoved:
    received = claim.received_at
    return ClaimMoved(
        claim.receipt, claim.programme, claim.office, int(claim.filed_at.timestamp()), claim.events, claim.asked,
        int(received.timestamp()) if received is not None else 0,
    )  # fmt: skip
