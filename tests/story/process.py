"""A bot's process over a town's store, ended and begun again: adapter, router, delivery and the open store and queue are all new."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.town import Town
from walkon.bot.delivery import Delivery
from walkon.bot.port import ChatPlatform
from walkon.telemetry import build_metrics

Make = Callable[[], Awaitable[ChatPlatform]]


class Process:
    """make: the adapter over the town's house as it is then."""

    def __init__(self, town: Town, folder: Path, make: Make) -> None:
        self._town, self._folder, self._make = town, folder, make
        self._tasks: list[asyncio.Task[None]] = []
        self.platform: ChatPlatform

    async def begin(self) -> None:
        """The platform serves and is delivered to."""
        self.platform = await self._make()
        delivery = Delivery(self.platform, self._town.house, build_metrics())
        self._tasks = [asyncio.create_task(self.platform.serve(self._town.router)), asyncio.create_task(delivery.run())]

    async def end(self) -> None:
        """Nothing of it goes on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.platform.close()

    async def restart(self) -> None:
        """It ends, and another begins on the same files."""
        await self.end()
        await self._town.restart(self._folder)
        await self.begin()


@asynccontextmanager
async def running(town: Town, folder: Path, make: Make) -> AsyncIterator[Process]:
    """A process that has begun; it ends with the block."""
    process = Process(town, folder, make)
    await process.begin()
    try:
        yield process
    finally:
        await process.end()
