"""What is said of a clip that a model made: nothing of what walkon's own stage lacks, and what the model's licence wants to be said."""

from dataclasses import replace

import pytest

from tests.town import Town
from walkon.bot.answers import details_card
from walkon.bot.cards import Card, plain
from walkon.bot.clip_card import Speaker, clip_card
from walkon.library.clips import Clip
from walkon.types.people import Locale

NOTICE = "Made by a machine with LTX-2."
UNKNOWN = "a snorgle and a cat dance"
SHOTS = "shot 1: a snorgle jumps; shot 2: a cat sleeps"


async def made(town: Town, words: str, *, drawn: bool, notice: str = "") -> Clip:
    clip = await town.finished("Ana", words)
    assert clip.finished
    return replace(clip, finished=replace(clip.finished, drawn=drawn, notice=notice))


def said(card: Card) -> str:
    return "\n".join(plain(line) for line in card.body)


@pytest.mark.parametrize("locale", list(Locale))
async def test_a_notice_that_the_licence_wants_stands_on_the_post(town: Town, locale: Locale) -> None:
    speaker = Speaker(town.house.words, locale)
    assert NOTICE in said(clip_card(speaker, await made(town, "a dog runs", drawn=False, notice=NOTICE), None))
    assert NOTICE not in said(clip_card(speaker, await made(town, "a dog runs", drawn=False), None))


async def test_words_that_the_stage_does_not_know_are_told_of_a_drawn_clip_and_not_of_one_whose_model_was_given_them(town: Town) -> None:
    speaker = Speaker(town.house.words, Locale.EN)
    drawn, model, shots = [await made(town, words, drawn=drawn) for words, drawn in ((UNKNOWN, True), (UNKNOWN, False), (SHOTS, False))]
    assert "snorgle" in said(clip_card(speaker, drawn, None))
    assert "snorgle" in said(details_card(speaker, drawn, "animatic"))
    assert "snorgle" not in said(clip_card(speaker, model, None))
    details = said(details_card(speaker, model, "diffusers"))
    assert "snorgle" not in details
    assert "A model was given the words as they are." in details
    # Several shots are told to a model from what was understood.
    assert "snorgle" in said(clip_card(speaker, shots, None))
    assert "snorgle" in said(details_card(speaker, shots, "diffusers"))


async def test_what_a_clip_on_its_way_will_lack_is_told_by_what_makes_it(town: Town) -> None:
    speaker = Speaker(town.house.words, Locale.EN)
    waiting = replace(await made(town, UNKNOWN, drawn=False), finished=None)
    assert "snorgle" in said(details_card(speaker, waiting, "animatic"))
    assert "snorgle" not in said(details_card(speaker, waiting, "diffusers"))
