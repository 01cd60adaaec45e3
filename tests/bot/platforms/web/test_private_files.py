"""An operator's film and a file handed over: served to whom they were addressed, and to nobody else who knows the address."""

import aiohttp

from tests.bot.platforms.web.conftest import Page, Serve, browser, line
from tests.bot.platforms.web.test_chat import new_id
from tests.doubles.clock import StandingClock
from walkon.bot.cards import Card, Film, Handout, Tone
from walkon.bot.platforms.web.handouts import KEPT_FOR, Handouts
from walkon.bot.port import Post
from walkon.types.ids import PersonId
from walkon.types.people import Person, Place

OLGA, ANA = PersonId("web:Olga"), PersonId("web:Ana")
FILM = bytes(range(256)) * 40
RECEIPTS = Handout(name="walkon-receipts.json", content=b'{"receipts": []}')


async def review_for_olga(page: Page) -> None:
    page.studio.films[OLGA, "e1"] = FILM
    place = Place.alone_with(Person(id=OLGA, name="Olga"))
    film = Film(about="e1", content=FILM, alt="The film that Ana sent.")
    card = Card(tone=Tone.WAIT, head=("Is this Ana?",), film=film)
    await page.platform.show(Post(key="review:e1:web:Olga", place=place, reply="{}", ref=None), card)


async def asked(session: aiohttp.ClientSession, address: str, **headers: str) -> tuple[int, bytes, str]:
    async with session.get(address, headers=headers) as answer:
        return answer.status, await answer.read(), answer.headers["Cache-Control"]


async def test_the_film_of_a_private_card_is_for_whom_it_is_addressed_to_alone(serve: Serve) -> None:
    page = await serve()
    await review_for_olga(page)
    async with browser(page) as hers, browser(page) as other, line(hers) as chat, line(other) as theirs:
        await chat.hello()
        await theirs.hello()
        assert (await theirs.name("Ana"))["messages"] == []
        [message] = (await chat.name("Olga"))["messages"]
        assert message["card"]["film"] == {"about": "e1", "alt": "The film that Ana sent."}
        address = f"/media/film/{message['seq']}"
        assert await asked(hers, address) == (200, FILM, "no-store")
        assert await asked(hers, address, Range="bytes=10-19") == (206, FILM[10:20], "no-store")
        assert (await asked(other, address))[0] == 404
        page.studio.films.clear()
        assert (await asked(hers, address))[0] == 404


async def test_a_public_message_and_a_place_without_one_have_no_film(serve: Serve) -> None:
    page = await serve()
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        await chat.say(new_id(), "/sora prompt a cat")
        for seq in (1, 2, 999_999_999_999):
            assert (await asked(someone, f"/media/film/{seq}"))[0] == 404


async def test_a_file_handed_over_is_for_whom_it_was_handed_to_alone(serve: Serve) -> None:
    page = await serve()
    page.studio.handout = RECEIPTS
    async with browser(page) as hers, browser(page) as other, line(hers) as chat:
        await chat.hello()
        await chat.say(new_id(), "/sora queue")
        handout = (await chat.hello())["messages"][-1]["card"]["handout"]
        assert handout["name"] == RECEIPTS.name
        async with hers.get(handout["src"]) as answer:
            assert await answer.read() == RECEIPTS.content
            assert answer.headers["Content-Disposition"] == 'attachment; filename="walkon-receipts.json"'
        assert (await asked(other, handout["src"]))[0] == 404


def test_a_file_handed_over_is_kept_for_an_hour_in_memory() -> None:
    clock = StandingClock()
    handouts = Handouts(clock)
    address = handouts.put(ANA, RECEIPTS)
    clock.pass_s(KEPT_FOR.total_seconds() - 1)
    assert handouts.get(address, [ANA]) is RECEIPTS
    clock.pass_s(1)
    assert handouts.get(address, [ANA]) is None
