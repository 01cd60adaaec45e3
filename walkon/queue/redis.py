"""The queue on a Redis server, shared by any number of machines; the rules run in the server, as Lua scripts.

Every script may run twice: a call whose answer is lost is repeated, and the repeat changes nothing and says the same. Time is the
server's own.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from secrets import token_hex
from time import monotonic
from typing import Any

from walkon.queue import redis_keys as keys
from walkon.queue.bell import JUST_NOW_S, Bell
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
    QueueUnusable,
    Warm,
)
from walkon.queue.redis_client import RedisClient
from walkon.queue.redis_hints import CancelHints
from walkon.queue.redis_line import Line, LineReader
from walkon.queue.redis_records import Record, read_record, write_progress
from walkon.queue.redis_scripts import SCHEMA_VERSION
from walkon.queue.redis_walk import pairs
from walkon.queue.rules import (
    MAX_ERROR,
    SWEEP_LIMIT,
    UNBOUNDED_APART,
    Depth,
    Rules,
    after_fault,
    check_claim,
    check_job,
    check_result,
    retry_after_s,
    retry_delay_ms,
)
from walkon.types.clock import Clock, to_ms
from walkon.types.ids import JobId, PlaceId, WorkerId

POLL_S = 0.25
"""How often a waiting process looks whether another has news: about 20 µs of the server's time a look."""

Sighting = tuple[str, int, int]
"""A lease seen expired: job, token, expiry in milliseconds."""


class RedisQueue:
    """`JobQueue` on a server. Made by `open`; belongs to the event loop it was opened in."""

    def __init__(self, client: RedisClient, rules: Rules, clock: Clock | None) -> None:
        self._client = client
        self._rules = rules
        self._clock = clock
        self._line = LineReader(client, rules, self._time)
        self._hints = CancelHints(client)
        self._bell = Bell()
        self._news: bytes | None = None
        self._seen_s: dict[Sighting, float] = {}
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        lease_s: float = 30,
        max_attempts: int = 3,
        depth: Depth = UNBOUNDED_APART,
        clock: Clock | None = None,
    ) -> "RedisQueue":
        """The queue in that server's database, begun if there is none.

        url: as for `RedisClient`. clock: the time instead of the server's, for tests only: machines' clocks differ. The rest as for
        `SqliteQueue.open`. Raises QueueUnusable: no such server, no right to use it, a replica, or a newer release's queue.
        """
        rules = Rules(lease_ms=round(lease_s * 1000), max_attempts=max_attempts, depth=depth)
        queue = cls(RedisClient(url), rules, clock)
        try:
            if await queue._run("open") > SCHEMA_VERSION:
                raise QueueUnusable(f"the queue at {queue._client.name} was written by a newer release of walkon: update this one")
        except BaseException:
            await queue.close()
            raise
        return queue

    async def submit(self, job: NewJob) -> JobView:
        """Put the job in line. Raises JobConflict, QueueFull, ValueError."""
        check_job(job)
        depth = self._rules.depth
        said = (job.id, job.kind.value, job.klass.value, job.place, job.person, job.lane, job.cost_ms, job.payload, job.batch)
        match await self._together("submit", (depth.all, depth.place, depth.person), *said):
            case b"conflict":
                raise JobConflict(job.id)
            case b"known":
                return await self._told(job.id)
            case bound if bound != b"new":
                raise await self._full(job, Bound(bound.decode()))
        self._bell.ring()
        return JobView(id=job.id, state=JobState.QUEUED)

    async def claim(self, worker: WorkerId, *, claim_id: str, lanes: Sequence[str], warm: Warm | None = None) -> Lease | None:
        """Lease the next job in fair order."""
        return next(iter(await self.claim_batch(worker, claim_id=claim_id, lanes=lanes, most=1, warm=warm)), None)

    async def claim_batch(
        self, worker: WorkerId, *, claim_id: str, lanes: Sequence[str], most: int, warm: Warm | None = None
    ) -> list[Lease]:
        """Lease the next job and what may be worked on together with it. Raises ValueError."""
        check_claim(most, warm)
        near = [lane for lane in lanes if lane in warm.lanes] if warm else []
        said: tuple[str | int, ...] = (worker, claim_id, most, warm.swap_ms if warm else 0, len(lanes), *lanes, *near)
        found = await self._together("claim", (self._rules.lease_ms,), *said, jobs=most)
        return [read_record(record).lease(JobId(job.decode()), payload) for job, record, payload in found]

    async def heartbeat(self, lease: Lease, progress: Progress | None = None) -> Beat:
        """Renew the lease and leave word of the progress."""
        said = (lease.job.id, lease.token, write_progress(progress))
        return Beat((await self._together("heartbeat", (self._rules.lease_ms,), *said)).decode())

    async def complete(self, lease: Lease, result: bytes, *, spent_ms: int | None = None) -> None:
        """Finish the leased job. Raises LeaseLost, JobCancelled, ValueError."""
        check_result(result)
        spent = "" if spent_ms is None else min(max(0, spent_ms), MAX_COST_MS)
        match await self._together("complete", (), lease.job.id, lease.token, result, spent):
            case b"cancelled":
                raise JobCancelled(lease.job.id)
            case b"lost":
                raise LeaseLost(lease.job.id)
        self._bell.ring()

    async def fail(self, lease: Lease, kind: FaultKind, error: str) -> JobState:
        """End this attempt. Raises LeaseLost."""
        record = (await self._records([lease.job.id])).get(lease.job.id)
        if record is None:
            raise LeaseLost(lease.job.id)
        # As long as the lease holds the counts stay as they were read; when it does not, the script says so.
        away = kind is FaultKind.UNAVAILABLE
        state = after_fault(kind, record.attempts, self._rules)
        tries = record.away + 1 if away else max(1, record.attempts)
        delay_ms = retry_delay_ms(lease.job.id, kind, tries) if state is JobState.DELAYED else 0
        answer = await self._run("fail", lease.job.id, lease.token, error[:MAX_ERROR], state.value, delay_ms, "1" if away else "")
        if answer == b"lost":
            raise LeaseLost(lease.job.id)
        self._bell.ring()
        return JobState(answer.decode())

    async def release(self, lease: Lease) -> None:
        """Hand the job back uncounted and uncharged."""
        if await self._run("release", lease.job.id, lease.token):
            self._bell.ring()

    async def cancel(self, job: JobId) -> CancelOutcome:
        """Stop a job, waiting or running."""
        outcome = CancelOutcome((await self._run("cancel", job)).decode())
        if outcome is CancelOutcome.CANCELLED:
            self._bell.ring()
        return outcome

    async def until_cancelled(self, job: JobId) -> None:
        """Return when the server says that the running job was cancelled; also when it can say so again after a while."""
        await self._hints.until(job)

    async def view(self, job: JobId) -> JobView | None:
        """The job as it stands."""
        return (await self.views([job])).get(job)

    async def views(self, jobs: Sequence[JobId]) -> dict[JobId, JobView]:
        """Many at once. A line of more than a hundred jobs is told as it stood at most two seconds ago."""
        records = await self._records(jobs)
        done = [job for job, record in records.items() if record.state is JobState.DONE]
        results = await self._results(done)
        line = await self._line.read() if any(record.state is JobState.QUEUED for record in records.values()) else None
        return {job: _view(job, record, results.get(job), line) for job, record in records.items()}

    async def sweep(self) -> int:
        """Take back leases seen expired twice, promote due retries, forget what ended long ago."""
        now_s = self._now_s()
        ripe = [sighting for sighting, first_s in self._seen_s.items() if 3 * (now_s - first_s) * 1000 >= self._rules.lease_ms]
        said = [part for sighting in sorted(ripe, key=lambda each: (each[2], each[1]))[:SWEEP_LIMIT] for part in sighting]
        taken, *expired = await self._run("sweep", token_hex(8), self._rules.max_attempts, *said)
        now_s = self._now_s()
        sightings = zip(expired[::3], expired[1::3], expired[2::3], strict=True)
        seen = [(job.decode(), int(token), int(until)) for job, token, until in sightings]
        self._seen_s = {sighting: self._seen_s.get(sighting, now_s) for sighting in seen}
        if int(taken):
            self._bell.ring()
        return int(taken)

    async def reclaim(self) -> int:
        """Take back every lease at once; only where no worker lives."""
        total = 0
        while taken := await self._run("reclaim", token_hex(8), self._rules.max_attempts):
            total += int(taken)
            self._bell.ring()
        return total

    async def dead(self, limit: int = 100) -> list[JobView]:
        """Dead letters, newest first."""
        return await self._listed("ZREVRANGE", keys.DEAD, limit)

    async def running(self, limit: int = 100) -> list[JobView]:
        """Jobs under way."""
        return await self._listed("ZRANGE", keys.LEASES, limit)

    async def requeue(self, job: JobId) -> bool:
        """Put a dead letter back in line."""
        requeued = bool(await self._run("requeue", job, token_hex(8)))
        if requeued:
            self._bell.ring()
        return requeued

    async def pause(self, place: PlaceId, paused: bool = True) -> None:
        """Hold a place's waiting jobs, or let them go on."""
        await self._run("pause", place, "1" if paused else "")
        if not paused:
            self._bell.ring()

    async def drain(self, draining: bool = True) -> None:
        """Stop handing out jobs, or go on; kept in the server, so every worker obeys it until it is taken back."""
        await self._run("drain", int(draining))
        self._bell.ring()

    async def raise_token(self, least: int) -> None:
        """Never hand out a token of `least` or below again."""
        await self._run("raise_token", least)

    async def stats(self) -> QueueStats:
        """Counts."""
        counts, paused = await self._client.ask(("HGETALL", keys.QUEUE), ("SMEMBERS", keys.PAUSED))
        return QueueStats(
            **{state.value: int(counts.get(state.value.encode(), 0)) for state in JobState},
            waiting_ms=int(counts.get(b"waiting_ms", 0)),
            paused_places=tuple(PlaceId(place.decode()) for place in sorted(paused)),
            draining=counts.get(b"draining") == b"1",
        )

    async def wait(self, timeout_s: float) -> None:
        """Return at news of this process, within POLL_S at news of another or a due retry, or after the time."""
        loop = asyncio.get_running_loop()
        until = loop.time() + (min(timeout_s, JUST_NOW_S) if self._bell.rang_just_now else timeout_s)
        rings = self._bell.rings
        while self._closing is None and self._bell.rings == rings and (left_s := until - loop.time()) > 0:
            await self._bell.listen(min(left_s, POLL_S))
            if self._closing is None and self._bell.rings == rings:
                await self._look_elsewhere()

    async def close(self) -> None:
        """Let go of the connections; waiters return. Safe to repeat and to cancel."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        self._bell.ring()
        await self._hints.close()
        await self._line.close()
        await self._client.close()

    async def _run(self, script: str, *arguments: str | bytes | int) -> Any:
        return await self._client.run(script, self._time(), *arguments)

    def _together(self, script: str, shared: tuple[int, ...], *arguments: str | bytes | int, jobs: int = 1) -> Awaitable[Any]:
        """What the script says to this call, run with whatever calls of the same kind wait."""
        return self._client.run_together(script, (self._time(), *shared), arguments, jobs=jobs)

    def _time(self) -> int | str:
        return "" if self._clock is None else to_ms(self._clock.now())

    def _now_s(self) -> float:
        """For spans: a clock that no one sets."""
        return monotonic() if self._clock is None else to_ms(self._clock.now()) / 1000

    async def _full(self, job: NewJob, bound: Bound) -> QueueFull:
        line, stats = await self._line.read(), await self.stats()
        own_ms, all_ms = line.running_left_ms(bound, job), line.running_left_ms()
        after_s = retry_after_s(own_ms, all_ms, waiting=stats.queued + stats.delayed, waiting_ms=stats.waiting_ms)
        return QueueFull(self._rules.depth.of(bound), after_s, bound)

    async def _listed(self, command: str, key: str, limit: int) -> list[JobView]:
        (members,) = await self._client.ask((command, key, 0, limit - 1)) if limit > 0 else ([],)
        records = await self._records([JobId(keys.id_in(member)) for member in members])
        return [record.view(job) for job, record in records.items()]

    async def _told(self, job: JobId) -> JobView:
        """A known job without its place in line."""
        record = (await self._records([job]))[job]
        return record.view(job, result=(await self._results([job])).get(job))

    async def _records(self, jobs: Sequence[JobId]) -> dict[JobId, Record]:
        if not jobs:
            return {}
        (packed,) = await self._client.ask(("MGET", *(keys.job(job) for job in jobs)))
        return {job: read_record(each) for job, each in zip(jobs, packed, strict=True) if each is not None}

    async def _results(self, jobs: Sequence[JobId]) -> dict[JobId, bytes]:
        if not jobs:
            return {}
        (results,) = await self._client.ask(("MGET", *(keys.result(job) for job in jobs)))
        return {job: result for job, result in zip(jobs, results, strict=True) if result is not None}

    async def _look_elsewhere(self) -> None:
        """Rings if another process has news or a retry is due."""
        news, first, time = await self._client.ask(("HGET", keys.QUEUE, "news"), ("ZRANGE", keys.DELAYED, 0, 0, "WITHSCORES"), ("TIME",))
        now_ms = int(self._time() or int(time[0]) * 1000 + int(time[1]) // 1000)
        if news != self._news or any(ready_ms <= now_ms for _, ready_ms in pairs(first)):
            self._news = news
            self._bell.ring()


def _view(job: JobId, record: Record, result: bytes | None, line: Line | None) -> JobView:
    if record.state is not JobState.QUEUED or line is None:
        return record.view(job, result=result)
    return record.view(job, standing=line.standing(job, record.place))
