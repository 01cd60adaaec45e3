"""One connection in one thread of its own, through SQLAlchemy.

Statements are written once, as `async def` functions over a `Transaction`. Where they run inside the thread they never really
wait, so a whole step costs one hop between threads instead of one for each statement.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy.engine import Connection, CursorResult, Engine
from sqlalchemy.sql import Executable

from walkon.store.sealed_columns import Seal, give_seal

T = TypeVar("T")


class Transaction(Protocol):
    """What statements run on."""

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run the statement; its rows are there when this returns."""

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Run plain SQLAlchemy code on the connection."""


Step = Callable[[Transaction], Coroutine[Any, Any, T]]
"""One unit of work. It may wait for its statements, for nothing else. It may be run again: it changes nothing but the database."""


class Driver(Protocol):
    """What differs between one database and another. near: a row is read in less time than another thread takes to be woken."""

    near: bool

    def engine(self, *, writer: bool) -> Engine:
        """An engine whose connections write, or never do."""

    def prepare(self, engine: Engine) -> None:
        """Make and migrate the database if need be. Raises StoreUnusable."""

    def run(self, connect: Callable[[], Connection], work: Callable[[Connection], T], *, writer: bool) -> T:
        """Do the work in one transaction and commit it; on a server again from its start where it collided or the connection broke.

        connect: gives the open connection, or another where that one was closed.
        """

    def spoils(self, error: Exception) -> bool:
        """Whether this error of one step ends the transaction that it shares with others."""

    def scrub(self, connection: Connection) -> None:
        """Write over what was deleted, as far as that is in walkon's hands."""

    def rebuild(self, connection: Connection) -> None:
        """The same for whatever any row ever was: all pages are written anew."""


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

    def __init__(self, thread: "ConnectionThread") -> None:
        self._thread = thread

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return await self._thread.inside(lambda connection: _kept(connection.execute(statement, parameters)))

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        return await self._thread.inside(work)


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


class ConnectionThread:
    """The connection. Belongs to the event loop it is used in; one transaction at a time, in order of arrival."""

    def __init__(self, driver: Driver, *, writer: bool) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._driver = driver
        self._writer = writer
        self._engine = driver.engine(writer=writer)
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()

    async def prepare(self) -> None:
        """Make the database fit for use. Raises StoreUnusable."""
        await self.run(lambda: self._driver.prepare(self._engine))

    async def run(self, work: Callable[[], T]) -> T:
        """Run the work in the thread, to its end even where the caller is cancelled meanwhile."""
        future = asyncio.get_running_loop().run_in_executor(self._executor, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            if not future.cancelled():
                future.exception()
            raise

    def _connect(self) -> Connection:
        if self._connection is None or self._connection.closed or self._connection.invalidated:
            self._connection = self._engine.connect()
        return self._connection

    async def _transacted(self, work: Callable[[Connection], T]) -> T:
        return await self.run(lambda: self._driver.run(self._connect, work, writer=self._writer))

    async def together(self, steps: Sequence[Step[Any]]) -> list[Any | BaseException]:
        """Run steps in one transaction, each in a savepoint of its own; for each its result or what it raised."""
        async with self._turn:
            return await self._transacted(lambda connection: [self._outcome(connection, step) for step in steps])

    async def alone(self, step: Step[T]) -> T:
        """Run one step in a transaction that is left without a trace if it raises."""
        async with self._turn:
            return await self._transacted(lambda connection: _to_its_end(step, _Inside(connection)))

    async def at_once(self, step: Step[T]) -> T:
        """The same, in the caller's own thread where the database is near and nobody has the connection."""
        if not self._driver.near or self._turn.locked():
            return await self.alone(step)
        return self._driver.run(self._connect, lambda connection: _to_its_end(step, _Inside(connection)), writer=self._writer)

    async def begin(self) -> Transaction:
        """A view for code on the event loop; holds the turn until `end`."""
        await self._turn.acquire()
        try:
            await self.run(lambda: self._connect().begin())
        except BaseException:
            await self.end()
            raise
        return _Outside(self)

    async def inside(self, work: Callable[[Connection], T]) -> T:
        """Run the work on the view that was begun."""
        return await self.run(lambda: work(self._begun()))

    async def end(self) -> None:
        """Let go of the view, and give the turn to the next."""
        try:
            await self.run(lambda: self._begun().rollback())
        finally:
            self._turn.release()

    def _begun(self) -> Connection:
        # Not _connect(): a transaction whose connection broke may not go on in another one.
        assert self._connection is not None  # noqa: S101  begin() made it
        return self._connection

    async def scrub(self) -> None:
        """Have the driver write over what was deleted; what a reader still looks at stays until the next time."""
        async with self._turn:
            await self.run(lambda: self._driver.scrub(self._connect()))

    async def rebuild(self) -> None:
        """Have the driver write all pages anew."""
        async with self._turn:
            await self.run(lambda: self._driver.rebuild(self._connect()))

    def give(self, seal: Seal) -> None:
        """From now on sealed columns open on this connection."""
        give_seal(self._engine.dialect, seal)

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self.run(self._close)
        self._executor.shutdown()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()

    def _outcome(self, connection: Connection, step: Step[Any]) -> Any | BaseException:
        try:
            with connection.begin_nested():
                return _to_its_end(step, _Inside(connection))
        except Exception as error:
            if self._driver.spoils(error):
                raise
            return error
