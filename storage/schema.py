"""The SQL tables of claims, their constraints by name. Built and changed by storage/migrations only."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, and on SQLite, which knows no zones, UTC by agreement."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


PERSON = String(22)
"""A pseudonym (Keyring.pseudonym), never an openid."""

CLAIMS = Table(
    "claims",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("draft_id", String(64), nullable=False),
    Column("person", PERSON, nullable=False),
    Column("openid", LargeBinary, nullable=False),  # sealed
    Column("programme", String(64), nullable=False),
    Column("version", String(64), nullable=False),
    Column("office", String(200), nullable=False),
    Column("receipt", String(13), nullable=False),
    Column("answers", LargeBinary, nullable=False),  # sealed JSON
    Column("filed_at", Instant, nullable=False),
    UniqueConstraint("draft_id"),
    UniqueConstraint("receipt"),
    Index(None, "person"),
    Index(None, "office", "filed_at"),
)

CLAIM_EVENTS = Table(
    "claim_events",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("claim_id", ForeignKey("claims.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("status", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("reason", String(64), nullable=False, default=""),
    Column("detail", LargeBinary),  # sealed JSON, null when there is none
    UniqueConstraint("claim_id", "seq"),
    CheckConstraint("seq >= 1", name="seq_from_one"),
    CheckConstraint(
        "status in ('submitted','received','reviewing','needs_materials','approved','paying','paid','rejected',"
        "'withdrawn')",
        name="status_known",
    ),
)
"""Append-only: a trigger refuses updates."""

PAPERS = Table(
    "papers",
    METADATA,
    Column("claim_id", ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
    Column("slot", String(64), primary_key=True),
    Column("photo_key", String(40), nullable=False),
    Column("fingerprint", String(128), nullable=False, default=""),
    Column("state", String(16), nullable=False),
    Column("remark", String(200)),  # null before it was kept
    CheckConstraint("state in ('kept','retake')", name="state_known"),
)

PARKED_DRAFTS = Table(
    "parked_drafts",
    METADATA,
    Column("person", PERSON, primary_key=True),
    Column("blob", LargeBinary, nullable=False),  # sealed by storage/sessions.py
    Column("parked_at", Instant, nullable=False),
    Index(None, "parked_at"),
)

CONSENTS = Table(
    "consents",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("person", PERSON, nullable=False),
    Column("item_group", String(32), nullable=False),  # "group" is a word of SQL
    Column("notice_version", String(64), nullable=False),
    Column("text_hash", String(64), nullable=False, default=""),
    Column("answer", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("once", String(80)),  # names the answer: the same one again is no second row; null before there were names
    UniqueConstraint("once"),
    Index(None, "person", "item_group"),
    Index(None, "at"),
)

ERASURES = Table(
    "erasures",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("receipt", String(13), nullable=False),
    Column("person", PERSON),  # null once it is done
    Column("proof", String(64), nullable=False),  # keyed hash of receipt and person: names nobody
    Column("cause", String(16), nullable=False),
    Column("with_claims", Boolean, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("claims_kept", Integer),
    UniqueConstraint("receipt"),
    CheckConstraint("(person is null) = (done_at is not null)", name="done_names_nobody"),
    Index(None, "person"),
    Index(None, "done_at"),
)
"""Who is to be erased; afterwards the proof that it was done."""

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("claim_id", ForeignKey("claims.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    UniqueConstraint("claim_id", "seq"),
)
"""Events of which the person's session has not heard: written with the event, gone once the session knows."""

HELPINGS = Table(
    "helpings",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("owner", PERSON, nullable=False, index=True),
    Column("helper", PERSON, nullable=False, index=True),
    Column("began_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("why", String(16), nullable=False, default=""),
    Column("photos", Integer),
    Index(None, "ended_at", "until"),
)
"""Second phones that photographed for a claim. why: owner, helper, complete, time, or ended (the claim was gone)."""

NUMBER_REPORTS = Table(
    "number_reports",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("once", String(64), nullable=False),  # keyed hash of person, office and day: names nobody
    Column("office", String(200), nullable=False),
    Column("phones", String(200), nullable=False),
    Column("day", Date, nullable=False),
    UniqueConstraint("once"),
    Index(None, "day"),
)

HANDOVERS = Table(
    "handovers",
    METADATA,
    Column("claim_id", ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("remote", String(100), nullable=False, default=""),
    Column("told", Integer, nullable=False, default=0),
    Column("seen", Integer, nullable=False, default=0),
    Column("withdrawal", String(16), nullable=False, default=""),
    Column("tries", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("heard_at", Instant, nullable=False),
    Column("trouble", String(64), nullable=False, default=""),
    CheckConstraint("state in ('waiting','sent','refused','ended')", name="state_known"),
    CheckConstraint("withdrawal in ('','wanted','late')", name="withdrawal_known"),
    Index(None, "state", "due_at"),
    Index(None, "state", "heard_at"),
)
"""A claim on its way to the agency's platform; written with the claim. What the columns mean: storage/handovers.py."""

SYSTEM_FIELDS = Table(
    "system_fields",
    METADATA,
    Column("claim_id", ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
    Column("fields", LargeBinary, nullable=False),  # sealed JSON
)
"""What the agency's systems know of the claimant and nobody asks: values by step id, or by the agency's own label."""

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("person", PERSON, nullable=False),
    Column("what", String(100), nullable=False),  # the news' name, never its content
    Column("number", Integer, nullable=False),
    Column("way", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(80), nullable=False),
    Column("msg_id", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("person", "what", "number"),
    CheckConstraint("state in ('made','sending','accepted','delivered','failed','inbox')", name="state_known"),
    Index(None, "state", "person"),
)
"""How each piece of news went out: one row an attempt (storage/deliveries.py)."""
