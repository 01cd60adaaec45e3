"""Where tests keep their store: in a file, in a database of a real PostgreSQL server, or in both one after the other."""

import base64
import os
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec
import pytest

from tests.store.postgres_server import new_database
from walkon.store.database import Database
from walkon.store.keys import Keys

_places: dict[Path, str] = {}


def place_of(folder: Path) -> Path | str:
    """A file in that folder; with WALKON_TEST_STORE=postgres a database that stands for the folder."""
    if os.environ.get("WALKON_TEST_STORE") != "postgres":
        return folder / "store.db"
    if folder not in _places:
        _places[folder] = new_database()
    return _places[folder]


@cache
def keys_of_tests() -> Keys:
    """The same in every process of a test; they open every store that `open_store` opens."""
    key = base64.b64encode(b"no secret, it is for tests only!").decode()
    signing = {"signing": {"tests": key}, "signing_current": "tests"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "keys"
        path.touch(0o600)
        path.write_bytes(msgspec.json.encode({"format": 1, "wrapping": {"1": key}, "wrapping_current": 1, "pepper": key, **signing}))
        return Keys.read(path)


async def open_store(place: Path | str) -> Database:
    """The store at that place, with its names and words open."""
    database = await Database.open(place)
    try:
        await database.unseal(keys_of_tests(), datetime.now(UTC))
    except BaseException:
        await database.close()
        raise
    return database


@pytest.fixture(params=["sqlite", "postgres"])
def store_place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a store may be made; opening it twice opens the same."""
    return tmp_path / "store.db" if request.param == "sqlite" else new_database()


@pytest.fixture
async def database(store_place: Path | str) -> AsyncIterator[Database]:
    """An open store of each kind."""
    database = await open_store(store_place)
    yield database
    await database.close()
