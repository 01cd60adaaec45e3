"""What everybody used of this host in the last day: a row a clip, written in the transaction that promises it.

A clip whose turn is given back has no row any more; one that has ended keeps its row, no longer active, until a day is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    Select,
    String,
    Table,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    true,
    update,
)

from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, insert
from walkon.store.sealed_columns import SealedId
from walkon.types.clock import from_ms, to_ms
from walkon.types.ids import ClipId, PersonId, PlaceId
from walkon.types.usage import Cost, Use, Used

HOUR_MS, DAY_MS = 3_600_000, 86_400_000

SPENDING = Table(
    "spending",
    METADATA,
    Column("clip_id", String(16), primary_key=True),
    Column("person_id", SealedId(), nullable=False),
    Column("place_id", SealedId(), nullable=False),
    Column("at_ms", INT64, nullable=False),
    Column("video_ms", INT64, nullable=False),
    Column("energy_uwh", INT64, nullable=False),
    Column("active", Boolean, nullable=False),
    Index("ix_spending_person_id_at_ms", "person_id", "at_ms"),
    Index("ix_spending_place_id_at_ms", "place_id", "at_ms"),
)
PERSONAL = {SPENDING.name: {"person_id": "erased by itself after a day"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose clips are counted: a person's, by all their accounts, a place's, a person's in one place, or everybody's."""

    accounts: tuple[PersonId, ...] = ()
    place: PlaceId | None = None


async def charge(tx: Transaction, clip: ClipId, whose: tuple[PersonId, PlaceId], cost: Cost, now: datetime) -> None:
    """Count a clip from now on. whose: the account that asked for it, and its place."""
    values = {"person_id": whose[0], "place_id": whose[1], "at_ms": to_ms(now), "active": True}
    await tx.execute(insert(SPENDING).values(clip_id=clip, video_ms=cost.video_ms, energy_uwh=cost.energy_uwh, **values))


async def settle(tx: Transaction, clip: ClipId, energy_wh: float | None = None) -> None:
    """The clip has ended. energy_wh: what it really took, where that is known."""
    real = {} if energy_wh is None else {"energy_uwh": round(energy_wh * 1e6)}
    await tx.execute(update(SPENDING).where(SPENDING.c.clip_id == clip).values(active=False, **real))


async def give_back(tx: Transaction, clip: ClipId) -> None:
    """The clip counts no more: nothing came of it."""
    await tx.execute(delete(SPENDING).where(SPENDING.c.clip_id == clip))


async def used(tx: Transaction, scope: Scope, now: datetime) -> Used:
    """What was used until now. A moment that lies ahead of a clock that was set back still counts."""
    now_ms = to_ms(now)
    wanted: dict[str, Any] = {"day_ms": now_ms - DAY_MS, "hour_ms": now_ms - HOUR_MS}
    wanted |= {"accounts": scope.accounts} if scope.accounts else {}
    wanted |= {"place": scope.place} if scope.place else {}
    row = (await tx.execute(_used_in(of_some=bool(scope.accounts), here=bool(scope.place)), wanted)).one()
    return Used(active=row.active, hour=row.hour, day=row.day, cost=Cost(video_ms=int(row.video_ms), energy_uwh=int(row.energy_uwh)))


@cache
def _used_in(*, of_some: bool, here: bool) -> Select[Any]:
    """Built once for each kind of scope: several are looked at for every clip, and building costs more than looking."""
    day = SPENDING.c.at_ms > bindparam("day_ms")
    found = select(
        func.count().filter(SPENDING.c.active).label("active"),
        func.count().filter(SPENDING.c.at_ms > bindparam("hour_ms")).label("hour"),
        func.count().filter(day).label("day"),
        func.coalesce(func.sum(SPENDING.c.video_ms).filter(day), 0).label("video_ms"),
        func.coalesce(func.sum(SPENDING.c.energy_uwh).filter(day), 0).label("energy_uwh"),
    ).where(or_(day, SPENDING.c.active))
    found = found.where(SPENDING.c.person_id.in_(bindparam("accounts", expanding=True))) if of_some else found
    return found.where(SPENDING.c.place_id == bindparam("place")) if here else found


async def uses(tx: Transaction, scope: Scope, now: datetime, window: timedelta) -> Sequence[Use]:
    """Every use within the window, newest first."""
    since_ms = to_ms(now) - window // timedelta(milliseconds=1)
    query = select(SPENDING).where(_in(scope), SPENDING.c.at_ms > since_ms).order_by(SPENDING.c.at_ms.desc())
    return [_use(row) for row in await tx.execute(query)]


async def active_clips(tx: Transaction, scope: Scope) -> Sequence[ClipId]:
    """The clips that wait or render, oldest first."""
    query = select(SPENDING.c.clip_id).where(_in(scope), SPENDING.c.active).order_by(SPENDING.c.at_ms)
    return [ClipId(row.clip_id) for row in await tx.execute(query)]


async def forget_old(tx: Transaction, now: datetime) -> None:
    """Drop what counts for nothing any more."""
    await tx.execute(delete(SPENDING).where(and_(SPENDING.c.at_ms <= to_ms(now) - DAY_MS, ~SPENDING.c.active)))


def _use(row: Any) -> Use:
    return Use(at=from_ms(row.at_ms), cost=Cost(video_ms=row.video_ms, energy_uwh=row.energy_uwh))


def _in(scope: Scope) -> ColumnElement[bool]:
    person = SPENDING.c.person_id.in_(scope.accounts) if scope.accounts else true()
    return and_(person, SPENDING.c.place_id == scope.place if scope.place else true())
