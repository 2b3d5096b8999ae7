"""The key file: read, checked, changed as a whole. What is done with the keys is keyring.py's.

JSON, readable by its owner alone: {"keyring": 1, "naming": key, "sealing": [key, …, newest]}, keys being 32 random
bytes in base64; after a rotation also "rotated_at" (unix seconds) and, until everything is sealed anew,
"renewing": true.
"""

import base64
import binascii
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from storage.errors import KeyringError

ID_BYTES = 4
_KEY_BYTES = 32

Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What the file holds. `mark` changes whenever the file does; `rotated_at` is 0 before the first rotation."""

    naming: bytes = field(repr=False)
    sealing: tuple[bytes, ...] = field(repr=False)
    mark: Mark
    rotated_at: int = 0
    renewing: bool = False


def fresh_key() -> bytes:
    """A key that nobody else has."""
    return secrets.token_bytes(_KEY_BYTES)


def mark_of(path: Path) -> Mark | None:
    """Changes whenever the file does; None when it cannot be looked at."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def read(path: Path) -> KeyFile:
    """The keys. Raises KeyringError: missing, malformed, not ours to read, or readable by others."""
    mark = mark_of(path)
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


def _parsed(path: Path, text: str, mark: Mark) -> KeyFile:
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
    rotated_at = found.get("rotated_at", 0)
    if not isinstance(rotated_at, int):
        raise _malformed(path, '"rotated_at" is no number of seconds')
    return KeyFile(naming, keys, mark, rotated_at, found.get("renewing") is True)


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


def id_of(key: bytes) -> bytes:
    """A key names itself, so that a wrong or miscopied key is noticed as unknown and not as damage."""
    return hashlib.sha256(b"claimbot key id" + key).digest()[:ID_BYTES]


def create(path: Path) -> None:
    """Make the file, unless another process was faster. Raises KeyringError."""
    text = _as_text(KeyFile(fresh_key(), (fresh_key(),), (0, 0, 0)))
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(draft, text)
        try:
            os.link(draft, path)  # unlike a rename, never takes the place of a file
        except FileExistsError:
            return
        finally:
            draft.unlink()
        _settle(path.parent)
    except OSError as trouble:
        raise _unwritable(path, trouble) from trouble


def replace(path: Path, keys: KeyFile) -> None:
    """Put these keys in the place of the file's. Only within `exclusive`. Raises KeyringError."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        try:
            _write(draft, _as_text(keys))
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


def _as_text(keys: KeyFile) -> str:
    content: dict[str, object] = {
        "keyring": 1,
        "naming": base64.b64encode(keys.naming).decode(),
        "sealing": [base64.b64encode(key).decode() for key in keys.sealing],
    }
    if keys.rotated_at:
        content["rotated_at"] = keys.rotated_at
    if keys.renewing:
        content["renewing"] = True
    return json.dumps(content, indent=1)


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
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
def exclusive(path: Path) -> Iterator[None]:
    """One change at a time on this machine, or a key would be lost. Raises KeyringError."""
    try:
        handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as trouble:
        raise _unwritable(path, trouble) from trouble
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
