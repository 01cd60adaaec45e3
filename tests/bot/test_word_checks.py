"""Where a model reads the words too, its verdict is asked for with the clip and reaches whoever asked, whatever the clip waits for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.engine.test_text_checks import ScriptedClassifier
from tests.troupe import Troupe
from tests.waiting import until
from walkon.bot.cards import plain
from walkon.bot.clip_card import Speaker, clip_card
from walkon.bot.intake import card_key
from walkon.consent.asking import AskState
from walkon.engine.text_slot import TextSlot
from walkon.library import tables
from walkon.library.clips import ClipState
from walkon.queue.port import JobState
from walkon.safety.text import Label, Verdict
from walkon.store import outbox
from walkon.types.harm import HeldFor
from walkon.types.ids import ClipId, check_job, render_job
from walkon.types.people import Locale

WORDS = "a dog runs"


@pytest.fixture
def classified(troupe: Troupe) -> Troupe:
    """A town whose host has a classifier."""
    troupe.town.house = replace(troupe.house, classified=True)
    return troupe


@asynccontextmanager
async def refusing(troupe: Troupe) -> AsyncIterator[None]:
    """A worker elsewhere reads words, and refuses all of them."""
    reader = ScriptedClassifier()
    reader.verdict = Verdict(label=Label.BLOCK)
    house = troupe.house
    slot = TextSlot(queue=house.queue, database=house.database, classifier=reader, decider=house.decider, clock=house.clock)
    running = asyncio.create_task(slot.run())
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_words_are_read_as_soon_as_they_are_asked_for(classified: Troupe) -> None:
    clip = await classified.ask(WORDS)
    view = await classified.house.queue.view(check_job(clip.id, WORDS))
    assert view and view.state is JobState.QUEUED


async def test_a_host_without_a_classifier_reads_nothing_and_waits_for_nothing(troupe: Troupe) -> None:
    clip = await troupe.ask(WORDS)
    assert await troupe.house.queue.view(check_job(clip.id, WORDS)) is None


async def test_refused_words_are_told_while_the_clip_is_still_in_line(classified: Troupe) -> None:
    clip = await classified.ask(WORDS)
    async with refusing(classified):
        await until(lambda: ended(classified, clip.id))
        await until(lambda: cancelled(classified, clip.id))
    row = await classified.house.database.read(lambda tx: outbox.row(tx, card_key(clip)))
    assert row and row.wanted > 1
    shown = clip_card(Speaker(classified.house.words, Locale.EN), await classified.now(clip), None)
    assert plain(shown.body[0]) == "These words are not made into a clip here. Other words will do."


async def test_nobody_is_asked_any_longer_about_words_that_are_refused(classified: Troupe) -> None:
    clip = await classified.ask("@lea surfs")
    assert clip.state is ClipState.WAITING
    async with refusing(classified):
        await until(lambda: ended(classified, clip.id))
    assert [ask.state for ask in await classified.asks(clip)] == [AskState.VOID]


async def ended(troupe: Troupe, id: ClipId) -> bool:
    clip = await troupe.house.database.read(lambda tx: tables.get(tx, id))
    return clip is not None and clip.held is HeldFor.WORDS


async def cancelled(troupe: Troupe, id: ClipId) -> bool:
    view = await troupe.house.queue.view(render_job(id))
    return view is not None and view.state is JobState.CANCELLED
