"""Who works at the console, and the book of what they saw and did."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("office", sa.String(200), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("totp", sa.LargeBinary, nullable=False),
        sa.Column("totp_step", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("name", name="uq_staff_name"),
        sa.CheckConstraint(
            "role in ('operator','reviewer','auditor','administrator')", name=op.f("ck_staff_role_known")
        ),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("deed", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("detail", sa.String(500), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.create_table(
        "assignments",
        sa.Column("claim_id", sa.Integer, nullable=False),
        sa.Column("staff", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("claim_id", name="pk_assignments"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_assignments_claim_id_claims", ondelete="CASCADE"),
    )
    op.create_index("ix_assignments_staff", "assignments", ["staff"])
    op.add_column("papers", sa.Column("remark", sa.String(200)))
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(
                f"create trigger audit_no_{deed} before {deed} on audit "
                "begin select raise(abort, 'audit is append-only'); end"
            )
        return
    op.execute(
        "create function audit_append_only() returns trigger language plpgsql as "
        "$$ begin raise exception 'audit is append-only'; end $$"
    )
    op.execute(
        "create trigger audit_append_only before update or delete on audit "
        "for each row execute function audit_append_only()"
    )


def downgrade() -> None:
    op.drop_column("papers", "remark")
    op.drop_table("assignments")
    op.drop_table("audit")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("drop function audit_append_only()")
    op.drop_table("staff")
