"""A yes taken back while the bot was down: it is heard before anything that rests on it is shown."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.story.people import asked, claimed, finish, lends, now
from tests.story.stages import OnDiscord, OnTelegram, on_discord, on_telegram
from tests.town import Town
from tests.waiting import until
from walkon.library.clips import Clip, ClipState

ReactedOn = OnDiscord | OnTelegram
STAGES = {"discord": on_discord, "telegram": on_telegram}


@pytest.fixture(params=STAGES)
async def stage(request: pytest.FixtureRequest, town: Town, tmp_path: Path) -> AsyncIterator[ReactedOn]:
    async with STAGES[request.param](town, tmp_path) as stage:
        assert isinstance(stage, ReactedOn)
        await lends(town, stage)
        yield stage


def is_told(stage: ReactedOn, on: bool) -> None:
    """Whether the platform tells a bot what people do."""
    hears = stage.discord.gateway.admits if isinstance(stage, OnDiscord) else stage.double.tells
    (hears.set if on else hears.clear)()


async def takes_the_yes_away(stage: ReactedOn) -> None:
    """Lea takes her reaction away, and nobody listens."""
    if isinstance(stage, OnDiscord):
        await stage.discord.unreact(stage.marked, "✅", user=stage.people["Lea"], heard=False)
    else:
        await stage.thinks_better_of_it("Lea")


def films(stage: ReactedOn) -> int:
    """How many films ever stood in the chat."""
    if isinstance(stage, OnDiscord):
        return sum(bool(version.files) for message in stage.discord.messages() for version in message.revisions)
    return sum(bool(version.video) for message in stage.club.from_bot for version in message.versions)


async def both_done_meanwhile(town: Town, stage: ReactedOn, folder: Path) -> Clip:
    """Lea said yes by reaction, the bot went down, and both her clip and one of nobody were finished. Returns hers."""
    clip = await asked(town, stage)
    await stage.answers("Lea", yes=True)
    leases = [await until(lambda: claimed(town))]
    await stage.prompts("Ana", "a cat surfs")
    leases.append(await until(lambda: claimed(town)))
    await stage.process.end()
    for lease in leases:
        await finish(town, lease, folder)  # type: ignore[arg-type]
    return clip


async def begins_without_hearing(town: Town, stage: ReactedOn, folder: Path) -> None:
    """Another process begins and posts what it may, but is told nothing yet."""
    is_told(stage, False)
    await town.restart(folder)
    await stage.process.begin()
    await stage.clip()


async def test_a_yes_taken_back_while_the_bot_was_down_is_heard_before_the_clip_is_shown(
    town: Town, stage: ReactedOn, tmp_path: Path
) -> None:
    clip = await both_done_meanwhile(town, stage, tmp_path)
    await takes_the_yes_away(stage)
    await begins_without_hearing(town, stage, tmp_path)
    is_told(stage, True)

    async def withheld() -> bool:
        return (await now(town, clip.id)).state not in (ClipState.PROMISED, ClipState.FINISHED)

    await until(withheld)
    assert films(stage) == 1


async def test_a_clip_whose_yes_still_stands_is_shown_once_that_is_known(town: Town, stage: ReactedOn, tmp_path: Path) -> None:
    await both_done_meanwhile(town, stage, tmp_path)
    await begins_without_hearing(town, stage, tmp_path)
    assert films(stage) == 1
    is_told(stage, True)
    await until(lambda: films(stage) == 2)
