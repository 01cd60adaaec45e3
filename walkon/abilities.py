"""What an engine can do, as far as only its workers find out, told to bots on other machines: held as a duty while it is true."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from walkon.config import Backend
from walkon.store.database import Database
from walkon.store.duty import Duty, held
from walkon.types.clock import Clock, to_ms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from walkon.engine.port import RenderBackend

EXTENDS = "extends:"
"""How the duty begins by which a worker shows that its servers can go on from the pictures of a clip."""
LOOK_S = 1.0


async def tell_abilities(backend: "RenderBackend", database: Database, clock: Clock) -> None:
    """Show what the backend can do for as long as it can, until cancelled."""
    while True:
        async with AsyncExitStack() as shown:
            if backend.capabilities.extends:
                await shown.enter_async_context(_kept(Duty(database, clock, f"{EXTENDS}{uuid.uuid4().hex}")))
            await _changed(backend, backend.capabilities.extends)


async def _changed(backend: "RenderBackend", extends: bool) -> None:
    # Looked at from outside: what servers say changes when they are asked, and nobody waits for that.
    while True:
        await asyncio.sleep(LOOK_S)
        if backend.capabilities.extends is not extends:
            return


@asynccontextmanager
async def _kept(duty: Duty) -> "AsyncIterator[None]":
    keeping = asyncio.create_task(duty.keep())
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


def extends_of(backend: Backend, database: Database, clock: Clock) -> Callable[[], Awaitable[bool]]:
    """What tells a bot whether an engine that is there can go on from a clip."""
    from walkon.bot.house import always, never

    async def said_by_workers() -> bool:
        now_ms = to_ms(clock.now())
        return any(name.startswith(EXTENDS) for name in await database.read(lambda tx: held(tx, now_ms)))

    return {Backend.ANIMATIC: never, Backend.DIFFUSERS: always, Backend.OPENAI_VIDEOS: said_by_workers}[backend]
