"""walkon with its queue on a Redis server: the same promises, also when that server dies."""

from collections.abc import Iterator

import pytest

from tests.faults.conftest import Host, Visitor
from tests.processes import freeze, thaw
from tests.queue.redis_server import RedisServer
from tests.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(200)]

SMALL = "a dog runs 1:1 2s"


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer().start()
    yield server
    server.stop()


async def test_page_and_worker_meet_in_redis(host: Host, redis_server: RedisServer) -> None:
    page = await host.start("web", WALKON_QUEUE__URL=redis_server.url())
    worker = await host.start("worker", page=False, WALKON_QUEUE__URL=redis_server.url())
    async with Visitor(page.address, "Ana") as ana:
        await ana.say(SMALL)
        await ana.until(lambda page: page.clips())
    assert (await page.stop(), await worker.stop()) == (0, 0)
    assert not (host.data / "queue.db").exists()


async def test_a_redis_that_is_killed_and_comes_back_loses_no_clip(host: Host, redis_server: RedisServer) -> None:
    walkon = await host.start(WALKON_QUEUE__URL=redis_server.url(), WALKON_QUEUE__LEASE_S="5")
    async with Visitor(walkon.address, "Ana") as ana:
        for number in range(5):
            await ana.say(f"{SMALL}, number {number}")
        await ana.until(lambda page: len(page.cards()) == 5)
        redis_server.kill()
        redis_server.start()
        await ana.until(lambda page: len(page.clips()) == 5, timeout_s=150)
        assert len(ana.cards()) == 5
    assert await walkon.stop() == 0


async def test_a_redis_that_freezes_for_longer_than_a_lease_costs_a_try_and_no_clip(host: Host, redis_server: RedisServer) -> None:
    walkon = await host.start(WALKON_QUEUE__URL=redis_server.url(), WALKON_QUEUE__LEASE_S="5")
    async with Visitor(walkon.address, "Ana") as ana:
        await ana.say("a dog runs 20s")
        await ana.until(lambda page: any(card.get("bar") for card in page.cards()))
        frozen = freeze(redis_server.process.pid)
        await until(lambda: "lease_not_renewed" in walkon.log.read_text(), 60)
        thaw(frozen)
        await ana.until(lambda page: page.clips(), timeout_s=150)
        assert (len(ana.cards()), len(ana.clips())) == (1, 1)
    with redis_server.admin() as admin:
        assert int(admin.hget("{walkon}:1:q", "done")) == 1
    assert await walkon.stop() == 0


async def test_a_redis_that_is_not_there_is_one_line(host: Host) -> None:
    walkon = await host.start(page=False, WALKON_QUEUE__URL="redis://127.0.0.1:1/0")
    assert await walkon.process.wait() == 2
    assert walkon.log.read_text().count("\n") == 1 and "127.0.0.1:1" in walkon.log.read_text()
