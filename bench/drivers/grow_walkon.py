"""How much more of the server a claim takes when many jobs wait: `grow_walkon.py HOST PORT` prints the ratio."""

import asyncio
import sys

from harness import Server, many

from walkon.queue.port import JobKind, NewJob
from walkon.queue.redis import RedisQueue
from walkon.queue.rules import Depth
from walkon.types.ids import JobId, PersonId, PlaceId, WorkerId

FEW, MANY = 1_000, 50_000
PLACES, PEOPLE = 100, 1_000
CLAIMS = 800


async def claim_us(server: Server, jobs: int) -> float:
    """Of the server's processor, for one claim with so many jobs of PEOPLE people in line."""
    server.ask("FLUSHALL")
    queue = await RedisQueue.open(f"redis://{server.host}:{server.port}/0", depth=Depth(all=jobs, place=jobs, person=jobs))

    async def submit(number: int) -> None:
        person, place = PersonId(f"person-{number % PEOPLE}"), PlaceId(f"place-{number % PLACES}")
        job = NewJob(id=JobId(f"job-{number}"), kind=JobKind.RENDER, place=place, person=person, lane="animatic", cost_ms=5_000)
        await queue.submit(job)

    async def claim(number: int) -> None:
        await queue.claim(WorkerId("w"), claim_id=f"claim-{number}", lanes=["animatic"])

    await many(jobs, submit)
    busy_us = server.busy_us()
    await many(CLAIMS, claim)
    busy_us = server.busy_us() - busy_us
    await queue.close()
    return busy_us / CLAIMS


async def main() -> None:
    server = Server(sys.argv[1], int(sys.argv[2]))
    few = min([await claim_us(server, FEW) for _ in range(3)])
    print(await claim_us(server, MANY) / few)


if __name__ == "__main__":
    asyncio.run(main())
