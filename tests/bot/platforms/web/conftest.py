import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.bot.platforms.web.studio import COMMANDS, Studio
from tests.stores import open_store, place_of
from walkon.bot.platforms.web.server import WebPlatform
from walkon.bot.words import Words
from walkon.store.media import MediaStore


@dataclass
class Page:
    """A served page and what is behind it."""

    platform: WebPlatform
    studio: Studio
    media: MediaStore
    state: dict[str, object]
    address: str


Serve = Callable[..., Awaitable[Page]]


@asynccontextmanager
async def served(folder: Path, **options: object) -> AsyncIterator[Page]:
    """The page over the store in `folder`, for as long as the block lasts."""
    database = await open_store(place_of(folder))
    media = MediaStore(folder / "media")
    state: dict[str, object] = {"ready": True, "queue": "sqlite"}

    async def health() -> dict[str, object]:
        return state

    settings: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 0,
        "public_url": None,
        "login": None,
        "exposition": lambda: b"walkon_up 1\n",
        "commands": COMMANDS,
        **options,
    }
    platform = WebPlatform(
        **settings,
        database=database,
        media=media,
        words=Words.load(),
        health=health,
    )
    studio = Studio(platform, media)
    await platform.check()
    address = platform.address
    serving = asyncio.create_task(platform.serve(studio))
    try:
        yield Page(platform, studio, media, state, address)
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        await platform.close()
        await database.close()


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with served(tmp_path) as page:
        yield page


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Serve]:
    async with AsyncExitStack() as stack:

        async def start(**options: object) -> Page:
            return await stack.enter_async_context(served(tmp_path, **options))

        yield start


@pytest.fixture
async def http(page: Page) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(page.address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


@asynccontextmanager
async def browser(page: Page) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that has opened the page, so that it has its cookie."""
    async with aiohttp.ClientSession(page.address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get("/") as answer:
            assert answer.status == 200
        yield session


class Line:
    """A WebSocket as the page uses it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, **frame: object) -> None:
        await self.socket.send_json(frame)

    async def until(self, kind: str, **wanted: object) -> dict[str, object]:
        """The next frame of this kind that says this."""
        async with asyncio.timeout(150):
            while True:
                frame = await self.socket.receive_json()
                if frame["type"] == kind and all(frame.get(name) == value for name, value in wanted.items()):
                    return frame

    async def hello(self, since: int = 0, locale: str = "en") -> dict[str, object]:
        await self.send(type="hello", since=since, locale=locale)
        return await self.until("welcome")

    async def say(self, id: str, text: str) -> None:
        await self.send(type="say", id=id, text=text)
        await self.until("done", id=id)

    async def name(self, name: str) -> dict[str, object]:
        await self.send(type="name", name=name)
        return await self.until("welcome")


@asynccontextmanager
async def line(session: aiohttp.ClientSession, **options: object) -> AsyncIterator[Line]:
    async with session.ws_connect("/ws", **options) as socket:
        yield Line(socket)
