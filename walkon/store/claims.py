"""Who shows which message, where several processes deliver to one platform: each row is claimed, for a while, by one of them.

A claim is renewed while it is used, and free once it ran out, so a process that died or froze is taken over from. One that
wakes up late finds its claim gone: what it has just shown may be old, so the newest is shown once more by whoever holds it.
"""

import uuid
from collections.abc import Collection, Sequence
from time import monotonic

from sqlalchemy import ColumnElement, or_, select, update

from walkon.store import outbox
from walkon.store.database import Database
from walkon.store.outbox import OUTBOX, Row
from walkon.store.thread import Transaction
from walkon.types.clock import Clock, to_ms

CLAIM_S = 15.0
"""Longer than a platform takes to answer, and how long a message of a dead process waits for another."""


async def claim(tx: Transaction, which: ColumnElement[bool], deliverer: str, now_ms: int, *, limit: int | None = None) -> Sequence[Row]:
    """Up to `limit` of these rows that nobody else holds, as they are now; from now on they are this deliverer's."""
    free = or_(OUTBOX.c.deliverer.is_(None), OUTBOX.c.deliverer == deliverer, OUTBOX.c.claimed_until_ms <= now_ms)
    rows = await outbox.rows_of(tx, which & free, limit)
    claimed = {"deliverer": deliverer, "claimed_until_ms": now_ms + int(CLAIM_S * 1000)}
    await tx.execute(update(OUTBOX).where(OUTBOX.c.key.in_([row.key for row in rows])).values(**claimed))
    return rows


async def lost(tx: Transaction, key: str, deliverer: str, now_ms: int) -> bool:
    """Whether another deliverer has taken the row over; the newest is then shown once more."""
    holder = (await tx.execute(select(OUTBOX.c.deliverer).where(OUTBOX.c.key == key))).scalar()
    if holder in (None, deliverer):
        return False
    await outbox.show_again(tx, key, now_ms)
    return True


class Claims:
    """The rows of one platform that this process shows: all of them on a store of one machine, its claims on a shared one."""

    def __init__(self, database: Database, clock: Clock, platform: str) -> None:
        self._database = database
        self._clock = clock
        self._platform = platform
        self._sure_until_s: dict[str, float] = {}
        self.deliverer = uuid.uuid4().hex if database.shared else None

    async def open(self) -> None:
        """Begin. Where nobody else delivers, what a dead process held is free at once."""
        if self.deliverer is None:
            await self._database.write(lambda tx: outbox.release_holds(tx, self._platform))

    async def due(self, limit: int, busy: Collection[str]) -> list[Row]:
        """Up to `limit` rows to show now."""
        now_ms = to_ms(self._clock.now())
        rows = list(await self._database.read(lambda tx: outbox.due(tx, self._platform, now_ms, limit=limit, busy=busy)))
        if rows and self.deliverer:
            rows = await self._claimed(outbox.is_due(self._platform, now_ms, busy), self.deliverer, now_ms, limit)
        return rows

    async def watched(self) -> list[Row]:
        """Rows that progress is edited into."""
        rows = list(await self._database.read(lambda tx: outbox.watched(tx, self._platform)))
        if self.deliverer is None:
            return rows
        sure = [row for row in rows if self._sure_until_s.get(row.key, 0) - monotonic() > CLAIM_S / 2]
        if len(sure) < len(rows):
            return await self._claimed(outbox.is_watched(self._platform), self.deliverer, to_ms(self._clock.now()), None)
        return sure

    async def _claimed(self, which: ColumnElement[bool], deliverer: str, now_ms: int, limit: int | None) -> list[Row]:
        until_s = monotonic() + CLAIM_S
        rows = list(await self._database.write(lambda tx: claim(tx, which, deliverer, now_ms, limit=limit)))
        now_s = monotonic()
        self._sure_until_s = {key: end for key, end in self._sure_until_s.items() if end > now_s} | {row.key: until_s for row in rows}
        return rows

    def may_be_lost(self, key: str) -> bool:
        """Whether so much time has gone by that another may have taken the row over while this process was showing it."""
        return self.deliverer is not None and monotonic() > self._sure_until_s.get(key, 0)
