"""Where a job's failure ends: it is logged, and what was in hand is found again. The one broad catch of the workers."""

import logging
from collections.abc import Callable
from typing import Literal

from billiard.exceptions import SoftTimeLimitExceeded

from bot.logs import logger
from storage.errors import StoreUnavailable

Ending = Literal["done", "away", "slow", "defect"]


def attempted(
    job: str, otherwise: str, deed: Callable[[], object], *, level: int = logging.WARNING, **about: str
) -> Ending:
    """Do it; how it ended. Never raises: leases and sweeps hand out again what was not done.

    otherwise  what the log says when a store is away or time is up, at this `level`; a defect is logged with its trace
    about      what may stand in the log beside it
    """
    try:
        deed()
    except StoreUnavailable as trouble:
        logger().log(level, otherwise, trouble=str(trouble), **about)
        return "away"
    except SoftTimeLimitExceeded:
        logger().log(level, otherwise, trouble="too slow", **about)
        return "slow"
    except Exception:
        logger().exception("defect in a job", job=job, **about)
        return "defect"
    return "done"
