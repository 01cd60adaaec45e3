"""Pressed buttons: each checked for who may press, stale ones answered gently."""

import pytest

from tests.town import Town
from walkon.bot.cards import plain
from walkon.library.clips import ClipState
from walkon.queue.port import FaultKind


async def test_the_asker_may_cancel_by_button(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    reply = await town.press("Ana", asked.card.buttons[0].token)
    assert reply.private
    assert (await town.clip(asked)).state is ClipState.CANCELLED


async def test_a_stranger_is_told_whose_button_it_is(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    reply = await town.press("Tom", asked.card.buttons[0].token)
    assert reply.private and "Ana" in plain(reply.card.head)
    assert (await town.clip(asked)).state is ClipState.PROMISED


async def test_a_moderator_of_the_place_may_cancel(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.press("Mo", asked.card.buttons[0].token, moderator=True)
    assert (await town.clip(asked)).state is ClipState.CANCELLED


async def test_a_moderator_of_another_place_may_not(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.press("Mo", asked.card.buttons[0].token, moderator=True, place=town.place("elsewhere"))
    assert (await town.clip(asked)).state is ClipState.PROMISED


async def test_a_failed_clip_can_be_tried_again_with_the_same_scene(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.house.queue.fail(await town.claim(), FaultKind.BAD_INPUT, "no")
    await town.press("Ana", asked.card.buttons[0].token)
    stopped = await town.say("Ana", "cancel", clip=str(asked.card.clip))
    assert stopped.private
    again = await town.press("Ana", f"w1:again:{asked.card.clip}")
    if again.post:
        assert (await town.clip(again)).scene == (await town.clip(asked)).scene


@pytest.mark.parametrize("token", ["", "w1", "w0:cancel:7KQ2M9", "w1:explode:7KQ2M9", "w1:cancel:../../..", "w1:cancel:7KQ2M9"])
async def test_a_button_of_nothing_we_know_is_answered_gently(town: Town, token: str) -> None:
    reply = await town.press("Ana", token)
    assert reply.private and "from before" in plain(reply.card.head)


async def test_details_tell_words_seed_and_engine_in_private(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs", seed=7)
    reply = await town.press("Tom", f"w1:details:{asked.card.clip}")
    text = " ".join(plain(line) for line in reply.card.body)
    assert reply.private and reply.card.words == "a dog runs" and "Seed 7" in text and "animatic" in text
