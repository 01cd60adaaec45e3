"""Keeps the parts of a role going, each by itself: what ends one of them ends no other."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from walkon.types.errors import WalkonError

log = structlog.get_logger(__name__)

RESTART_S = (0.5, 30.0)

Part = Callable[[], Awaitable[None]]
"""Something that a role does for as long as it runs."""


async def supervise(name: str, part: Part) -> None:
    """Run a part for ever: whatever ends it, it is started again after a growing pause; the others go on."""
    from walkon.bot.port import TokenRefused

    wait_s, most_s = RESTART_S
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await part()
        except TokenRefused:
            log.error("token_refused", part=name)
            return
        except WalkonError as error:
            log.error("part_stopped", part=name, error=f"{type(error).__name__}: {error}")
        except Exception as error:
            log.error("part_broke", part=name, error=f"{type(error).__name__}: {error}", exc_info=error)
        if asyncio.get_running_loop().time() - started > most_s:
            wait_s = RESTART_S[0]
        await asyncio.sleep(wait_s)
        wait_s = min(most_s, wait_s * 2)
