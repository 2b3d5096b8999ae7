"""The thread that gives a process's counts to Redis, beside the replies."""

import multiprocessing.util
import threading

from bot.logs import logger
from storage.errors import StoreUnavailable
from storage.tally import Tally

EVERY_S = 3.0
"""So many seconds of counts are lost with a process that is killed with -9."""


def flush_regularly(tally: Tally, every_s: float = EVERY_S) -> None:
    """From now until this process ends, and once more then. Call it after any fork."""
    threading.Thread(target=_keep, args=(tally, every_s), name="tally", daemon=True).start()
    # the web server's and Celery's children leave by multiprocessing's door, where atexit is not heard
    multiprocessing.util.Finalize(None, _once, args=(tally,), exitpriority=10)


def _keep(tally: Tally, every_s: float) -> None:
    pause, away = threading.Event(), False
    while not pause.wait(every_s):
        came = _once(tally)
        if came == away:
            away = not came
            logger().info("counts reach redis again") if came else logger().error("counts cannot be kept: redis away")


def _once(tally: Tally) -> bool:
    try:
        tally.flush()
    except StoreUnavailable:
        return False
    return True
