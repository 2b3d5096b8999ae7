"""People's rights over their data and its retention: what was asked for is done, what has lain long enough goes."""

from collections.abc import Callable

import redis
from celery import Celery

from bot.config import Settings
from bot.logs import logger
from handlers import erasing, retention
from handlers.world import World
from storage.errors import StoreUnavailable

SCAN_S = 3600
DAY_S = 24 * 3600
EVERY = {"erase": 30, "find_forgotten": SCAN_S, "retain": DAY_S}


def terms_of(settings: Settings) -> retention.Terms:
    """[retention] as the sweeps take it."""
    kept, role = settings.retention, settings.account.role
    return retention.Terms(
        kept.draft_days, kept.claims_days_of(role), kept.proof_days, kept.reports_days, role == "helper"
    )


def add(
    app: Celery, world: Callable[[], World], terms: retention.Terms, own_redis: "Callable[[], redis.Redis] | None"
) -> None:
    """Give the worker these tasks. `own_redis`: the embedded server, whose log we begin anew; None with another's."""

    @app.task(name="claimbot.see_to")  # type: ignore[untyped-decorator]
    def see_to(*people: str) -> None:
        try:
            erasing.see_to(world(), *people)
        except StoreUnavailable as trouble:
            logger().warning("people's rights not seen to yet", trouble=str(trouble), count=len(people))
            for person in people if len(people) > 1 else ():  # the others do not wait for one
                see_to(person)

    @app.task(name="claimbot.erase")  # type: ignore[untyped-decorator]
    def erase() -> None:
        try:
            done = erasing.sweep(world())
        except StoreUnavailable:
            logger().error("erasures: store unavailable")
            return
        if done:
            logger().warning("erasures found again and done", count=done)

    @app.task(name="claimbot.find_forgotten", time_limit=SCAN_S, soft_time_limit=SCAN_S - 60)  # type: ignore[untyped-decorator]
    def find_forgotten() -> None:
        try:
            found = erasing.find_forgotten(world())
        except StoreUnavailable:
            logger().error("forgotten wishes: store unavailable")
            return
        if found:
            logger().warning("people whose rights were not seen to", count=found)

    @app.task(name="claimbot.retain", time_limit=SCAN_S, soft_time_limit=SCAN_S - 60)  # type: ignore[untyped-decorator]
    def retain() -> None:
        try:
            gone = retention.everything(world(), terms)
        except StoreUnavailable as trouble:
            logger().error("retention: store unavailable", trouble=str(trouble))
            return
        finally:
            _begin_log_anew(own_redis)
        logger().info("retention", **gone)


def _begin_log_anew(own_redis: "Callable[[], redis.Redis] | None") -> None:
    """What was erased still stands, sealed, in the append-only file until it is rewritten."""
    if own_redis is None:
        return
    try:
        own_redis().bgrewriteaof()
    except redis.RedisError as trouble:
        logger().error("the append-only file was not rewritten", trouble=type(trouble).__name__)
