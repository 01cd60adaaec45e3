"""The queue's promises in their plainest form: everything in dictionaries, one process, no durability. An oracle for tests."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from walkon.queue.fairness import path_of
from walkon.queue.line import MemoryFlows, ToldLine, Waiting, WaitingLine, tell
from walkon.queue.port import (
    MAX_COST_MS,
    Beat,
    Bound,
    CancelOutcome,
    FaultKind,
    JobCancelled,
    JobConflict,
    JobState,
    JobView,
    Lease,
    LeaseLost,
    NewJob,
    Progress,
    QueueFull,
    QueueStats,
    Warm,
)
from walkon.queue.rules import (
    POISON,
    RESULT_WINDOW_MS,
    UNBOUNDED_APART,
    VANISHED,
    Depth,
    Rules,
    after_fault,
    check_claim,
    check_job,
    check_result,
    left_ms,
    retry_delay_ms,
)
from walkon.queue.rules import retry_after_s as room_in_s
from walkon.types.clock import Clock, from_ms, to_ms
from walkon.types.ids import JobId, PlaceId, WorkerId


@dataclass(kw_only=True)
class Entry:
    """All that is known of a job."""

    job: NewJob
    seq: int
    state: JobState = JobState.QUEUED
    attempts: int = 0
    away: int = 0
    token: int = 0
    worker: WorkerId | None = None
    claim_id: str | None = None
    claimed_ms: int = 0
    expires_ms: int = 0
    beats: int = 0
    progress: Progress | None = None
    answered: JobState | None = None
    silent_worker: WorkerId | None = None
    ready_ms: int = 0
    ended_ms: int = 0
    result: bytes | None = None
    error: str | None = None

    @property
    def waiting(self) -> Waiting:
        job = self.job
        return Waiting(seq=self.seq, id=job.id, path=path_of(job), lane=job.lane, cost_ms=job.cost_ms, batch=job.batch)


class ReferenceQueue:
    """`JobQueue` in memory."""

    def __init__(self, *, clock: Clock, lease_s: float = 30, max_attempts: int = 3, depth: Depth = UNBOUNDED_APART) -> None:
        self.clock = clock
        self.rules = Rules(lease_ms=round(lease_s * 1000), max_attempts=max_attempts, depth=depth)
        self.jobs: dict[JobId, Entry] = {}
        self.line = WaitingLine(MemoryFlows())
        self.seq = self.token = 0
        self.draining = False
        self.seen: dict[tuple[JobId, int, int], int] = {}
        self.news = asyncio.Event()

    @property
    def now_ms(self) -> int:
        return to_ms(self.clock.now())

    def in_state(self, *states: JobState) -> list[Entry]:
        return [entry for entry in self.jobs.values() if entry.state in states]

    async def submit(self, job: NewJob) -> JobView:
        check_job(job)
        known = self.jobs.get(job.id)
        if known is not None and replace(known.job, cost_ms=job.cost_ms, batch=job.batch) != job:
            raise JobConflict(job.id)
        if known is None:
            self._refuse_beyond_depth(job)
            self.seq += 1
            self.jobs[job.id] = Entry(job=job, seq=self.seq)
            self.line.add(self.jobs[job.id].waiting)
            self._tell()
        return self._view(self.jobs[job.id], ToldLine())

    async def claim(self, worker: WorkerId, *, claim_id: str, lanes: Sequence[str], warm: Warm | None = None) -> Lease | None:
        return next(iter(await self.claim_batch(worker, claim_id=claim_id, lanes=lanes, most=1, warm=warm)), None)

    async def claim_batch(self, worker, *, claim_id: str, lanes: Sequence[str], most: int, warm: Warm | None = None) -> list[Lease]:
        check_claim(most, warm)
        self._promote()
        known = [entry for entry in self.jobs.values() if entry.claim_id == claim_id and entry.expires_ms > self.now_ms]
        if known:
            return [self._lease(entry) for entry in sorted(known, key=lambda each: each.token) if entry.state is JobState.RUNNING]
        leases = []
        waiting = None if self.draining else self.line.take(lanes, warm)
        while waiting is not None:
            leases.append(self._hand_out(self.jobs[JobId(waiting.id)], worker, claim_id))
            waiting = self.line.take_company(waiting) if len(leases) < most else None
        return leases

    def _hand_out(self, entry: Entry, worker: WorkerId, claim_id: str) -> Lease:
        self.token += 1
        entry.state, entry.attempts, entry.token = JobState.RUNNING, entry.attempts + 1, self.token
        entry.worker, entry.claim_id, entry.answered, entry.beats = worker, claim_id, None, 0
        entry.claimed_ms, entry.expires_ms = self.now_ms, self.now_ms + self.rules.lease_ms
        return self._lease(entry)

    async def heartbeat(self, lease: Lease, progress: Progress | None = None) -> Beat:
        entry = self.jobs.get(lease.job.id)
        if entry is None or entry.token != lease.token:
            return Beat.LOST
        if entry.state is JobState.CANCELLED:
            return Beat.CANCEL
        if entry.state is JobState.DONE:
            return Beat.OK
        if entry.state is not JobState.RUNNING:
            return Beat.LOST
        entry.expires_ms, entry.beats = self.now_ms + self.rules.lease_ms, entry.beats + 1
        entry.progress = progress or entry.progress
        return Beat.DRAIN if self.draining else Beat.OK

    async def complete(self, lease: Lease, result: bytes, *, spent_ms: int | None = None) -> None:
        check_result(result)
        entry = self._held(lease)
        if entry.state is JobState.DONE:
            return
        if entry.state is JobState.CANCELLED:
            raise JobCancelled(entry.job.id)
        if entry.state is not JobState.RUNNING:
            raise LeaseLost(entry.job.id)
        self._settle(entry, self._used(entry, spent_ms))
        entry.result, entry.error = result, None
        self._end(entry, JobState.DONE)

    async def fail(self, lease: Lease, kind: FaultKind, error: str) -> JobState:
        entry = self._held(lease)
        if entry.answered is not None:
            return entry.answered
        if entry.state is JobState.CANCELLED:
            return entry.state
        if entry.state is not JobState.RUNNING:
            raise LeaseLost(entry.job.id)
        away = kind is FaultKind.UNAVAILABLE
        state = after_fault(kind, entry.attempts, self.rules)
        self._settle(entry, 0 if away else self._used(entry))
        entry.error, entry.answered = error[:2_000], state
        if state is JobState.DEAD:
            self._end(entry, state)
            return state
        if away:
            entry.attempts, entry.away = entry.attempts - 1, entry.away + 1
        entry.state, entry.progress = state, None
        entry.ready_ms = self.now_ms + retry_delay_ms(entry.job.id, kind, entry.away if away else entry.attempts)
        return state

    async def release(self, lease: Lease) -> None:
        entry = self.jobs.get(lease.job.id)
        if entry is not None and entry.token == lease.token and entry.state is JobState.RUNNING:
            self._settle(entry, 0)
            entry.attempts -= 1
            self._queue(entry)

    async def cancel(self, job: JobId) -> CancelOutcome:
        entry = self.jobs.get(job)
        if entry is None:
            return CancelOutcome.UNKNOWN
        if entry.state.final:
            return CancelOutcome.CANCELLED if entry.state is JobState.CANCELLED else CancelOutcome.TOO_LATE
        if entry.state is JobState.RUNNING:
            self._settle(entry, self._used(entry))
        if entry.state is JobState.QUEUED:
            self.line.remove(entry.waiting)
        self._end(entry, JobState.CANCELLED)
        return CancelOutcome.CANCELLED

    async def until_cancelled(self, job: JobId) -> None:
        while self.jobs[job].state is not JobState.CANCELLED:
            await self.news.wait()

    async def view(self, job: JobId) -> JobView | None:
        return (await self.views([job])).get(job)

    async def views(self, jobs: Sequence[JobId]) -> dict[JobId, JobView]:
        told = tell(self._simulated())
        return {job: self._view(self.jobs[job], told) for job in jobs if job in self.jobs}

    async def sweep(self) -> int:
        self._promote()
        before, self.seen, taken = self.seen, {}, 0
        for entry in [each for each in self._running() if each.expires_ms <= self.now_ms]:
            sighting = (entry.job.id, entry.token, entry.expires_ms)
            if sighting in before and 3 * (self.now_ms - before[sighting]) >= self.rules.lease_ms:
                self._take_back(entry)
                taken += 1
            else:
                self.seen[sighting] = before.get(sighting, self.now_ms)
        for entry in self.in_state(JobState.DONE, JobState.DEAD, JobState.CANCELLED):
            if entry.ended_ms <= self.now_ms - RESULT_WINDOW_MS:
                del self.jobs[entry.job.id]
        return taken

    async def reclaim(self) -> int:
        running = self._running()
        for entry in running:
            self._take_back(entry)
        return len(running)

    async def dead(self, limit: int = 100) -> list[JobView]:
        newest = sorted(self.in_state(JobState.DEAD), key=lambda entry: (entry.ended_ms, entry.token), reverse=True)
        return [self._view(entry, ToldLine()) for entry in newest[:limit]]

    async def running(self, limit: int = 100) -> list[JobView]:
        return [self._view(entry, ToldLine()) for entry in self._running()[:limit]]

    async def requeue(self, job: JobId) -> bool:
        entry = self.jobs.get(job)
        if entry is None or entry.state is not JobState.DEAD:
            return False
        self.seq += 1
        entry.seq, entry.attempts, entry.away = self.seq, 0, 0
        entry.silent_worker = entry.answered = entry.error = None
        self._queue(entry)
        return True

    async def pause(self, place: PlaceId, paused: bool = True) -> None:
        held = self.line.flows.paused
        if paused and place not in held:
            held.add(place)
            self.line.tree.hold(place)
        elif not paused and place in held:
            held.discard(place)
            self.line.tree.let_go(place)
            self._tell()

    async def drain(self, draining: bool = True) -> None:
        self.draining = draining
        self._tell()

    async def raise_token(self, least: int) -> None:
        self.token = max(self.token, least)

    async def stats(self) -> QueueStats:
        waiting = self.in_state(JobState.QUEUED, JobState.DELAYED)
        return QueueStats(
            **{state.value: len(self.in_state(state)) for state in JobState},
            waiting_ms=sum(entry.job.cost_ms for entry in waiting),
            paused_places=tuple(PlaceId(place) for place in sorted(self.line.flows.paused)),
            draining=self.draining,
        )

    async def wait(self, timeout_s: float) -> None:
        if any(entry.ready_ms <= self.now_ms for entry in self.in_state(JobState.DELAYED)):
            return
        try:
            await asyncio.wait_for(self.news.wait(), timeout_s)
        except TimeoutError:
            return

    async def close(self) -> None:
        self._tell()

    def _tell(self) -> None:
        self.news.set()
        self.news = asyncio.Event()

    def _held(self, lease: Lease) -> Entry:
        entry = self.jobs.get(lease.job.id)
        if entry is None or entry.token != lease.token:
            raise LeaseLost(lease.job.id)
        return entry

    def _lease(self, entry: Entry) -> Lease:
        assert entry.worker is not None
        return Lease(job=entry.job, worker=entry.worker, token=entry.token, attempt=entry.attempts, expires=from_ms(entry.expires_ms))

    def _used(self, entry: Entry, spent_ms: int | None = None) -> int:
        return min(max(0, self.now_ms - entry.claimed_ms if spent_ms is None else spent_ms), MAX_COST_MS)

    def _settle(self, entry: Entry, used_ms: int) -> None:
        self.line.tree.settle(path_of(entry.job), charged_ms=entry.job.cost_ms, used_ms=used_ms)

    def _end(self, entry: Entry, state: JobState) -> None:
        entry.state, entry.ended_ms, entry.progress = state, self.now_ms, None
        self._tell()

    def _queue(self, entry: Entry) -> None:
        entry.state, entry.progress = JobState.QUEUED, None
        self.line.add(entry.waiting)
        self._tell()

    def _running(self) -> list[Entry]:
        return sorted(self.in_state(JobState.RUNNING), key=lambda entry: (entry.expires_ms, entry.token))

    def _promote(self) -> None:
        due = [entry for entry in self.in_state(JobState.DELAYED) if entry.ready_ms <= self.now_ms]
        for entry in sorted(due, key=lambda each: (each.ready_ms, each.seq)):
            self._queue(entry)

    def _take_back(self, entry: Entry) -> None:
        self._settle(entry, 0)
        poison = entry.beats == 0 and entry.silent_worker not in (None, entry.worker)
        if poison or entry.attempts >= self.rules.max_attempts:
            entry.error = POISON if poison else VANISHED
            self._end(entry, JobState.DEAD)
            return
        if entry.beats == 0:
            entry.silent_worker = entry.worker
        self._queue(entry)

    def _running_left(self, of: Callable[[Entry], bool] = lambda entry: True) -> list[int]:
        return [
            left_ms(
                cost_ms=entry.job.cost_ms,
                since_claim_ms=self.now_ms - entry.claimed_ms,
                since_beat_ms=self.now_ms - (entry.expires_ms - self.rules.lease_ms),
                progress=entry.progress,
            )
            for entry in self.in_state(JobState.RUNNING)
            if of(entry)
        ]

    def _refuse_beyond_depth(self, job: NewJob) -> None:
        waiting = self.in_state(JobState.QUEUED, JobState.DELAYED)
        unfinished = self.in_state(JobState.QUEUED, JobState.DELAYED, JobState.RUNNING)
        bounds = {
            Bound.PERSON: (unfinished, lambda entry: entry.job.person == job.person),
            Bound.PLACE: (unfinished, lambda entry: entry.job.place == job.place),
            Bound.ALL: (waiting, lambda entry: True),
        }
        for bound, (entries, counts) in bounds.items():
            if sum(map(counts, entries)) >= self.rules.depth.of(bound):
                cost_ms = sum(entry.job.cost_ms for entry in waiting)
                after_s = room_in_s(self._running_left(counts), self._running_left(), waiting=len(waiting), waiting_ms=cost_ms)
                raise QueueFull(self.rules.depth.of(bound), after_s, bound)

    def _simulated(self) -> WaitingLine:
        flows = MemoryFlows()
        for path, flow in self.line.flows.flows.items():
            flows.put(path, replace(flow))
        for parent, rings in self.line.flows.rings.items():
            for lane, ring in rings.items():
                for name in ring:
                    flows.enter((*parent, name), lane)
        flows.paused = set(self.line.flows.paused)
        line = WaitingLine(flows)
        for jobs in self.line.jobs.values():
            for job in jobs:
                line.load(job)
        return line

    def _view(self, entry: Entry, told: ToldLine) -> JobView:
        stands = entry.state is JobState.QUEUED and entry.job.id in told.places
        place = told.standing(entry.job.id, self._running_left())._asdict() if stands else {}
        return JobView(
            id=entry.job.id,
            state=entry.state,
            attempts=entry.attempts,
            **place,
            progress=entry.progress,
            result=entry.result,
            token=entry.token,
            error=entry.error,
        )
