"""Brings a database to this release's tables."""

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from walkon.store.faults import StoreUnusable

SCRIPTS = "walkon.store:migrations"
"""Where Alembic finds the changes."""


def migrate(connection: Connection, name: str) -> None:
    """Make or change the tables, within the caller's transaction. Raises StoreUnusable for a database of a newer release."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreUnusable(f"{name} was written by a newer walkon. Install that release, or restore a backup.") from error
