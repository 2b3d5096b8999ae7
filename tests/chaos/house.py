"""The bot as it runs: `claimbot serve` under a keeper that starts it again as systemd does, its disk, and the agency."""

import errno
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests
from werkzeug.serving import BaseWSGIServer, make_server

from bot.simulator.agency import SimulatedAgency
from bot.simulator.server import Quiet
from tests.test_processes import children

AGAIN_AFTER_S = 0.5
UP_WITHIN_S = 60.0
DISK_MB = 1024
BLOCK = b"\0" * (1 << 20)
SMALLEST_FILE = 4096


class House:
    """data_dir lies on a file system of its own where this user may mount one; else a full disk is played by a limit
    on the size of files, set from outside on the running processes (`how_full` says which)."""

    def __init__(
        self, folder: Path, port: int, agency: SimulatedAgency, agency_port: int, chance: random.Random
    ) -> None:
        self.folder, self.port, self.chance = folder, port, chance
        self.agency, self.agency_port = agency, agency_port
        self.config = folder / "config.toml"
        self.data_dir = folder / "var"
        self.data_dir.mkdir(exist_ok=True)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "tmpfs", str(self.data_dir)],
            capture_output=True, check=False,
        )  # fmt: skip
        self.how_full = "a file system of its own, filled" if mounted.returncode == 0 else "RLIMIT_FSIZE"
        self.log = folder / "serve.log"
        self.starts = 0
        self._mounted = mounted.returncode == 0
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._agency_server: BaseWSGIServer | None = None
        self._agency_lock = threading.Lock()

    # the processes

    def open(self) -> None:
        """Start everything and wait until it answers."""
        self.open_agency()
        self._keeper.start()
        self.wait_until_up()

    def close(self) -> None:
        self._ending.set()
        self._keeper.join()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=40)
        self.close_agency()
        self.agency.close()

    def unmount(self) -> None:
        if self._mounted:
            subprocess.run(["umount", "-l", str(self.data_dir)], check=False)

    def _keep(self) -> None:
        while not self._ending.is_set():
            if self._process is None or self._process.poll() is not None:
                self._ending.wait(AGAIN_AFTER_S if self._process is not None else 0)
                with self.log.open("ab") as log:
                    self._process = subprocess.Popen(
                        [sys.executable, "-m", "bot.cli", "--config", str(self.config), "serve"], stdout=log, stderr=log
                    )
                self.starts += 1
            self._ending.wait(0.1)

    def wait_until_up(self) -> None:
        """Raises TimeoutError when the web server is not back in time."""
        until = time.monotonic() + UP_WITHIN_S
        while time.monotonic() < until:
            with suppress(requests.RequestException):
                if requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).ok:
                    return
            threading.Event().wait(0.05)
        raise TimeoutError("the web server did not come back")

    def wait_until_ready(self) -> None:
        """Valkey too. Raises TimeoutError."""
        until = time.monotonic() + UP_WITHIN_S
        while time.monotonic() < until:
            with suppress(requests.RequestException):
                if requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2).ok:
                    return
            threading.Event().wait(0.05)
        raise TimeoutError("not ready again")

    def processes(self, kind: str) -> list[int]:
        """Process ids of web, worker, worker's child or valkey; empty while none is there."""
        process = self._process
        if process is None or process.poll() is not None:
            return []
        with suppress(OSError):
            below = children(process.pid)
            workers = [pid for pid, line in below if " work " in line]
            match kind:
                case "web":
                    return [pid for pid, line in below if line.rstrip().endswith(" serve")]
                case "worker":
                    return workers
                case "worker's child":
                    return [pid for worker in workers for pid, _ in children(worker)]
        return [pid for pid, line in everybody() if "valkey" in line and str(self.data_dir.resolve()) in line]

    def kill(self, kind: str) -> bool:
        """-9 for one of them, as soon as there is one."""
        for _ in range(100):
            if found := self.processes(kind):
                with suppress(ProcessLookupError):
                    os.kill(self.chance.choice(found), signal.SIGKILL)
                    return True
            threading.Event().wait(0.1)
        return False

    def kill_everything(self) -> None:
        """-9 for `claimbot serve` itself: web, worker and their children end with it, Valkey stays."""
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()
        while self._process is process:
            threading.Event().wait(0.05)

    # the disk

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """No byte more can be written."""
        if not self._mounted:
            with self._no_larger_files():
                yield
            return
        ballast = self.data_dir / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            for block in (BLOCK, BLOCK[:1]):
                try:
                    while file.write(block):
                        pass
                except OSError as full:
                    if full.errno != errno.ENOSPC:
                        raise
            yield
        ballast.unlink()

    @contextmanager
    def _no_larger_files(self) -> Iterator[None]:
        pids = [pid for kind in ("web", "worker", "worker's child") for pid in self.processes(kind)]
        before = {}
        for pid in pids:
            with suppress(OSError):
                before[pid] = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (SMALLEST_FILE, before[pid][1]))
        yield
        for pid, limits in before.items():
            with suppress(OSError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

    # the agency

    def open_agency(self) -> None:
        with self._agency_lock:
            if self._agency_server is None:
                server = make_server(
                    "127.0.0.1", self.agency_port, self.agency.app, threaded=True, request_handler=Quiet
                )
                server.daemon_threads = True
                threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
                self._agency_server = server

    def close_agency(self) -> None:
        with self._agency_lock:
            server, self._agency_server = self._agency_server, None
            if server is not None:
                server.shutdown()
                server.server_close()


def everybody() -> Iterator[tuple[int, str]]:
    """Pid and command line of every process."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
