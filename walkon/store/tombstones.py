"""Tombstones: what ended for good, without a word of what it was. A backup from before must not bring it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, String, Table, func, insert, select

from walkon.store.schema import INT64, METADATA, EnumText
from walkon.store.thread import Transaction
from walkon.types.clock import from_ms, to_ms


class TombstoneKind(StrEnum):
    """What ended."""

    PERSON = "person"
    """Somebody was forgotten; the subject is their PersonKey."""
    LIKENESS = "likeness"
    GRANT = "grant"
    PERMISSION = "permission"
    CLIP = "clip"
    RULES = "rules"
    """A likeness may come back with no looser rules than these; the subject is what `consent.floors` makes of them."""
    DOOR = "door"
    """Somebody closed a door to questions; the subject is their PersonKey."""
    GUARDED = "guarded"
    """Not an end, but no backup may undo it either: somebody looks after this account; the subject is its PersonKey."""
    UNGUARDED = "unguarded"
    """Nobody does any more."""


TOMBSTONE = Table(
    "tombstone",
    METADATA,
    Column("seq", INT64, primary_key=True, autoincrement=True),
    Column("kind", EnumText(TombstoneKind), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("at_ms", INT64, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One end. subject: a random id, or a PersonKey."""

    kind: TombstoneKind
    subject: str
    at: datetime


async def bury(tx: Transaction, kind: TombstoneKind, subject: str, now: datetime) -> None:
    """Note the end, in the transaction that makes it."""
    await tx.execute(insert(TOMBSTONE).values(kind=kind, subject=subject, at_ms=to_ms(now)))


async def since(tx: Transaction, seq: int) -> tuple[Sequence[Tombstone], int]:
    """Tombstones with a greater number, oldest first, and the greatest number there is."""
    rows = await tx.execute(select(TOMBSTONE).where(TOMBSTONE.c.seq > seq).order_by(TOMBSTONE.c.seq))
    found = [Tombstone(row.kind, row.subject, from_ms(row.at_ms)) for row in rows]
    newest = (await tx.execute(select(func.max(TOMBSTONE.c.seq)))).scalar()
    return found, int(newest or 0)
