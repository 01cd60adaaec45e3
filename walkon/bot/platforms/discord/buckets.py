"""The library's count of what Discord allows, without its keeping answers back."""

import asyncio
from types import TracebackType
from typing import ClassVar, TypeVar

from discord import http

Fault = TypeVar("Fault", bound=BaseException)


class PromptRatelimit(http.Ratelimit):
    """Counts as the library does, and hands the last answer of a window over when it comes.

    The library hands it over when the window has ended. Until then the outbox would not know that the message stands, and show it
    again after a restart.
    """

    closing: ClassVar[set[asyncio.Task[None]]] = set()

    async def __aexit__(self, type: type[Fault], value: Fault, traceback: TracebackType) -> None:
        """Let the next request go when its time has come, whoever was answered."""
        closing = asyncio.ensure_future(super().__aexit__(type, value, traceback))
        self.closing.add(closing)
        closing.add_done_callback(self.closing.discard)


def hand_over_at_once() -> None:
    """Have every client of this process count so. discord.py makes its counters by this one name and offers no other way."""
    http.Ratelimit = PromptRatelimit  # type: ignore[misc]
