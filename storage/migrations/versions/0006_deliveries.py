"""How each piece of news went out to its person."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.String(22), nullable=False),
        sa.Column("what", sa.String(100), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(80), nullable=False),
        sa.Column("msg_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("person", "what", "number", name="uq_deliveries_person_what_number"),
        sa.CheckConstraint(
            "state in ('made','sending','accepted','delivered','failed','inbox')",
            name=op.f("ck_deliveries_state_known"),
        ),
    )
    op.create_index("ix_deliveries_state_person", "deliveries", ["state", "person"])


def downgrade() -> None:
    op.drop_table("deliveries")
