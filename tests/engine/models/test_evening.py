"""The complete bot over a model: prompt, remix and another take in one chat, with the real store, queue, worker and finishing."""

from pathlib import Path

import pytest

from tests.story.conftest import Evening, evening  # noqa: F401
from tests.waiting import until
from walkon.bot.cards import plain
from walkon.config import EngineSection
from walkon.engine.backends.diffusers import DiffusersBackend
from walkon.engine.port import RenderBackend

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def lane() -> str:
    return "diffusers"


@pytest.fixture
def film_maker(data_dir: Path) -> RenderBackend:
    return DiffusersBackend(EngineSection(model="tiny:kandinsky6"), data_dir)


async def test_a_prompt_becomes_a_signed_clip_made_by_a_model_and_a_remix_is_made_from_its_pictures(evening: Evening) -> None:  # noqa: F811
    await evening.types("Ana", "prompt", prompt="a dog runs 2s", seed=1)
    first = await evening.clip_of("a dog runs 2s")
    assert first.video and b"c2pa" in await evening.media.read(first.video.video)
    assert first.video.seconds == pytest.approx(49 / 24)
    remixes = []
    for words, strength in (("a cat runs 2s", 100), ("the cat runs 2s", 20)):
        await evening.types("Tom", "remix", clip=str(first.clip), words=words, strength=strength)
        remixes.append(await evening.clip_of(words))
    assert len({await evening.film_of(card) for card in (first, *remixes)}) == 3


async def test_a_clip_that_is_cancelled_while_the_model_works_is_never_posted_and_the_next_one_is(evening: Evening) -> None:  # noqa: F811
    card = await evening.types("Ana", "prompt", prompt="waves 20s")
    await until(lambda: "%" in evening.shows("waves 20s") or "step" in evening.shows("waves 20s").lower(), 60)
    await evening.types("Ana", "cancel", clip=str(card.clip))
    await evening.types("Ana", "prompt", prompt="a fox 2s")
    assert (await evening.clip_of("a fox 2s")).video
    assert [plain(card.words or "") for card in evening.chat.clips()] == ["a fox 2s"]
