"""The store on a PostgreSQL server: what only a server can do to it."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from tests.processes import freeze, thaw
from tests.queue.cutting import CuttingProxy
from tests.store.postgres_server import PostgresServer, new_database, shared_server
from tests.waiting import until
from walkon.store.database import Database, StoreAway, StoreUnusable, Transaction

WRITES = 30


@pytest.fixture
def url() -> str:
    return new_database()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = await Database.open(url)
    yield opened
    await opened.close()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    server = PostgresServer(fsync=True).start()
    yield server
    server.stop()


async def _tally(tx: Transaction) -> None:
    await tx.execute(text("CREATE TABLE tally (n INTEGER)"))


async def _add(tx: Transaction) -> None:
    await tx.execute(text("INSERT INTO tally VALUES (1)"))


async def _count(tx: Transaction) -> int:
    return int((await tx.execute(text("SELECT count(*) FROM tally"))).scalar_one())


async def _sum(tx: Transaction) -> int:
    return int((await tx.execute(text("SELECT sum(n) FROM tally"))).scalar_one())


async def test_what_one_process_announces_every_other_hears(database: Database, url: str) -> None:
    other = await Database.open(url)
    async with asyncio.timeout(60):
        await other.changed.wait()
    other.changed.clear()
    database.announce()
    async with asyncio.timeout(60):
        assert await other.changed.wait()
    await other.close()


class LosesCommits(CuttingProxy):
    """Cuts the connection at every nth commit, after the server has done it."""

    def _is_cut(self, call: bytes) -> bool:
        return b"COMMIT" in call and super()._is_cut(call)


class TakesOver(LosesCommits):
    """Loses the answer to a commit because the server dies with it, and its replica takes over."""

    def __init__(self, server: PostgresServer, replica: PostgresServer) -> None:
        super().__init__(server.port, every=1)
        self._server, self._replica = server, replica
        self.armed = False

    def _is_cut(self, call: bytes) -> bool:
        return self.armed and super()._is_cut(call)

    async def _pass_on(self, server: asyncio.StreamReader, answers: asyncio.StreamWriter, cut: asyncio.Event) -> None:
        while piece := await server.read(1 << 20):
            if cut.is_set():
                await asyncio.to_thread(self._take_over)
                answers.close()
                return
            answers.write(piece)

    def _take_over(self) -> None:
        self._server.kill()
        self._replica.promote()


async def test_a_commit_whose_answer_is_lost_is_neither_lost_nor_done_twice(url: str) -> None:
    async with LosesCommits(shared_server().port, every=3).open() as proxy:
        database = await Database.open(url.replace(f":{shared_server().port}/", f":{proxy.port}/"))
        await database.write(_tally)
        for _ in range(WRITES):
            await database.write(_add)
        assert await database.read(_count) == WRITES
        assert proxy.cuts >= WRITES // 3
        await database.close()


@pytest.mark.faults
async def test_work_waits_out_a_restart_of_the_server(own_server: PostgresServer) -> None:
    database = await Database.open(own_server.url())
    await database.write(_tally)
    done = asyncio.Event()
    confirmed = 0

    async def add_without_end() -> None:
        nonlocal confirmed
        while not done.is_set():
            await database.write(_add)
            confirmed += 1

    adding = [asyncio.create_task(add_without_end()) for _ in range(4)]
    await asyncio.to_thread(own_server.restart)
    await asyncio.to_thread(own_server.kill)
    await asyncio.to_thread(own_server.start)
    await database.write(_add)
    done.set()
    await asyncio.gather(*adding)
    assert await database.read(_count) == confirmed + 1
    await database.close()


@pytest.mark.faults
async def test_work_waits_out_a_server_that_is_frozen_and_is_done_once(own_server: PostgresServer) -> None:
    database = await Database.open(own_server.url())
    await database.write(_tally)
    frozen = freeze(own_server.process.pid)
    adding = [asyncio.create_task(database.write(_add)) for _ in range(4)]
    looking = asyncio.create_task(database.read(_count))
    await asyncio.wait([*adding, looking], timeout=0.3)
    assert not any(task.done() for task in (*adding, looking))
    thaw(frozen)
    await asyncio.gather(*adding, looking)
    assert await database.read(_count) == 4
    await database.close()


@pytest.mark.faults
async def test_a_replica_that_takes_over_has_all_that_was_confirmed_and_is_found_by_itself(own_server: PostgresServer) -> None:
    replica = own_server.replica()
    database = await Database.open(f"postgresql://walkon@127.0.0.1:{own_server.port},127.0.0.1:{replica.port}/postgres")
    await database.write(_tally)
    done = asyncio.Event()
    confirmed = unknown = 0

    async def add_without_end() -> None:
        nonlocal confirmed, unknown
        while not done.is_set():
            try:
                await database.write(_add)
                confirmed += 1
            except StoreAway:
                unknown += 1

    adding = [asyncio.create_task(add_without_end()) for _ in range(4)]
    await until(lambda: confirmed > 20)
    own_server.kill()
    replica.promote()
    at_the_takeover = confirmed
    await until(lambda: confirmed > at_the_takeover + 20)
    done.set()
    await asyncio.gather(*adding)
    assert confirmed <= await database.read(_count) <= confirmed + unknown
    database.changed.clear()
    database.announce()
    async with asyncio.timeout(60):
        await database.changed.wait()
    await database.close()
    replica.stop()


@pytest.mark.faults
async def test_of_a_commit_whose_answer_was_lost_in_a_takeover_nothing_is_claimed(own_server: PostgresServer) -> None:
    """Its number may be another transaction's by then, where the replica had not got it."""
    replica = own_server.replica()
    async with TakesOver(own_server, replica).open() as proxy:
        database = await Database.open(f"postgresql://walkon@127.0.0.1:{proxy.port},127.0.0.1:{replica.port}/postgres")
        await database.write(_tally)
        proxy.armed = True
        with pytest.raises(StoreAway, match="replica took over"):
            await database.write(_add)
        await database.write(_add)
        assert await database.read(_count) == 2
        await database.close()
    replica.stop()


@pytest.mark.faults
async def test_a_server_that_stays_away_is_said_to_be_away(own_server: PostgresServer) -> None:
    database = await Database.open(own_server.url(), patience_s=0.2)
    await database.write(_tally)
    own_server.kill()
    with pytest.raises(StoreAway):
        await database.write(_add)
    with pytest.raises(StoreAway):
        await database.read(_count)
    await asyncio.to_thread(own_server.start)
    await database.write(_add)
    assert await database.read(_count) == 1
    await database.close()


async def test_a_process_that_freezes_in_mid_transaction_holds_the_others_up_only_for_a_while(url: str, database: Database) -> None:
    frozen = await Database.open(f"{url}?options=-c%20idle_in_transaction_session_timeout%3D300")
    await database.write(_tally)
    await database.write(_add)
    has_written, thaws = threading.Event(), threading.Event()

    async def add_to_all(tx: Transaction) -> None:
        await tx.execute(text("UPDATE tally SET n = n + 1"))

    async def add_and_freeze(tx: Transaction) -> None:
        await add_to_all(tx)
        has_written.set()
        thaws.wait(timeout=60)

    freezing = asyncio.create_task(frozen.write(add_and_freeze))
    await asyncio.to_thread(has_written.wait, 60)
    async with asyncio.timeout(60):
        await database.write(add_to_all)
    assert not freezing.done()
    thaws.set()
    await freezing
    assert await database.read(_sum) == 3
    await frozen.close()


async def test_of_two_steps_that_read_the_same_and_then_write_one_is_run_again(url: str, database: Database) -> None:
    other = await Database.open(url)
    await database.write(_tally)
    await database.write(_add)
    both_have_read = threading.Barrier(2)
    runs: Counter[Database] = Counter()

    def adding_one(of: Database) -> Callable[[Transaction], Coroutine[Any, Any, None]]:
        async def add_one(tx: Transaction) -> None:
            runs[of] += 1
            n = (await tx.execute(text("SELECT n FROM tally"))).scalar_one()
            if runs[of] == 1:
                both_have_read.wait(timeout=60)
            await tx.execute(text("UPDATE tally SET n = :n"), {"n": n + 1})

        return add_one

    await asyncio.gather(*(of.write(adding_one(of)) for of in (database, other)))
    assert sorted(runs.values()) == [1, 2]
    assert await database.read(_value) == 3
    await other.close()


async def _value(tx: Transaction) -> int:
    return int((await tx.execute(text("SELECT n FROM tally"))).scalar_one())


async def test_processes_that_start_together_on_an_empty_database_make_it_once() -> None:
    url = new_database(migrated=False)
    databases = await asyncio.gather(*(Database.open(url) for _ in range(4)))
    with _admin(url) as admin:
        assert len(admin.execute("SELECT version_num FROM alembic_version").fetchall()) == 1
    for database in databases:
        await database.close()


def _admin(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True)


async def test_a_database_of_a_newer_release_is_not_touched(url: str) -> None:
    with _admin(url) as admin:
        admin.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnusable, match="newer walkon"):
        await Database.open(url)


async def test_each_way_to_be_refused_is_told_with_its_mend_and_without_the_password() -> None:
    server = shared_server()
    with server.admin() as admin:
        admin.execute("CREATE DATABASE odd ENCODING 'SQL_ASCII' TEMPLATE template0")
        admin.execute("CREATE ROLE guest LOGIN")
    fresh = new_database(migrated=False)
    with _admin(fresh) as admin:
        admin.execute("REVOKE CREATE ON SCHEMA public FROM public")
    wrong = {
        server.url("nowhere"): "createdb",
        server.url("odd"): "UTF8",
        fresh.replace("walkon@", "guest:geheim@"): "CREATE",
        server.url().replace("walkon@", "nobody:geheim@"): "password",
        "postgresql://walkon:geheim@127.0.0.1:1/walkon": "Start the server",
    }
    for url, mend in wrong.items():
        with pytest.raises(StoreUnusable) as caught:
            await Database.open(url)
        assert mend in caught.value.reason and "geheim" not in caught.value.reason and "\n" not in caught.value.reason
