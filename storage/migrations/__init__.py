"""The schema's history. `upgrade` runs at every start and may run in several processes at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from storage.database import for_writing, reachable

_ONE_AT_A_TIME = 4_200_311_042
"""Any number, the same in every process: PostgreSQL's advisory lock."""


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database to a revision, all or nothing. Raises StoreUnavailable."""
    with reachable(), for_writing(engine).begin() as connection:
        _lock(connection)
        command.upgrade(_config(connection), to)


def downgrade(engine: Engine, to: str = "base") -> None:
    """Go back to a revision; "base" drops every table and what is in it. Raises StoreUnavailable."""
    with reachable(), for_writing(engine).begin() as connection:
        _lock(connection)
        command.downgrade(_config(connection), to)


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision. Raises StoreUnavailable."""
    return revision(engine) == newest()


def newest() -> str | None:
    """The revision this code works with."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def knows(revision: str | None) -> bool:
    """Is this a revision of ours, not one of a newer version's? None: an empty database."""
    known = {one.revision for one in ScriptDirectory.from_config(_config(None)).walk_revisions()}
    return revision is None or revision in known


def revision(engine: Engine) -> str | None:
    """The revision the database is at. Raises StoreUnavailable."""
    with reachable(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
