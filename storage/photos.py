"""The bytes of photographs: encrypted, named by their content within one person, in a folder or an S3-compatible store.

An object's path is <person>/<key>. The key is a keyed hash of person and content: a photo that is sent again lands on
itself, equal photos of two people have nothing in common, and one person's bytes go without touching another's.
"""

import fnmatch
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from storage.errors import Missing, StoreUnavailable, Unreadable
from storage.keyring import HEAD_BYTES, Keyring, key_id_of

_PERSON = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEY = re.compile(r"[0-9a-f]{40}")
_KEY_CHARACTERS = 40
_HALF_WRITTEN = "*#*"  # obstore writes "<name>#<number>" beside the place and renames; a killed process leaves it
_CHECK = "claimbot-check"  # an object of our own that `check` writes; no photo is named like it
_NO_BUCKET = "<Code>NoSuchBucket</Code>"
_TIMEOUT = timedelta(seconds=10)
_RETRY_FOR = timedelta(seconds=20)
_DELETE_ROUNDS = 5

_S3_ANSWER = re.compile(r"<Error>.*?<Code>(\w+)</Code>\s*<Message>(.*?)</Message>", re.S)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stored:
    """One photo in the store, as the sweeper sees it. `bytes` is the sealed size, `at` when it was last written."""

    person: str
    key: str
    bytes: int
    at: datetime


class PhotoStore:
    """Photo bytes by person (a pseudonym, never an openid) and key. Safe to share between threads.

    Every method raises StoreUnavailable when the store is down, full or refuses us.
    """

    _used_by: ClassVar[int] = 0

    def __init__(self, store: ObjectStore, keyring: Keyring, folder: Path | None) -> None:
        self._store = store
        self._keyring = keyring
        self._folder = folder

    @classmethod
    def open(cls, url: str, data_dir: Path, keyring: Keyring, options: Mapping[str, str] | None = None) -> "PhotoStore":
        """
        url      "" for the folder data_dir/photos, file:///a/folder, or s3://bucket/prefix
        options  for s3, as obstore names them: region, access_key_id, secret_access_key, endpoint (of the region,
                 without the bucket's name), virtual_hosted_style_request ("true" for COS and OSS), …
        raises   ValueError for a URL or an option that cannot be; StoreUnavailable when the folder cannot be made
        """
        scheme = urlsplit(url).scheme
        if scheme == "s3":
            return cls(_bucket(url, options or {}), keyring, None)
        if url and (scheme != "file" or urlsplit(url).netloc):
            raise ValueError(f"photos url {url!r}: give file:///a/folder, s3://bucket/prefix or nothing")
        folder = Path(unquote(urlsplit(url).path)) if url else data_dir / "photos"
        return cls(_folder(folder), keyring, folder)

    def check(self) -> None:
        """Write, read and list once. Raises StoreUnavailable, its text one line for an operator."""
        self._do(lambda: obstore.put(self._store, _CHECK, b"claimbot", use_multipart=False))
        try:
            self._do(lambda: obstore.get(self._store, _CHECK).bytes())
        except Missing as trouble:
            raise StoreUnavailable("what was written cannot be read") from trouble
        self._do(lambda: next(iter(obstore.list(self._store)), None))

    def put(self, person: str, data: bytes) -> str:
        """Keep one photo; its key. When this returns, the bytes outlast a power cut. The same photo again is no
        second one, and mends a damaged first."""
        key = self._key_of(person, data)
        path = _path(person, key)
        self._write(path, self._keyring.seal(data, _context(path)))
        return key

    def get(self, person: str, key: str) -> bytes:
        """The photo, byte for byte as it was given. Raises Missing, Unreadable."""
        path = _path(person, key)
        return self._keyring.open_sealed(self._sealed(path), _context(path))

    def holds(self, person: str, key: str) -> bool:
        """Whether the bytes are there, without reading them."""
        path = _path(person, key)
        try:
            self._do(lambda: obstore.head(self._store, path))
        except Missing:
            self._do(lambda: next(iter(obstore.list(self._store, person)), None))  # a head cannot say "no such bucket"
            return False
        return True

    def delete(self, person: str, key: str) -> None:
        """Remove one photo; nothing happens when there is none."""
        path = _path(person, key)
        try:
            self._do(lambda: obstore.delete(self._store, path))
        except Missing:
            return

    def take_out(self, person: str, key: str) -> bytes | None:
        """Remove one photo; its sealed bytes, to be put back if it turns out to be needed. None when there was none.
        Raises Unreadable, and leaves it, when no key of ours sealed it: it may belong to another installation."""
        path = _path(person, key)
        try:
            sealed = self._sealed(path)
        except Missing:
            return None
        if not self._keyring.knows(sealed):
            raise Unreadable("sealed with a key that is not ours")
        self.delete(person, key)
        return sealed

    def sealed(self, person: str, key: str) -> bytes:
        """The bytes as they lie there, for a backup. Raises Missing."""
        return self._sealed(_path(person, key))

    def put_back(self, person: str, key: str, sealed: bytes) -> None:
        """Undo `take_out`, unless the photo is there again."""
        if not self.holds(person, key):
            self._write(_path(person, key), sealed)

    def delete_person(self, person: str) -> int:
        """Remove everything of one person, also what arrives meanwhile; how many photos that were."""
        gone = 0
        for _ in range(_DELETE_ROUNDS):
            keys = self.keys_of(person)
            if not keys:
                break
            for key in keys:
                self.delete(person, key)
            gone += len(keys)
        else:
            raise StoreUnavailable("photos of one person arrive faster than they are removed")
        if self._folder is not None:
            _clear(self._folder / person, before_s=time.time())
        return gone

    def keys_of(self, person: str) -> list[str]:
        """The keys of one person's photos, sorted."""
        if not _PERSON.fullmatch(person):
            raise ValueError("a person is named by a pseudonym")
        return sorted(stored.key for stored in self._listed(person))

    def everything(self) -> Iterator[Stored]:
        """Every photo of everybody, in no order: for the sweeper."""
        return self._listed(None)

    def key_id(self, stored: Stored) -> str:
        """Which key sealed this photo, from its first bytes; "" when none of ours. Raises Missing."""
        if stored.bytes < HEAD_BYTES:
            return ""
        path = _path(stored.person, stored.key)
        return key_id_of(self._do(lambda: bytes(obstore.get_range(self._store, path, start=0, end=HEAD_BYTES))))

    def renew(self, person: str, key: str) -> bool:
        """Seal anew with the newest key; False when it was so already. Raises Missing, Unreadable.
        A delete at the very same moment may be undone by this: the sweeper finds such an orphan."""
        path = _path(person, key)
        sealed = self._sealed(path)
        if self._keyring.is_current(sealed):
            return False
        self.put(person, self._keyring.open_sealed(sealed, _context(path)))
        return True

    def clear_halves(self, older_than_s: float) -> int:
        """Remove what killed processes left half-written and nobody ever sees; how many. Folder only: a bucket
        keeps no halves of single-part uploads."""
        if self._folder is None:
            return 0
        return _clear(self._folder, before_s=time.time() - older_than_s)

    def _write(self, path: str, sealed: bytes) -> None:
        self._do(lambda: obstore.put(self._store, path, sealed, use_multipart=False))
        if self._folder is not None:
            _settle(self._folder / path)

    def _key_of(self, person: str, data: bytes) -> str:
        content = person.encode() + b"\0" + data
        return self._keyring.keyed_hash(b"photo", content).hex()[:_KEY_CHARACTERS]

    def _sealed(self, path: str) -> bytes:
        return self._do(lambda: bytes(obstore.get(self._store, path).bytes()))

    def _listed(self, person: str | None) -> Iterator[Stored]:
        pages = iter(self._do(lambda: obstore.list(self._store, person, chunk_size=1000)))
        while page := self._do(lambda: next(pages, None)):
            for found in page:
                owner, _, key = found["path"].rpartition("/")
                if _PERSON.fullmatch(owner) and _KEY.fullmatch(key):
                    yield Stored(owner, key, found["size"], found["last_modified"])

    def _do(self, deed: Callable[[], T]) -> T:
        """Run one call of obstore. Raises Missing, StoreUnavailable.

        Its threads do not live on in a forked child, where a call would wait forever: better a loud defect.
        """
        if PhotoStore._used_by not in (0, os.getpid()):
            raise RuntimeError("the photo store was used before this process was forked: use it only after")
        PhotoStore._used_by = os.getpid()
        try:
            return deed()
        except FileNotFoundError as trouble:
            if _NO_BUCKET in str(trouble):
                raise StoreUnavailable("there is no such bucket") from trouble
            raise Missing("no such photo") from trouble
        except (BaseError, OSError) as trouble:
            raise StoreUnavailable(_line(str(trouble))) from trouble


def _path(person: str, key: str) -> str:
    """Raises ValueError for anything that is not a pseudonym and a key: no name leads out of the store."""
    if not _PERSON.fullmatch(person) or not _KEY.fullmatch(key):
        raise ValueError("a photo is named by a pseudonym and a key")
    return f"{person}/{key}"


def _context(path: str) -> bytes:
    return b"photo/" + path.encode()


def _line(said: str) -> str:
    """obstore's message without its debug pages; of an S3 answer the code and the sentence."""
    first = said.split("\n", 1)[0].split(" - Server returned", 1)[0]
    answer = _S3_ANSWER.search(said)
    return f"{first}: {answer[1]}: {answer[2]}" if answer else first


def _bucket(url: str, options: Mapping[str, str]) -> ObjectStore:
    # one object at a time: OSS has no bulk deletion
    settings: Any = {"disable_bulk_delete": "true", **options}
    endpoint = settings.get("endpoint", "")
    plain_http = endpoint.startswith("http://")
    if endpoint and settings.get("virtual_hosted_style_request") == "true":
        scheme, _, host = endpoint.partition("://")
        settings["endpoint"] = f"{scheme}://{urlsplit(url).netloc}.{host}"
    try:
        return S3Store.from_url(
            url,
            config=settings,
            client_options={"allow_http": plain_http, "connect_timeout": "3s", "timeout": _TIMEOUT},
            retry_config={"max_retries": 3, "retry_timeout": _RETRY_FOR},
        )
    except BaseError as trouble:
        raise ValueError(f"photos url {url!r}: {str(trouble).splitlines()[0]}") from trouble


def _folder(folder: Path) -> ObjectStore:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(folder, automatic_cleanup=True)
    except (BaseError, OSError) as trouble:
        raise StoreUnavailable(f"the photo folder {folder} cannot be used: {trouble}") from trouble


def _settle(path: Path) -> None:
    """Make a written file and its name outlast a power cut; obstore itself does not."""
    try:
        for part in (path, path.parent, path.parent.parent):
            handle = os.open(part, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    except FileNotFoundError:
        return  # deleted in the meantime, by the person or the sweeper
    except OSError as trouble:
        raise StoreUnavailable(f"the photo folder does not keep what is written: {trouble.strerror}") from trouble


def _clear(folder: Path, *, before_s: float) -> int:
    """Halves in this folder and below. Whatever goes meanwhile, a whole person's folder too, is passed over."""
    gone = 0
    for root, _, names in os.walk(folder):
        for name in fnmatch.filter(names, _HALF_WRITTEN):
            half = Path(root) / name
            with suppress(FileNotFoundError):
                if half.stat().st_mtime <= before_s:
                    half.unlink()
                    gone += 1
    return gone
