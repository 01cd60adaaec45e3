"""One SQLite connection in one thread of its own, through SQLAlchemy.

Statements are written once, as `async def` functions over a `Transaction`. Where they run inside the thread they never really
wait, so a whole step costs one hop between threads instead of one for each statement.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, CursorResult, Engine
from sqlalchemy.sql import Executable

T = TypeVar("T")


class Transaction(Protocol):
    """What statements run on."""

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run the statement; its rows are there when this returns."""

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Run plain SQLAlchemy code on the connection."""


Step = Callable[[Transaction], Coroutine[Any, Any, T]]
"""One unit of work. It may wait for its statements, for nothing else."""


class StepWaited(RuntimeError):
    """A step waited for something that is no statement: it would have held up everybody's writes."""


class _Inside:
    """A transaction as code in the thread sees it: nothing waits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        return work(self._connection)


class _Outside:
    """The same for code on the event loop: each statement is a hop."""

    def __init__(self, thread: "SqliteThread") -> None:
        self._thread = thread

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return await self._thread.run(lambda connection: _kept(connection.execute(statement, parameters)))

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        return await self._thread.run(work)


def _kept(result: CursorResult[Any]) -> CursorResult[Any]:
    return cast("CursorResult[Any]", result.freeze()()) if result.returns_rows else result


def _to_its_end(step: Step[T], tx: Transaction) -> T:
    running = step(tx)
    try:
        running.send(None)
    except StopIteration as ended:
        return cast("T", ended.value)
    running.close()
    raise StepWaited


class SqliteThread:
    """The connection. Belongs to the event loop it is used in; one transaction at a time, in order of arrival."""

    def __init__(self, path: Path, *, writer: bool) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._engine = _engine(path, writer=writer)
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run the work in the thread, to its end even where the caller is cancelled meanwhile."""
        future = asyncio.get_running_loop().run_in_executor(self._executor, lambda: work(self._open()))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            if not future.cancelled():
                future.exception()
            raise

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    async def together(self, steps: Sequence[Step[Any]]) -> list[Any | BaseException]:
        """Run steps in one transaction, each in a savepoint of its own; for each its result or what it raised."""
        async with self._turn:
            return await self.run(lambda connection: _all(connection, steps))

    async def alone(self, step: Step[T]) -> T:
        """Run one step in a transaction that is left without a trace if it raises."""
        async with self._turn:
            return await self.run(lambda connection: _one(connection, step))

    async def begin(self) -> Transaction:
        """A transaction for code on the event loop; holds the turn until `end`."""
        await self._turn.acquire()
        try:
            await self.run(lambda connection: connection.begin())
        except BaseException:
            await self.end(keep=False)
            raise
        return _Outside(self)

    async def end(self, *, keep: bool) -> None:
        """Commit or roll back, and give the turn to the next."""
        try:
            await self.run(lambda connection: connection.commit() if keep else connection.rollback())
        finally:
            self._turn.release()

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self.run(lambda connection: connection.close())
        self._engine.dispose()
        self._executor.shutdown()


def _all(connection: Connection, steps: Sequence[Step[Any]]) -> list[Any | BaseException]:
    results: list[Any | BaseException] = []
    with connection.begin():
        for step in steps:
            try:
                with connection.begin_nested():
                    results.append(_to_its_end(step, _Inside(connection)))
            except Exception as error:
                results.append(error)
    return results


def _one(connection: Connection, step: Step[T]) -> T:
    with connection.begin():
        return _to_its_end(step, _Inside(connection))


def _engine(path: Path, *, writer: bool) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 10, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if not writer:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails at once where another wrote meanwhile; this one waits its turn.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine
