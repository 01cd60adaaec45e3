"""Asked by mention, approved by reaction, in a clip, taken back: the whole conversation on each platform, with the real adapters."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bot.platforms.telegram.conftest import stored_clip
from tests.story.stages import Stage, on_discord, on_telegram, on_the_page
from tests.town import FINISHED, Town
from tests.waiting import until
from walkon.consent.likeness import Likeness, Part
from walkon.library.clips import Finished
from walkon.queue.port import Lease
from walkon.types.ids import LikenessId, WorkerId, new_long_id

STAGES = {"discord": on_discord, "telegram": on_telegram, "page": on_the_page}
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40


@pytest.fixture(params=STAGES)
async def stage(request: pytest.FixtureRequest, town: Town, tmp_path: Path) -> AsyncIterator[Stage]:
    async with STAGES[request.param](town, tmp_path) as stage:
        yield stage


@pytest.fixture
async def film(town: Town, tmp_path: Path) -> Finished:
    kept = await stored_clip(town.house.media, tmp_path, FILM)
    return replace(FINISHED, video=kept.video, poster=kept.poster, captions=kept.captions, bytes=len(FILM))


async def lends(town: Town, stage: Stage, name: str) -> None:
    now, owner = town.clock.now(), stage.account[name]
    likeness = Likeness(
        id=LikenessId(new_long_id()), owner=owner, handle=name.lower(), name=name, parts=frozenset(Part), enrolled_at=now, used_at=now
    )
    await town.house.database.write(lambda tx: town.house.decider.enrol(tx, likeness, now))


async def asked(town: Town, stage: Stage) -> None:
    await lends(town, stage, "Lea")
    await stage.prompts("Ana", "{} surfs a wave", "Lea")
    assert "may Ana put you in a clip?" in await stage.question()


async def test_lea_is_asked_says_yes_is_in_the_clip_and_takes_it_back(town: Town, stage: Stage, film: Finished) -> None:
    await asked(town, stage)
    assert await claimed(town) is None
    await stage.answers("Lea", yes=True)
    lease = await until(lambda: claimed(town))
    assert isinstance(lease, Lease)
    await town.finish(lease, film)
    assert "✓ Lea agreed to this clip · voice: no · stays in this chat" in await stage.clip()
    assert "Clips you are in: 1" in await stage.types("Lea", "cameo appearances")
    assert "1 finished and comes down" in await stage.presses("Lea", "Take down")
    assert "1 taken down" in await stage.presses("Lea", "Take back")
    assert "taken down" in await stage.gone()


async def test_lea_says_no_and_ana_reads_only_that_there_is_no_clip(town: Town, stage: Stage) -> None:
    await asked(town, stage)
    await stage.answers("Lea", yes=False)
    assert "Nobody is asking" in await until_said(stage, "Lea", "cameo requests", "Nobody is asking")
    assert await claimed(town) is None


async def test_nobody_answers_for_lea(town: Town, stage: Stage) -> None:
    await asked(town, stage)
    for stranger in ("Ana", "Eve"):
        await stage.answers(stranger, yes=True)
        await stage.answers(stranger, yes=False)
    assert "1 asking" in await stage.types("Lea", "cameo requests")
    assert await claimed(town) is None


async def claimed(town: Town) -> Lease | None:
    """What a worker gets to do."""
    return await town.house.queue.claim(WorkerId("w1"), claim_id=str(next(town.numbers)), lanes=["animatic"])


async def until_said(stage: Stage, name: str, words: str, wanted: str) -> str:
    async def said() -> str | None:
        told = await stage.types(name, words)
        return told if wanted in told else None

    return str(await until(said))
