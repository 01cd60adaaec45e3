"""One worker drives several servers, through the real queue: as many clips as they can have, the rest in line, all of them finished."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doubles.videos import VideoJob, VideosDouble, film
from tests.engine.test_worker import Site, site  # noqa: F401
from tests.waiting import until
from walkon.config import EngineSection
from walkon.engine.backends.openai_videos import OpenAiVideosBackend, Patience
from walkon.library.clips import ClipState
from walkon.queue.port import JobState
from walkon.types.ids import ClipId

WORKING, DONE = [{"status": "in_progress", "progress": 10}], [{"status": "completed"}]


@pytest.fixture
async def servers() -> AsyncIterator[list[VideosDouble]]:
    """Two servers that render until they are told to be done, one of them with two replicas' worth of room."""
    async with AsyncExitStack() as stack:
        content = film(size=(160, 160))
        yield [await stack.enter_async_context(VideosDouble(content=content, script=WORKING, at_once=2).open()) for _ in range(2)]


@pytest.fixture
def fleet(site: Site, servers: list[VideosDouble], tmp_path: Path) -> Site:  # noqa: F811
    """A site whose clips those servers make."""
    section = EngineSection(api_url=tuple(server.url for server in servers), api_in_flight=2)
    backend = OpenAiVideosBackend(section, tmp_path, patience=Patience(poll_s=0.02, unreachable_s=0.2))
    site.studio = replace(site.studio, backend=backend)
    return site


def jobs(servers: list[VideosDouble]) -> list[VideoJob]:
    return [job for server in servers for job in server.jobs]


async def states(fleet: Site, ids: list[ClipId]) -> list[JobState]:
    return [await fleet.job(id) for id in ids]


async def all_finished(fleet: Site, ids: list[ClipId]) -> bool:
    return all([await fleet.state(id) is ClipState.FINISHED for id in ids])


async def one_waits_to_be_tried_again(fleet: Site, ids: list[ClipId]) -> bool:
    return sorted(await states(fleet, ids)) == [JobState.DELAYED, JobState.DONE]


async def test_one_worker_fills_all_servers_and_leaves_the_rest_in_line(fleet: Site, servers: list[VideosDouble]) -> None:
    ids = [await fleet.ask(f"AAAAA{number}", "a dog runs 2s 1:1", lane="openai-videos") for number in range(6)]
    async with fleet.working():
        await until(lambda: len(jobs(servers)) == 4)
        await until(lambda: min(job.looks for job in jobs(servers)) > 3)
        assert [len(server.jobs) for server in servers] == [2, 2]
        assert (await states(fleet, ids)).count(JobState.QUEUED) == 2
        for server in servers:
            server.script = DONE
        for job in jobs(servers):
            job.states = list(DONE)
        await until(lambda: all_finished(fleet, ids))
    assert len(jobs(servers)) == 6
    assert max(server.most for server in servers) == 2


async def test_clips_of_a_server_that_dies_are_made_by_the_other(fleet: Site, servers: list[VideosDouble]) -> None:
    ids = [await fleet.ask(f"AAAAA{number}", "a dog runs 2s 1:1", lane="openai-videos") for number in range(2)]
    async with fleet.working():
        await until(lambda: [len(server.jobs) for server in servers] == [1, 1])
        dead, alive = servers
        dead.forgetful = True
        for kind in ("models", "create", "look", "content"):
            for _ in range(200):
                dead.fail_next(kind, 0)
        alive.script = DONE
        alive.jobs[0].states = list(DONE)
        await until(lambda: one_waits_to_be_tried_again(fleet, ids))
        # The pause before another try is the queue's, whose clock stands.
        fleet.clock.pass_s(60)
        await until(lambda: all_finished(fleet, ids))
    assert (len(dead.jobs), len(alive.jobs)) == (1, 2)
