"""A new key, and everything sealed anew with it while people go on talking; then the old keys can go.

The order is what makes it safe. The new key stands in the file first, and every process looks at the file before it
seals: from then on nothing new gets an old key, but for what was being written at that moment. Then everything is
sealed anew, pass after pass until one finds nothing old. Whatever kills this in the middle leaves data that opens, and
a file that says "renewing": the next run goes on.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from storage.errors import Missing, NotAllowed, SessionUnreadable, Unreadable
from storage.keyring import Keyring, key_id_of
from storage.photos import PhotoStore
from storage.sealed_columns import SealedColumns
from storage.sessions import Sessions

SETTLE_S = 600
"""Longer than any job may run: what was sealed before the newest key came is written by then."""
_MOST_PASSES = 20

PLACES = ("sessions", "database", "photographs")


@dataclass(slots=True)
class Renewed:
    """How far one place has come in this pass. unreadable: damaged, or sealed with a key that is gone."""

    place: str
    seen: int = 0
    renewed: int = 0
    unreadable: int = 0


Tell = Callable[[Renewed], None]


class Rotation:
    """Every method raises StoreUnavailable and KeyringError: run it again."""

    def __init__(self, keyring: Keyring, photos: PhotoStore, sessions: Sessions, columns: SealedColumns) -> None:
        self._keyring = keyring
        self._photos = photos
        self._sessions = sessions
        self._columns = columns

    def begin(self, now: int) -> bool:
        """Add a key, unless a rotation that was begun is not finished; False then. `now` in unix seconds."""
        if self._keyring.renewing:
            return False
        self._keyring.add_key(now)
        return True

    def renew_all(self, tell: Tell) -> int:
        """Seal everything anew that an older key has sealed; how many. Ends the rotation.
        tell  is called after every piece with how far its place has come
        """
        total = 0
        for _ in range(_MOST_PASSES):
            renewed = sum(self._renew(place, tell) for place in PLACES)
            total += renewed
            if not renewed:
                break
        self._keyring.end_rotation()
        return total

    def used(self) -> Counter[str]:
        """How many pieces need each key, by its id: sealed with it, and opening."""
        found: Counter[str] = Counter()
        for name in self._sessions.names():
            _count(found, self._sessions.key_id(name), partial(self._sessions.load, name))
        for page in self._columns.pages():
            for cell in page:
                _count(found, key_id_of(cell.blob), partial(self._keyring.open_sealed, cell.blob, cell.context))
        newest = self._keyring.ids()[-1]
        for stored in self._photos.everything():
            with suppress(Missing):
                key_id = self._photos.key_id(stored)
                if key_id == newest:
                    found[key_id] += 1  # not read: only what holds an older key back is looked at
                else:
                    _count(found, key_id, partial(self._photos.get, stored.person, stored.key))
        return found

    def drop_old(self, now: int) -> list[str]:
        """Forget every key but the newest; their ids. Raises NotAllowed, with the reason, while one is needed."""
        if self._keyring.renewing:
            raise NotAllowed("a rotation is not finished: run `claimbot keys rotate` first")
        old = self._keyring.ids()[:-1]
        waits_s = self._keyring.rotated_at + SETTLE_S - now
        if old and waits_s > 0:
            raise NotAllowed(f"the newest key is too young, something may still be on its way: wait {waits_s} seconds")
        used = self.used()
        needed = [f"{key_id} ({used[key_id]} pieces)" for key_id in old if used[key_id]]
        if needed:
            raise NotAllowed(f"still needed: {', '.join(needed)}; run `claimbot keys rotate --no-new-key` first")
        self._keyring.drop(old)
        return old

    def _renew(self, place: str, tell: Tell) -> int:
        so_far = Renewed(place)
        match place:
            case "photographs":
                self._renew_photos(so_far, tell)
            case "sessions":
                self._renew_sessions(so_far, tell)
            case _:
                for page in self._columns.pages():
                    renewed, unreadable = self._columns.renew(page)
                    so_far.seen += len(page)
                    so_far.renewed += renewed
                    so_far.unreadable += unreadable
                    tell(so_far)
        return so_far.renewed

    def _renew_photos(self, so_far: Renewed, tell: Tell) -> None:
        newest = self._keyring.ids()[-1]
        for stored in self._photos.everything():
            so_far.seen += 1
            try:
                if self._photos.key_id(stored) != newest:
                    so_far.renewed += self._photos.renew(stored.person, stored.key)
            except Missing:
                continue  # deleted since it was listed
            except Unreadable:
                so_far.unreadable += 1
            tell(so_far)

    def _renew_sessions(self, so_far: Renewed, tell: Tell) -> None:
        for name in self._sessions.names():
            so_far.seen += 1
            try:
                so_far.renewed += self._sessions.renew(name)
            except SessionUnreadable:
                so_far.unreadable += 1
            tell(so_far)


def _count(found: Counter[str], key_id: str, opens: Callable[[], object]) -> None:
    """What does not open needs no key; it is the audit's to say so."""
    if not key_id:
        return
    with suppress(Unreadable, SessionUnreadable, Missing):
        opens()
        found[key_id] += 1
