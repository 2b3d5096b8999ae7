"""Telephone numbers that people report as dead."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "number_reports",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("once", sa.String(64), nullable=False),
        sa.Column("office", sa.String(200), nullable=False),
        sa.Column("phones", sa.String(200), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_number_reports"),
        sa.UniqueConstraint("once", name="uq_number_reports_once"),
    )
    op.create_index("ix_number_reports_day", "number_reports", ["day"])


def downgrade() -> None:
    op.drop_table("number_reports")
