"""`/sora remix`: new words in the look of a finished clip, which stays named as the parent."""

import pytest

from tests.town import Town
from walkon.bot import commands
from walkon.bot.cards import plain
from walkon.bot.platforms.telegram.events import Grammar
from walkon.bot.platforms.web.typed import read_typed
from walkon.scene.codec import decode
from walkon.types.scene import Aspect, BuiltOn, Manner


async def test_the_new_words_are_staged_in_the_old_length_shape_style_and_seed(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs", seconds=9, aspect="9:16", style="watercolour", seed=7)
    remix = await town.clip(await town.say("Tom", "remix", clip=first.id, words="a cat sleeps"))
    scene = decode(remix.scene)
    assert (remix.prompt, remix.parent, remix.asker.name) == ("a cat sleeps", first.id, "Tom")
    assert (scene.seconds, scene.aspect, scene.style, scene.seed) == (9, Aspect.TALL, "watercolour", 7)


async def test_a_remix_says_what_it_is_built_on_and_how_much_may_change(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    usual = decode((await town.clip(await town.say("Tom", "remix", clip=first.id, words="a cat sleeps"))).scene)
    little = decode((await town.clip(await town.say("Tom", "remix", clip=first.id, words="a cat sleeps", strength=20))).scene)
    assert usual.built_on == BuiltOn(clip=first.id, manner=Manner.REMIX, strength=0.7)
    assert little.built_on == BuiltOn(clip=first.id, manner=Manner.REMIX, strength=0.2)


async def test_options_that_are_given_count_for_more_than_the_parents(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs", seconds=9, aspect="9:16", style="watercolour", seed=7)
    given = {"seconds": 5, "aspect": "1:1", "style": "ink", "seed": 0}
    scene = decode((await town.clip(await town.say("Tom", "remix", clip=first.id, words="a cat sleeps", **given))).scene)
    assert (scene.seconds, scene.aspect, scene.style, scene.seed) == (5, Aspect.SQUARE, "ink", 0)


async def test_what_the_new_words_ask_for_themselves_counts_too(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs", seconds=9, aspect="9:16")
    scene = decode((await town.clip(await town.say("Tom", "remix", clip=first.id, words="16:9, 4 seconds, a cat sleeps"))).scene)
    assert (scene.seconds, scene.aspect) == (4, Aspect.WIDE)


async def test_a_remix_of_a_remix_names_the_nearer_one(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    second = await town.clip(await town.say("Tom", "remix", clip=first.id, words="a cat runs"))
    await town.finish(await town.claim())
    third = await town.clip(await town.say("Ana", "remix", clip=second.id, words="a fox runs"))
    assert third.parent == second.id


async def test_the_same_event_twice_is_one_remix(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    replies = [await town.say("Tom", "remix", event="web:same", clip=first.id, words="a cat") for _ in range(2)]
    assert replies[0].card.clip == replies[1].card.clip
    assert (await town.house.queue.stats()).queued == 1


async def test_a_clip_of_another_place_is_unknown_here(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs", place=town.place("elsewhere"))
    reply = await town.say("Tom", "remix", clip=first.id, words="a cat")
    assert reply.private and reply.post is None and "no clip" in plain(reply.card.head)
    assert (await town.say("Ana", "remix", clip=first.id, words="a cat")).post


async def test_a_clip_that_is_not_finished_cannot_be_remixed(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    reply = await town.say("Tom", "remix", clip=str(asked.card.clip), words="a cat")
    assert reply.private and "isn't finished" in plain(reply.card.head)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"words": "a cat"}, "clip"),
        ({"clip": "../etc", "words": "a cat"}, "7KQ2M9"),
    ],
)
async def test_what_is_missing_or_no_clip_is_named(town: Town, options: dict[str, str], told: str) -> None:
    reply = await town.say("Ana", "remix", **options)
    assert reply.private and told in plain(reply.card.head)


async def test_words_that_nobody_could_see_are_refused_with_an_example(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    reply = await town.say("Tom", "remix", clip=first.id, words="\u200b")
    assert reply.private and "backflip" in plain(reply.card.head)


async def test_far_too_many_words_are_refused_with_both_numbers(town: Town) -> None:
    first = await town.finished("Ana", "a dog runs")
    reply = await town.say("Tom", "remix", clip=first.id, words="x" * 10_001)
    assert reply.private and "10001" in plain(reply.card.head)


@pytest.mark.parametrize(
    ("typed", "command", "options"),
    [
        ("/sora remix 7KQ2M9 a cat sleeps", "remix", {"clip": "7KQ2M9", "words": "a cat sleeps"}),
        ("/remix 7KQ2M9\na cat\nsleeps", "remix", {"clip": "7KQ2M9", "words": "a cat\nsleeps"}),
        ("/sora vary 7KQ2M9", "vary", {"clip": "7KQ2M9"}),
        ("/vary 7KQ2M9 42", "vary", {"clip": "7KQ2M9", "seed": "42"}),
    ],
)
def test_where_it_is_typed_the_clip_comes_first(typed: str, command: str, options: dict[str, str]) -> None:
    page = read_typed(typed, "sora", commands.load())
    assert (page.command, page.options) == (command, options)
    assert Grammar("sora", commands.load()).read(typed, bot="walkon_bot", private=False) == (command, options)


def test_on_the_page_options_may_be_named() -> None:
    typed = read_typed("/sora remix clip:7KQ2M9 seconds:8 a cat sleeps", "sora", commands.load())
    assert typed.options == {"clip": "7KQ2M9", "seconds": "8", "words": "a cat sleeps"}


def test_in_telegram_a_sentence_that_begins_like_it_is_a_prompt() -> None:
    read = Grammar("sora", commands.load()).read("/sora remix of a song by cats", bot="walkon_bot", private=False)
    assert read == ("prompt", {"prompt": "remix of a song by cats"})
