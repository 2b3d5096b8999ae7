"""One backup on disk: its files, their hashes, and what it is. Under its own name it stands only when it is whole.

manifest.json   what was backed up, when, by which version, needing which keys, how much of it; written last
files.sha256    a line a file, as `sha256sum -c files.sha256` reads it
database.*      SQLite's file, or pg_dump's archive
people.bin      Redis: a record a key (storage/people_dump.py)
photos/         the sealed photographs as they lie in the store, or photos.txt: their names alone
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from storage.errors import StoreUnavailable

MANIFEST, HASHES = "manifest.json", "files.sha256"
VERSION = 1
_PIECE = 1 << 20


class BackupUnusable(Exception):
    """One clear line: what is wrong with a backup, and what to do."""


class BackupFolder:
    """A backup being written. Every method raises StoreUnavailable when the disk takes no more."""

    def __init__(self, target: Path) -> None:
        """`target` must not be there, or be empty. What an earlier, killed run has left beside it goes."""
        self._target = target
        self.part = target.with_name(f"{target.name}.part")
        self._hashes: dict[str, str] = {}
        try:
            if target.exists() and any(target.iterdir()):
                raise BackupUnusable(f"{target} is not empty: give the name of a folder that is not there yet")
            shutil.rmtree(self.part, ignore_errors=True)
            self.part.mkdir(mode=0o700, parents=True)
        except OSError as trouble:
            raise StoreUnavailable(f"{self.part}: {trouble.strerror}") from trouble

    def path(self, name: str) -> Path:
        """Where a file is to be written by somebody else; then call `written`."""
        return self.part / name

    def write(self, name: str, content: bytes) -> None:
        """One small file, on disk when this returns."""
        path = self.part / name
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as trouble:
            raise StoreUnavailable(f"{path.name}: {trouble.strerror}") from trouble
        self._hashes[name] = hashlib.sha256(content).hexdigest()

    def written(self, name: str) -> None:
        """Somebody has written this file: hash what lies there, and see that it stays."""
        path = self.part / name
        try:
            path.chmod(0o600)
            with path.open("rb+") as file:
                os.fsync(file.fileno())
            self._hashes[name] = _hash_of(path)
        except OSError as trouble:
            raise StoreUnavailable(f"{path.name}: {trouble.strerror}") from trouble

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Everything is there: hashes, manifest, its name."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self._hashes.items()))
        files = len(self._hashes)
        self.write(HASHES, lines.encode())
        manifest = {"version": VERSION, **facts, "files": files, HASHES: self._hashes[HASHES]}
        self.write(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        try:
            for folder in (*(one for one in self.part.rglob("*") if one.is_dir()), self.part):
                _settle(folder)
            if self._target.exists():
                self._target.rmdir()
            self.part.rename(self._target)
            _settle(self._target.parent)
        except OSError as trouble:
            raise StoreUnavailable(f"{self._target}: {trouble.strerror}") from trouble

    def abandon(self) -> None:
        """Leave nothing that could be taken for a backup."""
        shutil.rmtree(self.part, ignore_errors=True)


def read(source: Path) -> dict[str, Any]:
    """The manifest of a whole backup, every file of which is as it was written. Raises BackupUnusable."""
    manifest = _manifest(source)
    named = dict(_lines(source, manifest))
    there = {str(one.relative_to(source)) for one in source.rglob("*") if one.is_file()} - {MANIFEST, HASHES}
    if missing := named.keys() - there:
        raise BackupUnusable(f"{source}: {len(missing)} files are missing, {min(missing)} first; take another backup")
    if strange := there - named.keys():
        raise BackupUnusable(
            f"{source}: {len(strange)} files do not belong to it, {min(strange)} first; move them away"
        )
    for name, digest in sorted(named.items()):
        try:
            found = _hash_of(source / name)
        except OSError as trouble:
            raise BackupUnusable(f"{source / name}: cannot be read ({trouble.strerror})") from trouble
        if found != digest:
            raise BackupUnusable(f"{source / name}: is not as it was written; take another backup")
    return manifest


def _manifest(source: Path) -> dict[str, Any]:
    try:
        found = json.loads((source / MANIFEST).read_bytes())
    except FileNotFoundError as trouble:
        raise BackupUnusable(f"{source}: there is no backup ({MANIFEST} is missing)") from trouble
    except (OSError, ValueError) as trouble:
        raise BackupUnusable(f"{source / MANIFEST}: cannot be read; take another backup") from trouble
    if not isinstance(found, dict) or found.get("version") != VERSION:
        raise BackupUnusable(f"{source}: was made by a version of claimbot that this one does not know")
    return found


def _lines(source: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        content = (source / HASHES).read_bytes()
    except OSError as trouble:
        raise BackupUnusable(f"{source / HASHES}: cannot be read ({trouble.strerror})") from trouble
    if hashlib.sha256(content).hexdigest() != manifest.get(HASHES):
        raise BackupUnusable(f"{source / HASHES}: is not as it was written; take another backup")
    for line in content.decode().splitlines():
        digest, _, name = line.partition("  ")
        if name.startswith("/") or ".." in Path(name).parts:
            raise BackupUnusable(f"{source / HASHES}: names a file elsewhere")
        yield name, digest


def _hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
