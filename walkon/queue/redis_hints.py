"""Word of cancels, as the server publishes them: heard at once, never relied upon."""

import asyncio
from collections import defaultdict

from walkon.queue.port import QueueUnusable
from walkon.queue.redis_client import RedisClient
from walkon.queue.redis_keys import CANCELS

LISTEN_AGAIN_S = 1.0
"""Pause before listening anew on a server that went away."""


class CancelHints:
    """Listens once for all who wait, from the first of them on."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None

    async def until(self, job: str) -> None:
        """Return at word that the job was cancelled, and whenever listening begins anew: what was said before is not known."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        heard = asyncio.Event()
        self._waiting[job].add(heard)
        try:
            await heard.wait()
        finally:
            self._waiting[job].discard(heard)
            if not self._waiting[job]:
                del self._waiting[job]

    async def close(self) -> None:
        """Listen no more; whoever still waits hears nothing."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._client.listening(CANCELS) as messages:
                    self._wake(*self._waiting)
                    async for job in messages:
                        self._wake(job.decode())
            except QueueUnusable:
                await asyncio.sleep(LISTEN_AGAIN_S)

    def _wake(self, *jobs: str) -> None:
        for job in jobs:
            for heard in self._waiting.get(job, ()):
                heard.set()
