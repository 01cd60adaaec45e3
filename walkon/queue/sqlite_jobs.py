"""What each call of the port does to the file, inside a transaction that others open and commit."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from walkon.queue.fairness import Path, path_of
from walkon.queue.port import (
    Beat,
    Bound,
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
    Warm,
)
from walkon.queue.rules import (
    MAX_ERROR,
    POISON,
    RESULT_WINDOW_MS,
    SWEEP_LIMIT,
    UNKNOWN_KIND,
    VANISHED,
    after_fault,
    retry_after_s,
    retry_delay_ms,
)
from walkon.queue.sqlite_write import Row, Write, running_left_ms
from walkon.types.clock import from_ms
from walkon.types.ids import JobId, PersonId, PlaceId, WorkerId

KINDS = frozenset(kind.value for kind in JobKind)
"""What this release knows to do."""


def submit(tx: Write, job: NewJob) -> bool:
    """Put a new job in line; a known one stays as it is, which is False. Raises JobConflict, QueueFull."""
    content = (job.kind.value, job.klass.value, job.place, job.person, job.lane, job.payload)
    known = tx.connection.execute("SELECT kind, klass, place, person, lane, payload FROM job WHERE id = ?", (job.id,)).fetchone()
    if known is not None:
        if known != content:
            raise JobConflict(job.id)
        return False
    _refuse_beyond_depth(tx, job)
    tx.connection.execute(
        "INSERT INTO job (id, seq, kind, klass, place, person, lane, payload, cost_ms, batch, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued')",
        (job.id, tx.count("seq"), *content, job.cost_ms, job.batch),
    )
    tx.tree.join(path_of(job), job.lane)
    tx.woke = True
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a worker asks for; see `JobQueue.claim_batch`."""

    worker: WorkerId
    id: str
    lanes: Sequence[str]
    warm: Warm | None
    most: int


def claim(tx: Write, wanted: Claim) -> list[Lease]:
    """Lease the job whose turn it is, and what may be worked on together with it."""
    promote(tx)
    known = tx.rows("claim_id = ? AND expires_ms > ? ORDER BY token", wanted.id, tx.now_ms)
    if known:
        return [_lease(tx, row.id) for row in known if row.state is JobState.RUNNING]
    leases = []
    row = None if tx.draining else _next(tx, wanted)
    while row is not None:
        _hand_out(tx, row, wanted)
        tx.tree.start(row.path, row.cost_ms, emptied=None if tx.waits(row.path, row.lane) else row.lane)
        leases.append(_lease(tx, row.id))
        row = _company(tx, row) if len(leases) < wanted.most else None
    return leases


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
    tx.settle_by_time(row, spent_ms)
    tx.end(row, JobState.DONE, result=result, error=None)


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
    if away:
        tx.settle(row, used_ms=0)
    else:
        tx.settle_by_time(row)
    said = {"answered": state.value, "error": error[:MAX_ERROR]}
    if state is JobState.DEAD:
        tx.end(row, state, **said)
        return state
    counts = {"attempts": row.attempts - 1, "away": row.away + 1} if away else {}
    ready_ms = tx.now_ms + retry_delay_ms(row.id, kind, counts.get("away", row.attempts))
    tx.set(row.id, state=state.value, ready_ms=ready_ms, progress=None, **counts, **said)
    return state


def release(tx: Write, lease: Lease) -> None:
    """Hand the job back, if it is still held."""
    row = tx.row(lease.job.id)
    if row is not None and row.token == lease.token and row.state is JobState.RUNNING:
        tx.settle(row, used_ms=0)
        tx.queue(row, attempts=row.attempts - 1)


def cancel(tx: Write, job: JobId) -> CancelOutcome:
    """Stop the job, wherever it is."""
    row = tx.row(job)
    if row is None:
        return CancelOutcome.UNKNOWN
    if row.state.final:
        return CancelOutcome.CANCELLED if row.state is JobState.CANCELLED else CancelOutcome.TOO_LATE
    if row.state is JobState.QUEUED:
        _leave_line(tx, row, JobState.CANCELLED)
        return CancelOutcome.CANCELLED
    tx.end(row, JobState.CANCELLED)
    if row.state is JobState.RUNNING:
        tx.settle_by_time(row)
    return CancelOutcome.CANCELLED


def requeue(tx: Write, job: JobId) -> bool:
    """A dead letter joins the end of its person's line."""
    row = tx.row(job)
    if row is None or row.state is not JobState.DEAD:
        return False
    tx.queue(row, attempts=0, away=0, seq=tx.count("seq"), silent_worker=None, answered=None, error=None, ended_ms=None)
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
        tx.queue(row)


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


def reclaim(tx: Write) -> int:
    """Take back every lease."""
    running = tx.rows("state = 'running' ORDER BY expires_ms, token")
    for row in running:
        _take_back(tx, row)
    return len(running)


def _refuse_beyond_depth(tx: Write, job: NewJob) -> None:
    tallied = "SELECT sum(jobs), sum(cost_ms) FROM tally WHERE state IN ('queued', 'delayed')"
    waiting, waiting_ms = tx.connection.execute(tallied).fetchone()
    bounds = ((Bound.PERSON, "person", job.person), (Bound.PLACE, "place", job.place))
    met = next((bound for bound, column, name in bounds if _unfinished(tx, column, name) >= tx.rules.depth.of(bound)), None)
    if met is None and waiting >= tx.rules.depth.all:
        met = Bound.ALL
    if met is None:
        return
    owners = {Bound.PERSON: ("person", job.person), Bound.PLACE: ("place", job.place)}
    left_ms = running_left_ms(tx.connection, tx.now_ms, tx.rules)
    own_ms = left_ms if met is Bound.ALL else running_left_ms(tx.connection, tx.now_ms, tx.rules, of=owners[met])
    raise QueueFull(tx.rules.depth.of(met), retry_after_s(own_ms, left_ms, waiting=waiting, waiting_ms=waiting_ms), met)


def _unfinished(tx: Write, column: str, name: str) -> int:
    """How many jobs of that person or place have not ended."""
    counted = f"SELECT count(*) FROM job WHERE {column} = ? AND state IN ('queued', 'delayed', 'running')"  # noqa: S608
    return int(tx.connection.execute(counted, (name,)).fetchone()[0])


def _next(tx: Write, wanted: Claim) -> Row | None:
    while turn := tx.tree.next(wanted.lanes, wanted.warm):
        row = min((row for lane in turn.lanes for row in _oldest(tx, turn.path, lane)), key=lambda row: row.seq)
        if row.kind in KINDS:
            return row
        _leave_line(tx, row, JobState.DEAD, error=UNKNOWN_KIND)
    return None


def _leave_line(tx: Write, row: Row, state: JobState, **columns: object) -> None:
    """A waiting job ends without having been claimed."""
    tx.end(row, state, **columns)
    if not tx.waits(row.path, row.lane):
        tx.tree.withdraw(row.path, row.lane)


def _company(tx: Write, job: Row) -> Row | None:
    """The next job that may be worked on together with this one."""
    heads = (row for path in tx.tree.company(job.lane) for row in _oldest(tx, path, job.lane)) if job.batch else ()
    return next((row for row in heads if row.batch == job.batch and row.kind in KINDS), None)


def _oldest(tx: Write, path: Path, lane: str) -> list[Row]:
    """This person's oldest job in the lane, if there is one."""
    return tx.rows("state = 'queued' AND klass = ? AND place = ? AND person = ? AND lane = ? ORDER BY seq LIMIT 1", *path, lane)


def _hand_out(tx: Write, row: Row, wanted: Claim) -> None:
    tx.set(
        row.id,
        state=JobState.RUNNING.value,
        attempts=row.attempts + 1,
        token=tx.count("token"),
        worker=wanted.worker,
        claim_id=wanted.id,
        claimed_ms=tx.now_ms,
        expires_ms=tx.now_ms + tx.rules.lease_ms,
        beats=0,
        answered=None,
    )


def _lease(tx: Write, job: JobId) -> Lease:
    columns = "kind, klass, place, person, lane, cost_ms, payload, batch, worker, token, attempts, expires_ms"
    row = tx.connection.execute(f"SELECT {columns} FROM job WHERE id = ?", (job,)).fetchone()  # noqa: S608
    kind, klass, place, person, lane, cost_ms, payload, batch, worker, token, attempts, expires_ms = row
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
            batch=batch,
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


def _take_back(tx: Write, row: Row) -> None:
    """Nobody's fault that can be named: not charged, but counted; two silent deaths under different workers are the job's fault."""
    tx.settle(row, used_ms=0)
    poison = row.beats == 0 and row.silent_worker not in (None, row.worker)
    if poison or row.attempts >= tx.rules.max_attempts:
        tx.end(row, JobState.DEAD, error=POISON if poison else VANISHED)
    else:
        tx.queue(row, silent_worker=row.worker if row.beats == 0 else row.silent_worker)


def _forget_old(tx: Write) -> None:
    old = "SELECT id FROM job WHERE ended_ms <= ? ORDER BY ended_ms LIMIT ?"
    tx.connection.execute(f"DELETE FROM job WHERE id IN ({old})", (tx.now_ms - RESULT_WINDOW_MS, SWEEP_LIMIT))  # noqa: S608
