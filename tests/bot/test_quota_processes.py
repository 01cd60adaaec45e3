"""Quotas over real processes on one store, in a file and on a server."""

import asyncio
import sys
from pathlib import Path

from tests.bot.asking_process import PER_HOUR
from tests.stores import open_store
from walkon.library import spending
from walkon.store import accounts
from walkon.types.ids import PersonId

ROOT = Path(__file__).parents[2]


async def test_attack_56_what_one_person_asks_for_at_once_by_two_accounts_and_two_processes_is_one_quota(
    store_place: Path | str, tmp_path: Path
) -> None:
    database = await open_store(store_place)
    await database.write(lambda tx: accounts.join(tx, PersonId("web:Ana"), PersonId("web:Lea"), 0))
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    command = (sys.executable, "-m", "tests.bot.asking_process", str(store_place))
    folders = [tmp_path / f"bot-{number}" for number in range(2)]
    bots = [await asyncio.create_subprocess_exec(*command, str(folder), "Ana,Lea", "9", cwd=ROOT, **pipes) for folder in folders]
    for bot in bots:
        assert await bot.stdout.readline() == b"ready\n"
    said = await asyncio.gather(*(bot.communicate(b"go\n") for bot in bots))
    assert [bot.returncode for bot in bots] == [0, 0]
    async with database.reading() as tx:
        counted = (await tx.execute(spending.SPENDING.select())).all()
    await database.close()
    assert sum(int(promised) for promised, _ in said) == len(counted) == PER_HOUR
