"""`claimbot restore`: a backup into an empty installation, or in place of what is there, while the bot does not run.

Whoever was erased after the backup was made does not come back: the database that is replaced (or one named by hand)
knows of it without naming anybody, by a keyed hash of receipt and person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from bot.app import build_photos, connect_redis
from bot.backing_up import LIST, PEOPLE
from bot.config import Settings
from bot.serving import CannotStart, check_port
from dialogs.session import Erasing
from storage import backup_folder, database_copy, embedded, migrations, people_dump
from storage.backup_folder import BackupUnusable
from storage.database import open_copy, open_engine
from storage.erasures import Erasures
from storage.errors import SessionUnreadable, StoreUnavailable, Unreadable
from storage.keyring import Keyring
from storage.pending import Pending
from storage.people_dump import PeopleDump, Record
from storage.photos import PhotoStore
from storage.schema import CLAIMS, ERASURES, PARKED_DRAFTS
from storage.sealed_columns import SealedColumns
from storage.sessions import Sessions


class NotEmpty(Exception):
    """Something is there that a restore would overwrite; the text says what and how to go on."""


@dataclass(frozen=True, slots=True)
class Restored:
    """people, photos, claims: how many. photos_missing: named by the backup and not in the bucket. erased: people who
    were erased after the backup was made. pending: photographs that go to a worker again."""

    people: int
    photos: int
    claims: int
    photos_missing: int
    erased: int
    pending: int


def restore(settings: Settings, source: Path, now: datetime, *, over: bool, erasures: Path | None) -> Restored:
    """
    over      replace what is there
    erasures  a later database (a SQLite file) that knows who was erased since
    raises    BackupUnusable, NotEmpty, CannotStart (the bot runs), KeyringError, StoreUnavailable: run it again with
              `over`, every step may be repeated
    """
    manifest = backup_folder.read(source)
    keyring = Keyring.open(settings.keyring_path)
    engine = open_engine(settings.database.url, settings.paths.data_dir)
    _fits(manifest, source, keyring, engine)
    check_port(settings.server.host, settings.server.port)
    if not settings.redis.url and embedded.runs(settings.paths.data_dir):
        raise CannotStart("the embedded Valkey runs, so the bot runs: stop it first")
    photos = build_photos(settings, keyring)
    valkey = embedded.start(settings.paths.data_dir) if not settings.redis.url else None
    try:
        people = PeopleDump(connect_redis(settings))
        if not over and (there := _found(engine, people, photos if manifest["photos"] == "copy" else None)):
            raise NotEmpty(f"{there} there already; --over replaces it (SQLite's file stays beside the new one)")
        wishes = _erased_since(engine if erasures is None else _later(erasures), manifest["made_at"])
        put, missing = _put_photos(photos, source, manifest)
        database_copy.copy_in(engine, source / manifest["database"])
        migrations.upgrade(engine)
        people.clear()
        gone = _match(keyring, wishes, _everybody(engine, source, photos))
        people.load(_without(people_dump.read(source / PEOPLE), {person for person, _ in gone}))
        for person, wish in gone:
            Erasures(engine, keyring).ask(person, wish)  # the worker carries it out
        again = _index_again(Sessions(connect_redis(settings), keyring), Pending(connect_redis(settings)), now)
        counts = manifest["counts"]
        return Restored(counts["people"], put, counts["claims"], missing, len({one for one, _ in gone}), again)
    finally:
        if valkey is not None:
            valkey.stop()
        engine.dispose()


def _fits(manifest: dict[str, Any], source: Path, keyring: Keyring, engine: Engine) -> None:
    """The same kind of database, a schema this code knows, and keys that open it. Raises BackupUnusable."""
    if manifest["database"] != database_copy.file_name(engine):
        raise BackupUnusable(f"{source} holds {manifest['database']}: [database] url names another kind of database")
    if not migrations.knows(manifest["schema"]):
        raise BackupUnusable(f"{source} was made by a newer claimbot ({manifest['claimbot']}): install that one first")
    if lacking := set(manifest["keys"]) - set(keyring.ids()):
        raise BackupUnusable(
            f"{source} needs keys that [paths] keyring does not hold ({', '.join(sorted(lacking))}): put the key file "
            "back that was kept with this backup"
        )
    if manifest["database"] == database_copy.SQLITE:
        copied = open_copy(source / manifest["database"])
        page = next(iter(SealedColumns(copied, keyring).pages()), [])
        try:
            for cell in page[:10]:
                keyring.open_sealed(cell.blob, cell.context)
        except Unreadable as trouble:
            raise BackupUnusable(f"{source}: does not open with [paths] keyring ({trouble})") from trouble
        finally:
            copied.dispose()


def _found(engine: Engine, people: PeopleDump, photos: PhotoStore | None) -> str:
    """What a restore would overwrite, in words; "" for nothing. A bucket may outlive a server: it is not looked at."""
    there = []
    if migrations.revision(engine) is not None:
        with engine.connect() as connection:
            if any(connection.execute(select(table).limit(1)).first() for table in (CLAIMS, ERASURES, PARKED_DRAFTS)):
                there.append("a database with claims")
    if not people.is_empty():
        there.append("people in Redis")
    if photos is not None and next(photos.everything(), None) is not None:
        there.append("photographs")
    return " and ".join(there) + (" is" if len(there) == 1 and "database" in there[0] else " are") if there else ""


def _later(path: Path) -> Engine:
    if not path.is_file():
        raise BackupUnusable(f"--erasures {path}: there is no such file")
    return open_engine(f"sqlite:///{path}", path.parent)


def _erased_since(engine: Engine, made_at: str) -> list[Any]:
    """The erasures this database knows of that were asked for after then; none when it is no database of ours."""
    try:
        if migrations.revision(engine) is None:
            return []
        with engine.connect() as connection:
            return list(
                connection.execute(select(ERASURES).where(ERASURES.c.asked_at > datetime.fromisoformat(made_at)))
            )
    except (SQLAlchemyError, StoreUnavailable):
        return []  # damaged: that may be why it is replaced


def _match(keyring: Keyring, wishes: list[Any], people: set[str]) -> list[tuple[str, Erasing]]:
    """Whom these erasures were about: the proof names nobody, but says yes to the right one."""
    found = []
    for row in wishes:
        wish = Erasing(row.receipt, int(row.asked_at.timestamp()), row.cause, row.with_claims)
        proves = Erasures.proof_of(keyring, row.receipt)
        found += [(person, wish) for person in people if row.person == person or proves(person) == row.proof]
    return found


def _everybody(engine: Engine, source: Path, photos: PhotoStore) -> set[str]:
    """Every person of whom the backup holds anything, by pseudonym."""
    people = {key.decode()[3:-1] for key, _, _ in people_dump.read(source / PEOPLE) if key.startswith(b"{p:")}
    with engine.connect() as connection:
        people |= set(connection.scalars(select(CLAIMS.c.person))) | set(
            connection.scalars(select(PARKED_DRAFTS.c.person))
        )
    return people | {one.person for one in photos.everything()}


def _put_photos(photos: PhotoStore, source: Path, manifest: dict[str, Any]) -> tuple[int, int]:
    """How many are there, how many are not."""
    if manifest["photos"] == "list":
        names = (source / LIST).read_text().splitlines()
        there = sum(photos.holds(*name.split("/")) for name in names)
        return there, len(names) - there
    count = 0
    for path in (source / "photos").rglob("*"):
        if path.is_file():
            photos.put_back(path.parent.name, path.name, path.read_bytes())
            count += 1
    return count, 0


def _without(records: Iterable[Record], gone: set[str]) -> Iterator[Record]:
    keys = {f"{{p:{person}}}".encode() for person in gone}
    return (record for record in records if record[0] not in keys)


def _index_again(sessions: Sessions, pending: Pending, now: datetime) -> int:
    """Every photograph that a session waits for goes to a worker: its verdict may be later than the backup."""
    count, at = 0, int(now.timestamp())
    for name in sessions.names():
        try:
            session = sessions.load(name).session
        except SessionUnreadable:
            continue  # the audit names them
        for draft in session.drafts if session is not None else ():
            for photo in draft.photos.values():
                if photo.state == "fetching":
                    pending.add(name, photo.ticket, at, at)
                    count += 1
    return count
