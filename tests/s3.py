"""A real S3 server as a process of its own: moto's, its buckets in memory."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import requests

_START_S = 60


class S3Server:
    """moto on a port of its own, that stays the same through stop and start."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def options(self) -> dict[str, str]:
        """For PhotoStore.open."""
        return {
            "endpoint": self.address, "region": "us-east-1", "access_key_id": "test", "secret_access_key": "test-secret",
        }  # fmt: skip

    def start(self) -> None:
        words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self._port)]
        self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + _START_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                requests.get(self.address, timeout=2)
                return
            except requests.RequestException:
                time.sleep(0.02)  # no notice comes from another process: look again
        raise AssertionError("moto did not start")

    def freeze(self) -> None:
        """It takes connections and says nothing more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def make_bucket(self, name: str) -> None:
        assert requests.put(f"{self.address}/{name}", timeout=10).ok

    def new_bucket(self) -> str:
        name = f"photos-{next(self._numbers)}"
        self.make_bucket(name)
        return name


@contextmanager
def moto() -> Iterator[S3Server]:
    """A server until the test is over."""
    server = S3Server()
    server.start()
    try:
        yield server
    finally:
        server.stop()
