"""Pressed buttons: each checked for who may press, stale ones answered gently."""

import pytest

from tests.town import Town
from walkon.bot.cards import plain
from walkon.library.clips import ClipState
from walkon.queue.port import FaultKind
from walkon.scene.codec import decode


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


async def test_anybody_who_sees_a_clip_may_have_another_take_by_button(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs", seed=7)
    reply = await town.press("Tom", f"w1:vary:{first.id}")
    take = await town.clip(reply)
    assert not reply.private and reply.post
    assert (take.parent, take.prompt, take.asker.name) == (first.id, "a dog runs", "Tom")
    assert decode(take.scene).seed != 7


async def test_a_press_that_is_delivered_twice_is_one_take_and_two_presses_are_two(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    token = f"w1:vary:{first.id}"
    replies = [await town.press("Tom", token, event=event) for event in ("web:a", "web:a", "web:b")]
    assert replies[0].card.clip == replies[1].card.clip != replies[2].card.clip
    assert (await town.house.queue.stats()).queued == 2


async def test_a_remix_press_asks_for_words_with_the_old_ones_ready_and_the_line_to_type(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    reply = await town.press("Tom", f"w1:remix:{first.id}")
    assert reply.private and reply.post is None
    assert f"/sora remix {first.id}" in plain(reply.card.body[0])
    assert reply.form and (reply.form.token, reply.form.text) == (f"w1:remix:{first.id}", "a dog runs")


@pytest.mark.parametrize("deed", ["vary", "remix"])
async def test_nothing_is_built_on_a_clip_of_another_place_or_one_that_is_not_finished(town: Town, deed: str) -> None:
    away = await town.finished("Ana", "a dog runs", place=town.place("elsewhere"))
    asked = await town.say("Ana", "prompt", prompt="a cat runs")
    foreign = await town.press("Tom", f"w1:{deed}:{away.id}")
    early = await town.press("Tom", f"w1:{deed}:{asked.card.clip}")
    assert foreign.private and "from before" in plain(foreign.card.head)
    assert early.private and "isn't finished" in plain(early.card.head)
    assert foreign.form is early.form is None
    assert (await town.house.queue.stats()).queued == 1


async def test_a_remix_that_is_started_again_keeps_its_parent(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    remix = await town.say("Ana", "remix", clip=first.id, words="a cat runs")
    await town.say("Ana", "cancel", clip=str(remix.card.clip))
    again = await town.press("Ana", f"w1:again:{remix.card.clip}")
    assert (await town.clip(again)).parent == first.id
