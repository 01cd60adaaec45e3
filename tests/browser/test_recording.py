"""Recording the film for enrolling in the page, with the browser's own pretended camera."""

import re

import pytest
from playwright.async_api import expect

from tests.bot.platforms.web.studio import WITH_CAMEO
from tests.browser.conftest import Enter, Visit
from tests.reading import whole
from tests.waiting import until
from walkon.bot.files import Attachment
from walkon.engine.uploads import UploadReader

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MIRROR = "document.querySelector('.mirror')"
SIX_SECONDS_IN = re.compile(r"^(1[0-4]|\d) s left$")


async def recording(visit: Visit) -> None:
    """Say that one wants to enrol, and begin to record."""
    await visit.say("/sora cameo enrol")
    await visit.page.get_by_role("button", name="Record").click()
    await expect(visit.page.get_by_label("What the camera sees")).to_be_visible()
    await expect(visit.page.get_by_role("timer")).to_have_text(re.compile(r"^\d+ s left$"))


@pytest.mark.parametrize("width", [1280, 320])
async def test_a_film_recorded_in_the_page_goes_with_the_command_and_can_be_read(enter: Enter, width: int) -> None:
    visit = await enter(width=width, commands=WITH_CAMEO)
    await recording(visit)
    assert await visit.axe() == [] and await visit.overflow() == 0
    await expect(visit.page.get_by_role("timer")).to_have_text(SIX_SECONDS_IN)
    await visit.page.get_by_role("button", name="Stop and send").click()
    await expect(visit.log.get_by_text("/sora cameo enrol")).to_have_count(2)
    await expect(visit.page.get_by_role("button", name="Record")).to_be_focused()
    assert await visit.page.evaluate(f"{MIRROR}.srcObject") is None
    film = await until(lambda: visit.studio.heard[-1].options.get("file"))
    assert isinstance(film, Attachment)
    decoded = await UploadReader()(await whole(visit.served.platform.read(film, limit=10_000_000)))
    assert len(decoded.stills) == 3 and decoded.voice


async def test_what_was_recorded_in_vain_is_sent_nowhere(enter: Enter) -> None:
    visit = await enter(commands=WITH_CAMEO)
    await recording(visit)
    await visit.page.get_by_role("button", name="Stop, don't send").click()
    await expect(visit.page.get_by_role("button", name="Record")).to_be_focused()
    await visit.say("/sora cameo enrol")
    await expect(visit.cards).to_have_count(2)
    assert all("file" not in heard.options for heard in visit.studio.heard)


async def test_without_a_camera_the_page_says_what_to_do(enter: Enter) -> None:
    visit = await enter(commands=WITH_CAMEO)
    await visit.page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('denied')); }")
    await visit.say("/sora cameo enrol")
    await visit.page.get_by_role("button", name="Record").click()
    await expect(visit.page.get_by_role("alert").get_by_text("No camera or microphone here.")).to_be_visible()
