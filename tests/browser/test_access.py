"""Everybody can use the page: axe finds nothing, nothing scrolls sideways, nothing is only a colour."""

import pytest
from playwright.async_api import expect

from tests.bot.platforms.web.conftest import served
from tests.bot.platforms.web.studio import DETAILS
from tests.browser.conftest import Enter
from walkon.bot.cards import Button, ButtonStyle, Card, Tone

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WIDTHS = {1280: 800, 768: 1024, 390: 844}
FAILED = Card(
    tone=Tone.BAD,
    head=("This render didn't finish",),
    words="two robots",
    body=(("The renderer stopped several times. Nothing you did. The words are kept.",),),
    buttons=(Button(label="Try again", token="w1:again:7KQ2M9", style=ButtonStyle.PRIMARY), DETAILS),
    clip="7KQ2M9",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
async def test_axe_finds_nothing_in_any_state_of_the_page(enter: Enter, width: int, scheme: str) -> None:
    visit = await enter(width=width, height=WIDTHS[width], color_scheme=scheme)
    assert await visit.axe() == []
    await visit.page.get_by_role("textbox", name="What should friends call you?").fill("")
    await visit.page.keyboard.press("Enter")
    await expect(visit.page.get_by_text("1 to 32 visible letters")).to_be_visible()
    assert await visit.axe() == []
    await visit.promise("two robots")
    await visit.studio.show(FAILED)
    await visit.clip("a tall cat", width=180, height=320)
    await visit.clip("a penguin")
    await visit.answered("/nothing")
    await visit.promise("a cat")
    await visit.studio.progress(40)
    await expect(visit.log.get_by_role("progressbar")).to_be_visible()
    assert await visit.axe() == []
    await visit.box.press_sequentially("/")
    await visit.page.keyboard.press("ArrowDown")
    assert await visit.axe() == []
    assert await visit.overflow() == 0


async def test_axe_finds_nothing_on_the_login_form(enter: Enter, tmp_path_factory: pytest.TempPathFactory) -> None:
    visit = await enter(color_scheme="dark")
    async with served(tmp_path_factory.mktemp("locked"), login="open sesame") as locked:
        await visit.page.goto(locked.address)
        assert await visit.axe() == []
        await visit.page.get_by_label("Passphrase").fill("open sesame")
        await visit.page.get_by_role("button", name="Come in").click()
        await expect(visit.box).to_be_visible()
        await visit.page.goto("about:blank")


@pytest.mark.parametrize(("width", "height"), [(320, 568), (320, 256), (641, 900), (1024, 700), (1920, 1080)])
async def test_nothing_scrolls_sideways(enter: Enter, width: int, height: int) -> None:
    visit = await enter(width=width, height=height)
    assert await visit.overflow() == 0
    await visit.page.get_by_role("textbox", name="What should friends call you?").fill("W" * 32)
    await visit.page.keyboard.press("Enter")
    await visit.clip("w" * 400, width=640, height=360)
    await visit.clip("a tall cat", width=180, height=320)
    await visit.promise("x" * 3000)
    await visit.studio.progress(5)
    await visit.box.press_sequentially("/")
    assert await visit.overflow() == 0


async def test_twice_the_text_size_still_fits_a_phone(enter: Enter) -> None:
    visit = await enter(width=390, height=844)
    await visit.page.evaluate("document.documentElement.style.fontSize = '200%'")
    await visit.clip("a penguin slides down a hill")
    assert await visit.overflow() == 0
    await expect(visit.box).to_be_in_viewport()


async def test_the_keyboard_alone_reaches_everything_in_reading_order(enter: Enter) -> None:
    visit = await enter()
    await visit.clip("a cat")
    await visit.page.locator("body").evaluate("() => document.activeElement.blur()")
    wanted = [
        "To the message box",
        "walkon",
        "Chat",
        "Dark theme",
        "FR, français",
        "Messages",
        "Clip 7KQ2M9",
        "Remix",
        "Details",
        "Message",
    ]
    reached: list[str] = []
    while "Message" not in reached:
        await visit.page.keyboard.press("Tab")
        name = await visit.page.evaluate("(e => e.getAttribute('aria-label') || e.textContent.trim() || e.id)(document.activeElement)")
        reached.append(name.removeprefix("🔁"))
    assert [name for name in dict.fromkeys(reached) if name in wanted] == wanted
    assert await visit.page.evaluate("getComputedStyle(document.activeElement.closest('form')).outlineStyle") == "solid"


async def test_news_is_said_once_and_percentages_never(enter: Enter) -> None:
    visit = await enter()
    await visit.page.evaluate(
        """() => { window.spoken = []; new MutationObserver(() => {
        const text = document.getElementById('status').textContent; if (text) window.spoken.push(text); })
        .observe(document.getElementById('status'), { childList: true, characterData: true, subtree: true }); }"""
    )
    await visit.promise("a cat")
    await visit.until("window.spoken.length === 1")
    for percent in (10, 40, 80):
        await visit.studio.progress(percent)
    await expect(visit.log.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "80")
    await visit.studio.deliver()
    await visit.until("window.spoken.length === 2")
    spoken = await visit.page.evaluate("window.spoken")
    assert spoken[0].startswith("Got it.")
    assert spoken[1].endswith("your drawn clip")
    assert await visit.page.evaluate("!!document.querySelector('[role=progressbar]').closest('[aria-live=off]')")


async def test_without_motion_nothing_moves(enter: Enter) -> None:
    visit = await enter()
    await visit.promise("a cat")
    await visit.studio.progress(40)
    await expect(visit.log.get_by_role("progressbar")).to_be_visible()
    assert await visit.page.evaluate("document.getAnimations().length") == 0


async def test_forced_colours_keep_every_state_readable(enter: Enter) -> None:
    visit = await enter(forced_colors="active")
    await visit.promise("a cat")
    await visit.studio.progress(40)
    await expect(visit.log.get_by_text("painting · 40 %")).to_be_visible()
    assert await visit.axe() == []
