"""On the page nobody moderates but operators, and a name means whoever has spoken under it."""

import uuid

import pytest

from tests.bot.platforms.web.conftest import Page, browser, line
from tests.bot.platforms.web.studio import COMMANDS
from walkon.bot.platforms.web.typed import read_typed
from walkon.types.ids import PersonId
from walkon.types.people import Person


def new_id() -> str:
    return str(uuid.uuid4())


@pytest.mark.parametrize("text", ["/sora mod log", "/mod log"])
async def test_the_page_calls_nobody_a_moderator(page: Page, text: str) -> None:
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        await chat.say(new_id(), text)
    [asked] = page.studio.heard
    assert (asked.command, asked.options, asked.moderator) == ("mod", {"deed": "log"}, False)


async def test_a_name_means_the_account_that_spoke_under_it(page: Page) -> None:
    async with browser(page) as sam, browser(page) as olga, line(sam) as of_sam, line(olga) as of_olga:
        await of_sam.hello()
        await of_sam.send(type="name", name="Sam Smith")
        await of_sam.until("welcome")
        await of_sam.say(new_id(), "a cat")
        await of_olga.hello()
        await of_olga.say(new_id(), '/sora mod mute @"Sam Smith" 2h spam')
    assert page.studio.heard[-1].options == {
        "deed": "mute",
        "person": Person(id=PersonId("web:Sam Smith"), name="Sam Smith"),
        "duration": "2h",
        "reason": "spam",
    }


async def test_a_guest_is_meant_by_the_name_that_the_page_shows(page: Page) -> None:
    async with browser(page) as guest, browser(page) as olga, line(guest) as of_guest, line(olga) as of_olga:
        await of_guest.hello()
        await of_guest.say(new_id(), "a cat")
        person = page.studio.heard[0].person
        await of_olga.hello()
        await of_olga.say(new_id(), f'/sora mod ban @"{person.name}"')
    assert person.id.startswith("web:~")
    assert page.studio.heard[-1].options["person"] == Person(id=person.id, name=person.name)


async def test_a_name_under_which_nobody_spoke_stays_a_name(page: Page) -> None:
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        await chat.say(new_id(), "/sora mod mute @Nobody 2h")
    assert page.studio.heard[0].options["person"] == "@Nobody"


def test_named_options_count_as_well_as_words() -> None:
    typed = read_typed("/sora mod mute @Sam duration:2h much spam where:everywhere", "sora", COMMANDS)
    assert typed.options == {"deed": "mute", "person": "@Sam", "duration": "2h", "reason": "much spam", "where": "everywhere"}
