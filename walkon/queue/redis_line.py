"""The place in line, simulated here from the turns as they stand on the server; exact where nothing moves."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from walkon.queue.line import EXACT_UP_TO, Standing, ToldLine, tell
from walkon.queue.port import Bound, NewJob
from walkon.queue.redis_client import RedisClient
from walkon.queue.redis_records import Record, read_record
from walkon.queue.redis_walk import by_walking, from_answer
from walkon.queue.rules import Rules

STALE_S = 2.0
"""A longer line is read, branch by branch, at most this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The line as it was just now. running: jobs, each with what it is expected to take yet, in milliseconds."""

    told: ToldLine
    running: list[tuple[Record, int]]
    paused: frozenset[str]

    def running_left_ms(self, bound: Bound = Bound.ALL, job: NewJob | None = None) -> list[int]:
        """What each running job takes yet; of those that count against that bound of the job, where one is named."""
        return [left_ms for record, left_ms in self.running if job is None or _counts(record, bound, job)]

    def standing(self, job: str, place: str) -> Standing | None:
        """Where a job that waits stands; None if its place is held."""
        return None if place in self.paused else self.told.standing(job, self.running_left_ms())


def _counts(record: Record, bound: Bound, job: NewJob) -> bool:
    return bound is Bound.ALL or (record.person == job.person if bound is Bound.PERSON else record.place == job.place)


class LineReader:
    """Reads the line for all who ask, once for those who ask at the same time."""

    def __init__(self, client: RedisClient, rules: Rules, time: Callable[[], int | str]) -> None:
        """time: in milliseconds, or empty for the server's own."""
        self._client = client
        self._rules = rules
        self._time = time
        self._told = ToldLine()
        self._version = b""
        self._took_s = 0.0
        self._told_at_s = float("-inf")
        self._reading: asyncio.Task[Line] | None = None
        self._next: asyncio.Task[Line] | None = None

    async def read(self) -> Line:
        """The line, read after this was called."""
        if self._next is None or self._next.done():
            self._next = asyncio.create_task(self._read_after(self._reading))
        return await asyncio.shield(self._next)

    async def close(self) -> None:
        """Wait for what is being read."""
        await asyncio.gather(*(task for task in (self._reading, self._next) if task), return_exceptions=True)

    async def _read_after(self, before: asyncio.Task[Line] | None) -> Line:
        if before is not None and not before.done():
            await asyncio.wait([before])
            # Whoever comes in a crowd is told together: looking takes half of the time at most.
            await asyncio.sleep(self._took_s)
        self._reading, self._next = self._next, None
        began_s = monotonic()
        line = await self._read()
        self._took_s = monotonic() - began_s
        return line

    async def _read(self) -> Line:
        now, version, paused, running, nodes, jobs, waiting = await self._client.run("line", self._time(), EXACT_UP_TO)
        if version != self._version:
            if int(waiting) <= EXACT_UP_TO:
                self._keep(version, tell(from_answer(nodes, jobs)))
            elif monotonic() - self._told_at_s >= STALE_S:
                self._keep(version, await asyncio.to_thread(tell, await by_walking(self._client)))
        records = [read_record(packed) for packed in running]
        return Line(
            told=self._told,
            running=[(record, record.left_ms(int(now), self._rules)) for record in records],
            paused=frozenset(place.decode() for place in paused),
        )

    def _keep(self, version: bytes, told: ToldLine) -> None:
        self._version, self._told, self._told_at_s = version, told, monotonic()
