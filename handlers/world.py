"""What a turn works with: the stores, the knowledge, the clock. Built and joined in bot/app.py alone."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Protocol

from dialogs.knowledge import Knowledge, Moment
from handlers.pictures import Pictures
from handlers.ports import Agency, Media, Verifier
from handlers.telling import Telling
from storage.claims import Claims
from storage.consents import Consents
from storage.daily_counts import DailyCounts
from storage.erasures import Erasures
from storage.export_links import ExportLinks
from storage.handovers import Handovers
from storage.help_codes import HelpCodes
from storage.helpings import Helpings
from storage.meter import Meter
from storage.number_reports import NumberReports
from storage.outbox import Outbox
from storage.papers import Papers
from storage.parked import ParkedDrafts
from storage.pending import Pending
from storage.photos import PhotoStore
from storage.receipts import new_receipt
from storage.references import References
from storage.sessions import Sessions
from storage.system_fields import SystemFields
from storage.tally import Tally

CHINA = timezone(timedelta(hours=8))


class Jobs(Protocol):
    """Work that may happen after the reply."""

    def fetch_photo(self, person: str, ticket: str, delay_s: float = 0) -> None:
        """A hint to the worker; lost hints are found again through the pending index."""

    def can_read(self) -> bool:
        """Is somebody there, and not too busy, who can read what is written on a paper?"""

    def read_paper(self, person: str, ticket: str) -> None:
        """A hint to who can read; when it is lost, there is no advice."""

    def draw_sheet(self, person: str, ticket: str) -> None:
        """Draw the papers of this person's draft; who waits is told when it does not come."""

    def hand_over(self) -> None:
        """A hint that a claim waits for the agency's platform; a sweep finds it anyhow."""

    def report_number(self, person: str, office: str, phones: str, day: str) -> None:
        """Put a dead number on the operators' list; `phones` joined by ";", `day` as 2026-11-22. May be lost."""

    def take_receipt(self, person: str, way: str, msg_id: str, status: str) -> None:
        """WeChat says what became of a template message or subscription notice. May be lost: what it was about still
        waits for the person's next message."""

    def tidy(self, person: str) -> None:
        """A hint: photographs of this person may lie there that nothing refers to; the audit finds them anyhow."""

    def see_to(self, person: str) -> None:
        """A hint: this person's rights are waiting to be seen to."""


def china_now() -> datetime:
    """Now, where the claimants are."""
    return datetime.now(CHINA)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is bounded, and by how much.

    budget_ms      a reply is given by then (WeChat hangs up at 5 s)
    reading_ms     of those, how long a photograph's reply waits for what is written on it
    commit_tries   races lost before giving up
    park_after_s   a draft that nobody touched for so long leaves Redis for SQL
    """

    budget_ms: int = 4000
    reading_ms: int = 2500
    commit_tries: int = 20
    photo_max_bytes: int = 10 * 1024 * 1024
    park_after_s: int = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside the core.

    look     takes up at once what operators have published
    waiting  bounds how many requests wait for a photo's verdict at the same time
    """

    known: Callable[[], Knowledge]
    sessions: Sessions
    pending: Pending
    claims: Claims
    agency: Agency
    handovers: Handovers
    system_fields: SystemFields
    outbox: Outbox
    papers: Papers
    numbers: NumberReports
    parked: ParkedDrafts
    consents: Consents
    erasures: Erasures
    links: ExportLinks
    help_codes: HelpCodes
    helpings: Helpings
    references: References
    photos: PhotoStore
    meter: Meter
    media: Media
    telling: Telling
    jobs: Jobs
    pictures: Pictures
    tally: Tally
    counts: DailyCounts
    verifier: Verifier | None = None
    look: Callable[[], None] = lambda: None
    limits: Limits = Limits()
    clock: Callable[[], datetime] = china_now
    waiting: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(8))

    @property
    def knowledge(self) -> Knowledge:
        """As it is now: the operator may replace the list of offices at any time."""
        return self.known()

    def moment(self) -> Moment:
        """Now, a fresh id for a draft that may begin, and a receipt number for a deed that may be done."""
        return Moment(self.clock(), secrets.token_hex(16), new_receipt())
