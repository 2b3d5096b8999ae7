"""Alembic's entry: runs the migrations in the transaction that storage.migrations has begun."""

from alembic import context

from storage.console_schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
context.run_migrations()
