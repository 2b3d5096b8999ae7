"""The embedded Valkey of `claimbot serve`: watched, and started again when it dies. What was acknowledged stands in its
append-only file: it writes there before it answers, so a killed process loses nothing."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from bot.logs import logger
from storage import embedded
from storage.errors import StoreUnavailable

LOOK_EVERY_S = 0.2
AGAIN_AFTER_S = 1.0
SYNC_EVERY_S = 1.0
"""So many seconds of answers, and what a sync takes, a power cut may cost."""
DEAF_LOOKS = 3
"""One left by an earlier start is no child of ours: that it is gone is seen by its silence, so often in a row."""


class KeptValkey:
    """One server and a thread that looks after it. `starting` is held while a process is started."""

    def __init__(self, data_dir: Path, starting: Callable[[], AbstractContextManager[object]]) -> None:
        self._data_dir = data_dir
        self._starting = starting
        self._server = embedded.start(data_dir)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._syncing = threading.Thread(target=self._keep_synced, daemon=True)  # a slow disk must not blind the other

    def watch(self) -> None:
        """Look after it from now on."""
        self._thread.start()
        self._syncing.start()

    def stop(self) -> None:
        """Write everything and end the server."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._server.stop()

    def _keep_synced(self) -> None:
        while not self._ending.wait(SYNC_EVERY_S):
            try:
                embedded.synced(self._data_dir)
            except OSError as trouble:
                logger().error("the embedded Valkey's file is not synced", trouble=type(trouble).__name__)

    def _keep(self) -> None:
        deaf = 0
        while not self._ending.wait(LOOK_EVERY_S):
            if self._server.process is not None:
                gone = self._server.process.poll() is not None
            else:
                deaf = 0 if self._server.lives() else deaf + 1
                gone = deaf >= DEAF_LOOKS
            if not gone:
                continue
            deaf = 0
            logger().error("the embedded Valkey died, another is started")
            try:
                self._server = embedded.start(self._data_dir, starting=self._starting())
            except (StoreUnavailable, OSError) as trouble:
                logger().error("the embedded Valkey does not start", trouble=type(trouble).__name__)
                self._ending.wait(AGAIN_AFTER_S)
