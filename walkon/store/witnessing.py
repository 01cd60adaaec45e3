"""Keeps the witness up to date, and starts nothing on a store that forgot what the witness remembers."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from walkon.store import tombstones
from walkon.store.database import Database, Transaction
from walkon.store.keys import Keys
from walkon.store.ledger import Head, Ledger, published
from walkon.store.witness import Shown, Witness
from walkon.types.clock import Clock, to_ms
from walkon.types.errors import SetupError

log = structlog.get_logger(__name__)

PUBLISHED_EVERY = timedelta(hours=24)
LOOK_EVERY_S = 5.0


class StoreLocked(SetupError):
    """The ledger is shorter than what was published, or another one: a backup was put back, or somebody rewrote it."""

    def __init__(self, now: Head, witnessed: Head) -> None:
        self.now, self.witnessed = now, witnessed
        short = now.size < witnessed.size
        what = f"holds {now.size} entries" if short else f"is not the one whose first {witnessed.size} entries were published"
        super().__init__(
            f"The ledger {what}, but {witnessed.size} were published (root {witnessed.root.hex()[:16]}…): decisions are missing. "
            "Put a newer backup back with `walkon restore`. If there is none: `walkon ledger unlock` goes on from here; "
            "what people ended since then stays ended."
        )


async def refuse_if_locked(database: Database, keys: Keys, witness: Witness) -> None:
    """Raises StoreLocked; SetupError where the witness itself was altered."""
    witnessed = await asyncio.to_thread(witness.head)
    if witnessed is None:
        return

    async def look(tx: Transaction) -> tuple[Head, bytes | None]:
        ledger = Ledger(keys)
        head = await ledger.head(tx)
        return head, await ledger.root(tx, witnessed.size) if witnessed.size <= head.size else None

    head, root = await database.read(look)
    if root != witnessed.root:
        raise StoreLocked(head, witnessed)


Owe = Callable[[Transaction, Head, int], Awaitable[None]]
"""Owes somebody the news of a published head, in its transaction."""


class Watch:
    """Tells the witness what it must remember. owe: who else is told of a head."""

    def __init__(self, database: Database, keys: Keys, witness: Witness, clock: Clock, *, owe: Owe | None = None) -> None:
        self._owe = owe
        self._database, self._ledger, self._witness, self._clock = database, Ledger(keys), witness, clock
        self._seen: int | None = None

    async def run(self) -> None:
        """Look for ends, and publish the head once a day, until cancelled."""
        while True:
            await self.catch_up()
            await self.publish_if_due()
            await asyncio.sleep(LOOK_EVERY_S)

    async def catch_up(self) -> int:
        """Carry over the tombstones that the witness lacks; returns how many."""
        first = self._seen is None
        found, newest = await self._database.read(lambda tx: tombstones.since(tx, self._seen or 0))
        known = set(await asyncio.to_thread(self._witness.read)) if first else set()
        fresh = [grave for grave in found if grave not in known]
        await asyncio.to_thread(self._witness.add, fresh)
        self._seen = newest
        return len(fresh)

    async def publish_if_due(self) -> Head | None:
        """Publish the head where the last one is a day old; it is in the witness before anybody else may see it."""
        now = self._clock.now()
        last = await self._database.read(published)
        if last is not None and now - last[1] < PUBLISHED_EVERY:
            return None
        return await self.publish()

    async def publish(self) -> Head:
        """Publish the head as it stands. Nothing is published of an empty ledger but its size."""
        now = self._clock.now()

        async def step(tx: Transaction) -> Head:
            head = await self._ledger.publish(tx, now)
            if self._owe is not None:
                await self._owe(tx, head, to_ms(now))
            return head

        head = await self._database.write(step)
        await asyncio.to_thread(self._witness.add, [Shown(head, now)])
        self._database.announce()
        log.info("ledger_root", size=head.size, root=head.root.hex())
        return head
