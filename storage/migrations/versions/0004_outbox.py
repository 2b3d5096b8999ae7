"""Events of which the person's session has not heard yet."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("claim_id", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("claim_id", "seq", name="uq_outbox_claim_id_seq"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_outbox_claim_id_claims", ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("outbox")
