from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.consent.village import Village
from tests.doubles.clock import StandingClock
from tests.stores import open_store
from walkon.store.database import Database


@pytest.fixture
async def village(tmp_path: Path, clock: StandingClock) -> AsyncIterator[Village]:
    database = await open_store(tmp_path / "store.db")
    yield Village(database, clock)
    await database.close()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_store(tmp_path / "store.db")
    yield opened
    await opened.close()
