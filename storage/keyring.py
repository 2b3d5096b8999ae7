"""The keys at rest: AES-256-GCM with key ids and rotation, and the keyed name by which a person is known to us.

The file is JSON, readable by its owner alone: {"keyring": 1, "naming": key, "sealing": [key, …, newest]}, keys being
32 random bytes in base64. Sealed bytes are: suite (1) · key id (4) · nonce (12) · ciphertext and tag (16 more).
The suite byte leaves room for another cipher, SM4-GCM for one.
"""

import base64
import binascii
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import KeyringError, Unreadable

_SUITE = b"\x01"
_ID_BYTES = 4
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEAD_BYTES = len(_SUITE) + _ID_BYTES + _NONCE_BYTES
_KEY_BYTES = 32
_PSEUDONYM_BYTES = 16  # 22 characters of base64


@dataclass(frozen=True, slots=True)
class _Keys:
    """What the file holds, ready for use. The head is the suite byte and the newest key's id."""

    naming: bytes = field(repr=False)
    sealing: tuple[bytes, ...] = field(repr=False)
    ciphers: dict[bytes, AESGCM] = field(repr=False)
    newest: AESGCM = field(repr=False)
    head: bytes
    mark: tuple[int, int, int]


class Keyring:
    """Seals, opens and names. Safe to share between threads; after a fork each process goes on by itself."""

    def __init__(self, path: Path, keys: _Keys) -> None:
        self._path = path
        self._keys = keys
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Keyring({str(self._path)!r}, {len(self._keys.sealing)} keys)"

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> "Keyring":
        """Read the key file.
        create   make one with fresh keys when there is none. Only for a new installation: what an older, lost file
                 has sealed stays closed.
        raises   KeyringError: missing, malformed, not ours to read, or readable by others
        """
        if create and not path.exists():
            _create(path)
        return cls(path, _read(path))

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt under the newest key; 33 bytes longer than `plain`.
        context  where the bytes belong ("photo/<person>/<key>"): they can be opened only with the same one
        One key may seal 2**32 times (random nonces of 96 bits): rotate long before.
        """
        keys = self._keys
        nonce = os.urandom(_NONCE_BYTES)
        return keys.head + nonce + keys.newest.encrypt(nonce, plain, context)

    def open_sealed(self, blob: bytes, context: bytes) -> bytes:
        """The bytes that `seal` was given. Raises Unreadable."""
        if len(blob) < _HEAD_BYTES + _TAG_BYTES or blob[:1] != _SUITE:
            raise Unreadable("not sealed by this program, or cut short")
        key_id = blob[1 : 1 + _ID_BYTES]
        cipher = self._keys.ciphers.get(key_id) or self._after_rotation(key_id)
        try:
            return cipher.decrypt(blob[1 + _ID_BYTES : _HEAD_BYTES], blob[_HEAD_BYTES:], context)
        except InvalidTag as trouble:
            raise Unreadable("damaged, or not what belongs here") from trouble

    def is_current(self, blob: bytes) -> bool:
        """Whether the newest key sealed these bytes; if not, a rotation seals them anew."""
        return blob[: 1 + _ID_BYTES] == self._keys.head

    def knows(self, blob: bytes) -> bool:
        """Whether a key of ours sealed these bytes, as their head says."""
        key_id = blob[1 : 1 + _ID_BYTES]
        if blob[:1] == _SUITE and key_id not in self._keys.ciphers:
            with suppress(Unreadable):
                self._after_rotation(key_id)
        return blob[:1] == _SUITE and key_id in self._keys.ciphers

    def add_key(self) -> None:
        """Rotate: a fresh key seals from now on, all older ones still open. Other running processes learn of it
        when they first meet bytes it sealed. Raises KeyringError."""
        with _exclusive(self._path):
            now = _read(self._path)
            _replace(self._path, now.naming, (*now.sealing, secrets.token_bytes(_KEY_BYTES)))
            self._keys = _read(self._path)

    def pseudonym(self, text: str) -> str:
        """An openid's name in Redis keys, SQL and logs: 22 url-safe characters, always the same, telling nothing."""
        digest = self.keyed_hash(b"person", text.encode())[:_PSEUDONYM_BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def keyed_hash(self, purpose: bytes, content: bytes) -> bytes:
        """HMAC-SHA256 under the key that never rotates; the same content differs from purpose to purpose."""
        return hmac.digest(hmac.digest(self._keys.naming, purpose, "sha256"), content, "sha256")

    def _after_rotation(self, key_id: bytes) -> AESGCM:
        """The key another process has added since we read the file. Raises Unreadable."""
        with self._lock:
            if _mark(self._path) not in (None, self._keys.mark):
                self._keys = _read_for_opening(self._path)
        cipher = self._keys.ciphers.get(key_id)
        if cipher is None:
            raise Unreadable(f"sealed with key {key_id.hex()}, which is not in {self._path}")
        return cipher


def _read_for_opening(path: Path) -> _Keys:
    try:
        return _read(path)
    except KeyringError as trouble:
        raise Unreadable(str(trouble)) from trouble


def _mark(path: Path) -> tuple[int, int, int] | None:
    """Changes whenever the file does; None when it cannot be looked at."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def _read(path: Path) -> _Keys:
    mark = _mark(path)
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii")
    except FileNotFoundError as trouble:
        raise KeyringError(
            f"The key file {path} is missing. Put it back from your backup; without it nothing stored can be read."
        ) from trouble
    except OSError as trouble:
        raise KeyringError(
            f"The key file {path} cannot be read ({trouble.strerror}). It must be a file that belongs to the user "
            "who runs claimbot: chown it to that user."
        ) from trouble
    except UnicodeDecodeError as trouble:
        raise _malformed(path, "it is not text") from trouble
    if mode & 0o077:
        raise KeyringError(f"The key file {path} can be read by other users. Run: chmod 600 {path}")
    return _parsed(path, text, mark or (0, 0, 0))


def _parsed(path: Path, text: str, mark: tuple[int, int, int]) -> _Keys:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as trouble:
        raise _malformed(path, f"line {trouble.lineno} is not JSON") from trouble
    if not isinstance(found, dict) or found.get("keyring") != 1:
        raise _malformed(path, '"keyring": 1 is not there')
    sealing = found.get("sealing")
    if not isinstance(sealing, list) or not sealing:
        raise _malformed(path, '"sealing" holds no key')
    naming = _key(path, "naming", found.get("naming"))
    keys = tuple(_key(path, "sealing", text) for text in sealing)
    ciphers = {_id_of(key): AESGCM(key) for key in keys}
    newest = _id_of(keys[-1])
    return _Keys(naming, keys, ciphers, ciphers[newest], _SUITE + newest, mark)


def _key(path: Path, name: str, text: object) -> bytes:
    try:
        key = base64.b64decode(text if isinstance(text, str) else "", validate=True)
    except (binascii.Error, ValueError) as trouble:
        raise _malformed(path, f'a key in "{name}" is not base64') from trouble
    if len(key) != _KEY_BYTES:
        raise _malformed(path, f'a key in "{name}" is not {_KEY_BYTES} bytes long')
    return key


def _malformed(path: Path, why: str) -> KeyringError:
    return KeyringError(
        f"The key file {path} is damaged: {why}. Put it back from your backup. Only if nothing was stored yet, "
        "delete it; a new one is made at the next start."
    )


def _id_of(key: bytes) -> bytes:
    """A key names itself, so that a wrong or miscopied key is noticed as unknown and not as damage."""
    return hashlib.sha256(b"claimbot key id" + key).digest()[:_ID_BYTES]


def _create(path: Path) -> None:
    """Make the file, unless another process was faster. Raises KeyringError."""
    naming, sealing = secrets.token_bytes(_KEY_BYTES), (secrets.token_bytes(_KEY_BYTES),)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(draft, naming, sealing)
        try:
            os.link(draft, path)  # unlike a rename, never takes the place of a file
        except FileExistsError:
            return
        finally:
            draft.unlink()
        _settle(path.parent)
    except OSError as trouble:
        raise _unwritable(path, trouble) from trouble


def _replace(path: Path, naming: bytes, sealing: tuple[bytes, ...]) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        try:
            _write(draft, naming, sealing)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        _settle(path.parent)
    except OSError as trouble:
        raise _unwritable(path, trouble) from trouble


def _unwritable(path: Path, trouble: OSError) -> KeyringError:
    return KeyringError(
        f"The key file {path} cannot be written ({trouble.strerror}). Its folder must belong to the user who runs "
        "claimbot and have room."
    )


def _write(path: Path, naming: bytes, sealing: tuple[bytes, ...]) -> None:
    def text(key: bytes) -> str:
        return base64.b64encode(key).decode()

    content = {"keyring": 1, "naming": text(naming), "sealing": [text(key) for key in sealing]}
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Make a rename outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """One rotation at a time on this machine, or a key would be lost. Raises KeyringError."""
    try:
        handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as trouble:
        raise _unwritable(path, trouble) from trouble
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
