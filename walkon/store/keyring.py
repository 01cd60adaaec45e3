"""Which key file a store belongs to: a store in use never gets fresh keys, which would leave all that was sealed shut for ever."""

from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Column, String, Table, insert, select

from walkon.store.database import Database, Transaction, driver_of
from walkon.store.keys import Keys, KeysMissing, made_or_read, misplaced
from walkon.store.schema import INT64, METADATA
from walkon.store.thread import ConnectionThread, Step
from walkon.store.unsealing import opened
from walkon.types.clock import to_ms
from walkon.types.errors import SetupError

T = TypeVar("T")

KEY_FILE = Table(
    "key_file",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("since_ms", INT64, nullable=False),
)


async def keys_for(database: Database, path: Path, data_dir: Path, now: datetime) -> Keys:
    """The keys of this store, made at `path` if it has none yet; they open it. Raises SetupError: lost, another store's, or unfit."""
    known = await database.read(known_id)
    keys = await _first_keys(database, path, data_dir, now) if known is None else keys_known_as(known, path, data_dir)
    await database.unseal(keys, now)
    return keys


async def looking(place: Path | str, step: Step[T], path: Path, data_dir: Path) -> T:
    """What a step reads of the store at a place (`Database.open`) with the keys at `path`; a running walkon may write to it.

    Raises SetupError: no store that is sealed with these keys.
    """
    thread = ConnectionThread(driver_of(place), writer=False)
    try:
        known = await thread.alone(known_id)
        keys = keys_known_as(known, path, data_dir) if known else None
        found = await thread.alone(lambda tx: opened(tx, keys)) if keys else None
        if found is None:
            raise SetupError("This store is not sealed yet. Start walkon on it once.")
        thread.give(found.seal)
        return await thread.alone(step)
    finally:
        await thread.close()


async def _first_keys(database: Database, path: Path, data_dir: Path, now: datetime) -> Keys:
    keys = made_or_read(path, data_dir)

    async def step(tx: Transaction) -> None:
        if await known_id(tx) is None:
            await tx.execute(insert(KEY_FILE).values(id=keys.id, since_ms=to_ms(now)))

    await database.write(step)
    return keys


async def known_id(tx: Transaction) -> str | None:
    """The id of the key file that this store's secrets are under, None while it has none."""
    found: str | None = (await tx.execute(select(KEY_FILE.c.id))).scalar()
    return found


def keys_known_as(known: str, path: Path, data_dir: Path) -> Keys:
    """The keys at `path`, which must be those with that id. Raises SetupError."""
    if problem := misplaced(path, data_dir):
        raise SetupError(problem)
    try:
        keys = Keys.read(path)
    except KeysMissing:
        raise SetupError(
            f"{path} is missing, and this store needs it. Put the key file's backup there, or set [consent] key_file."
        ) from None
    if keys.id != known:
        raise SetupError(f"{path} is another store's key file ({keys.id}, needed: {known}). Set [consent] key_file to this store's.")
    return keys
