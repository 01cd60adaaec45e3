"""A connection with its thread, and the turnstile before it: what waits goes through together, in one transaction."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

import aiosqlite

from walkon.queue.port import QueueUnusable

T = TypeVar("T")
C = TypeVar("C")

MOST_AT_ONCE = 256
"""Calls in one transaction: enough to share one fsync, few enough that nobody waits for long."""


class SqlThread:
    """One SQLite connection. A step runs in its thread from beginning to end, whether or not somebody still waits for it."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, connect: Callable[[], sqlite3.Connection]) -> "SqlThread":
        """The connection that `connect` makes, in a thread of its own; what it raises."""
        faults: list[Exception] = []
        connection = aiosqlite.Connection(partial(_connect_or_note, connect, faults), iter_chunk_size=64)
        # A program that dies without closing must be able to end; to the file that is one more kill.
        connection._thread.daemon = True
        try:
            thread = cls(await connection)
        except asyncio.CancelledError:
            # The thread still tells the loop what came of it, so the loop may not end before the thread.
            connection._thread.join()
            raise
        if faults:
            await thread.close()
            raise faults[0]
        return thread

    async def run(self, step: Callable[[sqlite3.Connection], T]) -> T:
        """What the step returns or raises."""
        # aiosqlite has no public way to run more than one statement without an await, at which a cancelled caller would
        # leave the transaction open.
        connection = self._connection
        result: T = await connection._execute(partial(step, connection._conn))  # type: ignore[no-untyped-call]
        return result

    async def close(self) -> None:
        """End connection and thread."""
        await self._connection.close()
        self._connection._thread.join()


def _connect_or_note(connect: Callable[[], sqlite3.Connection], faults: list[Exception]) -> sqlite3.Connection:
    """aiosqlite leaves its thread running for a moment when connecting fails: so to it, connecting always succeeds."""
    try:
        return connect()
    except Exception as fault:
        faults.append(fault)
        return sqlite3.connect(":memory:")


@dataclass(eq=False, slots=True)
class Call(Generic[C]):
    """One call that waits. The thread fills in result or fault, the loop tells the caller."""

    step: Callable[[C], Any]
    answer: asyncio.Future[Any]
    result: Any = None
    fault: Exception | None = field(default=None)

    def tell(self) -> None:
        """Answers, unless the caller has gone."""
        if self.answer.done():
            return
        if self.fault is None:
            self.answer.set_result(self.result)
        else:
            self.answer.set_exception(self.fault)


class Turnstile(Generic[C]):
    """Lets calls through to a thread, all that wait at once. A cancelled call that has not gone through never will."""

    def __init__(
        self, thread: SqlThread, together: Callable[[sqlite3.Connection, Sequence[Call[C]]], None], *, after: Callable[[], None]
    ) -> None:
        """together: run in the thread, gives every call its result or fault, or raises what befell them all.

        after: run in the loop when they have been answered.
        """
        self._thread = thread
        self._after = after
        self._together = together
        self._waiting: list[Call[C]] = []
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    async def do(self, step: Callable[[C], T]) -> T:
        """Run the step with whatever else waits. Raises QueueUnusable after `close`."""
        if self._closed:
            raise QueueUnusable("the queue is closed")
        call: Call[C] = Call(step, asyncio.get_running_loop().create_future())
        self._waiting.append(call)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run())
        result: T = await call.answer
        return result

    async def close(self) -> None:
        """Refuse further calls, and let through those that wait."""
        self._closed = True
        if self._pump is not None:
            await self._pump

    async def _run(self) -> None:
        calls: list[Call[C]] = []
        try:
            while self._waiting:
                calls = [call for call in self._waiting[:MOST_AT_ONCE] if not call.answer.done()]
                del self._waiting[:MOST_AT_ONCE]
                await self._pass(calls)
        finally:
            for call in [*calls, *self._waiting]:
                call.answer.cancel()
            self._waiting.clear()

    async def _pass(self, calls: Sequence[Call[C]]) -> None:
        try:
            await self._thread.run(lambda connection: self._together(connection, calls))
        except Exception as fault:
            for call in calls:
                call.fault = fault
        for call in calls:
            call.tell()
        self._after()
