"""A process of its own that asks for clips: `python -m tests.bot.asking_process STORE FOLDER PERSON,… TIMES`.

It waits for a line, asks for all at once, and says how many are promised.
"""

import asyncio
import sys
from pathlib import Path

from tests.bot.test_limits import limited, refitted
from tests.stores import open_store
from tests.town import town_in
from walkon.config import PersonQuotas

PER_HOUR = 5


async def main(store: str, folder: Path, people: list[str], times: int) -> None:
    folder.mkdir()
    async with town_in(folder) as town:
        database = await open_store(store if "://" in store else Path(store))
        town = limited(refitted(town, database=database), person=PersonQuotas(active=None, per_hour=PER_HOUR))
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        asks = [town.say(person, "prompt", f"web:{folder.name}-{person}-{at}", prompt="a cat") for person in people for at in range(times)]
        print(sum(reply.post is not None for reply in await asyncio.gather(*asks)), flush=True)
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3].split(","), int(sys.argv[4])))
