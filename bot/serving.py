"""`claimbot serve`: embedded Valkey, the database's tables, worker and web server, started and ended together."""

import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import redis
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy.exc import SQLAlchemyError

from bot.addresses import hosts_of
from bot.app import build_offices, connect_redis
from bot.checks import photo_store_fault
from bot.config import Settings
from bot.kept_valkey import KeptValkey
from bot.logs import logger, of_the_web_server
from bot.office_file import OfficesUnusable
from bot.workers import Workers, starting_a_process
from handlers import vision
from storage.database import open_engine
from storage.errors import KeyringError, StoreUnavailable
from storage.keyring import Keyring
from storage.migrations import upgrade
from storage.same_keys import SameKeys

QUICK_DEATHS = 5
STEADY_AFTER_S = 60.0
"""So often in a row the web server is started anew that did not stay up for so long."""


class CannotStart(Exception):
    """One clear line: what is wrong and how to mend it."""


def check_port(host: str, port: int) -> None:
    """Raises CannotStart when somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as trouble:
            raise CannotStart(
                f"[server] port: {host}:{port} cannot be used ({trouble.strerror}); "
                "end what listens there or set another port"
            ) from trouble


def prepare(settings: Settings) -> KeptValkey | None:
    """Check everything and start what is embedded. Raises CannotStart."""
    check_port(settings.server.host, settings.server.port)
    try:
        settings.paths.data_dir.mkdir(parents=True, exist_ok=True)
        Keyring.open(settings.keyring_path, create=settings.paths.keyring is None)
    except KeyringError as trouble:
        raise CannotStart(f"[paths] keyring: {trouble}") from trouble
    except OSError as trouble:
        raise CannotStart(
            f"[paths] data_dir: {settings.paths.data_dir} cannot be used ({trouble.strerror})"
        ) from trouble
    try:
        build_offices(settings)
    except OfficesUnusable as trouble:
        raise CannotStart(f"[paths] offices: {trouble}") from trouble
    if fault := _in_a_child(photo_store_fault, settings):
        raise CannotStart(fault)
    valkey = None
    try:
        if not settings.redis.url:
            valkey = KeptValkey(settings.paths.data_dir, starting_a_process)
        client = connect_redis(settings)
        client.ping()
        if settings.redis.url and not SameKeys(client, Keyring.open(settings.keyring_path)).agreed():
            raise CannotStart(
                f"[paths] keyring: {settings.keyring_path} is not the key file of the other machines on this Redis: "
                "people known there would be strangers here. Copy theirs"
            )
    except (redis.RedisError, StoreUnavailable, ValueError) as trouble:
        where = hosts_of(settings.redis.url) or settings.redis.url.partition(":")[0] or "the embedded Valkey"
        raise CannotStart(
            f"[redis] url: {where} cannot be reached ({trouble}); start it, or leave url empty"
        ) from trouble
    try:
        engine = open_engine(settings.database.url, settings.paths.data_dir)
        upgrade(engine)
        engine.dispose()
    except (SQLAlchemyError, StoreUnavailable, ValueError) as trouble:
        if valkey is not None:
            valkey.stop()
        first = str(trouble).splitlines()[0]
        raise CannotStart(f"[database] url: the database cannot be used ({first})") from trouble
    return valkey


def _in_a_child(ask: Callable[[Settings], str], settings: Settings) -> str:
    """What uses the photo store must not be forked afterwards, and the web server's workers are forked from here."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as child:
        return child.submit(ask, settings).result()


def serve(settings: Settings, config: Path | None, *, with_worker: bool = True) -> None:
    """Run until a signal ends it; what was begun is finished, then everything is stopped in order."""
    valkey = prepare(settings)
    kinds = ("photos", "reading") if settings.jobs.reading and vision.available() else ("photos",)
    if config is not None:  # before any thread starts a process: a variable set meanwhile moves what that one reads
        os.environ["CLAIMBOT_CONFIG"] = str(config.resolve())
    worker = Workers(config, kinds) if with_worker else None
    if valkey is not None:
        valkey.watch()
    try:
        _keep_web(settings)
    finally:
        for again in (signal.SIGTERM, signal.SIGINT):  # told twice, it still stops in order
            signal.signal(again, signal.SIG_IGN)
        if worker is not None:
            worker.stop()
        if valkey is not None:
            valkey.stop()


def _keep_web(settings: Settings) -> None:
    """The web server until a signal ends it. Granian starts a worker that died anew, and gives up when that one dies
    within seconds too: killed twice is no reason to be gone. Only workers that never stay are. Raises SystemExit."""
    quick = 0
    while True:
        began = time.monotonic()
        server = Granian(
            "bot.app:wsgi", address=settings.server.host, port=settings.server.port, interface=Interfaces.WSGI,
            workers=settings.server.workers, blocking_threads=settings.server.threads, factory=True, websockets=False,
            respawn_failed_workers=True, log_access=False, log_enabled=True, workers_kill_timeout=10,
            log_dictconfig=of_the_web_server(),
        )  # fmt: skip
        try:
            server.serve()
        except SystemExit:
            quick = quick + 1 if time.monotonic() - began < STEADY_AFTER_S else 0
            if server.interrupt_signal or quick >= QUICK_DEATHS:
                raise
            logger().error("web server gave up on its workers, started anew", times=quick)
        else:
            return
