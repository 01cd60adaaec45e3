"""walkon's queue: `drive_walkon.py HOST PORT one|batch`, jobs claimed one by one, or as many together as go together."""

import asyncio
import sys
from itertools import count

from harness import AT_ONCE, JOBS, PAYLOAD, Driver, main, many

from walkon.queue.port import MAX_BATCH, JobKind, NewJob
from walkon.queue.redis import RedisQueue
from walkon.types.ids import JobId, PersonId, PlaceId, WorkerId

PLACES, PEOPLE = 10, AT_ONCE
WORKERS = 4


class Walkon(Driver):
    async def open(self) -> None:
        self.queue = await RedisQueue.open(self.url)
        self.claims = count()

    async def submit(self, number: int) -> None:
        job = NewJob(
            id=JobId(f"job-{number}"),
            kind=JobKind.RENDER,
            place=PlaceId(f"place-{number % PLACES}"),
            person=PersonId(f"person-{number % PEOPLE}"),
            lane="animatic",
            cost_ms=5_000,
            payload=PAYLOAD.encode(),
            batch="480p",
        )
        await self.queue.submit(job)

    async def work_off(self) -> None:
        if sys.argv[3:] == ["one"]:
            await many(JOBS, self._one)
        else:
            await asyncio.gather(*(self._batches() for _ in range(WORKERS)))

    async def _one(self, number: int) -> None:
        lease = await self.queue.claim(WorkerId("w"), claim_id=f"claim-{number}", lanes=["animatic"])
        assert lease is not None
        await self.queue.complete(lease, b"clip", spent_ms=5_000)

    async def _batches(self) -> None:
        while leases := await self.queue.claim_batch(
            WorkerId("w"), claim_id=f"claim-{next(self.claims)}", lanes=["animatic"], most=MAX_BATCH
        ):
            await asyncio.gather(*(self.queue.complete(lease, b"clip", spent_ms=5_000) for lease in leases))


if __name__ == "__main__":
    main(Walkon)
