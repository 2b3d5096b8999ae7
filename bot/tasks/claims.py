"""Filed claims: what has happened to them is told, and they go to the agency's own platform where there is one."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from logging import ERROR

from celery import Celery

from bot.logs import logger
from bot.tasks.edge import attempted
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
        attempted("hand_over", "claims not handed over yet", lambda: _told(handover.hand_over(world())), level=ERROR)

    @app.task(name="claimbot.ask_agency")  # type: ignore[untyped-decorator]
    def ask_agency() -> None:
        after = timedelta(seconds=poll_after_s)
        attempted("ask_agency", "agency not asked", lambda: handover.ask_silent(world(), after), level=ERROR)


def _told(dealt: Sequence[handover.Dealt]) -> None:
    for one in dealt:
        if one.outcome == "refused":
            logger().error("the agency does not take a claim: `claimbot claim list` and `show`", claim=one.claim_id,
                           code=one.code)  # fmt: skip
        elif one.outcome == "later":
            logger().warning("a claim waits for the agency", claim=one.claim_id, code=one.code)
