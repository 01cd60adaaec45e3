"""Whoever appears in a clip deletes it by the button under it, on the real platforms' libraries; a stranger does not."""

from pathlib import Path

from tests.story.people import lends, shown
from tests.story.stages import OnDiscord, OnTelegram, on_discord, on_telegram
from tests.town import Town
from tests.waiting import until
from walkon.library import tables
from walkon.library.clips import Clip, ClipState


async def state_of(town: Town, clip: Clip) -> ClipState:
    found = await town.house.database.read(lambda tx: tables.get(tx, clip.id))
    assert found
    return found.state


async def test_on_telegram_by_pressing_once_more_what_asked_back(town: Town, tmp_path: Path) -> None:
    async with on_telegram(town, tmp_path) as stage:
        assert isinstance(stage, OnTelegram)
        await lends(town, stage)
        clip = await shown(town, stage, tmp_path)
        card = next(one for one in stage.club.from_bot if one.video)
        for _ in range(2):
            said = await stage.double.press(card, "Delete", stage.people["Eve"])
            assert str(said["text"]) == "This button is for Ana."
        said = await stage.double.press(card, "Delete", stage.people["Lea"])
        assert said["alert"] and "once more" in str(said["text"])
        assert await state_of(town, clip) is ClipState.FINISHED
        await stage.double.press(card, "Delete", stage.people["Lea"])
        assert await state_of(town, clip) is ClipState.TAKEN_DOWN
        await stage.double.until(lambda: card.video is None)


async def test_on_discord_by_the_button_of_the_question_which_nobody_else_sees(town: Town, tmp_path: Path) -> None:
    async with on_discord(town, tmp_path) as stage:
        assert isinstance(stage, OnDiscord)
        await lends(town, stage)
        clip = await shown(town, stage, tmp_path)
        card = next(one for one in stage.discord.messages() if one.files)
        refused = await stage.discord.press(card, card.buttons["Delete"], user=stage.people["Eve"])
        assert refused.message and refused.message.ephemeral and not refused.message.buttons
        asked = await stage.discord.press(card, card.buttons["Delete"], user=stage.people["Lea"])
        assert asked.message and asked.message.ephemeral and await state_of(town, clip) is ClipState.FINISHED
        await stage.discord.press(asked.message, asked.message.buttons["Take back"], user=stage.people["Lea"])
        await until(lambda: not card.files)
        assert await state_of(town, clip) is ClipState.TAKEN_DOWN
