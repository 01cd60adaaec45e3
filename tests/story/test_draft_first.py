"""Where a model renders, a drawn draft stands in the chat at once, and the clip takes its place: real store, queue, engine, server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doubles.chat import Chat
from tests.doubles.videos import VideosDouble, film
from tests.story.conftest import Evening
from tests.town import Town
from tests.waiting import until
from walkon.bot import commands
from walkon.bot.cards import Card, plain
from walkon.bot.delivery import Delivery
from walkon.bot.router import Router
from walkon.bot.takedown import purge_files, take_down
from walkon.config import EngineSection
from walkon.engine import backends
from walkon.engine.backends.openai_videos import OpenAiVideosBackend, Patience
from walkon.engine.finishing import Finishing
from walkon.engine.render import Studio
from walkon.engine.worker import DRAFT_SLOT, Worker
from walkon.library import tables
from walkon.library.clips import Clip, RemovedBy
from walkon.provenance.certificates import now, own_credentials
from walkon.store.media import MediaMissing, MediaStore
from walkon.telemetry import build_metrics
from walkon.types.ids import ClipId

WORDS = "a dog runs 1:1 2s"


@pytest.fixture
async def server() -> AsyncIterator[VideosDouble]:
    """Renders until it is told to be done."""
    script = [{"status": "in_progress", "progress": 40}]
    async with VideosDouble(owner="vllm", content=film(size=(160, 160)), script=script).open() as running:
        yield running


@pytest.fixture
async def evening(town: Town, tmp_path: Path, server: VideosDouble) -> AsyncIterator[Evening]:
    """A house whose clips a model makes, far away."""
    media = MediaStore(tmp_path / "media")
    house = town.house = replace(town.house, media=media, lane="openai-videos", drawn=False)
    town.router = Router(house, {command.name: command for command in commands.load()}, build_metrics())
    finishing = Finishing(lambda: own_credentials(tmp_path / "keys" / "signing", now()))
    model = OpenAiVideosBackend(EngineSection(api_url=server.url), tmp_path, patience=Patience(poll_s=0.05))
    studio = Studio(
        queue=house.queue,
        database=house.database,
        media=media,
        backend=model,
        finishing=finishing,
        clock=house.clock,
        scratch=tmp_path / "scratch",
    )
    drawing = replace(studio, backend=backends.load("animatic")(EngineSection(), tmp_path), scratch=tmp_path / "drafts")
    made = Evening(town, media)
    tasks = [
        asyncio.create_task(Worker(studio, build_metrics(), lease_s=30).run()),
        asyncio.create_task(Worker(drawing, build_metrics(), lease_s=30, slot=DRAFT_SLOT).run()),
        asyncio.create_task(Delivery(made.chat, house, build_metrics()).run()),
    ]
    yield made
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await finishing.close()


def card(chat: Chat) -> Card:
    [only] = chat.messages.values()
    return only


async def drafted(evening: Evening) -> Card:
    """Ana's message, once her draft is in it."""
    await evening.types("Ana", "prompt", prompt=WORDS)
    await until(lambda: card(evening.chat).video, 60)
    return card(evening.chat)


async def record(evening: Evening, shown: Card) -> Clip:
    async with evening.town.house.database.reading() as tx:
        clip = await tables.get(tx, ClipId(str(shown.clip)))
    assert clip
    return clip


def done(server: VideosDouble) -> None:
    server.script = [{"status": "completed"}]
    for job in server.jobs:
        job.states = [{"status": "completed"}]


async def test_a_drawn_draft_stands_in_the_message_while_the_model_works(evening: Evening, server: VideosDouble) -> None:
    shown = await drafted(evening)
    assert plain(shown.head).startswith("Draft · ")
    assert shown.video and shown.video.alt.startswith("Draft: ")
    assert "Keep the draft" in [button.label for button in shown.buttons]
    assert shown.clip and any("takes its place" in plain(line) for line in shown.body)
    await until(lambda: server.jobs)


async def test_the_rendered_clip_takes_the_drafts_place_and_the_draft_is_forgotten(evening: Evening, server: VideosDouble) -> None:
    draft = (await drafted(evening)).video
    done(server)
    await until(lambda: plain(card(evening.chat).head).startswith("For Ana"), 60)
    clip = card(evening.chat).video
    assert draft and clip and clip.video != draft.video
    assert plain(card(evening.chat).head) == "For Ana, your clip"
    assert (await record(evening, card(evening.chat))).draft is None


async def test_a_draft_that_is_kept_is_the_clip_and_nothing_more_is_rendered(evening: Evening, server: VideosDouble) -> None:
    shown = await drafted(evening)
    await until(lambda: server.jobs)
    keep = next(button for button in shown.buttons if button.label == "Keep the draft")
    said = await evening.town.press("Tom", keep.token)
    assert "for Ana" in plain(said.card.head)
    said = await evening.town.press("Ana", keep.token)
    assert plain(said.card.head).startswith("Kept.")
    await until(lambda: plain(card(evening.chat).head) == "For Ana, your drawn clip")
    await until(lambda: server.jobs[0].deleted)
    assert shown.video and card(evening.chat).video and card(evening.chat).video.video == shown.video.video


async def test_what_a_kept_draft_saved_is_said_once_it_is_known(evening: Evening, server: VideosDouble) -> None:
    await drafted(evening)
    done(server)
    await until(lambda: plain(card(evening.chat).head) == "For Ana, your clip", 60)
    server.script = [{"status": "in_progress", "progress": 40}]
    again = await evening.types("Tom", "prompt", prompt=WORDS, seed=9)
    await until(lambda: any(one.video and one.clip == again.clip for one in evening.chat.messages.values()), 60)
    reply = await evening.town.press("Tom", f"w1:keep:{again.clip}")
    assert plain(reply.card.head).startswith("Kept.")
    await until(lambda: any("saved by keeping" in plain(line) for one in evening.chat.messages.values() for line in one.body))


async def test_a_stopped_clip_loses_its_draft(evening: Evening) -> None:
    shown = await drafted(evening)
    await evening.types("Ana", "cancel")
    await until(lambda: plain(card(evening.chat).head) == "Stopped")
    assert card(evening.chat).video is None
    assert (await record(evening, shown)).draft is None


async def test_a_takedown_takes_the_draft_too(evening: Evening) -> None:
    shown = await drafted(evening)
    assert shown.video
    await take_down(evening.town.house, [ClipId(str(shown.clip))], RemovedBy.MODERATOR)
    await until(lambda: card(evening.chat).video is None)
    evening.town.clock.pass_s(3600)
    await purge_files(evening.town.house)
    with pytest.raises(MediaMissing):
        await evening.media.read(shown.video.video)


async def test_where_clips_are_drawn_anyway_there_is_no_draft(town: Town) -> None:
    await town.say("Ana", "prompt", prompt=WORDS)
    stats = await town.house.queue.stats()
    assert stats.queued == 1
