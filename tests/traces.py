"""Everything that our stores hold, opened: to search for what should not be there."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis

from storage.errors import Unreadable
from storage.keyring import Keyring
from storage.packing import unpacked
from storage.sealed_columns import COLUMNS, SealedColumns
from storage.sessions import REVISION_BYTES
from tests.whole import Bot


def traces(bot: Bot, *secrets: bytes) -> list[str]:
    """Where one of these bytes stands, in clear or behind our own keys."""
    found = [where for where, held in _everything(bot) if any(secret in held for secret in secrets)]
    return sorted(set(found))


def _everything(bot: Bot) -> Iterator[tuple[str, bytes]]:
    yield from _redis(bot)
    yield from _sql(bot)
    yield from _files(bot)


def _redis(bot: Bot) -> Iterator[tuple[str, bytes]]:
    """Every key and value: sessions opened and inflated; Celery's queues are lists."""
    keyring = Keyring.open(bot.settings.keyring_path)
    for key in bot.redis.scan_iter():
        name = f"redis {key.decode()}"
        yield name, key
        for value in _values(bot.redis, key):
            yield name, value
            person = key.decode().removeprefix("{p:").removesuffix("}").encode()
            opened = _opened(keyring, value[REVISION_BYTES:], person)
            if opened is not None:
                yield name, unpacked(opened)


def _values(client: "redis.Redis", key: bytes) -> list[bytes]:
    kind: Any = client.type(key)
    match kind.decode():
        case "string":
            return [client.get(key)]  # type: ignore[list-item]
        case "hash":
            return [part for pair in client.hgetall(key).items() for part in pair]
        case "list":
            return client.lrange(key, 0, -1)
        case "set":
            return list(client.smembers(key))
        case "zset":
            return client.zrange(key, 0, -1)
    raise AssertionError(f"unknown kind {kind}")


def _sql(bot: Bot) -> Iterator[tuple[str, bytes]]:
    """Every column of every table, sealed ones opened (parked drafts inflated too)."""
    path = bot.settings.paths.data_dir / "claimbot.sqlite3"
    with sqlite3.connect(path) as database:
        for (table,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in database.execute(f"select * from {table}"):
                for value in row:
                    held = value if isinstance(value, bytes) else str(value).encode()
                    yield f"sql {table}", held
    database.close()
    keyring = Keyring.open(bot.settings.keyring_path)
    engine = bot.world.erasures._engine
    for page in SealedColumns(engine, keyring).pages():
        for cell in page:
            opened = keyring.open_sealed(cell.blob, cell.context)
            yield f"sql {cell.column}", opened
            if cell.column is COLUMNS[-1].column:
                yield f"sql {cell.column}", unpacked(opened)


def _files(bot: Bot) -> Iterator[tuple[str, bytes]]:
    """Every file, SQLite's free pages and log as they are, photographs opened."""
    keyring = Keyring.open(bot.settings.keyring_path)
    for path in sorted(bot.settings.paths.data_dir.rglob("*")):
        if path.is_file():
            name = str(path.relative_to(bot.settings.paths.data_dir))
            yield name, name.encode() + path.read_bytes()
            if "photos" in path.parts:
                opened = _opened(keyring, path.read_bytes(), b"photo/" + "/".join(path.parts[-2:]).encode())
                yield name, opened or b""


def sealed_blobs(bot: Bot) -> list[bytes]:
    """The sealed values that SQL and Redis hold now, to be searched for in raw files afterwards."""
    keyring = Keyring.open(bot.settings.keyring_path)
    cells = [cell.blob for page in SealedColumns(bot.world.erasures._engine, keyring).pages() for cell in page]
    return [*cells, *(value for key in bot.redis.scan_iter("{p:*") for value in _values(bot.redis, key))]


def raw_files(folder: Path) -> bytes:
    """Every file of a folder, as it lies there."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def _opened(keyring: Keyring, sealed: bytes, context: bytes) -> bytes | None:
    try:
        return keyring.open_sealed(sealed, context)
    except Unreadable:
        return None
