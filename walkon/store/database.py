"""The store's database: one writer, many readers, every transaction durable before it is believed."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.util import CommandError
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from walkon.types.errors import WalkonError

Transaction = AsyncConnection
"""What statements run on: from `Database.transaction` to write, from `Database.reading` to read."""


@dataclass(eq=False)
class StoreUnusable(WalkonError):
    """The database cannot be opened; `reason` says what is wrong and what to do."""

    reason: str


def _sqlite_engine(path: Path, *, writer: bool, threads: list[Thread]) -> AsyncEngine:
    # One writing connection: the fastest setting, and SQLite before 3.51.3 can corrupt a WAL with two (facts: sqlite.org/wal.html).
    pool = {"pool_size": 1, "max_overflow": 0} if writer else {"pool_size": 4, "max_overflow": 0}
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_timeout=60, **pool)

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        threads.append(connection.driver_connection._thread)
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        if not writer:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


def _probe(path: Path) -> None:
    # A connection that fails inside the pool leaves its thread behind, so an unfit file is found out before.
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def _migrate(connection: Connection) -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", "walkon.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


class Database:
    """The open store. `changed` is set by `announce` after a commit that somebody may be waiting for."""

    def __init__(self, path: Path) -> None:
        self._threads: list[Thread] = []
        self._writer = _sqlite_engine(path, writer=True, threads=self._threads)
        self._reader = _sqlite_engine(path, writer=False, threads=self._threads)
        self.changed = asyncio.Event()

    @classmethod
    async def open(cls, path: Path) -> "Database":
        """Open the SQLite file, made and migrated if need be. Raises StoreUnusable."""
        try:
            await asyncio.to_thread(_probe, path)
        except (sqlite3.Error, OSError) as error:
            raise StoreUnusable(f"{path.name}: {error}. Check the folder's rights and free space.") from error
        database = cls(path)
        try:
            async with database._writer.begin() as connection:
                await connection.run_sync(_migrate)
        except CommandError as error:
            await database.close()
            raise StoreUnusable(f"{path.name} was written by a newer walkon. Install that release, or restore a backup.") from error
        return database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A write transaction, serialised with all others; committed at the end, rolled back on any exception."""
        async with self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A consistent view that never waits for a writer."""
        async with self._reader.begin() as connection:
            yield connection

    def announce(self) -> None:
        """Wake whoever waits for changes in this process."""
        self.changed.set()

    async def close(self) -> None:
        """Close both engines and wait for their threads: one that outlives the loop cannot report to it any more."""
        await self._writer.dispose()
        await self._reader.dispose()
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
