"""Many clients on one bad server: what each was told is written down, and must fit one story for every job."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any

import pytest

from tests.queue.cutting import CuttingProxy
from tests.queue.making import LANE, a_job
from tests.queue.redis_server import RedisServerOutOfTime
from tests.waiting import answer_of, until
from walkon.queue.port import CancelOutcome, FaultKind, JobCancelled, JobId, JobState, Lease, LeaseLost, QueueUnusable
from walkon.queue.redis import RedisQueue
from walkon.types.ids import WorkerId

pytestmark = [pytest.mark.faults, pytest.mark.timeout(150)]

JOBS = 60
WORKERS = 4
LEASE_S = 1.0
CUT_EVERY = 6


@dataclass(frozen=True)
class Event:
    """One call that was answered. begun, ended: on one clock that nothing steps."""

    call: str
    job: JobId
    begun: float
    ended: float
    token: int = 0
    outcome: Any = None


@dataclass
class History:
    events: list[Event] = field(default_factory=list)

    async def note(self, call: str, job: JobId, work: Callable[[], Awaitable[Any]], *, token: int = 0) -> Any:
        begun = monotonic()
        outcome = await persistently(work)
        self.events.append(Event(call, job, begun, monotonic(), token, outcome))
        return outcome

    def by_job(self) -> dict[JobId, list[Event]]:
        found: dict[JobId, list[Event]] = defaultdict(list)
        for event in self.events:
            found[event.job].append(event)
        return found


async def persistently(work: Callable[[], Awaitable[Any]]) -> Any:
    """The answer or the refusal, asked for until it comes: every call may be repeated."""
    try:
        return await answer_of(work, despite=QueueUnusable)
    except (LeaseLost, JobCancelled) as refusal:
        return type(refusal)


@pytest.fixture
def server() -> Iterator[RedisServerOutOfTime]:
    server = RedisServerOutOfTime().start()
    yield server
    server.stop()


@asynccontextmanager
async def client(server: RedisServerOutOfTime) -> AsyncIterator[RedisQueue]:
    async with CuttingProxy(server.port, every=CUT_EVERY).open() as proxy:
        queue = await persistently(lambda: RedisQueue.open(server.url(port=proxy.port), lease_s=LEASE_S))
        yield queue
        await queue.close()


async def submitter(server: RedisServerOutOfTime, history: History) -> None:
    """Submits everything, as another does at the same time."""
    async with client(server) as queue:
        for number in range(JOBS):
            job = a_job(f"job-{number}", person=f"u{number % 5}", place=f"p{number % 3}")
            await history.note("submit", job.id, lambda job=job: queue.submit(job))


async def canceller(server: RedisServerOutOfTime, history: History, rng: Random) -> None:
    async with client(server) as queue:
        for number in rng.sample(range(JOBS), JOBS // 3):
            await asyncio.sleep(rng.random() * 0.1)
            job = JobId(f"job-{number}")
            await history.note("cancel", job, lambda job=job: queue.cancel(job))


async def worker(server: RedisServerOutOfTime, history: History, name: str, *, rng: Random, ended: asyncio.Event) -> None:
    """Completes, fails, releases, or forgets what it holds until long after its lease."""
    async with client(server) as queue:
        turn = 0
        while not ended.is_set():
            turn += 1
            lease = await persistently(lambda: queue.claim(WorkerId(name), claim_id=f"{name}-{turn}", lanes=[LANE]))  # noqa: B023
            await persistently(queue.sweep)
            if lease is None:
                await asyncio.sleep(0.02)
                continue
            await end_somehow(queue, history, lease, rng=rng)


async def end_somehow(queue: RedisQueue, history: History, lease: Lease, *, rng: Random) -> None:
    job, luck = lease.job.id, rng.random()
    await persistently(lambda: queue.heartbeat(lease))
    if luck < 0.1:
        await persistently(lambda: queue.release(lease))
    elif luck < 0.2:
        await persistently(lambda: queue.fail(lease, FaultKind.TRANSIENT, "fault"))
    else:
        if luck < 0.25:
            await asyncio.sleep(1.6 * LEASE_S)
        await history.note("complete", job, lambda: queue.complete(lease, b"%d" % lease.token), token=lease.token)


async def mishaps(server: RedisServerOutOfTime) -> None:
    """Its scripts are forgotten, its clock steps twice, and it is killed and started again."""
    for hours in (1, 0, -1):
        await asyncio.sleep(0.8)
        with server.admin() as admin:
            admin.script_flush()
        server.step(hours)
    server.step(0)
    server.kill()
    await asyncio.to_thread(server.start)


async def test_every_job_has_one_story_whatever_befalls_the_server(server: RedisServerOutOfTime) -> None:
    history, ended = History(), asyncio.Event()
    workers = [asyncio.create_task(worker(server, history, f"w{number}", rng=Random(number), ended=ended)) for number in range(WORKERS)]
    await asyncio.gather(submitter(server, history), submitter(server, history), canceller(server, history, Random(7)), mishaps(server))
    jobs = [JobId(f"job-{number}") for number in range(JOBS)]
    async with client(server) as queue:
        # Failed attempts wait for up to half a minute of backoff: an hour later they are due.
        server.step(2)

        async def ended_all() -> bool:
            return all(view.state.final for view in (await persistently(lambda: queue.views(jobs))).values())

        await until(ended_all, 90)
        ended.set()
        await asyncio.gather(*workers)
        views = await persistently(lambda: queue.views(jobs))
        stats = await persistently(queue.stats)
    assert views.keys() == set(jobs)
    assert (stats.queued, stats.delayed, stats.running) == (0, 0, 0)
    assert stats.done + stats.dead + stats.cancelled == JOBS
    for job, events in history.by_job().items():
        check(events, views[job])


def check(events: list[Event], view: Any) -> None:
    completed = [event for event in events if event.call == "complete" and event.outcome is None]
    cancelled = [event for event in events if event.call == "cancel" and event.outcome is CancelOutcome.CANCELLED]
    assert len(completed) <= 1
    assert all(done.begun < stopped.ended for done in completed for stopped in cancelled)
    if completed:
        assert (view.state, view.token, view.result) == (JobState.DONE, completed[0].token, b"%d" % completed[0].token)
    if cancelled:
        assert view.state is JobState.CANCELLED
        assert not completed
    assert (view.state is JobState.DONE) == bool(completed)
