"""Claims, their events and papers, parked drafts, consents."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("draft_id", sa.String(64), nullable=False),
        sa.Column("person", sa.String(22), nullable=False),
        sa.Column("openid", sa.LargeBinary, nullable=False),
        sa.Column("programme", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("office", sa.String(200), nullable=False),
        sa.Column("receipt", sa.String(13), nullable=False),
        sa.Column("answers", sa.LargeBinary, nullable=False),
        sa.Column("filed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claims"),
        sa.UniqueConstraint("draft_id", name="uq_claims_draft_id"),
        sa.UniqueConstraint("receipt", name="uq_claims_receipt"),
    )
    op.create_index("ix_claims_person", "claims", ["person"])
    op.create_index("ix_claims_office_filed_at", "claims", ["office", "filed_at"])
    op.create_table(
        "claim_events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("claim_id", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("detail", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_claim_events"),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], ondelete="CASCADE", name="fk_claim_events_claim_id_claims"
        ),
        sa.UniqueConstraint("claim_id", "seq", name="uq_claim_events_claim_id_seq"),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_claim_events_seq_from_one")),
        sa.CheckConstraint(
            "status in ('submitted','received','reviewing','needs_materials','approved','paying','paid','rejected',"
            "'withdrawn')",
            name=op.f("ck_claim_events_status_known"),
        ),
    )
    _refuse_updates()
    op.create_table(
        "papers",
        sa.Column("claim_id", sa.Integer, nullable=False),
        sa.Column("slot", sa.String(64), nullable=False),
        sa.Column("photo_key", sa.String(40), nullable=False),
        sa.Column("fingerprint", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "slot", name="pk_papers"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], ondelete="CASCADE", name="fk_papers_claim_id_claims"),
        sa.CheckConstraint("state in ('kept','retake')", name=op.f("ck_papers_state_known")),
    )
    op.create_table(
        "parked_drafts",
        sa.Column("person", sa.String(22), nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        sa.Column("parked_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_parked_drafts"),
    )
    op.create_index("ix_parked_drafts_parked_at", "parked_drafts", ["parked_at"])
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.String(22), nullable=False),
        sa.Column("item_group", sa.String(32), nullable=False),
        sa.Column("notice_version", sa.String(64), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("answer", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_person_item_group", "consents", ["person", "item_group"])


def downgrade() -> None:
    for table in ("consents", "parked_drafts", "papers", "claim_events", "claims"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function claim_events_append_only()")


def _refuse_updates() -> None:
    """What happened to a claim is never changed afterwards, whoever writes the SQL."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "create trigger claim_events_append_only before update on claim_events "
            "begin select raise(abort, 'claim_events is append-only'); end"
        )
        return
    op.execute(
        "create function claim_events_append_only() returns trigger language plpgsql as "
        "$$ begin raise exception 'claim_events is append-only'; end $$"
    )
    op.execute(
        "create trigger claim_events_append_only before update on claim_events "
        "for each row execute function claim_events_append_only()"
    )
