"""SQLite under the store: one file, one writing connection, every commit on the disk before it is believed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine

from walkon.store.faults import StoreUnusable
from walkon.store.migrating import migrate
from walkon.store.text import refuse_unkeepable

T = TypeVar("T")


class SqliteDriver:
    """A `Driver` for one file."""

    near = True

    def __init__(self, path: Path) -> None:
        self.path = path

    def engine(self, *, writer: bool) -> Engine:
        """As `Driver` says."""
        engine = create_engine(f"sqlite:///{self.path}", connect_args={"timeout": 10, "check_same_thread": False})
        refuse_unkeepable(engine)

        @event.listens_for(engine, "connect")
        def on_connect(connection: Any, _: Any) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON", "secure_delete=ON"):
                connection.execute(f"PRAGMA {pragma}")
            if not writer:
                connection.execute("PRAGMA query_only=ON")

        @event.listens_for(engine, "begin")
        def on_begin(connection: Connection) -> None:
            # A transaction that reads first and writes later fails at once where another wrote meanwhile; this one waits its turn.
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

        return engine

    def prepare(self, engine: Engine) -> None:
        """As `Driver` says."""
        name = self.path.name
        try:
            with closing(sqlite3.connect(self.path, isolation_level=None, timeout=10)) as probe:
                probe.execute("PRAGMA journal_mode=WAL")
                probe.execute("BEGIN IMMEDIATE")
                probe.execute("ROLLBACK")
        except (sqlite3.Error, OSError) as error:
            raise StoreUnusable(f"{name}: {error}. Check the folder's rights and free space.") from error
        with engine.begin() as connection:
            migrate(connection, name)

    def run(self, connect: Callable[[], Connection], work: Callable[[Connection], T], *, writer: bool) -> T:
        """As `Driver` says; transactions wait for each other, so none collides."""
        connection = connect()
        with connection.begin():
            return work(connection)

    def spoils(self, error: Exception) -> bool:
        """Never: a savepoint undoes one step."""
        return False

    def scrub(self, connection: Connection) -> None:
        """As `Driver` says: carry the log of changes over into the file, whose deleted rows are written over, and empty it."""
        _told(connection, "PRAGMA wal_checkpoint(TRUNCATE)")

    def rebuild(self, connection: Connection) -> None:
        """As `Driver` says; takes as much room again meanwhile, beside the file."""
        _told(connection, "VACUUM")
        self.scrub(connection)


def _told(connection: Connection, command: str) -> None:
    """Have SQLite do what it does in no transaction."""
    raw = connection.connection.driver_connection
    if raw is not None:
        raw.execute(command).fetchall()
