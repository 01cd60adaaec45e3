"""The vault's rows: sealed bytes only, in pieces of a mebibyte."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, LargeBinary, PrimaryKeyConstraint, Row, String, Table, delete, insert, select

from walkon.consent.artefacts import Artefact, ArtefactKind
from walkon.store.schema import INT64, METADATA, EnumText
from walkon.store.thread import Transaction
from walkon.types.clock import from_ms, to_ms
from walkon.types.ids import PersonKey

ARTEFACT = Table(
    "artefact",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    Column("kind", EnumText(ArtefactKind), nullable=False),
    Column("number", INT64, nullable=False),
    Column("key_id", String(32), nullable=False),
    Column("made_ms", INT64, nullable=False),
    Index("ix_artefact_owner_version", "owner", "version"),
)
CHUNK = Table(
    "artefact_chunk",
    METADATA,
    Column("artefact_id", String(32), nullable=False),
    Column("position", INT64, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("artefact_id", "position", name="pk_artefact_chunk"),
    ForeignKeyConstraint(["artefact_id"], ["artefact.id"], name="fk_artefact_chunk_artefact_id"),
)
PERSONAL = {
    "artefact": {"owner": "erased by person"},
    "artefact_chunk": {"sealed": "erased by person, and by destroying its key"},
}
"""Columns that say something about a person, and what erases them."""


async def add(tx: Transaction, artefact: Artefact, chunks: Sequence[bytes]) -> None:
    """Keep a thing's row and its pieces."""
    await tx.execute(
        insert(ARTEFACT).values(
            id=artefact.id,
            owner=artefact.owner,
            version=artefact.version,
            kind=artefact.kind,
            number=artefact.number,
            key_id=artefact.key_id,
            made_ms=to_ms(artefact.made_at),
        )
    )
    await tx.execute(insert(CHUNK), [{"artefact_id": artefact.id, "position": at, "sealed": chunk} for at, chunk in enumerate(chunks)])


async def chunks(tx: Transaction, artefact_id: str) -> list[bytes]:
    """The pieces of a thing, in order; none where it is gone."""
    rows = await tx.execute(select(CHUNK.c.sealed).where(CHUNK.c.artefact_id == artefact_id).order_by(CHUNK.c.position))
    return [bytes(sealed) for sealed in rows.scalars()]


async def of(tx: Transaction, owner: PersonKey, version: str | None) -> Sequence[Artefact]:
    """What is kept of a person."""
    query = select(ARTEFACT).where(ARTEFACT.c.owner == owner).order_by(ARTEFACT.c.made_ms, ARTEFACT.c.kind, ARTEFACT.c.number)
    return [_artefact(row) for row in await tx.execute(query if version is None else query.where(ARTEFACT.c.version == version))]


async def remove(tx: Transaction, artefact_id: str) -> None:
    """Remove a thing's pieces and its row."""
    await tx.execute(delete(CHUNK).where(CHUNK.c.artefact_id == artefact_id))
    await tx.execute(delete(ARTEFACT).where(ARTEFACT.c.id == artefact_id))


def _artefact(row: Row[Any]) -> Artefact:
    return Artefact(
        id=row.id,
        owner=PersonKey(row.owner),
        version=row.version,
        kind=row.kind,
        number=row.number,
        key_id=row.key_id,
        made_at=from_ms(row.made_ms),
    )
