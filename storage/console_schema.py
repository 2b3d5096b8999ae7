"""The SQL tables of the staff's console: who works there, what they did, menus, published texts, counts, posters."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema import METADATA, Instant

__all__ = [
    "ASSIGNMENTS", "AUDIT", "CONTENTS", "DAILY_COUNTS",
    "MENU_PUBLICATIONS", "MENU_VERSIONS", "METADATA", "POSTERS", "STAFF",
]  # fmt: skip
"""METADATA is whole only with these tables: what compares or migrates takes it from here."""

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

MENU_VERSIONS = Table(
    "menu_versions",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),  # TOML: bot/menu_set.py
    Column("note", String(200), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
)

MENU_PUBLICATIONS = Table(
    "menu_publications",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", ForeignKey("menu_versions.number"), nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("detail", String(500), nullable=False),
    CheckConstraint("outcome in ('begun','done','stopped')", name="outcome_known"),
    Index(None, "version"),
)

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
