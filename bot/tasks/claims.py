"""Filed claims: what has happened to them is told, and they go to the agency's own platform where there is one."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded

from bot.logs import logger
from handlers import claim_news, handover
from handlers.world import World
from storage.errors import StoreUnavailable

EVERY = {"tell": 5}
HANDING_OVER = {"hand_over": 5, "ask_agency": 60}
"""Where the agency has a platform of its own."""


def add(app: Celery, world: Callable[[], World], poll_after_s: int) -> None:
    """Give the worker these tasks. `poll_after_s`: a claim of which nothing was heard for so long is asked for."""

    @app.task(name="claimbot.tell")  # type: ignore[untyped-decorator]
    def tell() -> None:
        try:
            claim_news.tell_all(world())
        except StoreUnavailable as trouble:
            logger().error("news of claims cannot be told now", trouble=str(trouble))

    @app.task(name="claimbot.hand_over")  # type: ignore[untyped-decorator]
    def hand_over() -> None:
        _done("claims not handed over yet", lambda: _told(handover.hand_over(world())))

    @app.task(name="claimbot.ask_agency")  # type: ignore[untyped-decorator]
    def ask_agency() -> None:
        _done("agency not asked", lambda: handover.ask_silent(world(), timedelta(seconds=poll_after_s)))


def _done(otherwise: str, deed: Callable[[], object]) -> None:
    try:
        deed()
    except StoreUnavailable as trouble:
        logger().error(otherwise, trouble=str(trouble))
    except SoftTimeLimitExceeded:
        logger().warning(otherwise, trouble="too slow")
    except Exception:  # what was in hand is found again when its lease is over
        logger().exception("defect in a job", job=otherwise)


def _told(dealt: Sequence[handover.Dealt]) -> None:
    for one in dealt:
        if one.outcome == "refused":
            logger().error("the agency does not take a claim: `claimbot claim list` and `show`", claim=one.claim_id,
                           code=one.code)  # fmt: skip
        elif one.outcome == "later":
            logger().warning("a claim waits for the agency", claim=one.claim_id, code=one.code)
