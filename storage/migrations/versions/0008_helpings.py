"""The log of second phones that take photographs for a claim."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "helpings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(22), nullable=False),
        sa.Column("helper", sa.String(22), nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("photos", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_helpings"),
    )
    op.create_index("ix_helpings_owner", "helpings", ["owner"])
    op.create_index("ix_helpings_helper", "helpings", ["helper"])
    op.create_index("ix_helpings_ended_at_until", "helpings", ["ended_at", "until"])


def downgrade() -> None:
    op.drop_table("helpings")
