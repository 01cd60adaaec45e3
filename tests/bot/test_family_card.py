"""A finished clip offers to build on it, names what it was made from, and lists its family where it is shown again."""

import asyncio
from dataclasses import replace

from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot.cards import ButtonStyle, Card, plain
from walkon.bot.clip_card import Speaker
from walkon.bot.delivery import Delivery
from walkon.bot.family_card import family_card
from walkon.bot.takedown import take_down
from walkon.library import tables
from walkon.library.clips import Clip, RemovedBy
from walkon.telemetry import build_metrics
from walkon.types.people import Locale


async def card_of(town: Town, clip: Clip, locale: Locale = Locale.EN) -> Card:
    return await family_card(town.house, Speaker(town.house.words, locale), clip, None)


async def built(town: Town, name: str, command: str, clip: Clip, **options: str) -> Clip:
    """What somebody made from the clip, finished."""
    asked = await town.say(name, command, clip=clip.id, **options)
    await town.finish(await town.claim())
    return await town.clip(asked)


async def test_remix_is_the_first_button_and_the_only_primary_one(town: Town) -> None:
    clip = await town.finished("Ana", "a dog runs")
    english, french = [await card_of(town, clip, locale) for locale in Locale]
    assert [button.label for button in english.deeds] == ["Remix", "Another take", "Like", "Details", "Report", "Delete"]
    assert [button.label for button in french.deeds] == ["Remixer", "Autre prise", "J'aime", "Détails", "Signaler", "Supprimer"]
    assert [button.style is ButtonStyle.PRIMARY for button in english.deeds] == [True] + 5 * [False]
    assert all(len(button.token.encode()) <= 64 for button in english.buttons)


async def test_the_small_line_names_the_parent_and_who_asked_for_it(town: Town) -> None:
    first = await town.finished("Tom", "a dog runs")
    remix = await built(town, "Ana", "remix", first, words="a cat runs")
    take = await built(town, "Ana", "vary", remix)
    assert str((await card_of(town, remix)).small).endswith(f"{remix.id} · ↳ remix of {first.id} by Tom")
    assert str((await card_of(town, remix, Locale.FR)).small).endswith(f"↳ remix de {first.id} par Tom")
    assert str((await card_of(town, take)).small).endswith(f"↳ another take of {remix.id} by Ana · idea by Tom")
    assert "↳" not in str((await card_of(town, first)).small)


async def test_a_clip_that_is_shown_again_lists_its_family_and_the_first_does_not(town: Town) -> None:
    first = await town.finished("Tom", "a dog runs")
    remix = await built(town, "Ana", "remix", first, words="a cat runs " + "very " * 30 + "fast")
    last = await built(town, "Léa", "remix", remix, words="a fox runs")
    chat = Chat()
    delivery = asyncio.create_task(Delivery(chat, town.house, build_metrics()).run())
    shown = await town.say("Tom", "show", clip=remix.id)
    await town.router.answered(str(shown.post), shown.revision, await chat.show_first(str(shown.post), shown.card))
    await until(lambda: len(chat.clips()) == 4)
    delivery.cancel()
    await asyncio.gather(delivery, return_exceptions=True)
    lines = [f"Made from {first.id} by Tom: a dog runs", f"Remixed as {last.id} by Léa: a fox runs"]
    again = next(card for key, card in reversed(chat.history) if key == shown.post)
    others = [card for key, card in chat.history if key != shown.post]
    assert [plain(line) for line in shown.card.body] == lines
    assert [plain(line) for line in again.body][-2:] == lines
    assert not any("Made from" in plain(line) for card in others for line in card.body)


async def test_a_large_family_is_counted_and_long_words_are_cut(town: Town) -> None:
    first = await town.finished("Tom", "a dog runs")
    for _ in range(13):
        await town.say("Ana", "remix", clip=first.id, words="a cat runs " + "very " * 30 + "fast")
    shown = await town.say("Tom", "show", clip=first.id)
    told = [plain(line) for line in shown.card.body]
    assert len(told) == 11 and told[-1] == "And 3 more."
    assert all(len(line) < 100 and line.endswith("…") for line in told[:-1])


async def test_relatives_in_another_place_are_not_told_of(town: Town) -> None:
    away = await town.finished("Ana", "a secret dog", place=town.place("elsewhere"))
    remix = await built(town, "Ana", "remix", away, words="a cat runs")
    shown = await town.say("Tom", "show", clip=remix.id)
    assert shown.post and shown.card.body == ()


async def test_a_parent_that_is_not_kept_any_more_is_not_named(town: Town) -> None:
    clip = await town.finished("Ana", "a dog runs")
    assert "↳" not in str((await card_of(town, replace(clip, parent=type(clip.id)("7KQ2M9")))).small)


async def test_credit_goes_up_the_line_to_whose_idea_it_was(town: Town) -> None:
    first = await town.finished("Tom", "a dog runs")
    second = await built(town, "Ana", "remix", first, words="a cat runs")
    third = await built(town, "Lea", "remix", second, words="a fox runs")
    assert str((await card_of(town, third)).small).endswith(f"↳ remix of {second.id} by Ana · idea by Tom")
    assert str((await card_of(town, third, Locale.FR)).small).endswith("· idée par Tom")
    assert "idea" not in str((await card_of(town, second)).small)
    own = await built(town, "Tom", "remix", second, words="a cow runs")
    assert "idea" not in str((await card_of(town, own)).small)
    await take_down(town.house, [first.id], RemovedBy.MAKER)
    await town.house.database.write(lambda tx: tables.save(tx, third))
    assert "idea" not in str((await card_of(town, third)).small)
