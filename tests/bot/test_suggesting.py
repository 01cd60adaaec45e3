"""What is suggested while somebody types, and commands about the message that they answer."""

from dataclasses import replace

from tests.town import Town
from walkon.bot.command import RawValue, Suggestion
from walkon.store import outbox
from walkon.types.ids import ClipId


async def suggested(town: Town, name: str, command: str, option: str, **options: RawValue) -> list[Suggestion]:
    return list(await town.router.suggest(town.said(name, command, **options), option))


async def posted(town: Town, clip: ClipId, message: str) -> None:
    await town.house.database.write(lambda tx: outbox.acknowledge(tx, f"clip:{clip}", 9, "{}", message=message))


async def test_ones_own_finished_clips_are_suggested_by_id_or_by_words(town: Town) -> None:
    cat, dog = await town.finished("Ana", "a cat sleeps"), await town.finished("Ana", "a dog runs")
    await town.finished("Tom", "a cat of Tom's")
    assert await suggested(town, "Ana", "remix", "clip", clip="CAT") == [Suggestion(cat.id, f"{cat.id} · a cat sleeps")]
    assert [one.value for one in await suggested(town, "Ana", "remix", "clip", clip=dog.id[:4].lower())] == [dog.id]


async def test_what_can_be_stopped_is_suggested_for_cancel(town: Town) -> None:
    await town.finished("Ana", "a cat sleeps")
    waiting = await town.clip(await town.say("Ana", "prompt", prompt="a dog runs"))
    assert [one.value for one in await suggested(town, "Ana", "cancel", "clip")] == [waiting.id]


async def test_styles_are_suggested_in_the_persons_language(town: Town) -> None:
    assert [one.value for one in await suggested(town, "Ana", "prompt", "style", style="film")] == ["film noir", "silent film"]


async def test_nothing_is_suggested_to_the_muted_nor_for_what_has_no_suggestions(town: Town) -> None:
    await town.finished("Tom", "a cat sleeps")
    assert await suggested(town, "Tom", "prompt", "seconds") == []
    await town.say("Olga", "mod", deed="mute", person=town.person("Tom"), duration="2h")
    assert await suggested(town, "Tom", "remix", "clip") == []


async def test_a_command_about_a_message_is_about_the_clip_it_shows(town: Town) -> None:
    clip = await town.finished("Ana", "a cat sleeps")
    await posted(town, clip.id, "m1")
    asked = replace(town.said("Tom", "remix", words="a cat dances"), about="m1")
    assert (await town.clip(await town.router.command(asked))).parent == clip.id


async def test_without_words_a_remix_asks_for_them_with_the_old_ones_ready(town: Town) -> None:
    clip = await town.finished("Ana", "a cat sleeps")
    await posted(town, clip.id, "m1")
    reply = await town.router.command(replace(town.said("Tom", "remix"), about="m1"))
    assert reply.form and reply.form.text == "a cat sleeps"
    assert reply.post is None


async def test_a_clip_named_counts_for_more_than_the_message_answered(town: Town) -> None:
    shown, named = await town.finished("Ana", "a cat sleeps"), await town.finished("Ana", "a dog runs")
    await posted(town, shown.id, "m1")
    asked = replace(town.said("Ana", "remix", clip=named.id, words="at night"), about="m1")
    assert (await town.clip(await town.router.command(asked))).parent == named.id


async def test_a_message_that_shows_no_clip_is_no_clip(town: Town) -> None:
    reply = await town.router.command(replace(town.said("Ana", "remix", words="at night"), about="m9"))
    assert reply.private and reply.post is None
