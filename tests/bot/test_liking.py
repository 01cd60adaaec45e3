"""Likes: one for each person and clip, by button or by heart, taken back as easily, counted calmly and never ranked."""

from dataclasses import replace

import pytest

from tests.bot.test_reacting import reaction
from tests.town import Town
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Reacted
from walkon.bot.family_card import family_card
from walkon.bot.liking import REFRESH_MS
from walkon.bot.takedown import take_down
from walkon.bot.tokens import Deed, Token
from walkon.library import likes
from walkon.library.clips import Clip, RemovedBy
from walkon.store import accounts, outbox, reactions
from walkon.store.outbox import Row
from walkon.types.clock import to_ms
from walkon.types.ids import PersonId, PlaceId
from walkon.types.people import Locale, Place, Platform

REF = '{"message_id":"7","channel_id":"1"}'


@pytest.fixture
async def clip(town: Town) -> Clip:
    """Ana's finished clip; its card stands, as the message that is called 7."""
    asked = await town.say("Ana", "prompt", prompt="a cat")
    await town.finish(await town.claim())
    await shown(town, str(asked.post))
    return await town.clip(asked)


async def shown(town: Town, key: str) -> None:
    found = await card_row(town, key)
    await town.router.answered(key, found.wanted, REF)


async def card_row(town: Town, key: str) -> Row:
    found = await town.house.database.read(lambda tx: outbox.row(tx, key))
    assert found
    return found


async def count(town: Town, clip: Clip) -> int:
    return await town.house.database.read(lambda tx: likes.count(tx, clip.id))


async def press(town: Town, name: str, clip: Clip, event: str | None = None) -> str:
    return "".join(map(str, (await town.press(name, str(Token(Deed.LIKE, clip.id)), event=event)).card.head))


def heart(town: Town, name: str, emoji: str = "❤", *, added: bool = True) -> Reacted:
    return reaction(town, name, emoji, added=added)


async def test_a_press_likes_and_another_takes_it_back(town: Town, clip: Clip) -> None:
    assert await press(town, "Tom", clip) == f"You like clip {clip.id}."
    assert await press(town, "Lea", clip) == f"You like clip {clip.id}."
    assert await count(town, clip) == 2
    assert "any more" in await press(town, "Tom", clip)
    assert await count(town, clip) == 1


async def test_the_same_press_a_second_time_changes_nothing(town: Town, clip: Clip) -> None:
    for _ in range(2):
        await press(town, "Tom", clip, event="web:press-1")
    assert await count(town, clip) == 1
    for _ in range(2):
        await press(town, "Tom", clip, event="web:press-2")
    assert await count(town, clip) == 0


async def test_a_heart_likes_and_taking_it_away_takes_it_back(town: Town, clip: Clip) -> None:
    await town.router.reacted(heart(town, "Tom"))
    assert await count(town, clip) == 1
    await town.router.reacted(heart(town, "Tom", added=False))
    assert await count(town, clip) == 0


async def test_a_heart_and_a_press_of_one_person_are_one_like(town: Town, clip: Clip) -> None:
    await town.router.reacted(heart(town, "Tom"))
    assert "any more" in await press(town, "Tom", clip)
    assert await count(town, clip) == 0


async def test_two_accounts_of_one_person_are_one_like_and_either_takes_it_back(town: Town, clip: Clip) -> None:
    await press(town, "Tom", clip)
    await press(town, "Tommy", clip)
    assert await count(town, clip) == 2
    await town.house.database.write(lambda tx: accounts.join(tx, PersonId("web:Tom"), PersonId("web:Tommy"), 0))
    assert await count(town, clip) == 1
    await press(town, "Tommy", clip)
    assert await count(town, clip) == 0


@pytest.mark.parametrize(
    ("platform", "emoji", "liked"), [("telegram", "🔥", 1), ("telegram", "👏", 1), ("discord", "🔥", 0), ("telegram", "👎", 0)]
)
async def test_which_reactions_like_depends_on_what_the_platform_has(town: Town, clip: Clip, platform: str, emoji: str, liked: int) -> None:
    place = Place(id=PlaceId(f"{platform}:1"), channel="1")
    where = await card_row_place(town)
    row = outbox.NewRow(key="there", kind=outbox.OutboxKind.CARD, platform=platform, subject=clip.id, place=where)
    await town.house.database.write(lambda tx: outbox.put(tx, row, 0))
    await town.house.database.write(lambda tx: outbox.acknowledge(tx, "there", 1, REF, message="7"))
    await town.router.reacted(replace(heart(town, "Tom", emoji), place=place))
    assert await count(town, clip) == liked


async def card_row_place(town: Town) -> str:
    [row] = await town.house.database.read(lambda tx: outbox.standing(tx, Platform.WEB, outbox.OutboxKind.CARD, limit=1))
    return row.place


async def test_one_heart_in_place_of_another_stays_a_like(town: Town, clip: Clip) -> None:
    await town.house.database.write(lambda tx: reactions.put(tx, "7", PersonId("web:Tom"), "🔥"))
    await town.router.reacted(heart(town, "Tom"))
    await town.router.reacted(heart(town, "Tom", added=False))
    assert await count(town, clip) == 1


async def test_what_happened_while_walkon_was_away_counts_at_start(town: Town, clip: Clip) -> None:
    await town.router.reacted(heart(town, "Tom"))
    [awaited] = await town.router.awaiting(Platform.WEB)
    assert "❤️" in awaited.emoji
    await town.router.read_back(awaited, [heart(town, "Lea")])
    liking = [await town.house.database.read(lambda tx, who=who: likes.likes(tx, clip.id, PersonId(who))) for who in ("web:Tom", "web:Lea")]
    assert liking == [False, True]


async def test_a_like_that_was_taken_back_by_the_button_does_not_come_back_with_the_heart_that_still_stands(town: Town, clip: Clip) -> None:
    await town.router.reacted(heart(town, "Tom"))
    await press(town, "Tom", clip)
    [awaited] = await town.router.awaiting(Platform.WEB)
    await town.router.read_back(awaited, [heart(town, "Tom")])
    assert await count(town, clip) == 0


async def test_the_card_says_how_many_and_a_screen_reader_what(town: Town, clip: Clip) -> None:
    for name in ("Tom", "Lea", "Ana"):
        await press(town, name, clip)
    card = await family_card(town.house, Speaker(town.house.words, Locale.EN), clip, None)
    button = next(one for one in card.buttons if one.token == str(Token(Deed.LIKE, clip.id)))
    assert (button.emoji, button.label, button.spoken) == ("❤️", "3", "Like · 3 so far")


async def due(town: Town) -> list[Row]:
    now_ms = to_ms(town.clock.now())
    return list(await town.house.database.read(lambda tx: outbox.due(tx, Platform.WEB, now_ms, limit=9)))


async def test_200_likes_refresh_the_card_at_once_and_then_once_in_a_while(town: Town, clip: Clip) -> None:
    edits, step_ms = 0, 100
    town.clock.pass_s(3600)
    for number in range(200):
        # Half of them come while an edit is on its way.
        going = await due(town) if number % 2 else []
        await press(town, f"Fan{number}", clip)
        for row in going or await due(town):
            edits += 1
            await town.router.answered(row.key, row.wanted, REF)
        town.clock.pass_s(step_ms / 1000)
    assert edits == 1 + 200 * step_ms // REFRESH_MS
    town.clock.pass_s(REFRESH_MS / 1000)
    [last] = await due(town)
    await town.router.answered(last.key, last.wanted, REF)
    assert await due(town) == []


async def test_a_change_that_matters_never_waits_for_likes(town: Town, clip: Clip) -> None:
    town.clock.pass_s(3600)
    await press(town, "Tom", clip)
    await shown(town, f"clip:{clip.id}")
    await press(town, "Lea", clip)
    assert await due(town) == []
    await take_down(town.house, [clip.id], RemovedBy.MAKER)
    assert len(await due(town)) == 1


async def test_an_unfinished_clip_and_one_of_another_place_are_not_liked(town: Town, clip: Clip) -> None:
    waiting = await town.clip(await town.say("Ana", "prompt", prompt="a dog"))
    await press(town, "Tom", waiting)
    other = Place(id=PlaceId("web:other"), channel="other")
    await town.press("Tom", str(Token(Deed.LIKE, clip.id)), place=other)
    assert (await count(town, waiting), await count(town, clip)) == (0, 0)


async def test_with_the_clip_its_likes_and_hearts_are_gone(town: Town, clip: Clip) -> None:
    await press(town, "Lea", clip)
    await town.router.reacted(heart(town, "Tom"))
    await take_down(town.house, [clip.id], RemovedBy.MAKER)
    await town.router.reacted(heart(town, "Ana"))
    async with town.house.database.reading() as tx:
        assert await likes.count(tx, clip.id) == 0
        assert await reactions.under(tx, "7", ["❤"]) == []
