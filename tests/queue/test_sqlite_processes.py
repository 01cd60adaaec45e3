"""Real processes on one file: nothing twice, nothing lost, nothing damaged."""

import asyncio
import contextlib
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from tests.processes import lines_on_queue, on_queue
from tests.queue.making import HandClock, a_job, leased
from walkon.queue.port import JobId, JobState
from walkon.queue.sqlite import SqliteQueue


async def test_eight_processes_claim_two_thousand_jobs_and_none_twice(tmp_path):
    file = tmp_path / "queue.db"
    queue = await SqliteQueue.open(file)
    names = [f"job-{number}" for number in range(2_000)]
    await asyncio.gather(*(queue.submit(a_job(name, place=f"p{name[-1]}", person=f"u{name[-2:]}")) for name in names))
    outputs = await asyncio.gather(*(lines_on_queue("drain", file, f"w{number}") for number in range(8)))
    jobs, tokens = zip(*(line.split() for lines in outputs for line in lines), strict=True)
    assert sorted(jobs) == sorted(names)
    assert sorted(map(int, tokens)) == list(range(1, 2_001))
    assert (await queue.stats()).running == 2_000
    await queue.close()


async def kill_after(file: Path, name: str, confirmations: int) -> list[tuple[str, str]]:
    """Starts a process, kills it after so many confirmations, and returns all that it still got out."""
    async with on_queue("live", file, name) as started:
        lines = [await started.stdout.readline() for _ in range(confirmations)]
        started.kill()
        lines.append(await started.stdout.read())
    said = b"".join(lines).decode()
    return [tuple(line.split()) for line in said[: said.rfind("\n")].splitlines()]


@pytest.mark.faults
async def test_killing_the_writer_again_and_again_loses_nothing_confirmed_and_damages_nothing(tmp_path):
    file = tmp_path / "queue.db"
    said: list[tuple[str, str]] = []
    for turn in range(6):
        said += await kill_after(file, f"w{turn}", 1 + 37 * turn % 50)
        with contextlib.closing(sqlite3.connect(file)) as other:
            assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    clock = HandClock()
    queue = await SqliteQueue.open(file, clock=clock)
    submitted, completed = ({JobId(job) for what, job in said if what == kind} for kind in ("submitted", "completed"))
    views = await queue.views(sorted(submitted | completed))
    assert views.keys() == submitted | completed
    assert all(views[job].state is JobState.DONE for job in completed)
    clock.moment = clock.moment.replace(year=clock.moment.year + 100)
    await everything_left_is_done_once(queue, clock)
    await queue.close()


async def everything_left_is_done_once(queue: SqliteQueue, clock: HandClock) -> None:
    stats = await queue.stats()
    for _ in range(2):
        clock.moment = clock.moment.replace(year=clock.moment.year + 1)
        await queue.sweep()
    done = Counter()
    for _ in range(stats.queued + stats.running):
        lease = await leased(queue, "last")
        done[lease.job.id] += 1
        await queue.complete(lease, b"")
    assert set(done.values()) <= {1}
    assert ((await queue.stats()).queued, (await queue.stats()).running) == (0, 0)
