"""A person's rights: consents recorded once, erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("consents") as consents:
        consents.add_column(sa.Column("once", sa.String(80)))
        consents.create_unique_constraint("uq_consents_once", ["once"])
        consents.create_index("ix_consents_at", ["at"])
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("receipt", sa.String(13), nullable=False),
        sa.Column("person", sa.String(22)),
        sa.Column("proof", sa.String(64), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("with_claims", sa.Boolean, nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("done_at", _INSTANT),
        sa.Column("claims_kept", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
        sa.UniqueConstraint("receipt", name="uq_erasures_receipt"),
        sa.CheckConstraint("(person is null) = (done_at is not null)", name=op.f("ck_erasures_done_names_nobody")),
    )
    op.create_index("ix_erasures_person", "erasures", ["person"])
    op.create_index("ix_erasures_done_at", "erasures", ["done_at"])


def downgrade() -> None:
    op.drop_table("erasures")
    with op.batch_alter_table("consents") as consents:
        consents.drop_index("ix_consents_at")
        consents.drop_constraint("uq_consents_once", type_="unique")
        consents.drop_column("once")
