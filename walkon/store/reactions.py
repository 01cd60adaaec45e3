"""Reactions that count: who put which under what, so that one taken away while nobody listened is noticed."""

from collections.abc import Collection, Sequence

from sqlalchemy import Column, String, Table, delete, select

from walkon.store.database import Transaction
from walkon.store.schema import METADATA, insert
from walkon.store.sealed_columns import SealedId
from walkon.types.ids import PersonId

REACTION = Table(
    "reaction",
    METADATA,
    Column("subject", String(32), primary_key=True),
    Column("account_id", SealedId(), primary_key=True),
    Column("emoji", String(16), primary_key=True),
)
PERSONAL = {REACTION.name: {"account_id": "erased by person"}}


async def put(tx: Transaction, subject: str, account: PersonId, emoji: str) -> None:
    """It stands; putting it again changes nothing."""
    await tx.execute(insert(REACTION).values(subject=subject, account_id=account, emoji=emoji).on_conflict_do_nothing())


async def remove(tx: Transaction, subject: str, account: PersonId, emoji: str) -> None:
    """It stands no more."""
    where = (REACTION.c.subject == subject, REACTION.c.account_id == account, REACTION.c.emoji == emoji)
    await tx.execute(delete(REACTION).where(*where))


async def by(tx: Transaction, subject: str, emoji: str) -> Sequence[PersonId]:
    """The accounts whose reaction of that emoji stands, as far as it was noticed."""
    where = (REACTION.c.subject == subject, REACTION.c.emoji == emoji)
    rows = await tx.execute(select(REACTION.c.account_id).where(*where).order_by(REACTION.c.account_id))
    return [PersonId(row.account_id) for row in rows]


async def under(tx: Transaction, subject: str, emoji: Collection[str]) -> Sequence[tuple[PersonId, str]]:
    """Who put which of these emoji there, as far as it was noticed."""
    where = (REACTION.c.subject == subject, REACTION.c.emoji.in_(emoji))
    rows = await tx.execute(select(REACTION).where(*where).order_by(REACTION.c.account_id, REACTION.c.emoji))
    return [(PersonId(row.account_id), row.emoji) for row in rows]


async def drop(tx: Transaction, subjects: Collection[str]) -> None:
    """Nothing stands under these any more."""
    await tx.execute(delete(REACTION).where(REACTION.c.subject.in_(subjects)))


async def forget(tx: Transaction, account: PersonId) -> None:
    """The account reacted to nothing."""
    await tx.execute(delete(REACTION).where(REACTION.c.account_id == account))
