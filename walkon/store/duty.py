"""What one process of many does at a time, and who does it: held for a while, renewed, and taken over where it ran out."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic

import structlog
from sqlalchemy import Column, String, Table, and_, delete, select, update

from walkon.store.database import Database, StoreAway
from walkon.store.schema import INT64, METADATA, insert
from walkon.store.thread import Transaction
from walkon.types.clock import Clock, to_ms

log = structlog.get_logger(__name__)

DUTY = Table(
    "duty",
    METADATA,
    Column("duty", String(64), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("until_ms", INT64, nullable=False),
)

HELD_S = 15.0
"""How long a duty of a dead process waits for another. Machines' clocks may differ by a second or two, not by more."""
RENEW_S = 3.0
MARGIN_S = 3.0
"""So long before its end a duty that could not be renewed is let go, as another may hold it then."""


async def hold(tx: Transaction, name: str, holder: str, now_ms: int) -> bool:
    """Take the duty or renew it; False where somebody else holds it."""
    until_ms = now_ms + int(HELD_S * 1000)
    await tx.execute(delete(DUTY).where(DUTY.c.until_ms <= now_ms))
    await tx.execute(insert(DUTY).values(duty=name, holder=holder, until_ms=until_ms).on_conflict_do_nothing())
    mine = and_(DUTY.c.duty == name, DUTY.c.holder == holder)
    return bool((await tx.execute(update(DUTY).where(mine).values(until_ms=until_ms))).rowcount)


async def leave(tx: Transaction, holder: str, names: Sequence[str]) -> None:
    """Free for anybody."""
    await tx.execute(delete(DUTY).where(DUTY.c.holder == holder, DUTY.c.duty.in_(names)))


async def held(tx: Transaction, now_ms: int) -> Sequence[str]:
    """The duties that somebody holds now."""
    return [name for (name,) in await tx.execute(select(DUTY.c.duty).where(DUTY.c.until_ms > now_ms).order_by(DUTY.c.duty))]


class Duty:
    """One duty, sought by this process for as long as `keep` runs."""

    def __init__(self, database: Database, clock: Clock, name: str) -> None:
        self._database = database
        self._clock = clock
        self.name = name
        self._holder = uuid.uuid4().hex
        self._mine = asyncio.Event()
        self._lost = asyncio.Event()
        self._sure_until_s = 0.0

    @property
    def is_mine(self) -> bool:
        """Whether this process holds it now."""
        return self._mine.is_set()

    async def keep(self) -> None:
        """Take the duty as soon as it is free and renew it, until cancelled; then it is free at once."""
        try:
            while True:
                await self._renew()
                await asyncio.sleep(RENEW_S)
        finally:
            self._let_go()
            await asyncio.shield(self._database.write(lambda tx: leave(tx, self._holder, [self.name])))

    async def _renew(self) -> None:
        until_s, now_ms = monotonic() + HELD_S, to_ms(self._clock.now())
        try:
            if await self._database.write(lambda tx: hold(tx, self.name, self._holder, now_ms)):
                self._sure_until_s = until_s
            else:
                self._sure_until_s = 0.0
        except StoreAway as error:
            log.warning("duty_not_renewed", duty=self.name, reason=error.reason)
        if monotonic() > self._sure_until_s - MARGIN_S:
            self._let_go()
        elif not self._mine.is_set():
            log.info("duty_taken", duty=self.name)
            self._lost.clear()
            self._mine.set()

    def _let_go(self) -> None:
        if self._mine.is_set():
            log.info("duty_left", duty=self.name)
        self._mine.clear()
        self._lost.set()

    def guarding(self, part: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The same part, run only while this process holds the duty; what it raises is raised."""

        async def run() -> None:
            await self._mine.wait()
            running = asyncio.ensure_future(part())
            losing = asyncio.create_task(self._lost.wait())
            try:
                await asyncio.wait({running, losing}, return_when=asyncio.FIRST_COMPLETED)
                if running.done():
                    running.result()
            finally:
                for task in (running, losing):
                    task.cancel()
                await asyncio.gather(running, losing, return_exceptions=True)

        return run
