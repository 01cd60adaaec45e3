"""The store in a file: honest about what is wrong with it."""

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from walkon.store.database import Database, StoreUnusable


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
    assert not [target for target in map(open_under, os.listdir("/proc/self/fd")) if str(tmp_path) in target]


def open_under(number: str) -> str:
    """What the descriptor is of; nothing where another thread has closed it since it was listed."""
    try:
        return os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        return ""
