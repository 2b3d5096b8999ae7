"""`claimbot backup`: everything that people were told is kept, in one folder, while the bot runs.

The order is what makes it fit together, beside all traffic: photographs, then Redis, then SQL, then the photographs
that came meanwhile. So no claim and no session in it names a picture that is not in it; a claim that was filed in
between stands in SQL, and filing its draft again gives the same receipt. A draft that came back from SQL between the
two is read from Redis once more.
"""

from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, select

from bot.app import build_photos, connect_redis
from bot.config import Settings
from storage import database_copy, migrations, people_dump
from storage.backup_folder import BackupFolder
from storage.database import open_copy, open_engine, reachable
from storage.errors import Missing, StoreUnavailable
from storage.keyring import Keyring
from storage.meter import Meter
from storage.papers import Papers
from storage.people_dump import PeopleDump
from storage.photos import PhotoStore
from storage.schema import PARKED_DRAFTS

PEOPLE, LIST = "people.bin", "photos.txt"
Photos = Literal["copy", "list"]
TRIES = 5
"""A draft that is parked, fetched and parked again between two looks asks for another copy."""


def photos_by_default(settings: Settings) -> Photos:
    """A bucket has its own place and replicates by itself: there the names alone."""
    return "list" if settings.photos.url.startswith("s3://") else "copy"


def back_up(settings: Settings, target: Path, photos: Photos, at: datetime) -> dict[str, Any]:
    """Write a backup; its manifest. Raises StoreUnavailable, KeyringError, BackupUnusable: nothing is left then."""
    folder = BackupFolder(target)
    try:
        facts = _backed_up(settings, folder, photos, at)
    except BaseException:
        folder.abandon()
        raise
    with suppress(StoreUnavailable):  # only the number in /metrics is older than it should be
        Meter(connect_redis(settings)).record_backup(int(at.timestamp()))
    return facts


def _backed_up(settings: Settings, folder: BackupFolder, photos: Photos, at: datetime) -> dict[str, Any]:
    keyring = Keyring.open(settings.keyring_path)
    engine = open_engine(settings.database.url, settings.paths.data_dir)
    store = build_photos(settings, keyring)
    names: set[str] = set()
    if photos == "copy":
        _copy_photos(store, folder, names)

    count = _copy_conversations(PeopleDump(connect_redis(settings)), engine, folder)
    database = database_copy.file_name(engine)
    folder.written(database)
    folder.written(PEOPLE)
    if photos == "copy":
        _copy_photos(store, folder, names)
    else:
        names = {f"{one.person}/{one.key}" for one in store.everything()}
        folder.write(LIST, "".join(f"{name}\n" for name in sorted(names)).encode())
    facts = {
        "claimbot": version("claimbot"), "made_at": at.astimezone(UTC).isoformat(),
        "schema": migrations.revision(engine), "database": database, "photos": photos, "keys": keyring.ids(),
        "counts": {"people": count, "photos": len(names), "claims": len(list(Papers(engine).everything()))},
    }  # fmt: skip
    folder.finish(facts)
    return facts


def _copy_conversations(people: PeopleDump, engine: Engine, folder: BackupFolder) -> int:
    """Redis and then SQL; how many people. Whose draft came back from SQL in between is read once more."""
    path = folder.path(PEOPLE)
    path.touch()
    kept = people_dump.write(path, people.records())
    marked = [key for key, parked in kept.items() if parked]
    for _ in range(TRIES):
        copy = folder.path(database_copy.file_name(engine))
        copy.unlink(missing_ok=True)
        database_copy.copy_out(engine, copy)
        there = _parked_in(engine, copy)
        again = people_dump.write(path, people.of(key for key in marked if key not in there))
        kept |= again
        if not any(again.values()):
            break
    return sum(key.startswith(b"{p:") for key in kept)


def _parked_in(engine: Engine, copy: Path) -> set[bytes]:
    """Whose drafts the copy holds, as keys of Redis. PostgreSQL's archive is not opened: the database is asked."""
    copied = open_copy(copy) if engine.dialect.name == "sqlite" else engine
    with reachable(), copied.connect() as connection:
        return {f"{{p:{person}}}".encode() for person in connection.scalars(select(PARKED_DRAFTS.c.person))}


def _copy_photos(store: PhotoStore, folder: BackupFolder, names: set[str]) -> None:
    """Those that are not copied yet."""
    for one in store.everything():
        name = f"{one.person}/{one.key}"
        if name in names:
            continue
        with suppress(Missing):  # deleted since it was listed
            folder.write(f"photos/{name}", store.sealed(one.person, one.key))
            names.add(name)
