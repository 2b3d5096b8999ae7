"""`claimbot check` of what several machines share: Redis's settings, the broker, what must not stay on one machine."""

from collections.abc import Iterator, Mapping
from typing import Any

import redis
from kombu.exceptions import OperationalError

from bot.app import connect_redis, redis_url
from bot.config import Settings
from bot.jobs import make_celery
from storage.errors import KeyringError, StoreUnavailable
from storage.keyring import Keyring
from storage.same_keys import SameKeys

BROKER_WITHIN_S = 3


def faults(settings: Settings) -> Iterator[str]:
    """What would lose something, one line each."""
    if settings.jobs.broker_url:
        yield from _broker(settings)
    yield from _keys(settings)
    if settings.redis.url:
        yield from _redis(settings)


def notes(settings: Settings) -> Iterator[str]:
    """What to copy or share before a second machine serves; nothing while everything is embedded."""
    if not (settings.redis.url and settings.database.url):
        return
    if settings.paths.keyring is None:
        yield (
            f"[paths] keyring: is {settings.keyring_path}; a second machine needs this very file: copy it there, and "
            "set keyring on both"
        )
    if not settings.photos.in_bucket:
        yield "[photos] url: is a folder; a second machine finds the photographs only in a bucket, or on a shared disk"
    for key in ("offices", "menu", "jilin_app_qr"):
        if (path := getattr(settings.paths, key)) is not None:
            yield f"[paths] {key}: {path} must be the same file on every machine"


def _broker(settings: Settings) -> Iterator[str]:
    app = make_celery(settings, redis_url(settings))
    with app.connection_for_write(connect_timeout=BROKER_WITHIN_S) as connection:
        try:
            connection.ensure_connection(max_retries=1, timeout=BROKER_WITHIN_S)
        except (OperationalError, OSError, *connection.connection_errors) as trouble:
            yield (
                f"[jobs] broker_url: {connection.as_uri()} cannot be reached ({type(trouble).__name__}); until then "
                "every photograph waits for the sweep"
            )


def _keys(settings: Settings) -> Iterator[str]:
    try:
        same = SameKeys(connect_redis(settings), Keyring.open(settings.keyring_path)).known()
    except (StoreUnavailable, KeyringError):
        return  # said elsewhere
    if not same:
        yield (
            f"[paths] keyring: {settings.keyring_path} is not the key file of the other machines on this Redis: people "
            "known there would be strangers here. Copy theirs"
        )


def _redis(settings: Settings) -> Iterator[str]:
    client = connect_redis(settings)
    try:
        of: dict[str, Any] = {"target_nodes": "primaries"} if settings.redis.is_cluster else {}
        memory, persistence, replication = (
            _nodes(client.info(section, **of)) for section in ("memory", "persistence", "replication")
        )
    except redis.RedisError:
        return  # said elsewhere
    policies = {str(node.get("maxmemory_policy", "noeviction")) for node in memory} - {"noeviction"}
    if policies:
        yield (
            f"[redis] its maxmemory-policy is {', '.join(sorted(policies))}: once memory is full it deletes people's "
            "answers. Set noeviction"
        )
    if not all(int(node.get("aof_enabled", 1)) for node in persistence):
        yield "[redis] its append-only file is off: a restart loses answers. Set appendonly yes"
    replicas = min((int(node.get("connected_slaves", 0)) for node in replication), default=0)
    if replicas < settings.redis.wait_replicas:
        yield (
            f"[redis] wait_replicas: is {settings.redis.wait_replicas}, and a primary has {replicas}: people are told "
            "to try again until it has more"
        )


def _nodes(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """One server's numbers, or each primary's of a cluster."""
    of_each = [node for node in found.values() if isinstance(node, dict)]
    return [*of_each] if of_each and len(of_each) == len(found) else [found]
