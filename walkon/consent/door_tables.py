"""Doors that the witness knows to be closed, of people whom a restored store does not know yet: a keyed hash each, until they are."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Column, String, Table, delete

from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, insert
from walkon.types.clock import to_ms
from walkon.types.ids import PersonKey

MARK = Table(
    "door_mark",
    METADATA,
    Column("person_key", String(64), primary_key=True),
    Column("since_ms", INT64, nullable=False),
)
PERSONAL = {MARK.name: {"person_key": "a keyed hash; goes when the person is asked for, opens their doors or is forgotten"}}
"""Columns that say something about a person, and what erases them."""


async def mark(tx: Transaction, owner: PersonKey, since: datetime) -> None:
    """Whoever this is never wants to be asked, says the witness; who it is, this store does not know yet."""
    await tx.execute(insert(MARK).values(person_key=owner, since_ms=to_ms(since)).on_conflict_do_nothing())


async def take_marks(tx: Transaction, owners: Collection[PersonKey]) -> bool:
    """Take the marks off; whether there were any."""
    return bool((await tx.execute(delete(MARK).where(MARK.c.person_key.in_(owners)).returning(MARK.c.person_key))).all())
