"""What is for one pair of eyes, in a real browser: an operator's film plays, a file handed over is downloaded."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.bot.platforms.web.studio import film
from tests.browser.conftest import Enter, Visit
from walkon.bot.cards import Card, Film, Handout, Tone
from walkon.bot.port import Post
from walkon.types.ids import PersonId
from walkon.types.people import Person, Place

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OLGA = PersonId("web:Olga")
ALT = "The film that Ana sent."


async def named(visit: Visit, name: str) -> None:
    await visit.page.get_by_role("textbox", name="What should friends call you?").fill(name)
    await visit.page.keyboard.press("Enter")
    await expect(visit.page.get_by_role("button", name=f"{name}, change your name")).to_be_visible()


async def test_an_operator_watches_the_film_and_nobody_else_sees_the_card(enter: Enter, tmp_path: Path) -> None:
    olga, other = await enter(), await enter(width=390, height=844)
    await named(olga, "Olga")
    film(tmp_path / "me.mp4", width=180, height=320)
    sent = Film(about="e1", content=(tmp_path / "me.mp4").read_bytes(), alt=ALT)
    olga.studio.films[OLGA, "e1"] = sent.content
    post = Post(key="review:e1:web:Olga", place=Place.alone_with(Person(id=OLGA, name="Olga")), reply="{}", ref=None)
    await olga.served.platform.show(post, Card(tone=Tone.WAIT, head=("Is this Ana?",), film=sent))
    video = olga.log.get_by_role("article", name="Is this Ana?").locator("video.film")
    await expect(video).to_have_accessible_name(ALT)
    await olga.until("document.querySelector('video.film').readyState >= 1")
    assert await video.evaluate("v => [v.videoWidth, v.autoplay]") == [180, False]
    assert await olga.axe() == [] and await olga.overflow() == 0
    await expect(other.log.get_by_role("article")).to_have_count(0)
    await olga.served.platform.show(post, Card(tone=Tone.QUIET, head=("Ana is enrolled",)))
    await expect(olga.log.locator("video")).to_have_count(0)


async def test_a_file_handed_over_is_downloaded_under_its_name(enter: Enter) -> None:
    visit = await enter(width=390, height=844)
    visit.studio.handout = Handout(name="walkon-receipts.json", content=b"{}")
    await visit.say("/sora queue")
    link = visit.page.get_by_role("link", name="Download walkon-receipts.json")
    async with visit.page.expect_download() as coming:
        await link.click()
    download = await coming.value
    assert download.suggested_filename == "walkon-receipts.json"
    assert (await download.path()).read_bytes() == b"{}"
    assert await visit.axe() == [] and await visit.overflow() == 0
