"""The store's database, in a file or on a PostgreSQL server: one set of statements, every transaction durable before it is believed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar, cast

from walkon.store.faults import StoreAway, StoreUnusable
from walkon.store.keys import Keys
from walkon.store.postgres import PostgresDriver
from walkon.store.sqlite import SqliteDriver
from walkon.store.thread import ConnectionThread, Driver, Step, Transaction
from walkon.store.unsealing import opened, opened_or_made, settle

__all__ = ["Database", "StoreAway", "StoreUnusable", "Transaction"]

T = TypeVar("T")

PATIENCE_S = 8.0
"""Longer than a restart of a server takes, less than a role has to stop in."""


def driver_of(place: Path | str, *, patience_s: float = PATIENCE_S) -> Driver:
    """What knows how to use the file, or the database of a `postgresql://` address."""
    return PostgresDriver(place, patience_s=patience_s) if isinstance(place, str) else SqliteDriver(place)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read. writes: how many this process had done before. at_s: monotonic time."""

    value: Any
    writes: int
    at_s: float


class Database:
    """The open store. `changed` is set by `announce` after a commit that somebody may be waiting for.

    One writing connection a process: what waits at the same time shares a commit, and SQLite before 3.51.3 can corrupt a WAL with
    two (sqlite.org/wal.html).
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._writer = ConnectionThread(driver, writer=True)
        self._reader = ConnectionThread(driver, writer=False)
        # A connection of its own, which no view holds: whoever glances never waits, and never wakes a thread.
        self._glancer = ConnectionThread(driver, writer=False) if driver.near else self._reader
        self._waiting: list[tuple[Step[Any], asyncio.Future[Any]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._untold = self._closed = False
        self._seen: dict[str, _Seen] = {}
        self._writes = 0
        self.changed = asyncio.Event()

    @classmethod
    async def open(cls, place: Path | str, *, patience_s: float = PATIENCE_S) -> "Database":
        """Open the SQLite file, or the database of a `postgresql://` address, made and migrated if need be. Raises StoreUnusable.

        patience_s: how long work waits for a server that is away before it raises StoreAway.
        """
        try:
            database = cls(driver_of(place, patience_s=patience_s))
        except ModuleNotFoundError as error:
            raise StoreUnusable("a PostgreSQL store needs psycopg: pip install 'walkon[postgres]'.") from error
        try:
            await database._writer.prepare()
        except BaseException:
            await database.close()
            raise
        database._listen()
        return database

    async def unseal(self, keys: Keys, now: datetime) -> None:
        """Open the names and words in it, which no statement reads or writes before. What an earlier release left plain is sealed
        first, and written over on the disk. Raises SetupError where these are not its keys.
        """
        found = await self.read(lambda tx: opened(tx, keys))
        if found is None:
            found = await self.write(lambda tx: opened_or_made(tx, keys, now))
        for thread in (self._writer, self._reader, self._glancer):
            thread.give(found.seal)
        if not found.settled:
            await self._writer.rebuild()
            await self.write(settle)
            await self._writer.scrub()

    @property
    def shared(self) -> bool:
        """Whether processes of other machines may use it too."""
        return isinstance(self._driver, PostgresDriver)

    async def write(self, step: Step[T]) -> T:
        """Run the step and commit; steps that wait at the same time share one commit, each rolled back alone if it raises."""
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((step, result))
        self._keep_writing()
        return await result

    def _keep_writing(self) -> None:
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_waiting())

    async def _write_waiting(self) -> None:
        while self._waiting or self._untold:
            batch, self._waiting = self._waiting, []
            steps = [step for step, _ in batch] + ([self._tell] if self._untold else [])
            self._untold = False
            try:
                outcomes: list[Any] = await self._writer.together(steps)
            except Exception as error:
                outcomes = [error] * len(batch)
            self._writes += 1
            for (_, result), outcome in zip(batch, outcomes, strict=False):
                if not result.done():
                    result.set_exception(outcome) if isinstance(outcome, BaseException) else result.set_result(outcome)
        self._writing = None

    async def _tell(self, tx: Transaction) -> None:
        assert isinstance(self._driver, PostgresDriver)  # noqa: S101  announce() asked
        await tx.run_sync(self._driver.notify)

    async def read(self, step: Step[T]) -> T:
        """Run the step on a consistent view."""
        return await self._reader.alone(step)

    async def glance(self, step: Step[T]) -> T:
        """The same for a few rows found by their keys, as nearly every event needs them: from a file they are read here and now."""
        return await self._glancer.at_once(step)

    async def recent(self, name: str, step: Step[T], *, within_s: float) -> T:
        """What the step of that name reads; in memory for so long, unless this process has written anything meanwhile.

        For small answers that nearly every event asks for. What another process writes is seen within that time.
        """
        seen, now_s, writes = self._seen.get(name), monotonic(), self._writes
        if seen is not None and seen.writes == writes and now_s - seen.at_s < within_s:
            return cast("T", seen.value)
        value = await self.glance(step)
        self._seen[name] = _Seen(value, writes, now_s)
        return value

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A consistent view that never waits for a writer."""
        tx = await self._reader.begin()
        try:
            yield tx
        finally:
            await self._reader.end()

    async def scrub(self) -> None:
        """Write over, on the disk too, what was deleted before: the log of changes would keep it until it is next needed."""
        await self._writer.scrub()

    def announce(self) -> None:
        """Wake whoever waits for changes, on a server in every process that uses it."""
        self.changed.set()
        if self.shared and not self._closed:
            self._untold = True
            self._keep_writing()

    def _listen(self) -> None:
        if isinstance(self._driver, PostgresDriver):
            self._listening = asyncio.create_task(self._driver.listen(self.changed.set), name="store listening")

    async def close(self) -> None:
        """Finish what is waiting to be written, and end both threads."""
        self._closed = True
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._writing is not None:
            await asyncio.gather(self._writing, return_exceptions=True)
        await self._writer.close()
        if self._glancer is not self._reader:
            await self._glancer.close()
        await self._reader.close()
