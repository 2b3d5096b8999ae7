"""A real RabbitMQ as a process of its own: Debian's, with a node name, ports and folders of its own."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kombu import Connection
from kombu.exceptions import OperationalError

from tests.valkeys import free_port

_SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
_WITHIN_S = 120


class Rabbit:
    """The broker; the same port and queues through kill and start."""

    def __init__(self) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="rabbit-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._names: subprocess.Popen[bytes] | None = None
        (self._folder / "plugins").write_text("[].")
        (self._folder / "conf").touch()
        self._about = os.environ | {
            "HOME": str(self._folder), "RABBITMQ_NODENAME": f"claimbot{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()), "ERL_EPMD_PORT": str(free_port()), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"), "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "conf"), "RABBITMQ_CONFIG_FILE": str(self._folder / "none"),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"), "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
        }  # fmt: skip

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        assert Path(_SERVER).exists(), "RabbitMQ is not installed: `make engines` does it"
        with (self._folder / "out").open("ab") as log:
            if self._names is None:  # Erlang's name server; else the broker would leave one behind
                self._names = subprocess.Popen(["epmd"], env=self._about, stdout=log, stderr=log)
            self._process = subprocess.Popen(
                [_SERVER], env=self._about, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self._folder,
                start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + _WITHIN_S
        while not self._answers():
            assert time.monotonic() < until and self._process.poll() is None, (self._folder / "out").read_text()
            time.sleep(0.1)  # no notice comes from another process: look again

    def kill(self) -> None:
        """-9, the whole session: the script and Erlang's machine."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def freeze(self) -> None:
        """It holds its connections and says nothing more."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGCONT)

    def remove(self) -> None:
        self.kill()
        if self._names is not None:
            self._names.kill()
            self._names.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)):
                return False
        try:
            with Connection(self.url, connect_timeout=5) as connection:
                connection.connect()
        except (OperationalError, OSError):
            return False
        return True


@contextmanager
def broker() -> Iterator[Rabbit]:
    """Until the tests are over."""
    made = Rabbit()
    try:
        made.start()
        yield made
    finally:
        made.remove()
