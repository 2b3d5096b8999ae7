"""Redis: one value a person. Session, recent messages and replies stand in it together, so one write is all or nothing.

Layout of a value: 8 random bytes of revision, then the sealed, deflated msgpack of `_Kept`; or, while the draft is
parked in SQL, the revision and PARKED alone. Key: "{p:<pseudonym>}".
"""

import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from importlib.resources import files

import msgspec
import redis

from dialogs.model import Say
from dialogs.session import Session
from storage.errors import InDoubt, SessionUnreadable, StoreUnavailable, Unreadable
from storage.keyring import HEAD_BYTES, Keyring, key_id_of
from storage.line import Line
from storage.outage import Outage
from storage.packing import packed, unpacked
from storage.replication import ReplicatedScript

REVISION_BYTES = 8
PARKED = b"P"
"""Shorter than anything sealed."""
MARK_BYTES = 8
SEEN_BYTES = MARK_BYTES + 4
SEEN_KEPT_S = 24 * 3600
SEEN_MOST = 512
"""More messages than anybody sends in a day's conversation; beyond it the oldest are forgotten first."""
REPLIES_KEPT = 3
REPEATED_WITHIN_S = 120
"""WeChat repeats a message within 15 s: the last replies are enough to say the same again, and soon none is needed."""
WAITING_KEPT = 20
"""Photographs of one burst whose verdict is still awaited; WeChat sends nine at once."""
IDLE_TTL_S = 30 * 24 * 3600
"""A person without a draft leaves Redis after a month; a draft stays until it is filed, dropped or parked."""
LEAVING_TTL_S = 600
"""Of a person who was erased nothing is kept but what tells WeChat's repeats, for longer than WeChat repeats."""
_RENEW_TRIES = 50
REPLICAS_WITHIN_MS = 500
"""Beyond it the person is told to try again: what they hear is safe must be."""


class KeptReply(msgspec.Struct, array_like=True, frozen=True):
    """What was answered to one message, before it is written as XML.

    kind     "text", "image" (its media_id in `says`), "transfer" (to a human agent) or "success" (no words)
    settled  false while a better answer may still come: a photo's verdict
    awaits   the tickets of what a better answer waits for
    """

    mark: bytes
    kind: str
    says: tuple[Say, ...]
    created: int
    settled: bool = True
    awaits: tuple[str, ...] = ()


class _Kept(msgspec.Struct, array_like=True, frozen=True):
    session: Session
    seen: bytes
    replies: list[KeptReply]


class Person(msgspec.Struct, frozen=True):
    """What one load gave: who it is, at which revision, what was seen.

    sealed  the session and what else is kept, as it lies in Redis, or in SQL while `parked`: then Redis has only a mark
    """

    name: str
    revision: bytes
    session: Session | None
    seen: bytes = b""
    replies: tuple[KeptReply, ...] = ()
    sealed: bytes = b""
    parked: bool = False

    def reply_to(self, key: str) -> KeptReply | None:
        """The reply already given to this message; an empty settled one when it was seen but its reply is gone."""
        mark = mark_of(key)
        for reply in self.replies:
            if reply.mark == mark:
                return reply
        marks = (self.seen[at : at + MARK_BYTES] for at in range(0, len(self.seen), SEEN_BYTES))
        return KeptReply(mark, "success", (), 0) if mark in marks else None


def mark_of(key: str) -> bytes:
    """The 8 bytes by which a message's key is remembered."""
    return hashlib.blake2b(key.encode(), digest_size=MARK_BYTES).digest()


class Sessions:
    """The store of conversations. Every call is one round trip; trouble is StoreUnavailable. While nobody answers, most
    loads are refused at once (storage/outage.py): nobody's reply waits for a server that is known to be away."""

    def __init__(
        self, client: "redis.Redis", keyring: Keyring, replicas: int = 0, has_room: Callable[[], bool] = lambda: True
    ) -> None:
        """
        replicas  so many must have a person's value before anything is answered (storage/replication.py)
        has_room  whether the server's disk takes what is written now, where that can be known (storage/embedded.py)
        """
        self._redis = client
        self._has_room = has_room
        self._keyring = keyring
        self._outage = Outage()
        self._line = Line(client)
        commit = files("storage").joinpath("scripts", "commit.lua").read_text()
        self._commit = (
            ReplicatedScript(client, commit, replicas, REPLICAS_WITHIN_MS) if replicas else self._line.script(commit)
        )
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(_Kept).decode

    def person_of(self, openid: str) -> str:
        """How this follower is named here."""
        return self._keyring.pseudonym(openid)

    def load(self, name: str) -> Person:
        """All that is kept of a person. Raises StoreUnavailable, as SessionUnreadable when it is this value."""
        if not self._outage.admits():
            raise StoreUnavailable("redis is known to be away")
        try:
            value = self._line.execute("GET", _key(name))
        except redis.RedisError as trouble:
            raise self._noted(trouble) from trouble
        self._outage.ended()
        if not value:
            return Person(name, b"", None)
        revision, sealed = value[:REVISION_BYTES], value[REVISION_BYTES:]
        if sealed == PARKED:
            return Person(name, revision, None, parked=True)
        kept = self._opened(name, sealed)
        return Person(name, revision, kept.session, kept.seen, tuple(kept.replies), sealed)

    def commit(self, person: Person, session: Session, reply: KeptReply | None, now: int) -> bool:
        """Write the session, and the reply with its mark, if nobody was faster. Raises StoreUnavailable, as InDoubt."""
        return self._write(person, self._encoded(person, session, reply, now), _lives_s(session))

    def _encoded(self, person: Person, session: Session, reply: KeptReply | None, now: int) -> bytes:
        """The new value, under a new revision."""
        seen, replies = person.seen, list(person.replies)
        if reply is not None:
            seen = _remember(seen, reply.mark, now)
            replies = _kept_replies(replies, reply, now)
        small = packed(self._encode(_Kept(session, seen, replies)))
        return os.urandom(REVISION_BYTES) + self._keyring.seal(small, person.name.encode())

    def leave_mark(self, person: Person) -> bool:
        """Only the mark that the draft is parked stays, if nobody was faster. Raises StoreUnavailable."""
        return self._write(person, os.urandom(REVISION_BYTES) + PARKED, 0)

    def touch(self, person: Person) -> bool:
        """The same value under a new revision, its time to live as it was, if nobody was faster: whoever loaded it
        before begins again. Raises StoreUnavailable."""
        return self._write(person, os.urandom(REVISION_BYTES) + person.sealed, "keep")

    def _write(self, person: Person, value: bytes, ttl: int | str) -> bool:
        if not self._has_room():  # it would say yes to the first write that it cannot keep, and no only afterwards
            raise StoreUnavailable("redis: the disk is nearly full")
        try:
            return bool(self._commit(_key(person.name), person.revision, value, ttl))
        except redis.ResponseError as refusal:
            raise self._noted(refusal) from refusal
        except redis.RedisError as trouble:
            self._noted(trouble)
            raise InDoubt("redis") from trouble

    def _noted(self, trouble: redis.RedisError) -> StoreUnavailable:
        """A server that refuses, or answers with an error, has cost nobody any time: it may be asked again at once."""
        if isinstance(trouble, redis.TimeoutError):
            self._outage.failed()
        return StoreUnavailable(f"redis: {type(trouble).__name__}")

    def names(self) -> Iterator[str]:
        """Everybody who is kept here, read in pages beside all traffic: in no order, somebody perhaps twice, who
        comes meanwhile perhaps not. Raises StoreUnavailable."""
        try:
            for key in self._redis.scan_iter(match=_key("*"), count=500):
                yield key.decode().removeprefix("{p:").removesuffix("}")
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble

    def key_id(self, name: str) -> str:
        """Which key sealed what is kept of a person; "" when nothing is. Raises StoreUnavailable."""
        last = REVISION_BYTES + HEAD_BYTES - 1
        try:
            head = self._redis.getrange(_key(name), REVISION_BYTES, last)
        except redis.RedisError as trouble:
            raise StoreUnavailable("redis") from trouble
        return key_id_of(head if isinstance(head, bytes) else b"")

    def renew(self, name: str) -> bool:
        """Seal a person's value anew with the newest key, unless it is so already; its time to live stays. A turn that
        is under way begins again, as after any faster one: nothing it says is overwritten.
        Raises StoreUnavailable, SessionUnreadable."""
        for _ in range(_RENEW_TRIES):
            try:
                value = self._line.execute("GET", _key(name))
                if not value or value[REVISION_BYTES:] == PARKED or self._keyring.is_current(value[REVISION_BYTES:]):
                    return False
                lives_s = int(self._redis.ttl(_key(name)))
                plain = self._keyring.open_sealed(value[REVISION_BYTES:], name.encode())
                fresh = os.urandom(REVISION_BYTES) + self._keyring.seal(plain, name.encode())
                ttl = max(1, lives_s) if lives_s >= 0 else 0
                if self._commit(_key(name), value[:REVISION_BYTES], fresh, ttl):
                    return True
            except redis.RedisError as trouble:
                raise StoreUnavailable("redis") from trouble
            except Unreadable as damaged:
                raise SessionUnreadable("a session cannot be read") from damaged
        raise StoreUnavailable("a session lost every race")

    def session_in(self, name: str, blob: bytes) -> Session:
        """The session in sealed bytes that left Redis: a value without its revision. Raises SessionUnreadable."""
        return self._opened(name, blob).session

    def _opened(self, name: str, sealed: bytes) -> _Kept:
        try:
            return self._decode(unpacked(self._keyring.open_sealed(sealed, name.encode())))
        except (Unreadable, zlib.error, msgspec.MsgspecError) as damaged:
            raise SessionUnreadable(f"a session cannot be read: {type(damaged).__name__}") from damaged


def _lives_s(session: Session) -> int:
    """Seconds; 0: until it is changed."""
    rights = session.rights
    if session.draft is not None or rights.erasing:
        return 0
    return LEAVING_TTL_S if rights.leaving and not rights.unrecorded else IDLE_TTL_S


def settled(reply: KeptReply) -> KeptReply:
    """The same reply, final."""
    return msgspec.structs.replace(reply, settled=True)


def _key(name: str) -> str:
    return f"{{p:{name}}}"


def _kept_replies(replies: list[KeptReply], newest: KeptReply, now: int) -> list[KeptReply]:
    """The newest, the last final ones, and every one that somebody still waits for: a burst has many of these."""
    others = [old for old in replies if old.mark != newest.mark]
    final = [old for old in others if old.settled and old.created > now - REPEATED_WITHIN_S][-(REPLIES_KEPT - 1) :]
    waiting = [old for old in others if not old.settled][-WAITING_KEPT:]
    return [*waiting, *final, newest]


def _remember(seen: bytes, mark: bytes, now: int) -> bytes:
    oldest = now - SEEN_KEPT_S
    records = [seen[at : at + SEEN_BYTES] for at in range(0, len(seen), SEEN_BYTES)]
    kept = [
        record for record in records if int.from_bytes(record[MARK_BYTES:]) > oldest and record[:MARK_BYTES] != mark
    ]
    return b"".join((*kept[-(SEEN_MOST - 1) :], mark + now.to_bytes(4)))
