"""Claims: of several deliverers each message is shown by one, also where one of them died or froze."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.stores import open_store
from walkon.store import claims, outbox
from walkon.store.claims import CLAIM_S, Claims
from walkon.store.database import Database
from walkon.store.outbox import NewRow, OutboxKind, Row

LEASE_MS = int(CLAIM_S * 1000)


async def put(database: Database, *keys: str) -> None:
    for key in keys:
        row = NewRow(key=key, kind=OutboxKind.CARD, platform="web", subject=key.upper(), place="{}")
        await database.write(lambda tx, row=row: outbox.put(tx, row, 0))


async def claimed(database: Database, who: str, now_ms: int, *, limit: int = 10) -> list[str]:
    which = outbox.is_due("web", now_ms)
    return [row.key for row in await database.write(lambda tx: claims.claim(tx, which, who, now_ms, limit=limit))]


async def row_of(database: Database, key: str) -> Row:
    row = await database.read(lambda tx: outbox.row(tx, key))
    assert row
    return row


async def test_a_claimed_row_is_its_claimants_alone_until_the_claim_runs_out(database: Database) -> None:
    await put(database, "a")
    assert await claimed(database, "first", 0) == ["a"]
    assert await claimed(database, "second", LEASE_MS - 1) == []
    assert await claimed(database, "first", LEASE_MS - 1) == ["a"]
    assert await claimed(database, "second", 2 * LEASE_MS) == ["a"]


async def test_two_deliverers_at_once_share_the_rows_and_none_is_anybodys_twice(store_place: Path | str) -> None:
    databases = [await open_store(store_place) for _ in range(3)]
    await put(databases[0], *(f"row-{number:02}" for number in range(30)))

    async def four_of_those(number: int, taken: list[str]) -> list[str]:
        which = outbox.is_due("web", 0, taken)
        rows = await databases[number].write(lambda tx: claims.claim(tx, which, f"deliverer {number}", 0, limit=4))
        return [row.key for row in rows]

    async def all_of(number: int) -> list[str]:
        taken: list[str] = []
        while rows := await four_of_those(number, taken):
            taken += rows
        return taken

    shares = await asyncio.gather(*(all_of(number) for number in range(3)))
    assert sorted(key for share in shares for key in share) == [f"row-{number:02}" for number in range(30)]
    for database in databases:
        await database.close()


async def test_what_another_has_shown_meanwhile_is_not_claimed_any_more(database: Database) -> None:
    await put(database, "a")
    assert await claimed(database, "first", 0) == ["a"]
    await database.write(lambda tx: outbox.acknowledge(tx, "a", 1, "ref"))
    assert await claimed(database, "second", 2 * LEASE_MS) == []


async def test_one_that_wakes_late_has_the_newest_shown_once_more_and_changes_nothing_else(database: Database) -> None:
    await put(database, "a")
    await claimed(database, "frozen", 0)
    await claimed(database, "successor", LEASE_MS)
    assert not await database.write(lambda tx: claims.lost(tx, "a", "successor", LEASE_MS))
    await database.write(lambda tx: outbox.acknowledge(tx, "a", 1, "the successor's"))
    assert await claimed(database, "successor", LEASE_MS) == []
    assert await database.write(lambda tx: claims.lost(tx, "a", "frozen", LEASE_MS + 1))
    assert (await row_of(database, "a")).ref == "the successor's"
    assert await claimed(database, "successor", LEASE_MS + 1) == ["a"]


@dataclass
class HandClock:
    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 1, tzinfo=UTC))

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def hand_clock() -> HandClock:
    return HandClock()


async def test_on_a_shared_store_progress_is_shown_by_one_and_taken_over_from_the_dead(
    store_place: Path | str, hand_clock: HandClock
) -> None:
    databases = [await open_store(store_place) for _ in range(2)]
    await put(databases[0], "a")
    await databases[0].write(lambda tx: outbox.acknowledge(tx, "a", 1, "ref"))
    first, second = (Claims(database, hand_clock, "web") for database in databases)
    assert [row.key for row in await first.watched()] == ["a"]
    assert [row.key for row in await second.watched()] == ([] if databases[0].shared else ["a"])
    hand_clock.moment += timedelta(seconds=CLAIM_S)
    assert [row.key for row in await second.watched()] == ["a"]
    for database in databases:
        await database.close()
