"""Which sign the message that asked for a clip bears, from the first answer to the end."""

from tests.town import Town
from walkon.bot.cards import Signal
from walkon.bot.clip_card import Speaker
from walkon.bot.family_card import family_card
from walkon.bot.takedown import take_down
from walkon.library.clips import Clip, RemovedBy
from walkon.types.ids import render_job
from walkon.types.people import Locale


async def sign_of(town: Town, clip: Clip) -> Signal | None:
    view = await town.house.queue.view(render_job(clip.id))
    return (await family_card(town.house, Speaker(town.house.words, Locale.EN), clip, view)).signal


async def test_in_line_rendering_and_finished(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a cat")
    assert asked.card.signal is Signal.ASKED
    lease = await town.claim()
    assert await sign_of(town, await town.clip(asked)) is Signal.RENDERING
    await town.finish(lease)
    assert await sign_of(town, await town.clip(asked)) is Signal.FINISHED


async def test_stopped_and_taken_down(town: Town) -> None:
    stopped = await town.say("Ana", "prompt", prompt="a cat")
    await town.say("Ana", "cancel")
    assert await sign_of(town, await town.clip(stopped)) is Signal.STOPPED
    clip = await town.finished("Ana", "a dog")
    await take_down(town.house, [clip.id], RemovedBy.MAKER)
    [gone] = [await town.clip(await town.say("Ana", "prompt", str(clip.event), prompt="a dog"))]
    assert await sign_of(town, gone) is Signal.NONE


async def test_a_clip_that_is_shown_again_was_asked_for_by_another_message(town: Town) -> None:
    clip = await town.finished("Ana", "a cat")
    shown = await family_card(town.house, Speaker(town.house.words, Locale.EN), clip, None, family_in=clip.place.id)
    assert shown.signal is None
    assert (await town.say("Tom", "show", clip=clip.id)).card.signal is None
