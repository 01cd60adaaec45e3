"""Reports, what was decided about them, and where the moderators of a place look at them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Index, Row, String, Table, delete, func, select, update

from walkon.moderation.reports import Review, ReviewState
from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, EnumText, insert
from walkon.store.sealed_columns import Sealed, SealedId
from walkon.types.clock import from_ms, to_ms
from walkon.types.ids import ClipId, PersonId, PlaceId
from walkon.types.people import Person, Place

REPORT = Table(
    "report",
    METADATA,
    Column("clip_id", String(16), primary_key=True),
    Column("person_id", SealedId(), primary_key=True),
    Column("reason", Sealed("report.reason"), nullable=False),
    Column("at_ms", INT64, nullable=False),
    Column("person", Sealed("report.person")),
    Column("judged", INT64, nullable=False, server_default="0"),
    Index("ix_report_person_id_at_ms", "person_id", "at_ms"),
)
REVIEW = Table(
    "review",
    METADATA,
    Column("clip_id", String(16), primary_key=True),
    Column("place_id", SealedId(), nullable=False),
    Column("state", EnumText(ReviewState), nullable=False),
    Column("by_person", Sealed("review.by_person")),
    Column("decided_ms", INT64),
    Index("ix_review_place_id_state", "place_id", "state"),
)
CHANNEL = Table(
    "review_channel",
    METADATA,
    Column("place_id", SealedId(), primary_key=True),
    Column("place", Sealed("review_channel.place"), nullable=False),
)
PERSONAL = {
    REPORT.name: dict.fromkeys(("person_id", "person", "reason"), "erased by person"),
    REVIEW.name: {"by_person": "erased by person"},
}
"""Columns that say something about a person, and what erases them."""


async def report(tx: Transaction, clip: ClipId, place: PlaceId, by: Person, reason: str, now: datetime) -> bool:
    """Note that somebody asks for a look; False where they did before. What was kept is looked at again when another person asks."""
    who = msgspec.json.encode(by).decode()
    new = insert(REPORT).values(clip_id=clip, person_id=by.id, person=who, reason=reason, at_ms=to_ms(now)).on_conflict_do_nothing()
    if (await tx.execute(new)).rowcount != 1:
        return False
    values = {"state": ReviewState.OPEN, "by_person": None, "decided_ms": None}
    row = insert(REVIEW).values(clip_id=clip, place_id=place, **values)
    again = REVIEW.c.state == ReviewState.KEPT
    await tx.execute(row.on_conflict_do_update(index_elements=["clip_id"], set_=values, where=again))
    return True


async def decide(tx: Transaction, clip: ClipId, state: ReviewState, by: Person, now: datetime) -> None:
    """What a moderator decided; nothing where nobody reported the clip."""
    values = {"state": state, "by_person": msgspec.json.encode(by).decode(), "decided_ms": to_ms(now)}
    await tx.execute(update(REVIEW).where(REVIEW.c.clip_id == clip).values(**values))
    await tx.execute(update(REPORT).where(REPORT.c.clip_id == clip).values(judged=1))


async def reporters(tx: Transaction, clip: ClipId, *, judged: bool = False) -> Sequence[Person]:
    """Who reported a clip since somebody last decided about it; judged: also everybody before."""
    found = select(REPORT).where(REPORT.c.clip_id == clip).order_by(REPORT.c.at_ms, REPORT.c.person_id)
    rows = await tx.execute(found if judged else found.where(REPORT.c.judged == 0))
    return [msgspec.json.decode(row.person, type=Person) if row.person else Person(id=PersonId(row.person_id), name="") for row in rows]


async def times_of(tx: Transaction, accounts: Collection[PersonId], since: datetime) -> Sequence[datetime]:
    """When any of these accounts reported something since then, oldest first."""
    found = select(REPORT.c.at_ms).where(REPORT.c.person_id.in_(accounts), REPORT.c.at_ms > to_ms(since)).order_by(REPORT.c.at_ms)
    return [from_ms(row.at_ms) for row in await tx.execute(found)]


async def forget(tx: Transaction, person: PersonId) -> None:
    """This account reported nothing, and is not named in what it decided."""
    await tx.execute(delete(REPORT).where(REPORT.c.person_id == person))
    closed = await tx.execute(select(REVIEW.c.clip_id, REVIEW.c.by_person).where(REVIEW.c.by_person.is_not(None)))
    decided = [row.clip_id for row in closed if f'"{person}"' in row.by_person]
    for clip in decided:
        await tx.execute(update(REVIEW).where(REVIEW.c.clip_id == clip).values(by_person=None))


async def review_of(tx: Transaction, clip: ClipId) -> Review | None:
    """What was reported about a clip, None if nothing was."""
    row = (await tx.execute(select(REVIEW).where(REVIEW.c.clip_id == clip))).first()
    return await _review(tx, row) if row else None


async def open_reviews(tx: Transaction, place: PlaceId | None, limit: int = 10) -> tuple[Sequence[Review], int]:
    """What waits for a moderator of that place, or (None) anywhere, longest first; and how much there is."""
    found = select(REVIEW.c.clip_id, func.min(REPORT.c.at_ms).label("first")).join(REPORT, REPORT.c.clip_id == REVIEW.c.clip_id)
    found = found.where(REVIEW.c.state == ReviewState.OPEN).group_by(REVIEW.c.clip_id)
    found = found if place is None else found.where(REVIEW.c.place_id == place)
    rows = (await tx.execute(found.order_by(func.min(REPORT.c.at_ms), REVIEW.c.clip_id))).all()
    reviews = [await review_of(tx, ClipId(row.clip_id)) for row in rows[:limit]]
    return [review for review in reviews if review], len(rows)


async def channel_of(tx: Transaction, place: PlaceId) -> Place | None:
    """Where the moderators of a place want reports, None where they never said."""
    row = (await tx.execute(select(CHANNEL.c.place).where(CHANNEL.c.place_id == place))).first()
    return msgspec.json.decode(row.place, type=Place) if row else None


async def set_channel(tx: Transaction, channel: Place) -> None:
    """From now on reports about clips of that place are shown in this channel of it."""
    where = msgspec.json.encode(channel).decode()
    new = insert(CHANNEL).values(place_id=channel.id, place=where)
    await tx.execute(new.on_conflict_do_update(index_elements=["place_id"], set_={"place": where}))


async def _review(tx: Transaction, row: Row[Any]) -> Review:
    reports = (await tx.execute(select(REPORT).where(REPORT.c.clip_id == row.clip_id).order_by(REPORT.c.at_ms))).all()
    return Review(
        clip=ClipId(row.clip_id),
        place=PlaceId(row.place_id),
        state=row.state,
        people=len(reports),
        first=from_ms(min((report.at_ms for report in reports), default=0)),
        reasons=tuple(report.reason for report in reports if report.reason),
        by=msgspec.json.decode(row.by_person, type=Person) if row.by_person else None,
        decided_at=from_ms(row.decided_ms) if row.decided_ms else None,
    )
