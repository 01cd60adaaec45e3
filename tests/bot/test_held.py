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
from walkon.library import tables
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


@pytest.mark.parametrize("why", [why for why in HeldFor if why is not HeldFor.REPORTS])
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
    assert labels == [["Try again", "Review", "Details"], ["Review", "Details"]]
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


async def test_a_moderator_of_the_place_looks_at_it_alone_and_may_show_it(town: Town) -> None:
    clip = await held(town)
    looked = await town.press("Mia", str(Token(Deed.REVIEW, clip.id)), moderator=True)
    assert looked.private and looked.confidential
    assert looked.card.video and looked.card.video.video == FINISHED.video
    (show,) = looked.card.buttons
    await town.press("Mia", show.token, moderator=True)
    after = await town.clip(looked)
    assert (after.state, after.finished, after.held, after.withheld) == (ClipState.FINISHED, FINISHED, None, None)


@pytest.mark.parametrize("deed", [Deed.REVIEW, Deed.RELEASE])
@pytest.mark.parametrize(("name", "moderator", "place"), [("Tom", False, "local"), ("Ana", True, "local"), ("Mia", True, "elsewhere")])
async def test_nobody_else_sees_it_or_shows_it(town: Town, deed: Deed, name: str, moderator: bool, place: str) -> None:
    clip = await held(town)
    reply = await town.press(name, str(Token(deed, clip.id)), moderator=moderator, place=town.place(place))
    assert reply.private
    assert reply.card.video is None
    async with town.house.database.reading() as tx:
        still = await tables.get(tx, clip.id)
    assert still and still.state is ClipState.HELD


async def test_an_operator_may_judge_anywhere(town: Town) -> None:
    clip = await held(town)
    assert (await town.press("Olga", str(Token(Deed.REVIEW, clip.id)))).card.video


async def test_what_was_taken_down_meanwhile_is_not_shown_by_a_late_press(town: Town) -> None:
    clip = await held(town)
    await take_down(town.house, [clip.id], RemovedBy.MODERATOR)
    reply = await town.press("Mia", str(Token(Deed.RELEASE, clip.id)), moderator=True)
    assert reply.card.video is None
    async with town.house.database.reading() as tx:
        gone = await tables.get(tx, clip.id)
    assert gone and gone.state is ClipState.TAKEN_DOWN


async def test_a_second_press_changes_nothing_more(town: Town) -> None:
    clip = await held(town)
    for _ in range(2):
        reply = await town.press("Mia", str(Token(Deed.RELEASE, clip.id)), moderator=True)
    assert plain(reply.card.head) == f"Clip {clip.id} is not held back any more."
