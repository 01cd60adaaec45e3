"""The database, in a file and on a server: serialised, migrated, and the same to whoever uses it."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, MetaData, Table, delete, inspect, text, update
from sqlalchemy.exc import IntegrityError

import walkon
from tests.stores import open_store
from walkon.store.database import Database, Transaction
from walkon.store.faults import Unkeepable
from walkon.store.schema import INT64, METADATA, insert
from walkon.store.thread import StepWaited

T = TypeVar("T")

for path in sorted(Path(walkon.__file__).parent.rglob("*.py")):
    if "METADATA" in path.read_text() and path.name != "env.py":
        import_module(".".join(("walkon", *path.relative_to(Path(walkon.__file__).parent).with_suffix("").parts)))


async def test_migrations_make_exactly_the_tables_that_the_code_declares(database: Database) -> None:
    async with database.reading() as tx:
        difference = await tx.run_sync(lambda connection: compare_metadata(MigrationContext.configure(connection), METADATA))
    assert difference == []


async def test_concurrent_read_then_write_steps_lose_nothing(database: Database) -> None:
    await database.write(_made_tally)
    await asyncio.gather(*(database.write(_add_one) for _ in range(50)))
    assert await database.read(_numbers) == [50]


async def test_a_step_that_fails_leaves_nothing(database: Database) -> None:
    async def fail(tx: Transaction) -> None:
        await _made_tally(tx)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.write(fail)
    async with database.reading() as tx:
        assert not await tx.run_sync(lambda connection: inspect(connection).has_table("tally"))


async def test_a_cancelled_view_leaves_the_database_usable(database: Database) -> None:
    async def look_and_hang() -> None:
        async with database.reading():
            await asyncio.Event().wait()

    hanging = asyncio.create_task(look_and_hang())
    await asyncio.sleep(0)
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    assert hanging.cancelled()
    async with asyncio.timeout(20), database.reading() as tx:
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        async with database.reading() as tx:
            await tx.execute(text("CREATE TABLE ghost (n INTEGER)"))


async def test_writes_that_come_together_share_a_commit_and_fail_alone(database: Database) -> None:
    await database.write(lambda tx: tx.execute(text("CREATE TABLE tally (n INTEGER PRIMARY KEY)")))

    async def add(tx: Transaction, n: int) -> int:
        await tx.execute(text("INSERT INTO tally VALUES (:n)"), {"n": n})
        return n

    wanted = [1, 2, 2, 3]
    results = await asyncio.gather(*(database.write(partial(_swapped, add, n)) for n in wanted), return_exceptions=True)
    assert [result for result in results if isinstance(result, int)] == [1, 2, 3]
    assert isinstance(results[2], IntegrityError)
    assert await database.read(_numbers) == [1, 2, 3]


async def test_a_step_that_waits_for_something_else_is_refused_and_undone(database: Database) -> None:
    await database.write(lambda tx: tx.execute(text("CREATE TABLE tally (n INTEGER PRIMARY KEY)")))

    async def idle(tx: Transaction) -> None:
        await tx.execute(text("INSERT INTO tally VALUES (1)"))
        await asyncio.sleep(0)

    with pytest.raises(StepWaited):
        await database.write(idle)
    assert await database.read(_numbers) == []


async def test_a_cancelled_write_leaves_the_others_alone(database: Database) -> None:
    await database.write(lambda tx: tx.execute(text("CREATE TABLE tally (n INTEGER PRIMARY KEY)")))

    async def add(tx: Transaction, n: int) -> None:
        await tx.execute(text("INSERT INTO tally VALUES (:n)"), {"n": n})

    writes = [asyncio.create_task(database.write(partial(_swapped, add, n))) for n in (1, 2, 3)]
    await asyncio.sleep(0)
    writes[1].cancel()
    await asyncio.gather(*writes, return_exceptions=True)
    assert {1, 3} <= set(await database.read(_numbers))


async def _swapped(step: Callable[[Transaction, int], Awaitable[T]], n: int, tx: Transaction) -> T:
    return await step(tx, n)


async def _numbers(tx: Transaction) -> list[int]:
    return [n for (n,) in await tx.execute(text("SELECT n FROM tally ORDER BY n"))]


async def test_two_processes_that_read_and_then_write_lose_nothing(store_place: Path | str) -> None:
    databases = [await open_store(store_place) for _ in range(2)]
    await databases[0].write(_made_tally)

    async def add_many(database: Database) -> None:
        for _ in range(15):
            await database.write(_add_one)

    await asyncio.gather(*(add_many(database) for database in databases))
    assert await databases[1].read(_numbers) == [30]
    for database in databases:
        await database.close()


async def test_a_database_that_another_process_has_open_opens_again_with_what_is_in_it(store_place: Path | str) -> None:
    first = await open_store(store_place)
    await first.write(_made_tally)
    second = await open_store(store_place)
    assert await second.read(_numbers) == [0]
    await second.close()
    await first.close()


async def test_whoever_waits_for_a_change_is_woken_by_its_announcement(database: Database) -> None:
    database.changed.clear()
    database.announce()
    async with asyncio.timeout(10):
        assert await database.changed.wait()


async def test_a_statement_says_how_many_rows_it_made_and_an_insert_that_conflicts_none(database: Database) -> None:
    tally = Table("tally", MetaData(), Column("n", INT64, primary_key=True))

    async def count(tx: Transaction) -> list[int]:
        await tx.run_sync(tally.create)
        one = insert(tally).values(n=1).on_conflict_do_nothing()
        return [(await tx.execute(statement)).rowcount for statement in (one, one, update(tally).values(n=2), delete(tally))]

    assert await database.write(count) == [1, 0, 1, 1]


WORDS = ["Ana", "ana", "ANA", "\u00e9", "e\u0301", "", " ", "👩‍🚀", "line\nbreak", "x" * 100_000]
NUMBERS = [0, -1, 2**31, 2**53 + 1, 2**62]


async def test_words_and_numbers_come_back_as_they_were_given(database: Database) -> None:
    async def keep(tx: Transaction) -> None:
        await tx.execute(text("CREATE TABLE kept (word TEXT UNIQUE, n BIGINT)"))
        for place, word in enumerate(WORDS):
            await tx.execute(text("INSERT INTO kept VALUES (:word, :n)"), {"word": word, "n": NUMBERS[place % len(NUMBERS)]})

    async def kept(tx: Transaction) -> dict[str, int]:
        return {word: n for word, n in await tx.execute(text("SELECT word, n FROM kept"))}

    await database.write(keep)
    assert await database.read(kept) == {word: NUMBERS[place % len(NUMBERS)] for place, word in enumerate(WORDS)}


@pytest.mark.parametrize("word", ["\0", "a\0b", "\ud83d"], ids=ascii)
async def test_a_text_that_is_none_is_refused_and_harms_nobody_else(database: Database, word: str) -> None:
    await database.write(_made_tally)

    async def look_for(tx: Transaction) -> None:
        await tx.execute(text("UPDATE tally SET n = 7"))
        await tx.execute(text("SELECT n FROM tally WHERE :word = 'x'"), {"word": word})

    async def add_one(tx: Transaction) -> None:
        await tx.execute(text("UPDATE tally SET n = n + 1"))

    outcomes = await asyncio.gather(database.write(look_for), database.write(add_one), return_exceptions=True)
    assert isinstance(outcomes[0], Unkeepable) and outcomes[1] is None
    assert await database.read(_numbers) == [1]


async def _add_one(tx: Transaction) -> None:
    n = (await tx.execute(text("SELECT n FROM tally"))).scalar_one()
    await tx.execute(text("UPDATE tally SET n = :n"), {"n": n + 1})


async def _made_tally(tx: Transaction) -> None:
    await tx.execute(text("CREATE TABLE tally (n INTEGER)"))
    await tx.execute(text("INSERT INTO tally VALUES (0)"))


async def counted(tx: Transaction) -> int:
    return int((await tx.execute(text("SELECT n FROM tally"))).scalar_one())


async def tallied(database: Database, n: int) -> None:
    async def step(tx: Transaction) -> None:
        await tx.execute(text("UPDATE tally SET n = :n"), {"n": n})

    await database.write(step)


@pytest.fixture
async def tally(database: Database) -> Database:
    await database.write(_made_tally)
    return database


async def test_what_was_read_lately_is_not_read_again_until_this_process_writes(tally: Database) -> None:
    looks = []

    async def look(tx: Transaction) -> int:
        looks.append(1)
        return await counted(tx)

    assert [await tally.recent("tally", look, within_s=60) for _ in range(3)] == [0, 0, 0]
    assert len(looks) == 1
    await tallied(tally, 1)
    assert await tally.recent("tally", look, within_s=60) == 1


async def test_what_another_process_writes_is_seen_within_the_time(tally: Database, store_place: Path | str) -> None:
    other = await open_store(store_place)
    try:
        assert await tally.recent("tally", counted, within_s=60) == 0
        await tallied(other, 1)
        assert await tally.recent("tally", counted, within_s=0) == 1
    finally:
        await other.close()


async def test_a_glance_sees_what_was_written_also_beside_somebody_who_reads_for_long(tally: Database) -> None:
    await tallied(tally, 1)
    assert await tally.glance(counted) == 1
    async with tally.reading():
        waiting = asyncio.create_task(tally.glance(counted))
        # On a server it takes its turn; a file has a connection for glances alone.
        assert tally.shared or await waiting == 1
    assert await waiting == 1


async def test_a_glance_that_waits_for_something_else_is_refused_and_the_next_one_works(tally: Database) -> None:
    async def waits(tx: Transaction) -> None:
        await asyncio.sleep(0)

    with pytest.raises(StepWaited):
        await tally.glance(waits)
    assert await tally.glance(counted) == 0
