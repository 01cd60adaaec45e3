"""From words typed in a chat where the bot is not to the clip in that chat: real library, router, store, queue and delivery."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.bot.platforms.telegram.conftest import bot_for, stored_clip
from tests.doubles.telegram.double import TelegramDouble
from tests.doubles.telegram.world import Chat
from tests.town import FINISHED, Town
from walkon.bot import commands
from walkon.bot.delivery import Delivery
from walkon.bot.router import Router
from walkon.bot.takedown import take_down
from walkon.library.clips import Finished, RemovedBy
from walkon.store.media import MediaStore
from walkon.telemetry import build_metrics
from walkon.types.ids import ClipId, PlaceId
from walkon.types.people import Place


@dataclass
class Abroad:
    """A house on Telegram, with a chat of its own to keep films in."""

    town: Town
    double: TelegramDouble
    storage: Chat
    finished: Finished
    content: bytes


@pytest.fixture
async def abroad(town: Town, double: TelegramDouble, tmp_path: Path, clip_bytes: bytes) -> AsyncIterator[Abroad]:
    media = MediaStore(tmp_path / "media")
    film = await stored_clip(media, tmp_path, clip_bytes)
    storage = double.group("Storage")
    platform = bot_for(double, media, town.house.database, storage_chat=storage.id)
    house = replace(town.house, storage=Place(id=PlaceId(f"telegram:{storage.id}"), channel=str(storage.id)))
    town.house = house
    router = Router(house, {command.name: command for command in commands.load()}, build_metrics())
    tasks = [asyncio.create_task(platform.serve(router)), asyncio.create_task(Delivery(platform, house, build_metrics()).run())]
    finished = replace(FINISHED, video=film.video, poster=film.poster, captions=film.captions, bytes=len(clip_bytes))
    yield Abroad(town, double, storage, finished, clip_bytes)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await platform.close()


async def test_words_become_a_clip_where_they_were_typed(abroad: Abroad) -> None:
    double, ana = abroad.double, abroad.double.user("Ana")
    listed = await double.query(ana, "a cat sleeps")
    message = await double.choose(ana, listed, "render")
    assert message.text == "🎬 Ana: a cat sleeps"
    await double.until(lambda: message.text.startswith("Got it"))
    await abroad.town.finish(await abroad.town.claim(), abroad.finished)
    await double.until(lambda: message.video)
    assert message.video == abroad.content
    assert [one.video for one in abroad.storage.from_bot] == [abroad.content]
    assert message.pickers.keys() == {"🔁 Remix"}


async def test_a_finished_clip_is_listed_carried_and_taken_down_everywhere(abroad: Abroad) -> None:
    double, ana = abroad.double, abroad.double.user("Ana")
    first = await double.choose(ana, await double.query(ana, "a cat sleeps"), "render")
    await double.until(lambda: first.text.startswith("Got it"))
    lease = await abroad.town.claim()
    await abroad.town.finish(lease, abroad.finished)
    await double.until(lambda: first.video)
    clip = ClipId(lease.job.payload.decode())
    listed = await double.query(ana, "")
    second = await double.choose(ana, listed, f"clip:{clip}")
    assert second.video == abroad.content
    await double.until(lambda: double.unconfirmed == 0)
    await take_down(abroad.town.house, [clip], RemovedBy.MODERATOR)
    await double.until(lambda: all(one.now.photo for one in (first, second, *abroad.storage.from_bot)))
    assert abroad.content not in [one.video for one in (first, second, *abroad.storage.from_bot)]
    assert (await double.query(ana, ""))["results"] == []


async def test_a_stopped_clip_leaves_nothing_in_the_storage_chat(abroad: Abroad) -> None:
    double, ana = abroad.double, abroad.double.user("Ana")
    message = await double.choose(ana, await double.query(ana, "a cat sleeps"), "render")
    await double.until(lambda: message.buttons.keys() >= {"Cancel"})
    await double.press(message, "Cancel", ana)
    await double.until(lambda: message.text.startswith("Stopped"))
    assert abroad.storage.from_bot == []
