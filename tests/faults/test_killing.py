"""Whatever is killed, whenever: what was accepted arrives, once."""

import contextlib
import os
import signal
import sqlite3

import pytest

from tests.faults.conftest import Host, Visitor
from tests.processes import descendants
from tests.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

SMALL = "1:1 2s"
"""The smallest picture and the shortest clip, so that twenty are drawn in a short time."""


async def test_killed_with_twenty_jobs_in_line_and_one_rendering_every_clip_is_delivered_once(host: Host) -> None:
    first = await host.start()
    async with Visitor(first.address, "Ana") as ana:
        for number in range(21):
            await ana.say(f"/sora prompt a dog runs {SMALL}, number {number}")
        await ana.until(lambda page: len(page.cards()) == 21 and any(card.get("bar") for card in page.cards()))
    await first.kill_tree()

    second = await host.start()
    async with Visitor(second.address, "Ana") as ana:
        await ana.until(lambda page: len(page.clips()) == 21, timeout_s=200)
        assert len(ana.cards()) == 21
        assert len({card["clip"] for card in ana.clips()}) == 21
        # That they stand there is written down a moment after they are seen.
        await until(lambda: looked_up(host, "SELECT count(*) FROM outbox WHERE wanted > shown") == [(0,)])
    await second.stop()
    assert looked_up(host, "SELECT state, count(*) FROM clip GROUP BY state") == [("finished", 21)]
    assert looked_up(host, "SELECT count(*) FROM outbox WHERE wanted > shown") == [(0,)]


def looked_up(host: Host, question: str) -> list[tuple[object, ...]]:
    """What the store says."""
    with contextlib.closing(sqlite3.connect(host.data / "store.db")) as store:
        return store.execute(question).fetchall()


async def test_the_studio_killed_in_the_middle_of_a_render_costs_one_try_and_no_clip(host: Host) -> None:
    walkon = await host.start()
    async with Visitor(walkon.address, "Ana") as ana:
        await ana.say("/sora prompt a dog runs 20s")
        await ana.until(lambda page: any(card.get("bar") for card in page.cards()))
        for pid in descendants(walkon.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await ana.until(lambda page: page.clips())
        assert len(ana.cards()) == 1
    assert await walkon.stop() == 0


async def test_told_to_stop_it_hands_its_work_back_and_ends_with_zero(host: Host) -> None:
    walkon = await host.start()
    async with Visitor(walkon.address, "Ana") as ana:
        await ana.say("/sora prompt a dog runs 20s")
        await ana.until(lambda page: any(card.get("bar") for card in page.cards()))
    assert await walkon.stop() == 0
    with sqlite3.connect(host.data / "queue.db") as queue:
        assert queue.execute("SELECT state FROM job").fetchall() == [("queued",)]
    queue.close()


async def test_page_and_worker_run_as_processes_of_their_own(host: Host) -> None:
    page = await host.start("web")
    worker = await host.start("worker", page=False)
    async with Visitor(page.address, "Ana") as ana:
        await ana.say(f"/sora prompt a dog runs {SMALL}")
        await ana.until(lambda page: page.clips())
    assert (await page.stop(), await worker.stop()) == (0, 0)


async def test_two_hundred_people_at_once_are_all_taken_on(host: Host) -> None:
    walkon = await host.start("web")
    visitors = [Visitor(walkon.address, f"person {number}", looks=number == 0) for number in range(200)]
    for visitor in visitors:
        await visitor.__aenter__()
    for visitor in visitors:
        await visitor.say(f"/sora prompt a dog runs {SMALL}")
    await visitors[0].until(lambda page: sum(1 for card in page.cards() if card["head"][0].startswith("Got it")) == 200, 200)
    for visitor in visitors:
        await visitor.__aexit__()
    assert await walkon.stop() == 0
