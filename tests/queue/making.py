"""Jobs, a clock and a few steps that the tests of the queue share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from tests.queue.redis_server import database_for
from tests.queue.reference import ReferenceQueue
from walkon.queue.port import JobClass, JobKind, JobQueue, Lease, NewJob
from walkon.queue.redis import RedisQueue
from walkon.queue.rules import UNBOUNDED_APART, Depth
from walkon.queue.sqlite import SqliteQueue
from walkon.types.ids import JobId, PersonId, PlaceId, WorkerId

LANE = "animatic"
LEASE_S = 30.0

MakeQueue = Callable[..., Awaitable[JobQueue]]
"""A queue of the kind under test; keywords as in `open_queue`."""


@dataclass
class HandClock:
    """A clock that moves when told."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 1, tzinfo=UTC))

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


async def open_queue(
    kind: str, path: Path, *, clock: HandClock, lease_s: float = LEASE_S, max_attempts: int = 3, depth: Depth = UNBOUNDED_APART
) -> JobQueue:
    if kind == "reference":
        return ReferenceQueue(clock=clock, lease_s=lease_s, max_attempts=max_attempts, depth=depth)
    if kind == "redis":
        return await RedisQueue.open(database_for(path), clock=clock, lease_s=lease_s, max_attempts=max_attempts, depth=depth)
    return await SqliteQueue.open(path, clock=clock, lease_s=lease_s, max_attempts=max_attempts, depth=depth)


def a_job(
    name: str,
    *,
    place: str = "web:local",
    person: str = "web:ana",
    lane: str = LANE,
    cost_ms: int = 1_000,
    payload: bytes = b"",
    klass: JobClass = JobClass.INTERACTIVE,
    batch: str = "",
) -> NewJob:
    return NewJob(
        id=JobId(name),
        kind=JobKind.RENDER,
        place=PlaceId(place),
        person=PersonId(person),
        lane=lane,
        cost_ms=cost_ms,
        payload=payload,
        klass=klass,
        batch=batch,
    )


_claims = count()


async def claimed(queue: JobQueue, worker: str = "w1", *lanes: str) -> Lease | None:
    return await queue.claim(WorkerId(worker), claim_id=f"claim-{next(_claims)}", lanes=lanes or (LANE,))


async def leased(queue: JobQueue, worker: str = "w1", *lanes: str) -> Lease:
    lease = await claimed(queue, worker, *lanes)
    assert lease is not None
    return lease


async def let_the_sweeper_see_it_twice(queue: JobQueue, clock: HandClock) -> int:
    clock.advance(LEASE_S)
    await queue.sweep()
    clock.advance(LEASE_S / 3)
    return await queue.sweep()


async def order_of_claims(queue: JobQueue) -> list[str]:
    """Claims and completes all that waits, one job at a time, each taking as long as expected."""
    order = []
    while lease := await claimed(queue):
        order.append(str(lease.job.id))
        await queue.complete(lease, b"", spent_ms=lease.job.cost_ms)
    return order
