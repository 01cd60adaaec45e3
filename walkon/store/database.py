"""The store's database: one writer, one reader, every transaction durable before it is believed."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from walkon.store.thread import SqliteThread, Step, Transaction
from walkon.types.errors import WalkonError

__all__ = ["Database", "StoreUnusable", "Transaction"]

T = TypeVar("T")


@dataclass(eq=False)
class StoreUnusable(WalkonError):
    """The database cannot be opened; `reason` says what is wrong and what to do."""

    reason: str


class Database:
    """The open store. `changed` is set by `announce` after a commit that somebody may be waiting for.

    One writing connection is the fastest setting, and SQLite before 3.51.3 can corrupt a WAL with two (sqlite.org/wal.html).
    """

    def __init__(self, path: Path) -> None:
        self._writer = SqliteThread(path, writer=True)
        self._reader = SqliteThread(path, writer=False)
        self._waiting: list[tuple[Step[Any], asyncio.Future[Any]]] = []
        self._writing: asyncio.Task[None] | None = None
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
            async with database.transaction() as tx:
                await tx.run_sync(_migrate)
        except CommandError as error:
            await database.close()
            raise StoreUnusable(f"{path.name} was written by a newer walkon. Install that release, or restore a backup.") from error
        return database

    async def write(self, step: Step[T]) -> T:
        """Run the step and commit; steps that wait at the same time share one commit, each rolled back alone if it raises."""
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((step, result))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_waiting())
        return await result

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                outcomes: list[Any] = await self._writer.together([step for step, _ in batch])
            except Exception as error:
                outcomes = [error] * len(batch)
            for (_, result), outcome in zip(batch, outcomes, strict=True):
                if not result.done():
                    result.set_exception(outcome) if isinstance(outcome, BaseException) else result.set_result(outcome)
        self._writing = None

    async def read(self, step: Step[T]) -> T:
        """Run the step on a consistent view."""
        return await self._reader.alone(step)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A write transaction, serialised with all others; committed at the end, rolled back on any exception."""
        tx = await self._writer.begin()
        keep = False
        try:
            yield tx
            keep = True
        finally:
            await self._writer.end(keep=keep)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A consistent view that never waits for a writer."""
        tx = await self._reader.begin()
        try:
            yield tx
        finally:
            await self._reader.end(keep=False)

    def announce(self) -> None:
        """Wake whoever waits for changes in this process."""
        self.changed.set()

    async def close(self) -> None:
        """Finish what is waiting to be written, and end both threads."""
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)
        await self._writer.close()
        await self._reader.close()


def _probe(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def _migrate(connection: Connection) -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", "walkon.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
