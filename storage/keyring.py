"""The keys at rest: AES-256-GCM with key ids and rotation, and the keyed name by which a person is known to us.

Sealed bytes are: suite (1) · key id (4) · nonce (12) · ciphertext and tag (16 more). The suite byte leaves room for
another cipher, SM4-GCM for one. All processes read one key file (key_file.py).
"""

import base64
import hmac
import os
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage import key_file
from storage.errors import KeyringError, Unreadable
from storage.key_file import ID_BYTES, KeyFile, fresh_key, id_of, mark_of

_SUITE = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16
HEAD_BYTES = len(_SUITE) + ID_BYTES
"""So many of the first bytes say which key sealed the rest."""
_SEALED_FROM = HEAD_BYTES + _NONCE_BYTES
_PSEUDONYM_BYTES = 16  # 22 characters of base64


@dataclass(frozen=True, slots=True)
class _Keys:
    """The file's keys, ready for use. The head is the suite byte and the newest key's id."""

    file: KeyFile
    ciphers: dict[bytes, AESGCM] = field(repr=False)
    newest: AESGCM = field(repr=False)
    head: bytes


class Keyring:
    """Seals, opens and names. Safe to share between threads; after a fork each process goes on by itself."""

    def __init__(self, path: Path, keys: _Keys) -> None:
        self._path = path
        self._keys = keys
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Keyring({str(self._path)!r}, {len(self._keys.file.sealing)} keys)"

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> "Keyring":
        """Read the key file.
        create   make one with fresh keys when there is none. Only for a new installation: what an older, lost file
                 has sealed stays closed.
        raises   KeyringError: missing, malformed, not ours to read, or readable by others
        """
        if create and not path.exists():
            key_file.create(path)
        return cls(path, _ready(key_file.read(path)))

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt under the newest key; 33 bytes longer than `plain`.
        context  where the bytes belong ("photo/<person>/<key>"): they can be opened only with the same one
        One key may seal 2**32 times (random nonces of 96 bits): rotate long before.
        """
        self._look_again()  # 2 µs: from the moment a new key stands in the file, every process seals with that one
        keys = self._keys
        nonce = os.urandom(_NONCE_BYTES)
        return keys.head + nonce + keys.newest.encrypt(nonce, plain, context)

    def open_sealed(self, blob: bytes, context: bytes) -> bytes:
        """The bytes that `seal` was given. Raises Unreadable."""
        if len(blob) < _SEALED_FROM + _TAG_BYTES or blob[:1] != _SUITE:
            raise Unreadable("not sealed by this program, or cut short")
        key_id = blob[1 : 1 + ID_BYTES]
        cipher = self._keys.ciphers.get(key_id) or self._after_rotation(key_id)
        try:
            return cipher.decrypt(blob[HEAD_BYTES:_SEALED_FROM], blob[_SEALED_FROM:], context)
        except InvalidTag as trouble:
            raise Unreadable("damaged, or not what belongs here") from trouble

    def is_current(self, blob: bytes) -> bool:
        """Whether the newest key sealed these bytes; if not, a rotation seals them anew."""
        self._look_again()
        return blob[:HEAD_BYTES] == self._keys.head

    def knows(self, blob: bytes) -> bool:
        """Whether a key of ours sealed these bytes, as their head says."""
        key_id = blob[1 : 1 + ID_BYTES]
        if blob[:1] == _SUITE and key_id not in self._keys.ciphers:
            with suppress(Unreadable):
                self._after_rotation(key_id)
        return blob[:1] == _SUITE and key_id in self._keys.ciphers

    def ids(self) -> list[str]:
        """The ids of the sealing keys in hex, the newest last. They tell nothing of the keys."""
        self._look_again()
        return [id_of(key).hex() for key in self._keys.file.sealing]

    @property
    def rotated_at(self) -> int:
        """When the newest key came, in unix seconds; 0 when it is the first."""
        return self._keys.file.rotated_at

    @property
    def renewing(self) -> bool:
        """Whether a rotation has begun and not sealed everything anew yet."""
        self._look_again()
        return self._keys.file.renewing

    def add_key(self, now: int = 0) -> None:
        """Begin a rotation: a fresh key seals from now on, all older ones still open. Raises KeyringError."""
        self._change(lambda keys: replace(
            keys, sealing=(*keys.sealing, fresh_key()), rotated_at=now, renewing=True
        ))  # fmt: skip

    def end_rotation(self) -> None:
        """Everything is sealed with the newest key. Raises KeyringError."""
        self._change(lambda keys: replace(keys, renewing=False))

    def drop(self, ids: Collection[str]) -> None:
        """Forget these keys for good, never the newest: what they sealed stays closed. Raises KeyringError."""
        self._change(lambda keys: replace(keys, sealing=tuple(
            key for key in keys.sealing if key is keys.sealing[-1] or id_of(key).hex() not in ids
        )))  # fmt: skip

    def pseudonym(self, text: str) -> str:
        """An openid's name in Redis keys, SQL and logs: 22 url-safe characters, always the same, telling nothing."""
        digest = self.keyed_hash(b"person", text.encode())[:_PSEUDONYM_BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def keyed_hash(self, purpose: bytes, content: bytes) -> bytes:
        """HMAC-SHA256 under the key that never rotates; the same content differs from purpose to purpose."""
        return hmac.digest(hmac.digest(self._keys.file.naming, purpose, "sha256"), content, "sha256")

    def _change(self, deed: Callable[[KeyFile], KeyFile]) -> None:
        with key_file.exclusive(self._path):
            key_file.replace(self._path, deed(key_file.read(self._path)))
            self._keys = _ready(key_file.read(self._path))

    def _look_again(self) -> None:
        """Take over what another process has changed. A file that is away, damaged or another installation's is not:
        who runs goes on with what is known."""
        if mark_of(self._path) in (None, self._keys.file.mark):
            return
        with self._lock, suppress(KeyringError):
            found = key_file.read(self._path)
            if found.naming == self._keys.file.naming:
                self._keys = _ready(found)

    def _after_rotation(self, key_id: bytes) -> AESGCM:
        """The key another process has added since we read the file. Raises Unreadable."""
        self._look_again()
        cipher = self._keys.ciphers.get(key_id)
        if cipher is None:
            raise Unreadable(f"sealed with key {key_id.hex()}, which is not in {self._path}")
        return cipher


def key_id_of(blob: bytes) -> str:
    """The id, in hex, of the key that sealed these bytes, read from their first HEAD_BYTES; "" when none of ours."""
    return blob[1:HEAD_BYTES].hex() if blob[:1] == _SUITE and len(blob) >= HEAD_BYTES else ""


def _ready(file: KeyFile) -> _Keys:
    ciphers = {id_of(key): AESGCM(key) for key in file.sealing}
    newest = id_of(file.sealing[-1])
    return _Keys(file, ciphers, ciphers[newest], _SUITE + newest)
