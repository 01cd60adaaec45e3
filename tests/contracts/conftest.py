"""Fixtures for the contract suites: one implementation of a port after the other."""

from collections.abc import AsyncIterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.queue.making import HandClock, MakeQueue, open_queue
from walkon.queue.port import JobQueue


@pytest.fixture
def queue_clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["reference", "sqlite", "redis"])
async def queue_make(request: pytest.FixtureRequest, tmp_path: Path, queue_clock: HandClock) -> AsyncIterator[MakeQueue]:
    opened: list[JobQueue] = []
    numbers = count()
    opening = partial(open_queue, request.param, clock=queue_clock)

    async def make(**settings: float) -> JobQueue:
        opened.append(await opening(tmp_path / f"queue-{next(numbers)}.db", **settings))
        return opened[-1]

    yield make
    for queue in opened:
        await queue.close()


@pytest.fixture
async def queue(queue_make: MakeQueue) -> JobQueue:
    return await queue_make()


@pytest.fixture(params=["sqlite", "redis"])
async def twice_open(request: pytest.FixtureRequest, tmp_path: Path, queue_clock: HandClock) -> AsyncIterator[tuple[JobQueue, JobQueue]]:
    """One queue as two processes have it, each by connections of its own."""
    here, there = [await open_queue(request.param, tmp_path / "queue.db", clock=queue_clock) for _ in range(2)]
    yield here, there
    await here.close()
    await there.close()
