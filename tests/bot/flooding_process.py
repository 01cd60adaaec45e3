"""A process of its own that floods: `python -m tests.bot.flooding_process REDIS_URL PERSON EVENTS`; says how many were heard."""

import asyncio
import sys

from walkon.bot.flood import Flood


async def main(url: str, person: str, events: int) -> None:
    flood = Flood(url)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    waits = [wait_s for _ in range(events // 50) for wait_s in await asyncio.gather(*(flood.wait_s(person, "place") for _ in range(50)))]
    print(sum(wait_s == 0 for wait_s in waits), flush=True)
    await flood.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
