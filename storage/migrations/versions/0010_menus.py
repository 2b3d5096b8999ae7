"""Versions of the account's menu, and what was published when."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "menu_versions",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_menu_versions"),
    )
    op.create_table(
        "menu_publications",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_menu_publications"),
        sa.ForeignKeyConstraint(
            ["version"], ["menu_versions.number"], name="fk_menu_publications_version_menu_versions"
        ),
        sa.CheckConstraint("outcome in ('begun','done','stopped')", name=op.f("ck_menu_publications_outcome_known")),
    )
    op.create_index("ix_menu_publications_version", "menu_publications", ["version"])


def downgrade() -> None:
    op.drop_table("menu_publications")
    op.drop_table("menu_versions")
