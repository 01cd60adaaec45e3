"""The embedded queue: one SQLite file, durable at every answer, shared by the processes of one machine.

Every call is one function in the connection's thread, grouped with whatever else waits into one transaction and one fsync,
so a cancelled caller can neither leave a transaction open nor half a change behind.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from walkon.queue import sqlite_jobs, sqlite_views
from walkon.queue.bell import JUST_NOW_S, Bell
from walkon.queue.port import Beat, CancelOutcome, FaultKind, JobState, JobView, Lease, NewJob, Progress, QueueStats, QueueUnusable, Warm
from walkon.queue.rules import UNBOUNDED_APART, Depth, Rules, check_claim, check_job, check_result
from walkon.queue.sqlite_schema import connect_reader, connect_writer, plain_faults
from walkon.queue.sqlite_thread import Call, SqlThread, Turnstile
from walkon.queue.sqlite_views import LineCache, Look
from walkon.queue.sqlite_write import Write
from walkon.types.clock import Clock, SystemClock, to_ms
from walkon.types.ids import JobId, PlaceId, WorkerId

POLL_S = 0.1
"""How often a waiting process looks whether another has written."""

LOOK_AGAIN_S = 60.0
"""How long whoever waits for a cancel sleeps without any news."""

CHECKPOINT_BYTES = 4 * 1024 * 1024
"""Size of the write-ahead log at which it is written back: SQLite's own default of 1,000 pages of 4 KiB."""

T = TypeVar("T")


@dataclass(slots=True)
class _File:
    """What the threads need to know. seen_ms: leases that this process has seen expired; touched only in the writer's thread."""

    path: Path
    rules: Rules
    clock: Clock
    seen_ms: dict[tuple[JobId, int, int], int] = field(default_factory=dict)
    line: LineCache = field(default_factory=LineCache)
    commits: int = 0
    news: bool = False
    version: int = 0


class SqliteQueue:
    """`JobQueue` in a file. Made by `open`; belongs to the event loop it was opened in."""

    def __init__(self, file: _File, writer: SqlThread, reader: SqlThread, near: sqlite3.Connection) -> None:
        self._file = file
        self._near = near
        self._threads = (writer, reader)
        self._writes: Turnstile[Write] = Turnstile(writer, partial(_write_together, file), after=self._tell_news)
        self._looks: Turnstile[Look] = Turnstile(reader, partial(_look_together, file), after=lambda: None)
        self._bell = Bell()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        lease_s: float = 30,
        max_attempts: int = 3,
        depth: Depth = UNBOUNDED_APART,
        clock: Clock | None = None,
    ) -> "SqliteQueue":
        """The queue in that file, created with its folder if there is none.

        lease_s: seconds a worker may be silent. max_attempts: tries before a job is dead. depth: how many jobs are taken.
        Raises QueueUnusable: the file cannot be written, is damaged, another program's, or a newer release's.
        """
        rules = Rules(lease_ms=round(lease_s * 1000), max_attempts=max_attempts, depth=depth)
        opening = asyncio.create_task(cls._open(_File(path, rules, clock or SystemClock())))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await (await opening).close()
            raise

    @classmethod
    async def _open(cls, file: _File) -> "SqliteQueue":
        writer = await SqlThread.open(partial(connect_writer, file.path))
        try:
            file.version = await writer.run(_data_version)
            near = connect_reader(file.path)
            reader = await SqlThread.open(partial(connect_reader, file.path))
        except BaseException:
            await writer.close()
            raise
        return cls(file, writer, reader, near)

    @property
    def commits(self) -> int:
        """Transactions that changed the file since it was opened; fewer than calls where calls came together."""
        return self._file.commits

    async def submit(self, job: NewJob) -> JobView:
        """Put the job in line. Raises JobConflict, QueueFull, ValueError."""
        check_job(job)
        if await self._write(lambda tx: sqlite_jobs.submit(tx, job)):
            return JobView(id=job.id, state=JobState.QUEUED)
        return (await self._looks.do(lambda look: sqlite_views.records(look, [job.id])))[job.id]

    async def claim(self, worker: WorkerId, *, claim_id: str, lanes: Sequence[str], warm: Warm | None = None) -> Lease | None:
        """Lease the next job in fair order."""
        return next(iter(await self.claim_batch(worker, claim_id=claim_id, lanes=lanes, most=1, warm=warm)), None)

    async def claim_batch(
        self, worker: WorkerId, *, claim_id: str, lanes: Sequence[str], most: int, warm: Warm | None = None
    ) -> list[Lease]:
        """Lease the next job and what may be worked on together with it. Raises ValueError."""
        check_claim(most, warm)
        wanted = sqlite_jobs.Claim(worker=worker, id=claim_id, lanes=lanes, warm=warm, most=most)
        return await self._write(lambda tx: sqlite_jobs.claim(tx, wanted))

    async def heartbeat(self, lease: Lease, progress: Progress | None = None) -> Beat:
        """Renew the lease and leave word of the progress."""
        return await self._write(lambda tx: sqlite_jobs.heartbeat(tx, lease, progress))

    async def complete(self, lease: Lease, result: bytes, *, spent_ms: int | None = None) -> None:
        """Finish the leased job. Raises LeaseLost, JobCancelled, ValueError."""
        check_result(result)
        await self._write(lambda tx: sqlite_jobs.complete(tx, lease, result, spent_ms=spent_ms))

    async def fail(self, lease: Lease, kind: FaultKind, error: str) -> JobState:
        """End this attempt. Raises LeaseLost."""
        return await self._write(lambda tx: sqlite_jobs.fail(tx, lease, kind, error))

    async def release(self, lease: Lease) -> None:
        """Hand the job back uncounted and uncharged."""
        await self._write(lambda tx: sqlite_jobs.release(tx, lease))

    async def cancel(self, job: JobId) -> CancelOutcome:
        """Stop a job, waiting or running."""
        return await self._write(lambda tx: sqlite_jobs.cancel(tx, job))

    async def until_cancelled(self, job: JobId) -> None:
        """Return when the running job is cancelled: at once in this process, within POLL_S in another."""
        while True:
            view = (await self._looks.do(lambda look: sqlite_views.records(look, [job]))).get(job)
            if view is None or view.state is JobState.CANCELLED:
                return
            await self.wait(LOOK_AGAIN_S)

    async def view(self, job: JobId) -> JobView | None:
        """The job as it stands."""
        return (await self.views([job])).get(job)

    async def views(self, jobs: Sequence[JobId]) -> dict[JobId, JobView]:
        """Many at once."""
        return await self._looks.do(lambda look: sqlite_views.views(look, jobs))

    async def sweep(self) -> int:
        """Take back leases seen expired twice, promote due retries, forget what ended long ago."""
        return await self._write(lambda tx: sqlite_jobs.sweep(tx, self._file.seen_ms))

    async def reclaim(self) -> int:
        """Take back every lease at once; only where no worker lives."""
        return await self._write(sqlite_jobs.reclaim)

    async def dead(self, limit: int = 100) -> list[JobView]:
        """Dead letters, newest first."""
        return await self._looks.do(lambda look: sqlite_views.dead(look, limit))

    async def running(self, limit: int = 100) -> list[JobView]:
        """Jobs under way."""
        return await self._looks.do(lambda look: sqlite_views.running(look, limit))

    async def requeue(self, job: JobId) -> bool:
        """Put a dead letter back in line."""
        return await self._write(lambda tx: sqlite_jobs.requeue(tx, job))

    async def pause(self, place: PlaceId, paused: bool = True) -> None:
        """Hold a place's waiting jobs, or let them go on."""
        await self._write(lambda tx: sqlite_jobs.pause(tx, place, paused=paused))

    async def drain(self, draining: bool = True) -> None:
        """Stop handing out jobs, or go on; kept in the file, so every process obeys it until it is taken back."""
        await self._write(lambda tx: sqlite_jobs.drain(tx, draining=draining))

    async def raise_token(self, least: int) -> None:
        """Never hand out a token of `least` or below again."""
        await self._write(lambda tx: sqlite_jobs.raise_token(tx, least))

    async def stats(self) -> QueueStats:
        """Counts, which the tables keep: sooner read here and now than another thread is woken."""
        if self._closing is not None:
            raise QueueUnusable("the queue is closed")
        with plain_faults(self._file.path), _snapshot(self._file, self._near) as look:
            return sqlite_views.stats(look)

    async def wait(self, timeout_s: float) -> None:
        """Return at news of this process, within POLL_S at news of another or a due retry, or after the time."""
        loop = asyncio.get_running_loop()
        until = loop.time() + (min(timeout_s, JUST_NOW_S) if self._bell.rang_just_now else timeout_s)
        rings = self._bell.rings
        while self._closing is None and self._bell.rings == rings and (left_s := until - loop.time()) > 0:
            await self._bell.listen(min(left_s, POLL_S))
            if self._bell.rings == rings:
                await self._look_elsewhere()

    async def close(self) -> None:
        """End what was begun, then let go of the file; waiters return. Safe to repeat and to cancel."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        self._bell.ring()
        await self._writes.close()
        await self._looks.close()
        self._near.close()
        for thread in reversed(self._threads):
            await thread.close()

    async def _write(self, step: Callable[[Write], T]) -> T:
        return await self._writes.do(step)

    def _tell_news(self) -> None:
        if self._file.news:
            self._file.news = False
            self._bell.ring()

    async def _look_elsewhere(self) -> None:
        """Rings if another process has written or a retry is due."""
        due, version = await self._threads[0].run(lambda connection: (_due(connection, self._file), _data_version(connection)))
        if due or version != self._file.version:
            self._file.version = version
            self._bell.ring()


def _write_together(file: _File, connection: sqlite3.Connection, calls: Sequence[Call[Write]]) -> None:
    """One transaction; a call that fails is undone alone."""
    with plain_faults(file.path):
        changes = connection.total_changes
        tx = Write(connection, to_ms(file.clock.now()), file.rules)
        connection.execute("BEGIN IMMEDIATE")
        try:
            for call in calls:
                _write_one(file, tx, call)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        file.commits += connection.total_changes != changes
        file.news |= tx.woke
        _checkpoint(file, connection)


def _write_one(file: _File, tx: Write, call: Call[Write]) -> None:
    tx.connection.execute("SAVEPOINT one")
    try:
        with plain_faults(file.path):
            call.result = call.step(tx)
    except Exception as fault:
        if not tx.connection.in_transaction:
            raise
        call.fault = fault
        tx.connection.execute("ROLLBACK TO one")
    tx.connection.execute("RELEASE one")


def _checkpoint(file: _File, connection: sqlite3.Connection) -> None:
    """Write the log back while no other process writes.

    SQLite before 3.51.3 can corrupt a file when one connection starts the log anew while another writes or checkpoints
    (sqlite.org/wal.html, "WAL-reset bug"); TRUNCATE holds the write lock meanwhile, which the automatic checkpoint does not.
    """
    with contextlib.suppress(FileNotFoundError):
        if Path(f"{file.path}-wal").stat().st_size >= CHECKPOINT_BYTES:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _look_together(file: _File, connection: sqlite3.Connection, calls: Sequence[Call[Look]]) -> None:
    """One snapshot for all."""
    with plain_faults(file.path), _snapshot(file, connection) as look:
        for call in calls:
            _look_one(look, call)


@contextlib.contextmanager
def _snapshot(file: _File, connection: sqlite3.Connection) -> Iterator[Look]:
    look = Look(connection, to_ms(file.clock.now()), file.rules, file.line)
    connection.execute("BEGIN")
    try:
        yield look
    finally:
        connection.execute("ROLLBACK")


def _look_one(look: Look, call: Call[Look]) -> None:
    try:
        call.result = call.step(look)
    except ValueError as fault:
        call.fault = fault


def _data_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _due(connection: sqlite3.Connection, file: _File) -> bool:
    now_ms = to_ms(file.clock.now())
    return connection.execute("SELECT 1 FROM job WHERE state = 'delayed' AND ready_ms <= ? LIMIT 1", (now_ms,)).fetchone() is not None
