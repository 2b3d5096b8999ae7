"""Events stay append-only, but for one change: the sealed detail under another key, as a rotation writes it."""

from alembic import op

revision = "0002"
down_revision = "0001"

_KEPT = ("id", "claim_id", "seq", "status", "at", "actor", "reason")
# sealed bytes begin with suite and key id (5 bytes) and are as long as what they seal: storage/keyring.py
_SQLITE = (
    "create trigger claim_events_append_only before update on claim_events when not coalesce("
    + " and ".join(f"new.{name} is old.{name}" for name in _KEPT)
    + " and length(new.detail) = length(old.detail) and substr(new.detail, 1, 5) <> substr(old.detail, 1, 5), 0) "
    "begin select raise(abort, 'claim_events is append-only'); end"
)
_POSTGRESQL = (
    "create or replace function claim_events_append_only() returns trigger language plpgsql as $$ begin if "
    + " and ".join(f"new.{name} is not distinct from old.{name}" for name in _KEPT)
    + " and octet_length(new.detail) = octet_length(old.detail)"
    " and substring(new.detail from 1 for 5) <> substring(old.detail from 1 for 5) then return new; end if; "
    "raise exception 'claim_events is append-only'; end $$"
)
_BEFORE = {
    "sqlite": "create trigger claim_events_append_only before update on claim_events "
    "begin select raise(abort, 'claim_events is append-only'); end",
    "postgresql": "create or replace function claim_events_append_only() returns trigger language plpgsql as "
    "$$ begin raise exception 'claim_events is append-only'; end $$",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("drop trigger claim_events_append_only")
        op.execute(_SQLITE)
        return
    op.execute(_POSTGRESQL)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        op.execute("drop trigger claim_events_append_only")
    op.execute(_BEFORE[dialect])
