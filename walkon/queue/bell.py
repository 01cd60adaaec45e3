"""Wakes those who wait for news of a queue within this process."""

import asyncio

JUST_NOW_S = 0.1
"""News this young may be what the caller has not seen yet: it asked, the news came, then it began to wait."""


class Bell:
    """Rung at news; whoever listens hears it. rings: how often so far."""

    def __init__(self) -> None:
        self.rings = 0
        self._news = asyncio.Event()
        self._rung_at = float("-inf")

    def ring(self) -> None:
        """There is news."""
        self.rings += 1
        self._rung_at = asyncio.get_running_loop().time()
        self._news.set()
        self._news = asyncio.Event()

    @property
    def rang_just_now(self) -> bool:
        """Whether there was news in the last JUST_NOW_S."""
        return asyncio.get_running_loop().time() - self._rung_at < JUST_NOW_S

    async def listen(self, timeout_s: float) -> None:
        """Return when it rings, or after the time."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._news.wait()
        except TimeoutError:
            return
