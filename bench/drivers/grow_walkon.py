"""How much more of the server a claim takes when many jobs wait, or many people: `grow_walkon.py HOST PORT` prints both ratios."""

import asyncio
import json
import sys
from dataclasses import dataclass

from harness import Server, many

from walkon.queue.port import JobKind, NewJob
from walkon.queue.redis import RedisQueue
from walkon.queue.rules import Depth
from walkon.types.ids import JobId, PersonId, PlaceId, WorkerId

FILLING = 256
"""Submissions at once while the queue is filled, which nobody measures."""

CLAIMS, TIMES = 800, 8
"""Claims to a measurement, and how often it is done: what disturbs only adds, so the least is the truest."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many jobs of so many people in so many places."""

    jobs: int
    people: int
    places: int


FEW = Crowd(1_000, 1_000, 100)
MANY_JOBS = Crowd(1_000_000, 1_000, 100)
MANY_PEOPLE = Crowd(100_000, 100_000, 10_000)


async def fill(server: Server, crowd: Crowd) -> RedisQueue:
    """A queue with nothing but that in line."""
    server.ask("FLUSHALL")
    bounds = Depth(all=crowd.jobs, place=crowd.jobs, person=crowd.jobs)
    queue = await RedisQueue.open(f"redis://{server.host}:{server.port}/0", depth=bounds)

    async def submit(number: int) -> None:
        person, place = PersonId(f"person-{number % crowd.people}"), PlaceId(f"place-{number % crowd.places}")
        job = NewJob(id=JobId(f"job-{number}"), kind=JobKind.RENDER, place=place, person=person, lane="animatic", cost_ms=5_000)
        await queue.submit(job)

    await many(crowd.jobs, submit, at_once=FILLING)
    return queue


async def claim_us(server: Server, queue: RedisQueue, name: str) -> float:
    """Of the server's processor, for one claim."""

    async def claim(number: int) -> None:
        assert await queue.claim(WorkerId("w"), claim_id=f"{name}-{number}", lanes=["animatic"])

    busy_us = server.busy_us()
    await many(CLAIMS, claim)
    return (server.busy_us() - busy_us) / CLAIMS


async def least_us(server: Server, crowd: Crowd) -> float:
    """As `claim_us`; a crowd too small for more than one measurement is filled anew for each."""
    found = []
    queue = await fill(server, crowd)
    for time in range(TIMES):
        if time and crowd.jobs < TIMES * CLAIMS:
            await queue.close()
            queue = await fill(server, crowd)
        found.append(await claim_us(server, queue, str(time)))
    await queue.close()
    return min(found)


async def main() -> None:
    server = Server(sys.argv[1], int(sys.argv[2]))
    few, jobs, people = [await least_us(server, crowd) for crowd in (FEW, MANY_JOBS, MANY_PEOPLE)]
    print(json.dumps({"jobs": jobs / few, "people": people / few}))


if __name__ == "__main__":
    asyncio.run(main())
