"""A process of its own on a queue: `python -m tests.queue.worker_process drain|live|hold|die|repeat FILE_OR_URL NAME`."""

import asyncio
import os
import sys
from pathlib import Path

from tests.queue.making import LANE, a_job
from walkon.queue.port import JobQueue
from walkon.queue.redis import RedisQueue
from walkon.queue.sqlite import SqliteQueue
from walkon.types.ids import WorkerId

AT_ONCE = 10
REPEATS = 250


def say(*words: str) -> None:
    print(*words, flush=True)


async def drain(queue: JobQueue, name: str) -> None:
    """Claims until nothing is left, several at once, and says what it got."""

    async def claim_all(lane: int) -> None:
        turn = 0
        while lease := await queue.claim(WorkerId(name), claim_id=f"{name}-{lane}-{turn}", lanes=[LANE]):
            say(lease.job.id, str(lease.token))
            turn += 1

    await asyncio.gather(*(claim_all(lane) for lane in range(AT_ONCE)))


async def live(queue: JobQueue, name: str) -> None:
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


async def hold(queue: JobQueue, name: str) -> None:
    """Claims one job, beats once, and then completes it as soon as a line comes in."""
    lease = await queue.claim(WorkerId(name), claim_id=name, lanes=[LANE])
    await queue.heartbeat(lease)
    say("holds", lease.job.id, str(lease.token))
    await asyncio.to_thread(sys.stdin.readline)
    try:
        await queue.complete(lease, name.encode())
        say("completed", lease.job.id)
    except Exception as fault:
        say("refused", type(fault).__name__)


async def die(queue: JobQueue, name: str) -> None:
    """Claims one job and is gone, as a worker is whose card or library takes the process with it."""
    await queue.claim(WorkerId(name), claim_id=name, lanes=[LANE])
    os._exit(1)


async def repeat(queue: JobQueue, name: str) -> None:
    """Submits one and the same job REPEATS times at once."""
    await asyncio.gather(*(queue.submit(a_job("job")) for _ in range(REPEATS)))


async def main() -> None:
    role, where, name = sys.argv[1:]
    queue = await (RedisQueue.open(where, lease_s=1) if "://" in where else SqliteQueue.open(Path(where)))
    try:
        await {"drain": drain, "live": live, "hold": hold, "die": die, "repeat": repeat}[role](queue, name)
    finally:
        await queue.close()


if __name__ == "__main__":
    asyncio.run(main())
