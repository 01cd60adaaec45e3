"""Read this first: what walkon is for, told as an evening in one chat, with the real store, queue and engine."""

from tests.story.conftest import Evening
from tests.waiting import until
from walkon.bot.cards import plain

CAT = 'a cat does a backflip on a skateboard, "watch this!" says the cat'
SHORT = "1:1 2s"


async def test_ana_types_a_prompt_and_is_answered_at_once_with_her_words_and_her_place(evening: Evening) -> None:
    card = await evening.types("Ana", "prompt", prompt=CAT)
    assert card.words == CAT
    assert "Next" in plain(card.head)


async def test_her_message_becomes_the_clip_with_picture_sound_captions_and_a_true_description(evening: Evening) -> None:
    await evening.types("Ana", "prompt", prompt=CAT, seed=1)
    card = await evening.clip_of(CAT)
    assert len(evening.chat.messages) == 1
    assert plain(card.head) == "For Ana, your drawn clip"
    assert card.video and "cat" in card.video.alt and "watch this!" in card.video.alt
    assert (await evening.media.read(card.video.video))[4:8] == b"ftyp"
    captions = (await evening.media.read(card.video.captions)).decode()
    assert captions.startswith("WEBVTT") and "watch" in captions
    assert "Computer-drawn" in str(card.small)


async def test_a_finished_clip_is_signed_and_says_nothing_about_whoever_asked(evening: Evening) -> None:
    words = f"a zebra called Quillfeather runs {SHORT}"
    # The same film each time, since four bytes such as "web:" may stand in any film by chance.
    await evening.types("Anastasia", "prompt", prompt=words, seed=1)
    card = await evening.clip_of(words)
    assert card.video
    film = (await evening.media.read(card.video.video)).lower()
    assert b"c2pa" in film
    for personal in ("quillfeather", "zebra", "anastasia", "web:", "lobby", str(card.clip).lower()):
        assert personal.encode() not in film, personal


async def test_the_same_words_with_the_same_seed_are_the_same_film(evening: Evening) -> None:
    words = f"a dog runs {SHORT}"
    await evening.types("Ana", "prompt", prompt=words, seed=7)
    first = await evening.clip_of(words)
    await evening.types("Tom", "prompt", prompt=words, seed=7)
    await evening.clip_of(words)
    assert await evening.films() == {await evening.film_of(first)}


async def test_a_word_that_walkon_does_not_know_is_said_on_the_card(evening: Evening) -> None:
    words = f"a cat ponders a glorfindel {SHORT}"
    await evening.types("Ana", "prompt", prompt=words)
    card = await evening.clip_of(words)
    assert any("glorfindel" in plain(line) for line in card.body)


async def test_tom_need_not_wait_for_all_of_anas_clips(evening: Evening) -> None:
    for number in range(4):
        await evening.types("Ana", "prompt", prompt=f"a dog runs, {number}, {SHORT}")
    toms = f"a fox sings {SHORT}"
    await evening.types("Tom", "prompt", prompt=toms)
    await evening.clip_of(toms)
    assert len(evening.chat.clips()) < 5


async def test_ana_thinks_better_of_it_and_nothing_more_is_rendered(evening: Evening) -> None:
    await evening.types("Ana", "prompt", prompt=CAT)
    await evening.types("Ana", "cancel")
    toms = f"a fox sings {SHORT}"
    await evening.types("Tom", "prompt", prompt=toms)
    await evening.clip_of(toms)
    assert evening.shows(CAT) == "Stopped"


async def test_a_prompt_in_french_is_answered_drawn_and_spoken(evening: Evening) -> None:
    words = f"un chat dit « bonjour » {SHORT}"
    await evening.types("Léa", "prompt", prompt=words)
    card = await evening.clip_of(words)
    assert card.video and "bonjour" in card.video.alt


async def test_an_old_clip_comes_back_by_its_id(evening: Evening) -> None:
    words = f"a dog runs {SHORT}"
    await evening.types("Ana", "prompt", prompt=words)
    first = await evening.clip_of(words)
    await evening.types("Tom", "show", clip=str(first.clip))
    await until(lambda: len(evening.chat.clips()) == 2)


async def test_everyone_in_a_prompt_is_only_a_word(evening: Evening) -> None:
    words = f"@everyone look, a dog runs {SHORT}"
    await evening.types("Ana", "prompt", prompt=words)
    card = await evening.clip_of(words)
    assert card.pings == {"web:Ana"}
