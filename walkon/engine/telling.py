"""Tells the bot what this worker can make, again and again, for as long as it lives."""

import asyncio
from contextlib import suppress

import structlog

from walkon.engine.render import Studio
from walkon.library import reach
from walkon.library.reach import Reach
from walkon.store.database import StoreAway
from walkon.types.ids import WorkerId

log = structlog.get_logger(__name__)

EVERY_S = reach.TOLD_FOR.total_seconds() / 3


class Telling:
    """One worker's word."""

    def __init__(self, studio: Studio, worker: WorkerId) -> None:
        self._studio, self._worker = studio, worker

    async def keep(self) -> None:
        """Tell what the backend can do now, until cancelled; then nothing is told any more."""
        try:
            while True:
                await self.tell(self._studio.backend.capabilities.max_seconds)
                await asyncio.sleep(EVERY_S)
        finally:
            with suppress(StoreAway):
                await asyncio.shield(self._studio.database.write(lambda tx: reach.withdraw(tx, self._worker)))

    async def tell(self, longest_s: float) -> None:
        """Tell it once. Where the store is away, the next time will do."""
        able = self._studio.backend.capabilities
        told = Reach(worker=self._worker, lanes=able.lanes, longest_s=longest_s, extends=able.extends)
        try:
            await self._studio.database.write(lambda tx: reach.tell(tx, told, self._studio.clock.now()))
        except StoreAway as error:
            log.warning("reach_not_told", reason=error.reason)
