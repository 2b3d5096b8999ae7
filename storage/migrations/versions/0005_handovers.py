"""Claims on their way to the agency's own platform, and what its systems know of the claimant."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("claim_id", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("remote", sa.String(100), nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("withdrawal", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("heard_at", _INSTANT, nullable=False),
        sa.Column("trouble", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("claim_id", name="pk_handovers"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_handovers_claim_id_claims", ondelete="CASCADE"),
        sa.CheckConstraint("state in ('waiting','sent','refused','ended')", name=op.f("ck_handovers_state_known")),
        sa.CheckConstraint("withdrawal in ('','wanted','late')", name=op.f("ck_handovers_withdrawal_known")),
    )
    op.create_index("ix_handovers_state_due_at", "handovers", ["state", "due_at"])
    op.create_index("ix_handovers_state_heard_at", "handovers", ["state", "heard_at"])
    op.create_table(
        "system_fields",
        sa.Column("claim_id", sa.Integer, nullable=False),
        sa.Column("fields", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("claim_id", name="pk_system_fields"),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name="fk_system_fields_claim_id_claims", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("system_fields")
    op.drop_table("handovers")
