"""Where tests keep their store: in a file, in a database of a real PostgreSQL server, or in both one after the other."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store.postgres_server import new_database
from walkon.store.database import Database

_places: dict[Path, str] = {}


def place_of(folder: Path) -> Path | str:
    """A file in that folder; with WALKON_TEST_STORE=postgres a database that stands for the folder."""
    if os.environ.get("WALKON_TEST_STORE") != "postgres":
        return folder / "store.db"
    if folder not in _places:
        _places[folder] = new_database()
    return _places[folder]


@pytest.fixture(params=["sqlite", "postgres"])
def store_place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a store may be made; opening it twice opens the same."""
    return tmp_path / "store.db" if request.param == "sqlite" else new_database()


@pytest.fixture
async def database(store_place: Path | str) -> AsyncIterator[Database]:
    """An open store of each kind."""
    opened = await Database.open(store_place)
    yield opened
    await opened.close()
