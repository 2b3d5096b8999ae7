"""The SQL tables of claims, their constraints by name. Built and changed by storage/migrations only."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
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
    Text,
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
    Index(None, "person", "item_group"),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("claim_id", ForeignKey("claims.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    UniqueConstraint("claim_id", "seq"),
)
"""Events of which the person's session has not heard: written with the event, gone once the session knows."""

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

STAFF = Table(
    "staff",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("office", String(200), nullable=False),  # "" for all
    Column("password", String(200), nullable=False),  # argon2
    Column("totp", LargeBinary, nullable=False),  # sealed
    Column("totp_step", Integer, nullable=False, default=0),
    Column("made_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", Instant),
    Column("epoch", Integer, nullable=False, default=0),
    UniqueConstraint("name"),
    CheckConstraint("role in ('operator','reviewer','auditor','administrator')", name="role_known"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("deed", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("detail", String(500), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "at"),
    Index(None, "subject"),
)
"""Append-only: a trigger refuses updates and deletes; each row's hash covers the one before."""

ASSIGNMENTS = Table(
    "assignments",
    METADATA,
    Column("claim_id", ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
    Column("staff", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "staff"),
)
"""Which member of staff has a claim in hand."""

DAILY_COUNTS = Table(
    "daily_counts",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("n", Integer, nullable=False),
    Index(None, "what", "day"),
)
"""How often what happened on a day (storage/daily_counts.py). Nothing of a person."""

CONTENTS = Table(
    "contents",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("of", Integer, nullable=False, default=0),  # the version that was taken up again, 0 for a new text
    CheckConstraint("kind in ('greeting','faq','notice','programme','offices')", name="kind_known"),
    Index(None, "kind", "name"),
)
"""Every text an operator published, only added to; of each the newest is live, "" meaning the one that ships."""

POSTERS = Table(
    "posters",
    METADATA,
    Column("office", String(200), primary_key=True),
    Column("scene", String(64), nullable=False),
    Column("ticket", String(256), nullable=False),
    Column("url", String(256), nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("scene"),
)
"""The code on each office's poster: made once, there are 100,000 for an account."""
