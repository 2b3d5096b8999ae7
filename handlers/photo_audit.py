"""The photographs' books: bytes that nobody needs go, bytes that somebody needs are there and open. Runs beside all
traffic, in bounded memory, several times at once without harm."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Literal

from dialogs.effects import PhotoMissing
from dialogs.session import Session
from handlers.photo_job import feed
from handlers.photo_removal import remove
from handlers.world import World
from storage.errors import Missing, SessionUnreadable, Unreadable

ALL = (0, 1)
"""Read every photograph."""
HALVES_AFTER_S = 3600
MOST_LOST = 1000
"""So many are named in one result; all are counted."""
_DOUBTFUL_FROM = 10

Place = Literal["draft", "parked", "claim"]


@dataclass(frozen=True, slots=True)
class Lost:
    """A photograph that is referred to and whose bytes are not there or, if `damaged`, do not open."""

    place: Place
    person: str
    slot: str
    key: str
    damaged: bool
    claim_id: int | None = None


@dataclass(slots=True)
class Audited:
    """What one audit found.

    stored           photographs in the store
    orphans, halves  removed: what nothing refers to, what a killed process left half-written
    foreign          left: sealed with no key of ours; two installations share this store, or a key was lost
    referred, read   photographs that are referred to; those of them that were read and opened
    unsure           people whose session cannot be opened: nothing of theirs was removed
    lost             at most MOST_LOST of the `missing` and the `unreadable`
    """

    stored: int = 0
    orphans: int = 0
    halves: int = 0
    foreign: int = 0
    referred: int = 0
    read: int = 0
    missing: int = 0
    unreadable: int = 0
    unsure: int = 0
    lost: list[Lost] = field(default_factory=list)

    @property
    def believable(self) -> bool:
        """False when so much is gone that rather this is not the store that was written to: an operator must look."""
        return self.missing < _DOUBTFUL_FROM or self.missing * 2 < self.referred

    @property
    def to_ask_again(self) -> tuple[Lost, ...]:
        """The papers that people in the middle of a claim must send again. Before a slot is opened, see in the same
        turn that it still holds this key, and that it is `still_lost`."""
        return tuple(lost for lost in self.lost if lost.place == "draft") if self.believable else ()


def audit(world: World, *, orphan_after_s: float = 3600, read_part: tuple[int, int] = ALL) -> Audited:
    """Walk all references and the whole store, and leave the numbers at the meter.

    orphan_after_s  younger photographs are left alone, whatever refers to them
    read_part       (n, of): besides looking for all, read and open the n-th of so many parts, as by the hour of the day
    raises          StoreUnavailable: nothing is recorded then, run it again
    """
    now = world.clock()
    found = Audited(halves=world.photos.clear_halves(HALVES_AFTER_S))
    for reference in _references(world, found):
        _look_after(world, reference, read_part, found)
    for person, group in groupby(world.photos.everything(), key=lambda stored: stored.person):
        stored = list(group)
        found.stored += len(stored)
        old = [photo.key for photo in stored if photo.at < now - timedelta(seconds=orphan_after_s)]
        if old:
            _remove_orphans(world, person, old, found)
    world.meter.record_photos(found.missing, found.unreadable, read_part, int(now.timestamp()))
    return found


def still_lost(world: World, lost: Lost) -> bool:
    """Whether the photograph does not open now either: it may have been sent again. Raises StoreUnavailable."""
    return _trouble(world, lost.person, lost.key, reads=True) is not None


def ask_again(world: World, lost: Iterable[Lost]) -> int:
    """Tell those in the middle of a claim whose photograph is gone; how many. Raises StoreUnavailable."""
    asked = 0
    for one in lost:
        if still_lost(world, one):
            asked += feed(world, one.person, PhotoMissing(one.slot, one.key))  # a lost race is for the next audit
    return asked


@dataclass(frozen=True, slots=True)
class _Reference:
    """The photo keys by slot that one draft or claim holds."""

    place: Place
    person: str
    keys: Mapping[str, str]
    claim_id: int | None = None


def _references(world: World, found: Audited) -> Iterator[_Reference]:
    for name in world.sessions.names():
        try:
            for keys in _keys(world.sessions.load(name).session):
                yield _Reference("draft", name, keys)
        except SessionUnreadable:
            found.unsure += 1
    for person, blob in world.parked.everything():
        try:
            for keys in _keys(world.sessions.session_in(person, blob)):
                yield _Reference("parked", person, keys)
        except SessionUnreadable:
            found.unsure += 1
    for claim in world.papers.everything():
        yield _Reference("claim", claim.person, claim.keys, claim.claim_id)


def _keys(session: Session | None) -> list[dict[str, str]]:
    """Of each draft, also the one that is laid by."""
    drafts = session.drafts if session is not None else ()
    return [{slot: photo.key for slot, photo in draft.photos.items() if photo.key} for draft in drafts]


def _look_after(world: World, reference: _Reference, part: tuple[int, int], found: Audited) -> None:
    if not reference.keys:
        return
    found.referred += len(reference.keys)
    there = set(world.photos.keys_of(reference.person))
    for slot, key in reference.keys.items():
        reads = int(key[:8], 16) % part[1] == part[0]
        found.read += reads
        damaged = _trouble(world, reference.person, key, reads) if reads or key not in there else None
        if damaged is None or not _still_refers(world, reference, slot, key):
            continue
        damaged = _trouble(world, reference.person, key, reads)  # it may have been sent again in between
        if damaged is None:
            continue
        found.missing += not damaged
        found.unreadable += damaged
        if len(found.lost) < MOST_LOST:
            found.lost.append(Lost(reference.place, reference.person, slot, key, damaged, reference.claim_id))


def _trouble(world: World, person: str, key: str, reads: bool) -> bool | None:
    """None when all is well, False when the bytes are missing, True when they do not open."""
    try:
        if reads:
            world.photos.get(person, key)
            return None
    except Missing:
        return False
    except Unreadable:
        return True
    return None if world.photos.holds(person, key) else False


def _still_refers(world: World, reference: _Reference, slot: str, key: str) -> bool:
    """A reference that was dropped meanwhile lost its bytes rightly."""
    match reference.place:
        case "draft":
            return any(keys.get(slot) == key for keys in _keys(world.sessions.load(reference.person).session))
        case "parked":
            blob = world.parked.parked(reference.person)
            drafts = _keys(world.sessions.session_in(reference.person, blob)) if blob is not None else []
            return any(keys.get(slot) == key for keys in drafts)
        case "claim":
            return key in world.papers.keys_of(reference.person)


def _remove_orphans(world: World, person: str, keys: list[str], found: Audited) -> None:
    try:
        removed = remove(world, person, keys)
    except SessionUnreadable:
        found.unsure += 1
        return
    found.orphans += removed.gone
    found.foreign += removed.foreign
