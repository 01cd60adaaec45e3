"""Two bots with the same tokens on one shared store: one listens, either delivers, and a dead one is taken over from."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.discord.double import DiscordDouble
from tests.doubles.telegram.double import telegram_double
from tests.faults.conftest import Host
from tests.faults.test_platforms import WORDS, City
from tests.queue.redis_server import database_for
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


async def test_a_bot_that_is_killed_is_taken_over_from_and_every_clip_comes_once(cities: list[City], tmp_path: Path) -> None:
    store = new_database()
    shared = {
        "WALKON_STORE__URL": store,
        "WALKON_QUEUE__URL": database_for(tmp_path),
        "WALKON_MEDIA__URL": new_bucket(),
        "WALKON_CONSENT__KEY_FILE": str(tmp_path / "keys"),
        **shared_server().environment,
    }
    worker = await cities[0].host.start("worker", page=False, **shared)
    await until(lambda: (tmp_path / "keys").exists(), 60)
    first, second = cities
    holder = await first.start("bot", page=False, **shared)
    await first.connected()
    successor = await second.start("bot", page=False, **shared)
    tom = first.telegram.user("Tom")
    chat = first.telegram.private(tom)
    await ask(first, chat, tom)
    await until(lambda: len(first.discord.clips()) == 1 and len(first.telegram_clips(chat)) == 1, 90)
    await holder.kill_tree()
    await until(lambda: successor.log.read_text().count("duty_taken") == 2, 60)
    await first.connected()
    await ask(first, chat, tom)
    await until(lambda: len(first.discord.clips()) == 2 and len(first.telegram_clips(chat)) == 2, 90)
    assert (await successor.stop(), await worker.stop()) == (0, 0)
    assert (len(first.discord.messages()), len(first.discord.clips()), len(first.telegram_clips(chat))) == (2, 2, 2)
    assert first.discord.violations == [] and first.telegram.violations == []


async def ask(city: City, chat: object, person: object) -> None:
    await city.discord.slash("prompt", {"prompt": WORDS}, wait=False)
    await city.telegram.message(chat, person, f"/prompt {WORDS}")  # type: ignore[arg-type]
