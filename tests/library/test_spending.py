"""What was used is counted exactly, for whomever one asks, and forgotten when it counts for nothing any more."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.stores import open_store
from walkon.library import spending
from walkon.library.spending import Scope
from walkon.store.database import Database
from walkon.types.ids import ClipId, PersonId, PlaceId
from walkon.types.usage import Cost, Use, Used

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ANA, TOM = PersonId("web:Ana"), PersonId("web:Tom")
HERE, AWAY = PlaceId("web:local"), PlaceId("web:away")
FIVE_SECONDS = Cost(video_ms=5000)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_store(tmp_path / "store.db")
    yield opened
    await opened.close()


async def charge(database: Database, clip: str, whose: tuple[PersonId, PlaceId], at: datetime, cost: Cost = FIVE_SECONDS) -> None:
    await database.write(lambda tx: spending.charge(tx, ClipId(clip), whose, cost, at))


async def test_any_day_of_random_use_is_counted_as_it_was(database: Database) -> None:
    dice = random.Random(7)
    uses: list[tuple[tuple[PersonId, PlaceId], Use]] = []
    for number in range(120):
        whose = (dice.choice((ANA, TOM)), dice.choice((HERE, AWAY)))
        use = Use(at=NOON + timedelta(minutes=dice.randrange(3 * 24 * 60)), cost=Cost(video_ms=dice.randrange(9999), energy_uwh=number))
        uses.append((whose, use))
        await charge(database, f"C{number}", whose, use.at, use.cost)
        await database.write(lambda tx, clip=f"C{number}": spending.settle(tx, ClipId(clip)))
    now = NOON + timedelta(days=3)
    for scope in (Scope(), Scope(accounts=(ANA,)), Scope(place=AWAY), Scope(accounts=(TOM, ANA), place=HERE)):
        mine = [use for (who, where), use in uses if who in (scope.accounts or (ANA, TOM)) and scope.place in (None, where)]
        day = [use for use in mine if use.at > now - DAY]
        cost = Cost(video_ms=sum(use.cost.video_ms for use in day), energy_uwh=sum(use.cost.energy_uwh for use in day))
        hour = len([use for use in mine if use.at > now - HOUR])
        found = await database.read(lambda tx, scope=scope: spending.used(tx, scope, now))
        assert found == Used(active=0, hour=hour, day=len(day), cost=cost)
        listed = await database.read(lambda tx, scope=scope: spending.uses(tx, scope, now, DAY))
        assert sorted(listed, key=lambda use: (use.at, use.cost.energy_uwh)) == sorted(day, key=lambda use: (use.at, use.cost.energy_uwh))


async def test_a_clip_that_still_goes_counts_as_active_however_old_it_is(database: Database) -> None:
    await charge(database, "A", (ANA, HERE), NOON)
    later = NOON + 2 * DAY
    await database.write(lambda tx: spending.forget_old(tx, later))
    assert (await database.read(lambda tx: spending.used(tx, Scope(accounts=(ANA,)), later))).active == 1
    assert await database.read(lambda tx: spending.active_clips(tx, Scope(place=HERE))) == ["A"]
    await database.write(lambda tx: spending.settle(tx, ClipId("A"), 0.5))
    await database.write(lambda tx: spending.forget_old(tx, later))
    assert await database.read(lambda tx: spending.uses(tx, Scope(), later, 10 * DAY)) == []


async def test_the_energy_it_really_took_takes_the_place_of_the_estimate(database: Database) -> None:
    await charge(database, "A", (ANA, HERE), NOON, Cost(video_ms=1, energy_uwh=9))
    await database.write(lambda tx: spending.settle(tx, ClipId("A"), 0.25))
    assert (await database.read(lambda tx: spending.used(tx, Scope(), NOON))).cost.energy_uwh == 250_000


async def test_a_clock_that_is_set_back_frees_nothing(database: Database) -> None:
    await charge(database, "A", (ANA, HERE), NOON)
    await database.write(lambda tx: spending.settle(tx, ClipId("A")))
    found = await database.read(lambda tx: spending.used(tx, Scope(accounts=(ANA,)), NOON - 2 * DAY))
    assert (found.hour, found.day) == (1, 1)
