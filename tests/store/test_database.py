"""The database: durable, serialised, migrated, and honest about what is wrong with a file."""

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import walkon
from walkon.store.database import Database, StoreUnusable, Transaction
from walkon.store.schema import METADATA
from walkon.store.thread import StepWaited

T = TypeVar("T")

for path in sorted(Path(walkon.__file__).parent.rglob("*.py")):
    if "METADATA" in path.read_text() and path.name != "env.py":
        import_module(".".join(("walkon", *path.relative_to(Path(walkon.__file__).parent).with_suffix("").parts)))


async def test_migrations_make_exactly_the_tables_that_the_code_declares(database: Database) -> None:
    async with database.transaction() as tx:
        difference = await tx.run_sync(lambda connection: compare_metadata(MigrationContext.configure(connection), METADATA))
    assert difference == []


async def test_concurrent_read_then_write_transactions_lose_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("CREATE TABLE tally (n INTEGER)"))
        await tx.execute(text("INSERT INTO tally VALUES (0)"))

    async def add_one() -> None:
        async with database.transaction() as tx:
            n = (await tx.execute(text("SELECT n FROM tally"))).scalar_one()
            await tx.execute(text("UPDATE tally SET n = :n"), {"n": n + 1})

    await asyncio.gather(*(add_one() for _ in range(50)))
    async with database.reading() as tx:
        assert (await tx.execute(text("SELECT n FROM tally"))).scalar_one() == 50


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await tx.execute(text("CREATE TABLE ghost (n INTEGER)"))
            raise RuntimeError
    async with database.reading() as tx:
        names = (await tx.execute(text("SELECT name FROM sqlite_master WHERE name = 'ghost'"))).all()
    assert names == []


async def test_a_cancelled_transaction_leaves_the_database_usable(database: Database) -> None:
    async def begin_and_hang() -> None:
        async with database.transaction():
            await asyncio.Event().wait()

    hanging = asyncio.create_task(begin_and_hang())
    await asyncio.sleep(0)
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    async with database.transaction() as tx:
        await tx.execute(text("SELECT 1"))


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match="readonly"):
        async with database.reading() as tx:
            await tx.execute(text("CREATE TABLE ghost (n INTEGER)"))


async def test_a_file_that_is_no_database_is_named_with_the_mend(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"not a database, whatever it is" * 100)
    with pytest.raises(StoreUnusable) as caught:
        await Database.open(path)
    assert "store.db" in caught.value.reason and "Check" in caught.value.reason


async def test_a_database_of_a_newer_release_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await (await Database.open(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreUnusable, match="newer walkon"):
        await Database.open(path)


async def test_a_missing_folder_is_one_clear_reason(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match=r"store\.db"):
        await Database.open(tmp_path / "nowhere" / "store.db")


async def test_close_leaves_no_file_open(tmp_path: Path) -> None:
    opened = await Database.open(tmp_path / "store.db")
    async with opened.reading() as tx:
        await tx.execute(text("SELECT 1"))
    await opened.close()
    targets = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]
    assert not [target for target in targets if str(tmp_path) in target]


async def test_writes_that_come_together_share_a_commit_and_fail_alone(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("CREATE TABLE tally (n INTEGER PRIMARY KEY)"))

    async def add(tx: Transaction, n: int) -> int:
        await tx.execute(text("INSERT INTO tally VALUES (:n)"), {"n": n})
        return n

    wanted = [1, 2, 2, 3]
    results = await asyncio.gather(*(database.write(partial(_swapped, add, n)) for n in wanted), return_exceptions=True)
    assert [result for result in results if isinstance(result, int)] == [1, 2, 3]
    assert isinstance(results[2], IntegrityError)
    assert await database.read(_numbers) == [1, 2, 3]


async def test_a_step_that_waits_for_something_else_is_refused_and_undone(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("CREATE TABLE tally (n INTEGER PRIMARY KEY)"))

    async def idle(tx: Transaction) -> None:
        await tx.execute(text("INSERT INTO tally VALUES (1)"))
        await asyncio.sleep(0)

    with pytest.raises(StepWaited):
        await database.write(idle)
    assert await database.read(_numbers) == []


async def test_a_cancelled_write_leaves_the_others_alone(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("CREATE TABLE tally (n INTEGER PRIMARY KEY)"))

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
