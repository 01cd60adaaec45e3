"""A clip that is held back says so, and no door shows it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.town import FINISHED, Town
from walkon.bot.cards import Card, plain
from walkon.bot.clip_card import Speaker, clip_card
from walkon.bot.reconcile import reconcile
from walkon.bot.takedown import take_down
from walkon.bot.tokens import Deed, Token
from walkon.library.clips import Clip, ClipState, RemovedBy
from walkon.library.endings import result_of
from walkon.types.harm import HeldFor
from walkon.types.people import Locale

WORDS = "a dog runs"


async def held(town: Town, why: HeldFor = HeldFor.PICTURE) -> Clip:
    """A clip whose render was held back."""
    asked = await town.say("Ana", "prompt", prompt=WORDS)
    await town.finish(await town.claim(), replace(FINISHED, held=why))
    return await town.clip(asked)


def card_of(town: Town, clip: Clip, locale: Locale = Locale.EN) -> Card:
    return clip_card(Speaker(town.house.words, locale), clip, None)


async def test_it_has_a_state_of_its_own_and_no_film_that_could_be_shown(town: Town) -> None:
    clip = await held(town)
    assert (clip.state, clip.held, clip.finished) == (ClipState.HELD, HeldFor.PICTURE, None)
    assert clip.withheld == replace(FINISHED, held=HeldFor.PICTURE)


@pytest.mark.parametrize("why", HeldFor)
@pytest.mark.parametrize("locale", Locale)
async def test_its_card_says_why_and_shows_nothing(town: Town, why: HeldFor, locale: Locale) -> None:
    card = card_of(town, await held(town, why), locale)
    assert card.video is None
    assert plain(card.head) == town.house.words.say(locale, "card.held.head")
    assert plain(card.body[0]) == town.house.words.say(locale, f"card.held.{why}")


async def test_nothing_is_made_from_it(town: Town) -> None:
    clip = await held(town)
    for reply in (await town.say("Tom", "remix", clip=clip.id, words="a cat runs"), await town.say("Tom", "vary", clip=clip.id)):
        assert "isn't finished" in plain(reply.card.head)


async def test_showing_it_again_shows_no_film(town: Town) -> None:
    clip = await held(town)
    reply = await town.say("Ana", "show", clip=clip.id)
    assert reply.card.video is None


async def test_whoever_asked_may_try_again_but_not_with_words_that_are_refused_now(town: Town) -> None:
    picture, words = await held(town), await held(town, HeldFor.WORDS)
    labels = [[button.label for button in card_of(town, clip).buttons] for clip in (picture, words)]
    assert labels == [["Try again", "Details"], ["Details"]]
    again = await town.press("Ana", str(Token(Deed.AGAIN, picture.id)))
    assert again.card.clip != picture.id


async def test_a_result_that_only_the_queue_knows_is_held_back_by_the_reconciler_too(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt=WORDS)
    await town.house.queue.complete(await town.claim(), result_of(replace(FINISHED, held=HeldFor.UNCHECKED)))
    await reconcile(town.house, settled=timedelta(0))
    assert (await town.clip(asked)).state is ClipState.HELD


async def test_words_held_before_the_render_are_held_by_the_reconciler_too(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt=WORDS)
    await town.house.queue.complete(await town.claim(), result_of(HeldFor.WORDS))
    await reconcile(town.house, settled=timedelta(0))
    clip = await town.clip(asked)
    assert (clip.state, clip.held, clip.withheld) == (ClipState.HELD, HeldFor.WORDS, None)


async def test_a_takedown_takes_the_withheld_film_away_for_good(town: Town) -> None:
    clip = await held(town)
    await take_down(town.house, [clip.id], RemovedBy.MODERATOR)
    asked = await town.say("Tom", "prompt", prompt=WORDS)
    await town.finish(await town.claim(), FINISHED)
    assert (await town.clip(asked)).removed_by is RemovedBy.SAME_FILE
