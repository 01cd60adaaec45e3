"""Many machines: separate processes, home directories and networks, with Redis, PostgreSQL and a bucket between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from tests.faults.conftest import Visitor
from tests.faults.fleet import Fleet
from tests.faults.machines import Network
from tests.processes import freeze, thaw
from tests.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

SMALL = "a dog runs 1:1 2s"


@pytest.fixture
async def fleet(tmp_path: Path) -> AsyncIterator[Fleet]:
    with Network() as network:
        made = Fleet(tmp_path, network)
        try:
            await made.start()
            yield made
        finally:
            await made.close()


async def test_pages_and_workers_of_four_machines_serve_one_conversation(fleet: Fleet) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(fleet.page())
        second = await stack.enter_async_context(fleet.page())
        for _ in range(2):
            await fleet.role("worker")
        ana = await stack.enter_async_context(Visitor(first, "Ana"))
        tom = await stack.enter_async_context(Visitor(second, "Tom"))
        for number in range(4):
            await ana.say(f"{SMALL}, number {number}")
        await ana.until(lambda page: len(page.clips()) == 4)
        await tom.until(lambda page: len(page.clips()) == 4)
        film = tom.clips()[0]["video"]
        assert (await tom.fetch(film["src"] if isinstance(film, dict) else film))[4:8] == b"ftyp"
        await until(lambda: fleet.outcome() == ({"finished": 4}, 0))
    kept = [path.name for machine in fleet.machines for path in machine.home.rglob("*")]
    assert [name for name in kept if name.endswith(".mp4") or name in ("store.db", "queue.db")] == []


async def test_two_pages_put_back_what_the_queue_forgot_and_each_clip_is_made_once(fleet: Fleet) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(fleet.page())
        await stack.enter_async_context(fleet.page())
        ana = await stack.enter_async_context(Visitor(first, "Ana"))
        for number in range(4):
            await ana.say(f"{SMALL}, number {number}")
        await ana.until(lambda page: len(page.cards()) == 4)
        with fleet.redis.admin() as admin:
            admin.flushall()
        await fleet.role("worker")
        await ana.until(lambda page: len(page.clips()) == 4)
        # That they stand there is written down a moment after they are seen.
        await until(lambda: fleet.outcome() == ({"finished": 4}, 0))
    assert list((await fleet.jobs()).values()) == ["done"] * 4


async def test_each_role_tells_its_health_to_whoever_watches_it(fleet: Fleet) -> None:
    """Asked on the machine itself, as a service's own health check does."""
    async with fleet.page() as page:
        worker = fleet.new_machine()
        await worker.run("worker", **fleet.settings, WALKON_HEALTH__PORT="9090")
        # A connection for each question: one that is kept may end in the very moment that the next is asked.
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        async with worker.reached(9090) as health, session:
            await until(lambda: ready(session, page), 60)
            await until(lambda: ready(session, health), 60)
            async with session.get(health + "metrics") as metrics:
                assert "walkon_queue_jobs" in await metrics.text()
            fleet.postgres.kill()
            async with session.get(page + "readyz") as answer:
                assert (answer.status, (await answer.json())["store"]) == (503, False)
            await asyncio.to_thread(fleet.postgres.start)
            await until(lambda: ready(session, page), 60)


async def ready(session: aiohttp.ClientSession, address: str) -> bool:
    try:
        async with session.get(address + "readyz") as answer:
            return answer.status == 200 and (await answer.json())["workers"] == 1
    except aiohttp.ClientError:
        return False


async def test_whatever_dies_freezes_or_goes_away_each_clip_ends_once_and_is_seen_once(fleet: Fleet) -> None:
    async with fleet.page() as page, Visitor(page, "Ana") as ana:
        workers = [await fleet.role("worker") for _ in range(3)]
        for number in range(8):
            await ana.say(f"{SMALL}, number {number}")
        await ana.until(lambda page: len(page.cards()) == 8 and len(page.clips()) > 0)
        await workers[0].kill_tree()
        frozen = freeze(workers[1].process.pid)
        await ana.press(cancel_token(ana))
        fleet.postgres.kill()
        await asyncio.to_thread(fleet.postgres.start)
        fleet.redis.kill()
        await asyncio.to_thread(fleet.redis.start)
        fleet.s3.freeze()
        await ana.until(lambda page: fleet.redis.admin().ping())
        fleet.s3.thaw()
        await ana.until(lambda page: sum(fleet.outcome()[0].get(state, 0) for state in ("finished", "cancelled")) >= 7, 150)
        thaw(frozen)
        await ana.until(lambda page: "promised" not in fleet.outcome()[0] and fleet.outcome()[1] == 0, 100)
        states, jobs = fleet.states(), await fleet.jobs()
        await ana.until(lambda page: len(page.clips()) == list(states.values()).count("finished"))
        history = ana.history
    assert set(states.values()) <= {"finished", "cancelled"} and len(states) == 8
    assert {clip: {"finished": "done", "cancelled": "cancelled"}[state] for clip, state in states.items()} == jobs
    for clip, state in states.items():
        shown = [(message["seq"], bool(message["card"].get("video"))) for message in history if message.get("card", {}).get("clip") == clip]
        assert len({seq for seq, film in shown if film}) == (state == "finished"), "a film is seen once, and of a stopped clip never"
        assert [film for _, film in shown] == sorted(film for _, film in shown), "nothing older comes after the film"


def cancel_token(page: Visitor) -> str:
    """Of the clip that was asked for last and is not there yet."""
    waiting = [card for card in page.cards() if not card.get("video")]
    return next(button["token"] for button in waiting[-1]["buttons"] if button["label"] == "Cancel")
