"""Between a claimant's session and the service that checks who they are."""

from dialogs.effects import Input
from dialogs.verify_effects import AskVerification, BeginVerification, VerificationBegun, VerificationTold
from handlers.ports import Verdict, VerifierError
from handlers.session_news import tell
from handlers.world import World


def answer_of(effect: BeginVerification | AskVerification, world: World, person: str) -> Input | None:
    """Perform it, before the reply; what the core is told of it. Without a service nothing is said."""
    verifier = world.verifier
    if verifier is None:
        return None
    match effect:
        case BeginVerification(draft):
            now = int(world.clock().timestamp())
            reference = world.references.of(person, draft, now)
            return VerificationBegun(draft, now, reference, verifier.begin(reference, now))
        case AskVerification(draft, attempt, reference):
            try:
                verdict = verifier.result(reference)
            except VerifierError:
                verdict = Verdict("pending")
            return _told(draft, attempt, verdict)


def take(world: World, reference: str, verdict: Verdict) -> bool:
    """What the service tells of its own accord; safe to repeat, in any order. False: no reference of ours.
    Raises StoreUnavailable: it must tell again."""
    found = world.references.opened(reference)
    if found is None:
        return False
    person, draft, attempt = found
    if verdict.state != "pending":
        tell(world, person, _told(draft, attempt, verdict))
    return True


def _told(draft: str, attempt: int, verdict: Verdict) -> VerificationTold:
    return VerificationTold(draft, attempt, verdict.state, verdict.name, verdict.id_number, verdict.words)
