"""`/sora vary`: the same scene with another seed, for anyone who may see the clip."""

from tests.town import Town
from walkon.bot.cards import plain
from walkon.scene.codec import decode


async def test_another_take_has_the_same_scene_and_another_seed(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs", seed=7, aspect="9:16")
    take = await town.clip(await town.say("Tom", "vary", clip=first.id))
    assert decode(take.scene).reseeded(7) == decode(first.scene)
    assert decode(take.scene).seed != 7
    assert (take.parent, take.asker.name) == (first.id, "Tom")


async def test_a_seed_that_is_given_counts(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs", seed=7)
    take = await town.clip(await town.say("Tom", "vary", clip=first.id, seed=9))
    assert decode(take.scene).seed == 9


async def test_the_answer_is_a_card_for_all_and_the_work_is_in_line(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    reply = await town.say("Tom", "vary", clip=first.id)
    assert not reply.private and reply.post and reply.card.words == "a dog runs"
    assert (await town.house.queue.stats()).queued == 1


async def test_the_same_event_twice_is_one_take(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    replies = [await town.say("Tom", "vary", event="web:same", clip=first.id) for _ in range(2)]
    assert replies[0].card.clip == replies[1].card.clip
    assert (await town.house.queue.stats()).queued == 1


async def test_a_clip_of_another_place_is_unknown_here(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs", place=town.place("elsewhere"))
    reply = await town.say("Tom", "vary", clip=first.id)
    assert reply.private and reply.post is None and "no clip" in plain(reply.card.head)
    assert (await town.say("Ana", "vary", clip=first.id)).post


async def test_a_clip_that_is_not_finished_cannot_be_taken_again(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    reply = await town.say("Tom", "vary", clip=str(asked.card.clip))
    assert reply.private and "isn't finished" in plain(reply.card.head)
    await town.say("Ana", "cancel", clip=str(asked.card.clip))
    assert "isn't finished" in plain((await town.say("Tom", "vary", clip=str(asked.card.clip))).card.head)


async def test_nothing_but_a_clip_can_be_taken_again(town: Town) -> None:
    assert "7KQ2M9" in plain((await town.say("Ana", "vary", clip="../etc")).card.head)
    assert "clip" in plain((await town.say("Ana", "vary")).card.head)
