"""The keys of people's things, each wrapped under a key of the key file. Destroying a row is erasing all that it sealed."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, String, Table, delete, func, insert, select, update

from walkon.store import sealing
from walkon.store.keys import Keys
from walkon.store.schema import INT64, METADATA
from walkon.store.sealing import SealBroken
from walkon.store.thread import Transaction
from walkon.types.clock import to_ms
from walkon.types.ids import PersonKey

SEALED_KEY = Table(
    "sealed_key",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("wrapping_version", INT64, nullable=False),
    Column("made_ms", INT64, nullable=False),
    Index("ix_sealed_key_owner_purpose", "owner", "purpose"),
)
PERSONAL = {"sealed_key": {"owner": "erased by person, first of all"}}
"""Columns that say something about a person, and what erases them."""

OF_THE_STORE = "store"
"""The purpose of the one key that is nobody's thing: under it lie the store's names and words (`unsealing.py`)."""


@dataclass(frozen=True, slots=True, repr=False)
class SealedKey:
    """A key that is open in memory. id: random, says nothing about its owner."""

    id: str
    key: bytes


async def new(tx: Transaction, keys: Keys, owner: PersonKey, purpose: str, now: datetime) -> SealedKey:
    """A fresh key for one thing of a person."""
    made = SealedKey(secrets.token_hex(16), sealing.new_key())
    await tx.execute(insert(SEALED_KEY).values(owner=owner, purpose=purpose, made_ms=to_ms(now), **_wrapped(keys, made)))
    return made


async def one_for(tx: Transaction, keys: Keys, owner: PersonKey, purpose: str, now: datetime) -> SealedKey:
    """The person's key for that purpose, made if there is none yet. Raises SealBroken."""
    where = (SEALED_KEY.c.owner == owner) & (SEALED_KEY.c.purpose == purpose)
    found = (await tx.execute(select(SEALED_KEY.c.id).where(where).order_by(SEALED_KEY.c.made_ms).limit(1))).scalar()
    opened = await opened_by_id(tx, keys, found) if found else None
    return opened or await new(tx, keys, owner, purpose, now)


async def opened_by_id(tx: Transaction, keys: Keys, key_id: str) -> SealedKey | None:
    """The key of that id, None where it was destroyed. Raises SealBroken where the key file lacks what wrapped it."""
    row = (await tx.execute(select(SEALED_KEY).where(SEALED_KEY.c.id == key_id))).first()
    if row is None:
        return None
    wrapping = keys.wrapping(row.wrapping_version)
    if wrapping is None:
        raise SealBroken(f"key {key_id}")
    return SealedKey(row.id, sealing.unwrap(wrapping, row.wrapped, f"key {key_id}"))


async def destroy(tx: Transaction, key_id: str) -> None:
    """From now on nobody opens what this key sealed."""
    await tx.execute(delete(SEALED_KEY).where(SEALED_KEY.c.id == key_id))


async def destroy_all_of(tx: Transaction, owner: PersonKey, *, made_before: datetime | None = None) -> int:
    """The same for every key of a person, or for those made before a moment; returns how many there were."""
    where = SEALED_KEY.c.owner == owner
    if made_before is not None:
        where &= SEALED_KEY.c.made_ms <= to_ms(made_before)
    return (await tx.execute(delete(SEALED_KEY).where(where))).rowcount


async def count_of(tx: Transaction, owner: PersonKey) -> int:
    """How many keys a person has."""
    return int((await tx.execute(select(func.count()).where(SEALED_KEY.c.owner == owner))).scalar_one())


async def rewrap(tx: Transaction, keys: Keys, most: int = 500) -> int:
    """Wrap up to `most` keys anew that an older wrapping key wrapped; what they sealed stays as it is. Returns how many."""
    old = select(SEALED_KEY.c.id).where(SEALED_KEY.c.wrapping_version != keys.wrapping_version).limit(most)
    found = (await tx.execute(old)).scalars().all()
    for key_id in found:
        if opened := await opened_by_id(tx, keys, key_id):
            await tx.execute(update(SEALED_KEY).where(SEALED_KEY.c.id == key_id).values(**_wrapped(keys, opened)))
    return len(found)


async def wrapped_by_older(tx: Transaction, keys: Keys) -> int:
    """How many keys the current wrapping key does not open: at 0 the older ones may go."""
    counted = select(func.count()).where(SEALED_KEY.c.wrapping_version != keys.wrapping_version)
    return int((await tx.execute(counted)).scalar_one())


def _wrapped(keys: Keys, made: SealedKey) -> dict[str, object]:
    version = keys.wrapping_version
    wrapping = keys.wrapping(version)
    if wrapping is None:  # a file is read only if it holds its current version
        raise SealBroken(f"key {made.id}")
    return {"id": made.id, "wrapped": sealing.wrap(wrapping, made.key), "wrapping_version": version}
