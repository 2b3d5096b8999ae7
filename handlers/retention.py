"""What has lain long enough goes: one function a subject, each safe to repeat, in pages, beside all traffic.

Nothing that is being filed is touched. Each returns how many went; no persons are named.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialogs.records import Lapsed
from handlers import session_news
from handlers.photo_job import feed
from handlers.photo_removal import tidy
from handlers.world import World
from storage.errors import SessionUnreadable


@dataclass(frozen=True, slots=True)
class Terms:
    """In days. `claims_days` 0: claims stay. `claims_of_helper`: counted from the filing, decided or not."""

    draft_days: int
    claims_days: int
    proof_days: int
    reports_days: int
    claims_of_helper: bool = False


def drafts(world: World, days: int) -> int:
    """Drafts in progress that nobody has touched: answers and photographs. Raises StoreUnavailable."""
    idle_since = int((world.clock() - timedelta(days=days)).timestamp())
    gone = 0
    for person in world.sessions.names():
        try:
            session = world.sessions.load(person).session
            if session is None or session.last_at > idle_since or not session.drafts:
                continue
            feed(world, person, Lapsed(idle_since))  # a lost race: somebody is here, or the next sweep comes
            left = world.sessions.load(person).session
            gone += left is not None and left.draft != session.draft
        except SessionUnreadable:
            continue  # the audit names who cannot be read
    return gone


def parked_drafts(world: World, days: int) -> int:
    """Drafts that were parked, counted from when their person last wrote: what else is known of them, and the news that
    the draft is gone, lie in Redis afterwards. Raises StoreUnavailable."""
    idle_since = int((world.clock() - timedelta(days=days)).timestamp())
    gone = 0
    for person, blob in world.parked.everything():
        try:
            session = world.sessions.session_in(person, blob)
            if session.last_at > idle_since:
                continue
            left = session_news.tell(world, person, Lapsed(idle_since))
            gone += left is not None and left.draft != session.draft
        except SessionUnreadable:
            continue
    return gone


def claims(world: World, days: int, *, from_filing: bool) -> int:
    """Filed claims: decided so many days ago, or `from_filing` filed so many days ago; with their photographs, and
    with their consents if these are old enough (the next sweep). Raises StoreUnavailable."""
    before = _before(world, days)
    gone = 0
    while people := world.erasures.drop_claims(before, from_filing=from_filing):
        gone += sum(people.values())
        for person in people:
            tidy(world, person)
    return gone


def consents(world: World, days: int) -> int:
    """Answers to notices of people without a claim here. Raises StoreUnavailable."""
    return _paged(lambda: world.consents.drop_before(_before(world, days)))


def proofs(world: World, days: int) -> int:
    """Proofs of erasure. Raises StoreUnavailable."""
    return _paged(lambda: world.erasures.drop_before(_before(world, days)))


def told(world: World, days: int) -> int:
    """How people were told of news, and which second phone helped whom. Raises StoreUnavailable."""
    before = _before(world, days)
    return _paged(lambda: world.telling.deliveries.drop_before(before)) + _paged(
        lambda: world.helpings.drop_before(before)
    )


def reports(world: World, days: int) -> int:
    """Reports of dead telephone numbers. Raises StoreUnavailable."""
    return world.numbers.drop_before(_before(world, days).date())


def everything(world: World, terms: Terms) -> dict[str, int]:
    """All subjects, each by its term. Raises StoreUnavailable: what went is gone, the next day does the rest."""
    found = {"drafts": drafts(world, terms.draft_days), "parked": parked_drafts(world, terms.draft_days)}
    if terms.claims_days:
        found["claims"] = claims(world, terms.claims_days, from_filing=terms.claims_of_helper)
    found["consents"] = consents(world, terms.proof_days)
    found["proofs"] = proofs(world, terms.proof_days)
    found["told"] = told(world, terms.proof_days)
    found["reports"] = reports(world, terms.reports_days)
    return found


def _before(world: World, days: int) -> datetime:
    return world.clock() - timedelta(days=days)


def _paged(page: Callable[[], int]) -> int:
    gone = 0
    while count := page():
        gone += count
    return gone
