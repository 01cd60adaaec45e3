"""What each call of the port does to the file, inside a transaction that others open and commit."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from walkon.queue.fairness import FairTree, Path, path_of
from walkon.queue.port import (
    Beat,
    CancelOutcome,
    FaultKind,
    JobCancelled,
    JobClass,
    JobConflict,
    JobKind,
    JobState,
    Lease,
    LeaseLost,
    NewJob,
    Progress,
    QueueFull,
)
from walkon.queue.rules import (
    POISON,
    RESULT_WINDOW_MS,
    SWEEP_LIMIT,
    VANISHED,
    Rules,
    after_fault,
    left_ms,
    retry_after_s,
    retry_delay_ms,
    used_ms,
)
from walkon.queue.sqlite_flows import SqlFlows
from walkon.types.clock import from_ms
from walkon.types.ids import JobId, PersonId, PlaceId, WorkerId

MAX_ERROR = 2_000
"""Characters of an error that are kept."""


class Row(NamedTuple):
    """A job's columns, less payload and result."""

    id: JobId
    seq: int
    klass: str
    place: str
    person: str
    lane: str
    cost_ms: int
    state: JobState
    attempts: int
    away: int
    token: int
    worker: str | None
    claimed_ms: int
    expires_ms: int
    beats: int
    answered: str | None
    silent_worker: str | None

    @property
    def path(self) -> Path:
        """Its person's node in the tree."""
        return (self.klass, self.place, self.person)


COLUMNS = ", ".join(Row._fields)


@dataclass(slots=True)
class Write:
    """One open transaction. woke: whether it did something that somebody may wait for."""

    connection: sqlite3.Connection
    now_ms: int
    rules: Rules
    woke: bool = False

    @property
    def tree(self) -> FairTree:
        """The turns, as the transaction sees them."""
        return FairTree(SqlFlows(self.connection))

    def row(self, job: JobId) -> Row | None:
        """The job, None if unknown."""
        return next(iter(self.rows("id = ?", job)), None)

    def rows(self, where: str, *values: object) -> list[Row]:
        """The jobs for which a condition of this package's own holds."""
        found = self.connection.execute(f"SELECT {COLUMNS} FROM job WHERE {where}", values)  # noqa: S608
        return [Row(*row)._replace(state=JobState(row[Row._fields.index("state")])) for row in found]

    def set(self, job: JobId, **columns: object) -> None:
        """Change columns of a job."""
        names = ", ".join(f"{name} = ?" for name in columns)
        self.connection.execute(f"UPDATE job SET {names} WHERE id = ?", (*columns.values(), job))  # noqa: S608

    def count(self, name: str) -> int:
        """The next number of one of the queue's two counters, `token` or `seq`."""
        return int(self.connection.execute(f"UPDATE queue SET {name} = {name} + 1 RETURNING {name}").fetchone()[0])  # noqa: S608

    @property
    def draining(self) -> bool:
        """Whether no more work is handed out."""
        return bool(self.connection.execute("SELECT draining FROM queue").fetchone()[0])


def submit(tx: Write, job: NewJob) -> None:
    """Put a new job in line; a known one stays as it is. Raises JobConflict, QueueFull."""
    content = (job.kind.value, job.klass.value, job.place, job.person, job.lane, job.payload)
    known = tx.connection.execute("SELECT kind, klass, place, person, lane, payload FROM job WHERE id = ?", (job.id,)).fetchone()
    if known is not None:
        if known != content:
            raise JobConflict(job.id)
        return
    _refuse_beyond_depth(tx)
    tx.connection.execute(
        "INSERT INTO job (id, seq, kind, klass, place, person, lane, payload, cost_ms, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued')",
        (job.id, tx.count("seq"), *content, job.cost_ms),
    )
    tx.tree.join(path_of(job), job.lane)
    tx.woke = True


def claim(tx: Write, worker: WorkerId, *, claim_id: str, lanes: Sequence[str]) -> Lease | None:
    """Lease the job whose turn it is."""
    promote(tx)
    known = tx.rows("claim_id = ? AND expires_ms > ? ORDER BY token DESC LIMIT 1", claim_id, tx.now_ms)
    if known:
        return _lease(tx, known[0].id) if known[0].state is JobState.RUNNING else None
    path = None if tx.draining else tx.tree.next(lanes)
    if path is None:
        return None
    row = _oldest(tx, path, lanes)
    _hand_out(tx, row, worker, claim_id)
    tx.tree.start(path, row.cost_ms, emptied=None if _waits(tx, path, row.lane) else row.lane)
    return _lease(tx, row.id)


def heartbeat(tx: Write, lease: Lease, progress: Progress | None) -> Beat:
    """Renew the lease."""
    row = tx.row(lease.job.id)
    if row is None or row.token != lease.token:
        return Beat.LOST
    match row.state:
        case JobState.RUNNING:
            said = {} if progress is None else {"progress": json.dumps(asdict(progress))}
            tx.set(row.id, expires_ms=tx.now_ms + tx.rules.lease_ms, beats=row.beats + 1, **said)
            return Beat.DRAIN if tx.draining else Beat.OK
        case JobState.CANCELLED:
            return Beat.CANCEL
        case JobState.DONE:
            return Beat.OK
        case _:
            return Beat.LOST


def complete(tx: Write, lease: Lease, result: bytes, *, spent_ms: int | None) -> None:
    """Finish the job if the lease is still the one that counts. Raises LeaseLost, JobCancelled."""
    row = _held(tx, lease)
    if row.state is JobState.DONE:
        return
    if row.state is JobState.CANCELLED:
        raise JobCancelled(row.id)
    if row.state is not JobState.RUNNING:
        raise LeaseLost(row.id)
    _settle(tx, row, used_ms=_used_ms(tx, row, spent_ms))
    _end(tx, row, JobState.DONE, result=result, error=None)


def fail(tx: Write, lease: Lease, kind: FaultKind, error: str) -> JobState:
    """End the attempt; a repeat gets the first answer, a cancelled job stays cancelled. Raises LeaseLost."""
    row = _held(tx, lease)
    if row.answered is not None:
        return JobState(row.answered)
    if row.state is JobState.CANCELLED:
        return row.state
    if row.state is not JobState.RUNNING:
        raise LeaseLost(row.id)
    away = kind is FaultKind.UNAVAILABLE
    state = after_fault(kind, row.attempts, tx.rules)
    _settle(tx, row, used_ms=0 if away else _used_ms(tx, row))
    said = {"answered": state.value, "error": error[:MAX_ERROR]}
    if state is JobState.DEAD:
        _end(tx, row, state, **said)
        return state
    attempts, aways = (row.attempts - 1, row.away + 1) if away else (row.attempts, row.away)
    ready_ms = tx.now_ms + retry_delay_ms(row.id, kind, aways if away else attempts)
    tx.set(row.id, state=state.value, attempts=attempts, away=aways, ready_ms=ready_ms, progress=None, **said)
    return state


def release(tx: Write, lease: Lease) -> None:
    """Hand the job back, if it is still held."""
    row = tx.row(lease.job.id)
    if row is not None and row.token == lease.token and row.state is JobState.RUNNING:
        _settle(tx, row, used_ms=0)
        _queue(tx, row, attempts=row.attempts - 1)


def cancel(tx: Write, job: JobId) -> CancelOutcome:
    """Stop the job, wherever it is."""
    row = tx.row(job)
    if row is None:
        return CancelOutcome.UNKNOWN
    if row.state.final:
        return CancelOutcome.CANCELLED if row.state is JobState.CANCELLED else CancelOutcome.TOO_LATE
    _end(tx, row, JobState.CANCELLED)
    if row.state is JobState.RUNNING:
        _settle(tx, row, used_ms=_used_ms(tx, row))
    elif row.state is JobState.QUEUED and not _waits(tx, row.path, row.lane):
        tx.tree.withdraw(row.path, row.lane)
    return CancelOutcome.CANCELLED


def requeue(tx: Write, job: JobId) -> bool:
    """A dead letter joins the end of its person's line."""
    row = tx.row(job)
    if row is None or row.state is not JobState.DEAD:
        return False
    _queue(tx, row, attempts=0, away=0, seq=tx.count("seq"), silent_worker=None, answered=None, error=None, ended_ms=None)
    return True


def pause(tx: Write, place: PlaceId, *, paused: bool) -> None:
    """Hold a place or let it go; in vain if it is so already."""
    if paused:
        if tx.connection.execute("INSERT INTO paused (place) VALUES (?) ON CONFLICT DO NOTHING", (place,)).rowcount:
            tx.tree.hold(place)
    elif tx.connection.execute("DELETE FROM paused WHERE place = ?", (place,)).rowcount:
        tx.tree.let_go(place)
        tx.woke = True


def drain(tx: Write, *, draining: bool) -> None:
    """Stop or resume handing out."""
    tx.connection.execute("UPDATE queue SET draining = ?1 WHERE draining <> ?1", (int(draining),))
    tx.woke = True


def raise_token(tx: Write, least: int) -> None:
    """Lift the counter of tokens."""
    tx.connection.execute("UPDATE queue SET token = ?1 WHERE token < ?1", (least,))


def promote(tx: Write) -> None:
    """Retries that are due return to their old place in line."""
    for row in tx.rows("state = 'delayed' AND ready_ms <= ? ORDER BY ready_ms, seq LIMIT ?", tx.now_ms, SWEEP_LIMIT):
        _queue(tx, row)


def sweep(tx: Write, seen_ms: dict[tuple[JobId, int, int], int]) -> int:
    """Take back leases that `seen_ms` (job, token, expiry → when first seen expired) already held for a third of a lease."""
    promote(tx)
    expired = tx.rows("state = 'running' AND expires_ms <= ? ORDER BY expires_ms, token LIMIT ?", tx.now_ms, SWEEP_LIMIT)
    before = dict(seen_ms)
    seen_ms.clear()
    taken = 0
    for row in expired:
        sighting = (row.id, row.token, row.expires_ms)
        first_ms = before.get(sighting, tx.now_ms)
        if 3 * (tx.now_ms - first_ms) >= tx.rules.lease_ms and sighting in before:
            _take_back(tx, row)
            taken += 1
        else:
            seen_ms[sighting] = first_ms
    _forget_old(tx)
    return taken


def _refuse_beyond_depth(tx: Write) -> None:
    tallied = "SELECT sum(jobs), sum(cost_ms) FROM tally WHERE state IN ('queued', 'delayed')"
    waiting, waiting_ms = tx.connection.execute(tallied).fetchone()
    if waiting >= tx.rules.max_depth:
        after_s = retry_after_s(running_left_ms(tx.connection, tx.now_ms, tx.rules), waiting=waiting, waiting_ms=waiting_ms)
        raise QueueFull(tx.rules.max_depth, after_s)


def running_left_ms(connection: sqlite3.Connection, now_ms: int, rules: Rules) -> list[int]:
    """What each running job is expected to take yet."""
    running = connection.execute("SELECT cost_ms, claimed_ms, expires_ms, progress FROM job WHERE state = 'running'")
    return [
        left_ms(
            cost_ms=cost_ms,
            since_claim_ms=now_ms - claimed_ms,
            since_beat_ms=now_ms - (expires_ms - rules.lease_ms),
            progress=read_progress(said),
        )
        for cost_ms, claimed_ms, expires_ms, said in running
    ]


def read_progress(said: str | None) -> Progress | None:
    """Progress as it was written down."""
    return None if said is None else Progress(**json.loads(said))


def _oldest(tx: Write, path: Path, lanes: Sequence[str]) -> Row:
    line = "state = 'queued' AND klass = ? AND place = ? AND person = ? AND lane = ? ORDER BY seq LIMIT 1"
    return min((row for lane in lanes for row in tx.rows(line, *path, lane)), key=lambda row: row.seq)


def _waits(tx: Write, path: Path, lane: str) -> bool:
    line = "SELECT 1 FROM job WHERE state = 'queued' AND klass = ? AND place = ? AND person = ? AND lane = ? LIMIT 1"
    return tx.connection.execute(line, (*path, lane)).fetchone() is not None


def _hand_out(tx: Write, row: Row, worker: WorkerId, claim_id: str) -> None:
    tx.set(
        row.id,
        state=JobState.RUNNING.value,
        attempts=row.attempts + 1,
        token=tx.count("token"),
        worker=worker,
        claim_id=claim_id,
        claimed_ms=tx.now_ms,
        expires_ms=tx.now_ms + tx.rules.lease_ms,
        beats=0,
        answered=None,
    )


def _lease(tx: Write, job: JobId) -> Lease:
    columns = "kind, klass, place, person, lane, cost_ms, payload, worker, token, attempts, expires_ms"
    row = tx.connection.execute(f"SELECT {columns} FROM job WHERE id = ?", (job,)).fetchone()  # noqa: S608
    kind, klass, place, person, lane, cost_ms, payload, worker, token, attempts, expires_ms = row
    return Lease(
        job=NewJob(
            id=job,
            kind=JobKind(kind),
            klass=JobClass(klass),
            place=PlaceId(place),
            person=PersonId(person),
            lane=lane,
            cost_ms=cost_ms,
            payload=payload,
        ),
        worker=WorkerId(worker),
        token=token,
        attempt=attempts,
        expires=from_ms(expires_ms),
    )


def _held(tx: Write, lease: Lease) -> Row:
    """The job, if the lease is the last that was granted on it."""
    row = tx.row(lease.job.id)
    if row is None or row.token != lease.token:
        raise LeaseLost(lease.job.id)
    return row


def _used_ms(tx: Write, row: Row, spent_ms: int | None = None) -> int:
    return used_ms(spent_ms=spent_ms, since_claim_ms=tx.now_ms - row.claimed_ms)


def _settle(tx: Write, row: Row, *, used_ms: int) -> None:
    tx.tree.settle(row.path, charged_ms=row.cost_ms, used_ms=used_ms)


def _end(tx: Write, row: Row, state: JobState, **columns: object) -> None:
    tx.set(row.id, state=state.value, ended_ms=tx.now_ms, progress=None, **columns)
    tx.woke = True


def _queue(tx: Write, row: Row, **columns: object) -> None:
    tx.set(row.id, state=JobState.QUEUED.value, progress=None, **columns)
    tx.tree.join(row.path, row.lane)
    tx.woke = True


def _take_back(tx: Write, row: Row) -> None:
    """Nobody's fault that can be named: not charged, but counted; two silent deaths under different workers are the job's fault."""
    _settle(tx, row, used_ms=0)
    poison = row.beats == 0 and row.silent_worker not in (None, row.worker)
    if poison or row.attempts >= tx.rules.max_attempts:
        _end(tx, row, JobState.DEAD, error=POISON if poison else VANISHED)
    else:
        _queue(tx, row, silent_worker=row.worker if row.beats == 0 else row.silent_worker)


def _forget_old(tx: Write) -> None:
    old = "SELECT id FROM job WHERE ended_ms <= ? ORDER BY ended_ms LIMIT ?"
    tx.connection.execute(f"DELETE FROM job WHERE id IN ({old})", (tx.now_ms - RESULT_WINDOW_MS, SWEEP_LIMIT))  # noqa: S608
