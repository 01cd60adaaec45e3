"""What the workers that live now can make, told by themselves, so that more is refused before it is promised."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, Column, String, Table, Text, delete, false, select

from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, insert
from walkon.types.clock import to_ms
from walkon.types.errors import WalkonError
from walkon.types.ids import WorkerId

REACH = Table(
    "reach",
    METADATA,
    Column("worker_id", String(128), primary_key=True),
    Column("lanes", Text, nullable=False),
    Column("longest_ms", INT64, nullable=False),
    Column("until_ms", INT64, nullable=False),
    Column("extends", Boolean, nullable=False, server_default=false()),
)

TOLD_FOR = timedelta(seconds=120)
"""How long a worker's word counts; one that cannot start tries again sooner than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one worker can make. lanes: of its jobs. longest_s: of a clip, 0 where its machine holds none of the model's.

    extends: it can go on from the pictures of a clip.
    """

    worker: WorkerId
    lanes: tuple[str, ...]
    longest_s: float
    extends: bool = False


@dataclass(eq=False)
class BeyondReach(WalkonError):
    """No worker can make a clip as long as that. longest_s: what would fit, 0 where nothing would."""

    seconds: float
    longest_s: float


async def tell(tx: Transaction, reach: Reach, now: datetime) -> None:
    """Keep the worker's word for TOLD_FOR."""
    row = {
        "lanes": " ".join(reach.lanes),
        "longest_ms": round(1000 * reach.longest_s),
        "until_ms": to_ms(now + TOLD_FOR),
        "extends": reach.extends,
    }
    await tx.execute(delete(REACH).where(REACH.c.until_ms <= to_ms(now)))
    told = insert(REACH).values(worker_id=reach.worker, **row)
    await tx.execute(told.on_conflict_do_update(index_elements=[REACH.c.worker_id], set_=row))


async def withdraw(tx: Transaction, worker: WorkerId) -> None:
    """The worker is gone."""
    await tx.execute(delete(REACH).where(REACH.c.worker_id == worker))


async def longest_s(tx: Transaction, lane: str, now: datetime) -> float | None:
    """Seconds of the longest clip that somebody makes in that lane now; None where nobody has told, and jobs wait for somebody."""
    found = await tx.execute(select(REACH.c.lanes, REACH.c.longest_ms).where(REACH.c.until_ms > to_ms(now)))
    return max((row.longest_ms / 1000 for row in found if lane in row.lanes.split()), default=None)


async def extends(tx: Transaction, lane: str, now: datetime) -> bool | None:
    """Whether somebody in that lane can go on from a clip now; None where nobody has told, and jobs wait for somebody."""
    found = await tx.execute(select(REACH.c.lanes, REACH.c.extends).where(REACH.c.until_ms > to_ms(now)))
    told = [bool(row.extends) for row in found if lane in row.lanes.split()]
    return any(told) if told else None
