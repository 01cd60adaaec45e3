"""Two bots with the same tokens on one shared store: one listens, either delivers, and a dead or frozen one is taken over from."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.doubles.discord.double import DiscordDouble
from tests.doubles.telegram.double import telegram_double
from tests.doubles.telegram.world import Chat, User
from tests.faults.conftest import Host, Walkon
from tests.faults.test_platforms import WORDS, City
from tests.processes import freeze, thaw
from tests.queue.redis_server import database_for, free_port
from tests.store.postgres_server import new_database
from tests.store.s3_server import new_bucket, shared_server
from tests.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


@pytest.fixture
async def cities(tmp_path: Path) -> AsyncIterator[list[City]]:
    """The same two platforms, as two hosts see them."""
    hosts = [Host(tmp_path / name) for name in ("first", "second")]
    for host in hosts:
        host.folder.mkdir()
    async with DiscordDouble() as discord, telegram_double() as telegram:
        yield [City(host, discord, telegram) for host in hosts]
        for host in hosts:
            await host.close()


@dataclass
class Bots:
    """Two on one store, the first of which holds every duty, and one worker."""

    holder: Walkon
    successor: Walkon
    worker: Walkon
    city: City
    asker: User
    chat: Chat
    health: str

    async def asked_everywhere(self, clips: int) -> None:
        """A clip more on each platform, and there are so many then."""
        await self.city.discord.slash("prompt", {"prompt": WORDS}, wait=False)
        await self.city.telegram.message(self.chat, self.asker, f"/prompt {WORDS}")
        await until(lambda: len(self.city.discord.clips()) == len(self.city.telegram_clips(self.chat)) == clips, 90)
        assert len(self.city.discord.messages()) == clips

    async def taken_over(self) -> None:
        await until(lambda: self.successor.log.read_text().count("duty_taken") == 2, 60)
        # Its own connection: a frozen bot's still stands, and what Discord tells that one is lost.
        await until(lambda: "connected to Gateway" in self.successor.log.read_text(), 60)
        await self.city.connected()


@pytest.fixture
async def bots(cities: list[City], tmp_path: Path) -> Bots:
    shared = {
        "WALKON_STORE__URL": new_database(),
        "WALKON_QUEUE__URL": database_for(tmp_path),
        "WALKON_MEDIA__URL": new_bucket(),
        "WALKON_CONSENT__KEY_FILE": str(tmp_path / "keys"),
        **shared_server().environment,
    }
    worker = await cities[0].host.start("worker", page=False, **shared)
    await until(lambda: (tmp_path / "keys").exists(), 60)
    port = free_port()
    holder = await cities[0].start("bot", page=False, **shared, WALKON_HEALTH__PORT=str(port))
    await cities[0].connected()
    successor = await cities[1].start("bot", page=False, **shared)
    tom = cities[0].telegram.user("Tom")
    return Bots(holder, successor, worker, cities[0], tom, cities[0].telegram.private(tom), f"http://127.0.0.1:{port}/")


async def test_a_bot_that_is_killed_is_taken_over_from_and_every_clip_comes_once(bots: Bots) -> None:
    await bots.asked_everywhere(clips=1)
    assert (await fetched(bots.health + "readyz"))["workers"] == 1
    assert 'walkon_deliveries_total{outcome="sent",platform="discord"}' in await fetched(bots.health + "metrics")
    await bots.holder.kill_tree()
    await bots.taken_over()
    await bots.asked_everywhere(clips=2)
    assert (await bots.successor.stop(), await bots.worker.stop()) == (0, 0)
    assert bots.city.discord.violations == [] and bots.city.telegram.violations == []


async def test_a_bot_that_freezes_is_taken_over_from_and_wakes_to_say_nothing_twice(bots: Bots) -> None:
    await bots.asked_everywhere(clips=1)
    frozen = freeze(bots.holder.process.pid)
    await bots.taken_over()
    await bots.asked_everywhere(clips=2)
    thaw(frozen)
    await until(lambda: bots.holder.log.read_text().count("duty_left") == 2, 60)
    await bots.asked_everywhere(clips=3)
    assert (await bots.holder.stop(), await bots.successor.stop(), await bots.worker.stop()) == (0, 0, 0)
    assert bots.city.discord.violations == []


async def fetched(address: str) -> Any:
    """What a bot tells whoever watches over it."""
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert answer.status == 200
        return await answer.json() if answer.content_type == "application/json" else await answer.text()
