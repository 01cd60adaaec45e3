"""Duties: held by one process at a time, on both databases."""

import asyncio

from tests.doubles.clock import StandingClock
from tests.stores import open_store
from tests.waiting import until
from walkon.store import duty
from walkon.store.database import Database
from walkon.store.duty import HELD_S, Duty

LEASE_MS = int(HELD_S * 1000)


async def take(database: Database, holder: str, now_ms: int) -> bool:
    return await database.write(lambda tx: duty.hold(tx, "discord", holder, now_ms))


async def test_a_duty_is_held_by_one_and_renewed_by_it_alone(database: Database) -> None:
    assert await take(database, "a", 0)
    assert not await take(database, "b", LEASE_MS - 1)
    assert await take(database, "a", LEASE_MS - 1)
    assert not await take(database, "b", LEASE_MS + 1)


async def test_a_duty_of_a_process_that_fell_silent_is_taken_over(database: Database) -> None:
    assert await take(database, "a", 0)
    assert await take(database, "b", LEASE_MS)
    assert not await take(database, "a", LEASE_MS + 1)


async def test_a_duty_that_was_left_is_free_and_only_its_holder_leaves_it(database: Database) -> None:
    assert await take(database, "a", 0)
    await database.write(lambda tx: duty.leave(tx, "b", ["discord"]))
    assert await database.read(lambda tx: duty.held(tx, 1)) == ["discord"]
    await database.write(lambda tx: duty.leave(tx, "a", ["discord"]))
    assert await database.read(lambda tx: duty.held(tx, 1)) == []


async def test_of_two_processes_that_want_it_at_once_one_gets_it(store_place) -> None:
    databases = [await open_store(store_place) for _ in range(2)]
    taken = await asyncio.gather(*(take(database, str(number), 0) for number, database in enumerate(databases)))
    assert sorted(taken) == [False, True]
    for database in databases:
        await database.close()


async def test_a_part_runs_only_where_the_duty_is_and_moves_when_that_process_stops(database: Database, clock: StandingClock) -> None:
    running: list[str] = []

    async def work(name: str) -> None:
        running.append(name)
        try:
            await asyncio.Event().wait()
        finally:
            running.remove(name)

    first, second = (Duty(database, clock, "discord") for _ in range(2))
    keeping = [asyncio.create_task(first.keep())]
    await until(lambda: first.is_mine)
    keeping.append(asyncio.create_task(second.keep()))
    parts = [asyncio.create_task(it.guarding(lambda name=name: work(name))()) for name, it in (("first", first), ("second", second))]
    await until(lambda: running == ["first"])
    keeping[0].cancel()
    await until(lambda: running == ["second"])
    assert not first.is_mine
    for task in (*parts, *keeping):
        task.cancel()
    await asyncio.gather(*parts, *keeping, return_exceptions=True)
    assert running == []
