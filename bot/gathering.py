"""Hints to workers that can wait a moment are gathered and sent together, beside the replies."""

import multiprocessing.util
import threading
from collections.abc import Callable, Collection

GATHER_S = 2.0
"""So long after the reply a hint is sent; those of a process killed with -9 meanwhile are found again by the sweeps."""
MOST_AT_ONCE = 100


class Gathering:
    """Names for one kind of job. Threads may add at once; after a fork each process gathers by itself."""

    def __init__(self, send: Callable[[Collection[str]], None], every_s: float = GATHER_S) -> None:
        self._send = send
        self._every_s = every_s
        self._names: set[str] = set()
        self._lock = threading.Lock()
        self._sender: threading.Thread | None = None

    def add(self, name: str) -> None:
        """Send this name soon. A name that waits already is sent once."""
        with self._lock:
            self._names.add(name)
            if self._sender is None or not self._sender.is_alive():
                self._sender = threading.Thread(target=self._keep_sending, name="hints", daemon=True)
                self._sender.start()
                # the web server's and Celery's children leave by multiprocessing's door, where atexit is not heard
                multiprocessing.util.Finalize(None, self.send, exitpriority=10)

    def send(self) -> None:
        """Send what waits, now."""
        with self._lock:
            names, self._names = sorted(self._names), set()
        for at in range(0, len(names), MOST_AT_ONCE):
            self._send(names[at : at + MOST_AT_ONCE])

    def _keep_sending(self) -> None:
        pause = threading.Event()
        while not pause.wait(self._every_s):
            self.send()
