"""What is known, with what operators have published at the console in place of what ships."""

import threading
from collections.abc import Callable
from pathlib import Path

from bot.logs import logger
from bot.office_file import OfficeFile, OfficesUnusable
from dialogs.knowledge import Knowledge
from storage.contents import Contents, Texts
from storage.errors import StoreUnavailable

EVERY_S = 3.0
"""How soon another process speaks as was published; one small query each time."""
OFFICES = ("offices", "offices")


class LiveContent:
    """Today's knowledge. The database is asked by `look` alone, which is never on the way to a reply.

    path   the operator's list of offices, [paths] offices: where there is one, it is the list, whatever is published
    build  the knowledge from a list of offices and published texts; raises ValueError, Unsound
    """

    def __init__(self, path: Path | None, build: Callable[[str, Texts], Knowledge], contents: Contents) -> None:
        """Raises OfficesUnusable."""
        self._build = build
        self._contents = contents
        self._looking = threading.Lock()
        self._texts: Texts = {}
        self._revision = 0
        self._path = path
        self._offices = OfficeFile(path, self._knowledge)
        self.look()

    def known(self) -> Knowledge:
        """As it is now."""
        return self._offices.knowledge()

    def look(self) -> None:
        """Take up what was published since. What cannot be used (a new release may refuse what an old one took) is
        named in the log, once, and what was known before stays."""
        with self._looking:
            try:
                revision = self._contents.revision()
                if revision == self._revision:
                    return
                texts = self._contents.texts()
            except StoreUnavailable as trouble:
                logger().warning("published texts cannot be read now", trouble=str(trouble))
                return
            before, self._texts, self._revision = self._texts, texts, revision
            try:
                self._offices.renew()
            except OfficesUnusable as trouble:
                self._texts = before
                logger().error("published texts refused, those before stay", trouble=str(trouble))
            else:
                logger().info("published texts taken up", revision=revision)

    def _knowledge(self, offices_csv: str) -> Knowledge:
        published = self._texts.get(OFFICES) if self._path is None else None
        return self._build(published or offices_csv, self._texts)


def keep_looking(look: Callable[[], None], every_s: float = EVERY_S) -> None:
    """Until this process ends. Call it after any fork."""
    pause = threading.Event()

    def looks() -> None:
        while not pause.wait(every_s):
            look()

    threading.Thread(target=looks, name="published texts", daemon=True).start()
