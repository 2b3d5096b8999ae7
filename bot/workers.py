"""The worker processes of `claimbot serve`: started, and started again when they die."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from bot.logs import logger

LOOK_EVERY_S = 0.5
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 20.0
"""One that lived so long did not die of its start: the next pause is the first again."""
STOP_WITHIN_S = 20.0

_starting = threading.Lock()
"""Held while a worker is started: a web process forked at that moment would keep open the pipe by which the start is
reported, and the start would never end."""
os.register_at_fork(before=_starting.acquire, after_in_parent=_starting.release, after_in_child=_starting.release)


def starting_a_process() -> threading.Lock:
    """What to hold meanwhile."""
    return _starting


class Workers:
    """One process a kind of work, watched by a thread."""

    def __init__(self, config: Path | None, kinds: tuple[str, ...] = ("photos",)) -> None:
        self._config = config
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._keep, args=(kind,), daemon=True) for kind in kinds]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End them; what they have in hand is finished, if it is soon."""
        self._ending.set()
        for thread in self._threads:
            thread.join(STOP_WITHIN_S + 5)

    def _keep(self, kind: str) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._ending.is_set():
            began = time.monotonic()
            try:
                process = self._started(kind)
            except OSError as trouble:  # no memory, no process to be had: who watches must not die of it
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
                logger().error("a worker cannot be started", kind=kind, trouble=trouble.strerror, pause_s=pause_s)
                self._ending.wait(pause_s)
                continue
            while process.poll() is None and not self._ending.wait(LOOK_EVERY_S):
                pass
            if self._ending.is_set():
                self._ended(process)
                return
            pause_s = FIRST_PAUSE_S if time.monotonic() - began > STEADY_AFTER_S else min(LONGEST_PAUSE_S, pause_s * 2)
            logger().error("worker died, another is started", kind=kind, code=process.returncode, pause_s=pause_s)
            self._ending.wait(pause_s)

    def _started(self, kind: str) -> "subprocess.Popen[bytes]":
        config = ["--config", str(self._config)] if self._config else []
        command = [sys.executable, "-m", "bot.cli", *config, "work", "--kind", kind, "--parent", str(os.getpid())]
        with _starting:
            # an environment of its own: another thread that sets a variable at this moment moves the process's.
            # Events go to standard error; on the other Celery says good-bye in plain text
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=dict(os.environ))

    @staticmethod
    def _ended(process: "subprocess.Popen[bytes]") -> None:
        process.terminate()
        try:
            process.wait(timeout=STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
