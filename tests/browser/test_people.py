"""People: what concerns one's own likeness, in one place and for one's own eyes."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.bot.platforms.web.studio import WITH_CAMEO
from tests.browser.conftest import Enter, Visit
from tests.waiting import until
from walkon.bot.cards import Handout

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def people(visit: Visit) -> Locator:
    await visit.page.get_by_role("link", name="People").click()
    return visit.page.get_by_role("dialog", name="People")


@pytest.mark.parametrize("width", [1280, 320])
async def test_each_tab_shows_what_the_command_shows_and_nothing_of_it_is_said_in_the_chat(enter: Enter, width: int) -> None:
    visit = await enter(width=width)
    visit.studio.handout = Handout(name="walkon-receipts.json", content=b"{}")
    panel = await people(visit)
    await expect(panel.get_by_role("article", name="1 question is open.")).to_be_visible()
    await expect(panel.get_by_role("link", name="Requests")).to_have_attribute("aria-current", "page")
    assert await visit.axe() == [] and await visit.overflow() == 0
    await panel.get_by_role("link", name="My cameo").click()
    await expect(panel.get_by_role("article", name="I heard cameo.")).to_have_count(2)
    await panel.get_by_role("link", name="Receipts").click()
    await expect(panel.get_by_role("link", name="Download walkon-receipts.json")).to_be_visible()
    await panel.get_by_role("link", name="Appearances").click()
    await expect(panel.get_by_role("article", name="I heard cameo.")).to_have_count(1)
    assert [heard.options["deed"] for heard in visit.studio.heard] == ["requests", "audience", "rules", "receipts", "appearances"]
    assert {heard.command for heard in visit.studio.heard} == {"cameo"}
    await visit.page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(visit.log.get_by_role("article")).to_have_count(0)
    await expect(visit.page).not_to_have_url(re.compile("#people"))


async def test_its_buttons_work_and_answer_there(enter: Enter) -> None:
    visit = await enter()
    panel = await people(visit)
    await panel.get_by_role("button", name="Look at 1").click()
    await expect(panel.get_by_role("article", name="You pressed w1:ask-look:A1.")).to_be_visible()
    await expect(panel.get_by_role("button", name="Look at 1")).not_to_have_attribute("aria-disabled", "true")
    assert [pressed.token for pressed in visit.studio.pressed] == ["w1:ask-look:A1"]
    assert await visit.axe() == []
    await panel.get_by_role("button", name="Close").click()
    await expect(visit.log.get_by_role("article")).to_have_count(0)
    await expect(visit.page.get_by_role("link", name="People")).to_be_focused()


async def test_an_address_leads_to_a_tab(enter: Enter) -> None:
    visit = await enter(locale="fr-FR")
    await visit.page.goto(f"{visit.served.address}#people/cameo")
    panel = visit.page.get_by_role("dialog", name="Personnes")
    await expect(panel.get_by_role("link", name="Mon caméo")).to_have_attribute("aria-current", "page")


async def test_hurrying_from_tab_to_tab_asks_once_for_each(enter: Enter) -> None:
    visit = await enter()
    visit.studio.open.clear()
    panel = await people(visit)
    await panel.get_by_role("link", name="Receipts").click()
    await panel.get_by_role("link", name="Appearances").click()
    await expect(panel.get_by_role("link", name="Appearances")).to_have_attribute("aria-current", "page")
    visit.studio.open.set()
    await expect(panel.get_by_role("article", name="I heard cameo.")).to_be_visible()
    await panel.get_by_role("button", name="Close").click()
    await visit.promise("a cat")
    asked = [heard.options["deed"] for heard in visit.studio.heard if heard.command == "cameo"]
    assert asked == ["requests", "receipts", "appearances"]


@pytest.mark.parametrize("width", [1280, 320])
async def test_how_many_questions_wait_stands_beside_the_word_and_goes_with_the_last(enter: Enter, width: int) -> None:
    visit = await enter(width=width)
    visit.studio.questions = 2
    await visit.say("/sora help")
    await expect(visit.page.get_by_role("link", name="People, 2 waiting for your answer")).to_have_text("People2")
    assert await visit.axe() == [] and await visit.overflow() == 0
    visit.studio.questions = 0
    await visit.say("/sora help")
    await expect(visit.page.get_by_role("link", name="People", exact=True)).to_have_text("People")


async def test_my_cameo_leads_to_enrolling_with_the_camera_at_hand(enter: Enter) -> None:
    visit = await enter(commands=WITH_CAMEO)
    panel = await people(visit)
    await panel.get_by_role("link", name="My cameo").click()
    await panel.get_by_role("button", name="Lend my face and voice").click()
    await expect(panel).to_be_hidden()
    await expect(visit.log.get_by_text("/sora cameo enrol")).to_be_visible()
    await expect(visit.page.get_by_role("button", name="Record")).to_be_focused()
    await until(lambda: visit.studio.heard[-1].options == {"deed": "enrol"})
