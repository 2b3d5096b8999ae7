"""Photographs: fetched, judged, drawn on one sheet, audited; and what the operators set or are told."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from celery import Celery

from bot.logs import logger
from bot.tasks.edge import attempted
from handlers import number_report, photo_audit, photo_job, photo_removal, sheet_job
from handlers.pictures import Uploads
from handlers.ports import WeChatError
from handlers.world import World
from storage.errors import StoreUnavailable

AUDIT_EVERY_S = 3600
AUDIT_PARTS = 24
"""All photographs are looked for each hour, and each is read and opened once a day."""
NOT_FETCHED = "photo not fetched yet"
EVERY = {"sweep": 5, "upload_pictures": 60, "audit": AUDIT_EVERY_S}


def add(app: Celery, world: Callable[[], World], uploads: Callable[[], Uploads]) -> None:
    """Give the worker these tasks."""

    @app.task(name="claimbot.fetch_photo")  # type: ignore[untyped-decorator]
    def fetch_photo(person: str, ticket: str) -> None:
        ending = attempted("fetch_photo", NOT_FETCHED, lambda: _fetched(world(), person, ticket), ticket=ticket)
        if ending in ("slow", "defect"):  # the pending index hands it out again; after a few defects it is set aside
            with suppress(StoreUnavailable):
                photo_job.put_off(world(), person, ticket, ended_well=ending == "slow")

    @app.task(name="claimbot.tidy")  # type: ignore[untyped-decorator]
    def tidy(person: str) -> None:
        try:
            photo_removal.tidy(world(), person)
        except StoreUnavailable as trouble:
            logger().warning("photographs not removed yet: the audit will", trouble=str(trouble))

    @app.task(name="claimbot.draw_sheet")  # type: ignore[untyped-decorator]
    def draw_sheet(person: str, ticket: str) -> None:
        try:
            sheet_job.draw_sheet(world(), uploads(), person, ticket)
        except StoreUnavailable as trouble:
            logger().warning("papers not drawn", ticket=ticket, trouble=str(trouble))

    @app.task(name="claimbot.audit", time_limit=AUDIT_EVERY_S, soft_time_limit=AUDIT_EVERY_S - 60)  # type: ignore[untyped-decorator]
    def audit() -> None:
        try:
            part = int(world().clock().timestamp()) // AUDIT_EVERY_S % AUDIT_PARTS
            found = photo_audit.audit(world(), read_part=(part, AUDIT_PARTS))
            asked = photo_audit.ask_again(world(), found.to_ask_again)
        except StoreUnavailable as trouble:
            logger().error("audit: store unavailable", trouble=str(trouble))
            return
        if found.orphans or found.missing or found.unreadable:
            logger().error(
                "audit of the photographs", orphans=found.orphans, missing=found.missing,
                unreadable=found.unreadable, asked_again=asked,
            )  # fmt: skip

    @app.task(name="claimbot.sweep")  # type: ignore[untyped-decorator]
    def sweep() -> None:
        try:
            found = photo_job.sweep(world())
        except StoreUnavailable:
            logger().error("sweep: store unavailable")
            return
        if found:
            logger().warning("photographs handed out again", count=found)

    @app.task(name="claimbot.report_number", bind=True, max_retries=8)  # type: ignore[untyped-decorator]
    def report_number(self: Any, person: str, office: str, phones: str, day: str) -> None:
        try:
            number_report.record(world(), person, office, phones, day)
        except StoreUnavailable as trouble:
            raise self.retry(countdown=min(2**self.request.retries * 5, 600), exc=trouble) from trouble

    @app.task(name="claimbot.upload_pictures")  # type: ignore[untyped-decorator]
    def upload_pictures() -> None:
        try:
            world().pictures.upload(uploads())
        except (WeChatError, StoreUnavailable, OSError) as trouble:
            logger().error("a picture cannot be uploaded", trouble=str(trouble))


def _fetched(world: World, person: str, ticket: str) -> None:
    outcome = photo_job.fetch_photo(world, person, ticket)
    if outcome == "later":
        logger().warning(NOT_FETCHED, ticket=ticket)
    if outcome == "aside":
        logger().error("photo set aside: it has broken every worker that touched it", ticket=ticket)
