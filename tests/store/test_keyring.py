"""A store and its key file belong together."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from walkon.store.database import Database
from walkon.store.keyring import keys_for
from walkon.store.keys import Keys
from walkon.types.errors import SetupError

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
async def database(store_place: Path | str) -> AsyncIterator[Database]:
    """A store that has no keys yet, of each kind."""
    opened = await Database.open(store_place)
    yield opened
    await opened.close()


async def test_a_store_without_secrets_gets_a_key_file_and_keeps_to_it(database: Database, tmp_path: Path) -> None:
    made = await keys_for(database, tmp_path / "keys", tmp_path / "data", NOW)
    assert (await keys_for(database, tmp_path / "keys", tmp_path / "data", NOW)).id == made.id


async def test_a_store_in_use_gets_no_fresh_keys_where_its_file_is_lost(database: Database, tmp_path: Path) -> None:
    await keys_for(database, tmp_path / "keys", tmp_path / "data", NOW)
    (tmp_path / "keys").unlink()
    with pytest.raises(SetupError, match="is missing, and this store needs it"):
        await keys_for(database, tmp_path / "keys", tmp_path / "data", NOW)
    assert not (tmp_path / "keys").exists()


async def test_another_store_s_key_file_is_refused(database: Database, tmp_path: Path) -> None:
    await keys_for(database, tmp_path / "keys", tmp_path / "data", NOW)
    Keys.new().write(tmp_path / "keys", replace=True)
    with pytest.raises(SetupError, match="another store's"):
        await keys_for(database, tmp_path / "keys", tmp_path / "data", NOW)


async def test_a_rotated_file_is_still_the_store_s_own(database: Database, tmp_path: Path) -> None:
    keys = await keys_for(database, tmp_path / "keys", tmp_path / "data", NOW)
    keys.rotated().write(tmp_path / "keys", replace=True)
    assert (await keys_for(database, tmp_path / "keys", tmp_path / "data", NOW)).wrapping_version == 2
