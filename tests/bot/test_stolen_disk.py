"""What a thief reads of the people of a host who has its disk and not its key file: no name, no handle, no word."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.bot.canary import CANARY, chatting, lived
from tests.consent.theft import enrolled, readable
from tests.doubles.chat import Chat
from tests.queue.redis_server import RedisServer
from tests.town import FINISHED, Town
from walkon.bot.intake import job_of
from walkon.bot.platforms.web import tables as web
from walkon.consent import tables as consent
from walkon.library import tables as library
from walkon.library.endings import result_of
from walkon.moderation import tables as moderation
from walkon.moderation.mutes import Case, Deed, Mute
from walkon.queue.redis import RedisQueue
from walkon.store.database import Transaction
from walkon.types.ids import EventId, PersonId, WorkerId
from walkon.types.people import Person

CANARY_ID = PersonId(f"web:{CANARY}")
SAID = "the stolen lighthouse"
NOTED = "shouted at everybody"
SPOKEN = "good morning harbour"


@pytest.fixture
async def chat(town: Town) -> AsyncIterator[Chat]:
    async with chatting(town) as chat:
        yield chat


async def moderated_and_heard(town: Town) -> None:
    """The canary is muted with a reason, speaks on the page under their name, and asks for something of their own."""
    now, who, olga = town.clock.now(), Person(id=CANARY_ID, name=CANARY), Person(id=PersonId("web:Olga"), name="Olga")

    async def step(tx: Transaction) -> None:
        case = Case(deed=Deed.MUTE, person=who, by=olga, place=None, reason=NOTED, length=timedelta(hours=1))
        await moderation.append(tx, EventId("web:theft"), case, now)
        await moderation.put(tx, Mute(person=who, place=None, until=now + timedelta(hours=1), reason=NOTED, by=olga, at=now))
        await web.save_session(tx, web.SessionRow(id="0" * 64, name=CANARY, admitted=True, at_ms=0))
        said = {"person_id": CANARY_ID, "visible_to": CANARY_ID, "author": CANARY, "text": SPOKEN}
        await web.add(tx, web.NewMessage(key=f"said:{CANARY}", channel="lobby", at_ms=0, **said))

    await town.say(CANARY, "prompt", prompt=f"{CANARY} paints {SAID}")
    await town.house.database.write(step)


async def secrets_of(town: Town) -> dict[str, bytes]:
    """What there is to be read of the canary: name, handle, and words of their own and about them."""
    likeness = await town.house.database.read(lambda tx: consent.likeness_of(tx, CANARY_ID))
    assert likeness
    words = {
        "handle": likeness.handle,
        "name": CANARY,
        "prompt": SAID,
        "note": NOTED,
        "spoken": SPOKEN,
        "reason": "says so",
        "sung": "sings",
    }
    return {name: text.encode() for name, text in words.items()}


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
