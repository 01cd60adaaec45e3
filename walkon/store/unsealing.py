"""The seal of a store: one key, wrapped like those of people's things, under which its names and words lie (`sealed_columns.py`).

Which key it is stands in a row of its own, so that a store that lost the key is told from one that never had any.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Boolean, Column, String, Table, insert, select, update

from walkon.store import sealed_keys
from walkon.store.first_sealing import seal_plain
from walkon.store.keys import Keys
from walkon.store.ledger import NOBODY
from walkon.store.schema import INT64, METADATA
from walkon.store.sealed_columns import Seal
from walkon.store.sealing import SealBroken
from walkon.store.thread import Transaction
from walkon.types.clock import to_ms
from walkon.types.errors import SetupError

STORE_SEAL = Table(
    "store_seal",
    METADATA,
    Column("key_id", String(32), primary_key=True),
    Column("since_ms", INT64, nullable=False),
    Column("settled", Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """What opens the store. settled: nothing of what once lay there plain is left on its pages."""

    seal: Seal
    settled: bool


async def opened(tx: Transaction, keys: Keys) -> Opened | None:
    """What opens this store, None where it has no seal yet. Raises SetupError where these keys, or the store's own, do not fit."""
    row = (await tx.execute(select(STORE_SEAL))).first()
    if row is None:
        return None
    try:
        key = await sealed_keys.opened_by_id(tx, keys, row.key_id)
    except SealBroken:
        raise SetupError(
            "The key file does not open this store's names and words. Put back the key file it was sealed with, all versions in it."
        ) from None
    if key is None:
        raise SetupError(
            "The key under which this store's names and words lie is missing from its table sealed_key. Put that table's copy back."
        )
    return Opened(Seal(key.key), row.settled)


async def opened_or_made(tx: Transaction, keys: Keys, now: datetime) -> Opened:
    """The same, with a seal made where there is none, and all sealed that lies there plain. Raises SetupError."""
    known = await opened(tx, keys)
    if known is not None:
        return known
    key = await sealed_keys.new(tx, keys, NOBODY, sealed_keys.OF_THE_STORE, now)
    seal = Seal(key.key)
    settled = await tx.run_sync(partial(seal_plain, seal=seal)) == 0
    await tx.execute(insert(STORE_SEAL).values(key_id=key.id, since_ms=to_ms(now), settled=settled))
    return Opened(seal, settled)


async def settle(tx: Transaction) -> None:
    """Note that no page holds anything plain any more."""
    await tx.execute(update(STORE_SEAL).values(settled=True))
