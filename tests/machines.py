"""Several machines on one: web and worker processes with folders of their own, sharing only the engines and the key
file, behind a proxy that sends every request to another one."""

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from bot.simulator.follower import Follower
from bot.simulator.platform import Platform
from storage.keyring import Keyring
from tests.s3 import S3Server
from tests.test_processes import account, wait_until_ready, written_config
from tests.valkeys import free_port

SHARED = """[redis]
url = "{redis}"
[database]
url = "{database}"
[jobs]
broker_url = "{broker}"
concurrency = 2
reading = false
[photos]
url = "s3://{bucket}/papers"
endpoint = "{s3}"
region = "us-east-1"
access_key_id = "test"
secret_access_key = "test-secret"
[telling]
nudge = false
"""


class Machine:
    """One process of `claimbot`, its folder and its log."""

    def __init__(self, folder: Path, api: str, shared: str, keyring: Path, kind: str) -> None:
        folder.mkdir()
        self.folder, self.kind, self.port = folder, kind, free_port()
        self.config = written_config(folder, api, self.port, rest=f'keyring = "{keyring}"\n{shared}')
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, *, wait: bool = True) -> None:
        words = ["serve", "--no-worker"] if self.kind == "web" else ["work"]
        with (self.folder / "serve.log").open("ab") as log:
            command = [sys.executable, "-m", "bot.cli", "--config", str(self.config), *words]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        if wait and self.kind == "web":
            self.wait()

    def wait(self) -> None:
        assert self.process is not None
        wait_until_ready(self.port, self.process, self.config)

    def stop(self) -> None:
        """In order: what is in hand is finished."""
        if self.process is not None and self.up:
            self.process.terminate()
            self.process.wait(timeout=60)

    def kill(self) -> None:
        """-9, with its children."""
        if self.process is not None and self.up:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Front:
    """A proxy as nginx is set up in docs/deploy.md: each request to the next machine; one that takes no connection is
    passed over; what broke off under way is a 502, and WeChat sends it again."""

    def __init__(self) -> None:
        self.backends: list[Machine] = []
        self.served: dict[int, int] = {}
        turns, front = itertools.count(), self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, content = front.passed_on(next(turns), self.path, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.server_port

    def passed_on(self, turn: int, path: str, body: bytes) -> tuple[int, bytes]:
        backends = self.backends[turn % len(self.backends) :] + self.backends[: turn % len(self.backends)]
        for machine in backends:
            try:
                answer = requests.post(f"http://127.0.0.1:{machine.port}{path}", data=body, timeout=(1, 10))
            except requests.ConnectionError as trouble:
                if "refused" in str(trouble):
                    continue
                return 502, b""
            except requests.RequestException:
                return 502, b""
            self.served[machine.port] = self.served.get(machine.port, 0) + 1
            return answer.status_code, answer.content
        return 502, b""


class Farm:
    """The platform, the proxy, the machines."""

    def __init__(self, platform: Platform, front: Front, webs: list[Machine], workers: list[Machine]) -> None:
        self.platform, self.front, self.webs, self.workers = platform, front, webs, workers

    def follower(self, number: int) -> Follower:
        return self.platform.follower(f"oFarm-{number:022d}", following=True)


@contextmanager
def farm(folder: Path, redis: str, database: str, broker: str, s3: S3Server) -> Iterator[Farm]:
    """Two web machines and two workers, running."""
    keyring = folder / "shared-keyring.json"
    Keyring.open(keyring, create=True)
    front = Front()
    shared = SHARED.format(redis=redis, database=database, broker=broker, bucket=s3.new_bucket(), s3=s3.address)
    with ExitStack() as stack:
        platform = stack.enter_context(account(front.port))
        machines = [
            Machine(folder / f"{kind}{number}", platform.url, shared, keyring, kind)
            for kind in ("web", "worker") for number in (1, 2)
        ]  # fmt: skip
        for machine in machines:
            stack.callback(machine.kill)
        machines[0].start()  # the first makes the tables
        for machine in machines[1:]:
            machine.start(wait=False)
        machines[1].wait()
        front.backends = machines[:2]
        yield Farm(platform, front, machines[:2], machines[2:])
        for machine in machines:
            machine.stop()
    front.server.shutdown()
