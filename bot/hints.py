"""Jobs handed to the broker beside the replies: a broker that hangs takes seconds to be given up, and nobody waits."""

import os
import queue
import threading
import time
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError

from bot.logs import logger

HELD_MOST = 1000
STALE_AFTER_S = 10.0
"""Older hints are dropped: by then a sweep is about to find what they were about."""

Hint = tuple[float, str, tuple[str, ...], Mapping[str, Any]]


class Hints:
    """Safe to share between threads; after a fork each process has a thread of its own."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._of_process = 0
        self._thread: threading.Thread | None = None
        self._waiting: queue.Queue[Hint] = queue.Queue(HELD_MOST)

    def send(self, name: str, args: tuple[str, ...], options: Mapping[str, Any]) -> None:
        """At once, in another thread; lost when the broker is away, too many wait, or the process is killed."""
        self._begin()
        try:
            self._waiting.put_nowait((time.monotonic(), name, args, options))
        except queue.Full:
            logger().error("broker unavailable", job=name, trouble="too many hints wait")

    def now(self, name: str, args: Collection[str], options: Mapping[str, Any] = MappingProxyType({})) -> None:
        """In this thread; a broker that is away is forgiven."""
        broker = self._app.connection_for_write()  # not connected: only to learn what its library raises
        try:
            self._app.send_task(name, args=args, ignore_result=True, **options)
        except (OperationalError, OSError, *broker.connection_errors, *broker.channel_errors) as trouble:
            logger().error("broker unavailable", job=name, trouble=type(trouble).__name__)

    def _begin(self) -> None:
        with self._lock:
            if self._of_process == os.getpid() and self._thread is not None and self._thread.is_alive():
                return
            self._of_process = os.getpid()
            self._waiting = queue.Queue(HELD_MOST)
            self._thread = threading.Thread(target=self._keep, args=(self._waiting,), name="hints", daemon=True)
            self._thread.start()

    def _keep(self, waiting: "queue.Queue[Hint]") -> None:
        while True:
            came, name, args, options = waiting.get()
            if time.monotonic() - came <= STALE_AFTER_S:
                self.now(name, args, options)
