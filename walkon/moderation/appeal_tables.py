"""Who asked for a second look at which line of the log, and what came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Index, Row, Table, select, update

from walkon.moderation.appeals import Appeal, AppealState
from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, EnumText, insert
from walkon.store.sealed_columns import Sealed, SealedId
from walkon.types.clock import from_ms, to_ms
from walkon.types.ids import PersonId, PlaceId
from walkon.types.people import Person

APPEAL = Table(
    "appeal",
    METADATA,
    Column("line", INT64, primary_key=True, autoincrement=False),
    Column("place_id", SealedId(), nullable=False),
    Column("person_id", SealedId(), nullable=False),
    Column("person", Sealed("appeal.person"), nullable=False),
    Column("at_ms", INT64, nullable=False),
    Column("state", EnumText(AppealState), nullable=False),
    Column("by_person", Sealed("appeal.by_person")),
    Column("decided_ms", INT64),
    Index("ix_appeal_place_id_state", "place_id", "state"),
)
PERSONAL = {APPEAL.name: dict.fromkeys(("person_id", "person", "by_person"), "erased by person")}
"""Columns that say something about a person, and what erases them."""


async def put(tx: Transaction, appeal: Appeal, place: PlaceId | None) -> bool:
    """Note it; False where somebody asked for a second look at that line before. place: as of the line."""
    values = {
        "line": appeal.line,
        "place_id": place or "",
        "person_id": appeal.person.id,
        "person": msgspec.json.encode(appeal.person).decode(),
        "at_ms": to_ms(appeal.at),
        "state": AppealState.OPEN,
    }
    return (await tx.execute(insert(APPEAL).values(**values).on_conflict_do_nothing())).rowcount == 1


async def of_line(tx: Transaction, line: int) -> Appeal | None:
    """The one that was asked for about that line, None if none was."""
    row = (await tx.execute(select(APPEAL).where(APPEAL.c.line == line))).first()
    return _appeal(row) if row else None


async def decide(tx: Transaction, line: int, state: AppealState, by: Person, now: datetime) -> bool:
    """Close it; False where it is closed, or was never asked for."""
    values = {"state": state, "by_person": msgspec.json.encode(by).decode(), "decided_ms": to_ms(now)}
    still = update(APPEAL).where(APPEAL.c.line == line, APPEAL.c.state == AppealState.OPEN).values(**values)
    return (await tx.execute(still)).rowcount == 1


async def open_in(tx: Transaction, place: PlaceId | None) -> Sequence[Appeal]:
    """Those that wait about one place, or (None) anywhere, longest first."""
    waiting = select(APPEAL).where(APPEAL.c.state == AppealState.OPEN).order_by(APPEAL.c.at_ms, APPEAL.c.line)
    return [_appeal(row) for row in await tx.execute(waiting if place is None else waiting.where(APPEAL.c.place_id == place))]


async def forget(tx: Transaction, person: PersonId) -> None:
    """Nobody is named any more in what this account asked for or decided; the case stays closed to a second one."""
    nobody = msgspec.json.encode(Person(id=PersonId(f"{person.partition(':')[0]}:0"), name="")).decode()
    await tx.execute(update(APPEAL).where(APPEAL.c.person_id == person).values(person_id="", person=nobody))
    closed = await tx.execute(select(APPEAL.c.line, APPEAL.c.by_person).where(APPEAL.c.by_person.is_not(None)))
    decided = [row.line for row in closed if f'"{person}"' in row.by_person]
    for line in decided:
        await tx.execute(update(APPEAL).where(APPEAL.c.line == line).values(by_person=nobody))


def _appeal(row: Row[Any]) -> Appeal:
    return Appeal(
        line=row.line,
        person=msgspec.json.decode(row.person, type=Person),
        at=from_ms(row.at_ms),
        state=row.state,
        by=msgspec.json.decode(row.by_person, type=Person) if row.by_person else None,
        decided_at=from_ms(row.decided_ms) if row.decided_ms else None,
    )
