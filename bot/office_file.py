"""The operator's office list, [paths] offices: read at the start, and again whenever the file changes."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bot.logs import logger
from dialogs.knowledge import Knowledge
from dialogs.programme import Unsound
from dialogs.programmes import shipped

SETTLED_S = 1.0
"""A file younger than this may still be being written."""

_Mark = tuple[int, int, int]


class OfficesUnusable(Exception):
    """The file cannot be the directory; one line says what is wrong where."""


def offices_text(path: Path | None) -> str:
    """The text of the operator's file, or of the list that ships. Raises OfficesUnusable."""
    if path is None:
        return shipped("offices.csv")
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as trouble:
        raise OfficesUnusable(f"{path} cannot be read ({trouble.strerror})") from trouble
    except UnicodeDecodeError as trouble:
        raise OfficesUnusable(f"{path} is not UTF-8; in a spreadsheet, save it as “CSV UTF-8”") from trouble


def usable(path: Path | None, build: Callable[[str], Knowledge]) -> Knowledge:
    """What is known with this list of offices. Raises OfficesUnusable."""
    try:
        return build(offices_text(path))
    except (ValueError, Unsound) as trouble:
        raise OfficesUnusable(f"{path or 'offices.csv'}: {trouble}") from trouble


class OfficeFile:
    """Today's knowledge. A file that cannot be used is named in the log, once, and the list before it stays.

    now  seconds since the epoch, as files are dated
    """

    def __init__(
        self, path: Path | None, build: Callable[[str], Knowledge], now: Callable[[], float] = time.time
    ) -> None:
        """Raises OfficesUnusable."""
        self._path = path
        self._build = build
        self._now = now
        self._reading = threading.Lock()
        self._mark = _mark(path)
        self._known = usable(path, build)

    def knowledge(self) -> Knowledge:
        """As the file is now. One request reads a changed file; others go on with the old list meanwhile."""
        mark = _mark(self._path)
        if mark != self._mark and self._settled(mark) and self._reading.acquire(blocking=False):
            try:
                self._mark = mark
                self._known = usable(self._path, self._build)
                logger().info("office list read again", offices=len(self._known.directory.offices))
            except OfficesUnusable as trouble:
                logger().error("office list refused, the one before stays", trouble=str(trouble))
            finally:
                self._reading.release()
        return self._known

    def renew(self) -> None:
        """Build anew from the file as it is, as something else has changed. Raises OfficesUnusable: nothing is then."""
        with self._reading:
            self._known = usable(self._path, self._build)

    def _settled(self, mark: _Mark | None) -> bool:
        return mark is None or self._now() - mark[0] / 1e9 >= SETTLED_S


def _mark(path: Path | None) -> _Mark | None:
    """What changes when the file does; None without a file."""
    if path is None:
        return None
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
