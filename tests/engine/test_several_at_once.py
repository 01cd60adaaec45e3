"""Jobs that a worker was given in one claim: under way at once, and each of them ends, is handed back or is called off by itself."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doubles.clock import StandingClock
from tests.doubles.videos import VideosDouble, film
from tests.engine.test_worker import Site
from tests.stores import open_store, place_of
from tests.waiting import until
from walkon.config import EngineSection
from walkon.engine.backends.openai_videos import OpenAiVideosBackend, Patience
from walkon.engine.port import RenderFailed
from walkon.engine.worker import Worker
from walkon.library.clips import ClipState
from walkon.queue.lanes import lane_of
from walkon.queue.port import JobState, Lease, Warm
from walkon.queue.sqlite import SqliteQueue
from walkon.telemetry import build_metrics
from walkon.types.ids import ClipId, WorkerId, render_job

WORKING, DONE = [{"status": "in_progress", "progress": 10}], [{"status": "completed"}]


class SlowQueue(SqliteQueue):
    """The real queue, whose answers to claims are counted, and held up while `hurried` is not set."""

    def __init__(self, *parts: object) -> None:
        super().__init__(*parts)  # type: ignore[arg-type]
        self.answers: list[int] = []
        self.hurried = asyncio.Event()
        self.hurried.set()

    async def claim_batch(
        self, worker: WorkerId, *, claim_id: str, lanes: Sequence[str], most: int, warm: Warm | None = None
    ) -> list[Lease]:
        leases = await super().claim_batch(worker, claim_id=claim_id, lanes=lanes, most=most, warm=warm)
        if leases:
            self.answers.append(len(leases))
        await self.hurried.wait()
        return leases


@pytest.fixture
async def queue(tmp_path: Path) -> AsyncIterator[SlowQueue]:
    queue = await SlowQueue.open(tmp_path / "queue.db", clock=StandingClock())
    assert isinstance(queue, SlowQueue)
    yield queue
    await queue.close()


@pytest.fixture
async def site(tmp_path: Path, queue: SlowQueue) -> AsyncIterator[Site]:
    """With an engine that has room for three, and holds what it renders until it is told to go on."""
    database = await open_store(place_of(tmp_path))
    site = Site(database, queue, StandingClock(), tmp_path)
    site.backend.capabilities = replace(site.backend.capabilities, at_once=3)
    site.backend.hold.clear()
    yield site
    await database.close()


async def asked(site: Site, count: int, *, lane: str = "animatic") -> list[ClipId]:
    """Clips of as many people."""
    return [await site.ask(f"AAAAA{number}", f"a dog runs {number}", lane=lane, name=f"Ana {number}") for number in range(count)]


async def jobs(site: Site, ids: Sequence[ClipId]) -> list[tuple[JobState, int]]:
    views = [await site.studio.queue.view(render_job(id)) for id in ids]
    return [(view.state, view.attempts) for view in views if view]


async def are(site: Site, ids: Sequence[ClipId], state: ClipState) -> bool:
    return all([await site.state(id) is state for id in ids])


async def test_several_servers_with_room_are_filled_by_one_claim(site: Site, queue: SlowQueue, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        content = film(size=(160, 160))
        servers = [await stack.enter_async_context(VideosDouble(content=content, script=WORKING).open()) for _ in range(2)]
        section = EngineSection(api_url=tuple(server.url for server in servers), api_in_flight=2)
        site.studio = replace(site.studio, backend=OpenAiVideosBackend(section, tmp_path, patience=Patience(poll_s=0.02)))
        ids = await asked(site, 6, lane="openai-videos")
        async with site.working():
            await until(lambda: [len(server.jobs) for server in servers] == [2, 2])
            assert queue.answers == [4]
            for server in servers:
                server.script = DONE
                for job in server.jobs:
                    job.states = list(DONE)
            await until(lambda: are(site, ids, ClipState.FINISHED))


async def test_one_of_them_that_is_called_off_stops_alone(site: Site, queue: SlowQueue) -> None:
    ids = await asked(site, 3)
    async with site.working():
        await until(lambda: len(site.backend.started) == 3)
        await queue.cancel(render_job(ids[1]))
        await until(lambda: site.backend.freed == 1)
        site.backend.hold.set()
        await until(lambda: are(site, [ids[0], ids[2]], ClipState.FINISHED))
    assert queue.answers == [3]
    assert await jobs(site, ids) == [(JobState.DONE, 1), (JobState.CANCELLED, 1), (JobState.DONE, 1)]


async def test_one_of_them_that_fails_is_tried_again_alone(site: Site, queue: SlowQueue) -> None:
    ids = await asked(site, 3)
    site.backend.script.append(lambda order: RenderFailed("the child died", retryable=True))
    async with site.working():
        await until(lambda: len(site.backend.started) == 3)
        site.backend.hold.set()
        await until(lambda: ended(site, ids, done=2, delayed=1))
    assert queue.answers == [3]


async def ended(site: Site, ids: Sequence[ClipId], *, done: int, delayed: int) -> bool:
    states = [state for state, _ in await jobs(site, ids)]
    return (states.count(JobState.DONE), states.count(JobState.DELAYED)) == (done, delayed)


async def test_while_the_queue_drains_all_of_them_come_to_their_end_and_nothing_else_begins(site: Site, queue: SlowQueue) -> None:
    ids = await asked(site, 4)
    async with site.working():
        await until(lambda: len(site.backend.started) == 3)
        await queue.drain()
        site.backend.hold.set()
        await until(lambda: ended(site, ids, done=3, delayed=0))
        polled = site.backend.asked
        await until(lambda: site.backend.asked > polled + 1)
    assert len(site.backend.started) == 3


async def test_a_worker_that_stops_hands_all_of_them_back_uncounted(site: Site, queue: SlowQueue) -> None:
    ids = await asked(site, 3)
    async with site.working():
        await until(lambda: len(site.backend.started) == 3)
    assert await jobs(site, ids) == [(JobState.QUEUED, 0)] * 3
    assert queue.answers == [3]


async def test_a_worker_that_stops_before_its_claim_is_answered_hands_all_of_it_back_uncounted(site: Site, queue: SlowQueue) -> None:
    queue.hurried.clear()
    ids = await asked(site, 3)
    running = asyncio.create_task(Worker(site.studio, build_metrics(), lease_s=30).run())
    await until(lambda: queue.answers)
    running.cancel()
    queue.hurried.set()
    await asyncio.gather(running, return_exceptions=True)
    assert await jobs(site, ids) == [(JobState.QUEUED, 0)] * 3
    assert site.backend.started == []


async def test_jobs_that_do_not_go_together_are_taken_one_by_one(site: Site, queue: SlowQueue) -> None:
    (first,) = await asked(site, 1)
    models = ("wan", "ltx")
    site.backend.capabilities = replace(site.backend.capabilities, models=models)
    others = [await site.ask(f"BBBBB{model}", lane=lane_of("animatic", model=model), name=model) for model in models]
    async with site.working():
        await until(lambda: len(site.backend.started) == 3)
        site.backend.hold.set()
        await until(lambda: are(site, [first, *others], ClipState.FINISHED))
    assert queue.answers == [1, 1, 1]
