import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright, expect

from tests.bot.platforms.web.conftest import Page as Served
from tests.bot.platforms.web.conftest import served
from tests.bot.platforms.web.studio import COMMANDS, Studio
from walkon.bot.command import Command

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=user-gesture-required",
]


@dataclass
class Visit:
    """Somebody at the page."""

    page: Page
    served: Served
    troubles: list[str] = field(default_factory=list)

    @property
    def studio(self) -> Studio:
        return self.served.studio

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message", exact=True)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Messages")

    @property
    def cards(self) -> Locator:
        return self.log.locator("article.card")

    async def say(self, text: str) -> None:
        """Type and press Enter; what comes of it is for the test to wait for."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def answered(self, text: str) -> None:
        """Say it and wait until the answer is there, as the last card. No other card may be on its way."""
        shown = await self.cards.count()
        await self.say(text)
        await expect(self.cards).to_have_count(shown + 1)

    async def promise(self, text: str) -> None:
        """Ask for a clip and wait until it is promised, and its card is the last."""
        self.studio.promised.clear()
        await self.answered(text)
        await self.studio.promised.wait()

    async def clip(self, text: str, **shape: int) -> None:
        """Ask for a clip and wait until it is there."""
        await self.promise(text)
        await self.studio.deliver(**shape)
        await self.cards.last.locator("video").wait_for()

    async def settled(self) -> None:
        """All movement has ended, so that colours are what they stay."""
        await self.page.evaluate("() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => null)))")

    async def axe(self) -> list[str]:
        """What axe finds, one line each."""
        await self.settled()
        found = (await Axe().run(self.page)).response["violations"]
        return [f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]

    async def until(self, condition: str) -> None:
        """Wait until the page's JavaScript says so, looking once a frame; the policy forbids Playwright's own way to wait."""
        await self.page.evaluate(
            f"() => new Promise((done) => {{ const look = () => (({condition}) ? done() : requestAnimationFrame(look)); look(); }})"
        )

    async def overflow(self) -> int:
        """Pixels that the page is wider than the window."""
        parts = "[document.documentElement, document.body, document.querySelector('.scroller')]"
        return int(await self.page.evaluate(f"Math.max(...{parts}.map((e) => e.scrollWidth - e.clientWidth))"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    executable = shutil.which("chromium")
    assert executable, "chromium is missing; apt-get install chromium"
    # A net under conditions that come true by themselves: how long they take decides nothing.
    expect.set_options(timeout=60_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        await browser.close()


READY = """document.querySelector('#messages')?.getAttribute('aria-busy') === 'false'
    && document.querySelector('.send [data-word=send]').textContent !== 'send'"""
"""The server has welcomed the page, and the page has its words."""

Enter = Callable[..., Awaitable[Visit]]


@pytest_asyncio.fixture(loop_scope="session")
async def enter(chromium: Browser, tmp_path: Path) -> AsyncIterator[Enter]:
    """Opens the page as somebody new; every open page of a test looks at one server."""
    async with AsyncExitStack() as stack:
        site: list[Served] = []
        visits: list[Visit] = []

        async def open_page(*, width: int = 1280, height: int = 800, commands: Sequence[Command] = COMMANDS, **options: object) -> Visit:
            if not site:
                site.append(await stack.enter_async_context(served(tmp_path, commands=commands)))
            context = await chromium.new_context(
                viewport={"width": width, "height": height}, reduced_motion="reduce", **{"locale": "en-GB", **options}
            )
            stack.push_async_callback(context.close)
            visit = Visit(await context.new_page(), site[0])
            visits.append(visit)
            _listen(visit)
            await visit.page.goto(visit.served.address)
            await visit.until(READY)
            return visit

        yield open_page
        assert [trouble for visit in visits for trouble in visit.troubles] == []


def _listen(visit: Visit) -> None:
    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visit.troubles.append(message.text)

    visit.page.on("console", console)
    visit.page.on("pageerror", lambda error: visit.troubles.append(str(error)))
