"""What a thief reads of the people of a host who has its disk and not its key file: no name, no handle, no word."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bot.canary import CANARY, CANARY_ID, SAID, chatting, lived, moderated_and_heard, secrets_of
from tests.consent.theft import enrolled, readable
from tests.doubles.chat import Chat
from tests.queue.redis_server import RedisServer
from tests.town import FINISHED, Town
from walkon.bot.intake import job_of
from walkon.bot.platforms.web import tables as web
from walkon.consent import tables as consent
from walkon.library import tables as library
from walkon.library.endings import result_of
from walkon.queue.redis import RedisQueue
from walkon.types.ids import WorkerId


@pytest.fixture
async def chat(town: Town) -> AsyncIterator[Chat]:
    async with chatting(town) as chat:
        yield chat


async def test_a_thief_reads_no_name_no_handle_and_no_word_in_any_file_of_a_running_host(town: Town, chat: Chat, tmp_path: Path) -> None:
    film = await enrolled(town)
    await lived(town, chat)
    await moderated_and_heard(town)
    secrets = {**await secrets_of(town), "film": film}
    stolen = shutil.copytree(tmp_path, tmp_path / "stolen", ignore=shutil.ignore_patterns("stolen"))
    assert (stolen / "store.db-wal").stat().st_size > 0
    assert readable(stolen, secrets) == set()
    async with town.house.database.reading() as tx:
        assert await consent.likeness_called(tx, secrets["handle"].decode())
        assert await web.speakers(tx, "lobby", CANARY) == [CANARY_ID]


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer(appendfsync="always").start()
    yield server
    server.stop()


async def test_a_thief_reads_none_of_it_in_what_a_redis_server_wrote_down(town: Town, chat: Chat, redis_server: RedisServer) -> None:
    await lived(town, chat)
    await moderated_and_heard(town)
    secrets, queue = await secrets_of(town), await RedisQueue.open(redis_server.url())
    for clip in await town.house.database.read(library.promised):
        await queue.submit(job_of(town.house, clip, 1.0))
        lease = await queue.claim(WorkerId("w"), claim_id=clip.id, lanes=[clip.lane])
        assert lease
        await queue.complete(lease, result_of(replace(FINISHED, not_staged=(SAID,))))
    await queue.close()
    written = b"".join(path.read_bytes() for path in redis_server.folder.rglob("*") if path.is_file())
    assert lease.job.id.encode() in written
    assert readable(redis_server.folder, secrets) == set()
