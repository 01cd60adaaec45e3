"""A wish that is not made here is refused before anything is kept, with the words, the reason and what would pass."""

from dataclasses import replace

import pytest

from tests.town import Town
from walkon.bot.cards import plain
from walkon.bot.command import Invocation
from walkon.library import tables
from walkon.scene.codec import decode, encode
from walkon.store.database import Transaction
from walkon.types.harm import Category
from walkon.types.ids import ClipId
from walkon.types.people import Locale, Person

CAT = "a cat jumps over a dog"


async def kept(town: Town) -> tuple[int, int]:
    """How many clips are promised and how many jobs wait."""
    async with town.house.database.reading() as tx:
        return len(await tables.promised(tx)), (await town.house.queue.stats()).queued


async def test_a_refusal_quotes_the_words_says_why_and_what_would_pass(town: Town) -> None:
    reply = await town.say("Ana", "prompt", prompt="in Paris Emmanuel Macron sells cheese")
    assert reply.private
    assert plain(reply.card.head).startswith("‹Macron› – real people appear only when they agree themselves.")
    assert "Passes:" in plain(reply.card.head)


async def test_it_speaks_the_askers_language(town: Town) -> None:
    said = town.said("Ana", "prompt", prompt="une femme nue danse")
    french = Person(id=said.person.id, name="Ana", locale=Locale.FR)
    fields = {name: getattr(said, name) for name in Invocation.__slots__} | {"person": french}
    reply = await town.router.command(Invocation(**fields))
    assert "Passe\u00a0:" in plain(reply.card.head)


async def test_nothing_is_kept_of_a_refused_wish(town: Town) -> None:
    await town.say("Ana", "prompt", prompt="a naked woman on a horse")
    assert await kept(town) == (0, 0)


async def test_the_gravest_kind_is_refused_without_words_or_reason(town: Town) -> None:
    reply = await town.say("Ana", "prompt", prompt="a naked child")
    assert plain(reply.card.head) == "I can't make this."
    assert reply.card.words is None


async def test_a_style_is_judged_like_the_words(town: Town) -> None:
    reply = await town.say("Ana", "prompt", prompt=CAT, style="hardcore porn")
    assert "‹porn›" in plain(reply.card.head)


async def test_new_words_of_a_remix_are_judged_too(town: Town) -> None:
    clip = await town.finished("Ana", CAT)
    reply = await town.say("Ben", "remix", clip=clip.id, words="two naked dancers")
    assert "‹naked›" in plain(reply.card.head)
    assert await kept(town) == (0, 0)


async def test_old_words_are_judged_again_when_another_take_is_asked_for(town: Town) -> None:
    """They were accepted when less was refused here, or by another release."""
    clip = await town.finished("Ana", CAT)

    async def step(tx: Transaction) -> None:
        old = replace(decode(clip.scene), prompt="two naked dancers")
        await tables.save(tx, replace(clip, prompt=old.prompt, scene=encode(old)))

    await town.house.database.write(step)
    reply = await town.say("Ben", "vary", clip=ClipId(clip.id))
    assert "‹naked›" in plain(reply.card.head)
    assert await kept(town) == (0, 0)


@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("locale", Locale)
def test_every_category_has_a_sentence_that_says_what_would_pass(town: Town, category: Category, locale: Locale) -> None:
    sentence = town.house.words.say(locale, f"refusal.words.{category}", words="these words")
    if category is Category.MINOR_SEXUAL:
        assert "these words" not in sentence
    elif category is Category.SELF_HARM:
        assert "findahelpline.com" in sentence
    else:
        assert sentence.startswith("‹these words› – ")
        assert ("Passes:" in sentence) or ("Passe\u00a0:" in sentence)
