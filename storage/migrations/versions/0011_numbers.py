"""What is counted by day; the texts that operators edit; the codes on the offices' posters."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "daily_counts",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "what", "key", name="pk_daily_counts"),
    )
    op.create_index("ix_daily_counts_what_day", "daily_counts", ["what", "day"])
    op.create_table(
        "contents",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("of", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contents"),
        sa.CheckConstraint(
            "kind in ('greeting','faq','notice','programme','offices')", name=op.f("ck_contents_kind_known")
        ),
    )
    op.create_index("ix_contents_kind_name", "contents", ["kind", "name"])
    op.create_table(
        "posters",
        sa.Column("office", sa.String(200), nullable=False),
        sa.Column("scene", sa.String(64), nullable=False),
        sa.Column("ticket", sa.String(256), nullable=False),
        sa.Column("url", sa.String(256), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("office", name="pk_posters"),
        sa.UniqueConstraint("scene", name="uq_posters_scene"),
    )


def downgrade() -> None:
    for table in ("posters", "contents", "daily_counts"):
        op.drop_table(table)
