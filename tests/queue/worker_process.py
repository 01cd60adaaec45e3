"""A process of its own on a queue's file: `python -m tests.queue.worker_process drain|live FILE NAME`."""

import asyncio
import sys
from pathlib import Path

from tests.queue.making import LANE, a_job
from walkon.queue.sqlite import SqliteQueue
from walkon.types.ids import WorkerId

AT_ONCE = 10


def say(*words: str) -> None:
    print(*words, flush=True)


async def drain(queue: SqliteQueue, name: str) -> None:
    """Claims until nothing is left, several at once, and says what it got."""

    async def claim_all(lane: int) -> None:
        turn = 0
        while lease := await queue.claim(WorkerId(name), claim_id=f"{name}-{lane}-{turn}", lanes=[LANE]):
            say(lease.job.id, str(lease.token))
            turn += 1

    await asyncio.gather(*(claim_all(lane) for lane in range(AT_ONCE)))


async def live(queue: SqliteQueue, name: str) -> None:
    """Submits and completes without end, and says what the queue has confirmed."""
    turn = 0
    while True:
        for job in (f"{name}-{turn}-{part}" for part in range(3)):
            await queue.submit(a_job(job, payload=b"x" * 4_000))
            say("submitted", job)
        lease = await queue.claim(WorkerId(name), claim_id=f"{name}-{turn}", lanes=[LANE])
        if lease is not None:
            await queue.complete(lease, b"clip")
            say("completed", lease.job.id)
        turn += 1


async def main() -> None:
    role, file, name = sys.argv[1:]
    queue = await SqliteQueue.open(Path(file))
    try:
        await {"drain": drain, "live": live}[role](queue, name)
    finally:
        await queue.close()


if __name__ == "__main__":
    asyncio.run(main())
