"""The library's table and statements."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Index,
    Row,
    String,
    Table,
    and_,
    bindparam,
    delete,
    func,
    literal,
    select,
    update,
)

from walkon.library.clips import CancelledBy, Clip, ClipState, FailureCause, Finished, RemovedBy
from walkon.store.database import Transaction
from walkon.store.outbox import OUTBOX, settled
from walkon.store.schema import INT64, METADATA, EnumText, insert
from walkon.store.sealed_columns import Sealed, SealedBytes, SealedId
from walkon.types.clock import from_ms, to_ms
from walkon.types.harm import HeldFor
from walkon.types.ids import ClipId, EventId, PersonId, PlaceId
from walkon.types.people import Person, Place, Platform
from walkon.types.scene import Aspect

CLIP = Table(
    "clip",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("event", String(128), nullable=False, unique=True),
    Column("person_id", SealedId(), nullable=False),
    Column("person", Sealed("clip.person"), nullable=False),
    Column("place_id", SealedId(), nullable=False),
    Column("place", Sealed("clip.place"), nullable=False),
    Column("prompt", Sealed("clip.prompt"), nullable=False),
    Column("scene", SealedBytes("clip.scene"), nullable=False),
    Column("lane", String(64), nullable=False),
    Column("max_bytes", INT64, nullable=False),
    Column("state", EnumText(ClipState), nullable=False),
    Column("token", INT64, nullable=False),
    Column("asked_ms", INT64, nullable=False),
    Column("ended_ms", INT64),
    Column("finished", Sealed("clip.finished")),
    Column("cancelled_by", EnumText(CancelledBy)),
    Column("failure", EnumText(FailureCause)),
    Column("parent", String(16)),
    Column("draft", Sealed("clip.draft")),
    Column("removed_by", EnumText(RemovedBy)),
    Column("rule", Sealed("clip.rule"), nullable=False, server_default=""),
    Column("held", EnumText(HeldFor)),
    Column("withheld", Sealed("clip.withheld")),
    Index("ix_clip_person_id_asked_ms", "person_id", "asked_ms"),
    Index("ix_clip_state_asked_ms", "state", "asked_ms"),
    Index("ix_clip_parent_asked_ms", "parent", "asked_ms"),
)
_GOING = (ClipState.WAITING, ClipState.PROMISED)
_ONE = select(CLIP).where(CLIP.c.id == bindparam("id"))
_OF_ONE_HERE = and_(CLIP.c.person_id == bindparam("person"), CLIP.c.place_id == bindparam("place"))
_LATEST = select(CLIP).where(_OF_ONE_HERE).order_by(CLIP.c.asked_ms.desc(), CLIP.c.id).limit(bindparam("most"))
_LATEST_GOING = _LATEST.where(CLIP.c.state.in_(_GOING))
DEEPEST = 1000
"""How far up the line of parents is followed."""

NOBODY = "0"
"""The account, on whichever platform, of whoever was forgotten."""

PERSONAL = {CLIP.name: dict.fromkeys(("person_id", "person", "prompt", "event", "place_id", "place"), "erased by person")}
"""Columns that say something about a person, and what erases them."""


def _values(clip: Clip) -> dict[str, Any]:
    kept = {field.name for field in fields(Clip)} & {column.name for column in CLIP.columns}
    return {
        **{name: getattr(clip, name) for name in kept - {"place", "finished", "withheld", "draft"}},
        "person_id": clip.asker.id,
        "person": msgspec.json.encode(clip.asker).decode(),
        "place_id": clip.place.id,
        "place": msgspec.json.encode(clip.place).decode(),
        "asked_ms": to_ms(clip.asked_at),
        "ended_ms": to_ms(clip.ended_at) if clip.ended_at else None,
        "finished": msgspec.json.encode(clip.finished).decode() if clip.finished else None,
        "withheld": msgspec.json.encode(clip.withheld).decode() if clip.withheld else None,
        "draft": msgspec.json.encode(clip.draft).decode() if clip.draft else None,
    }


def _clip(row: Row[Any]) -> Clip:
    found = row._mapping
    return Clip(
        id=ClipId(found["id"]),
        event=EventId(found["event"]),
        asker=msgspec.json.decode(found["person"], type=Person),
        place=msgspec.json.decode(found["place"], type=Place),
        prompt=found["prompt"],
        scene=found["scene"],
        lane=found["lane"],
        max_bytes=found["max_bytes"],
        asked_at=from_ms(found["asked_ms"]),
        state=found["state"],
        token=found["token"],
        ended_at=from_ms(found["ended_ms"]) if found["ended_ms"] else None,
        finished=msgspec.json.decode(found["finished"], type=Finished) if found["finished"] else None,
        cancelled_by=found["cancelled_by"],
        failure=found["failure"],
        parent=ClipId(found["parent"]) if found["parent"] else None,
        removed_by=found["removed_by"],
        rule=found["rule"],
        held=found["held"],
        withheld=msgspec.json.decode(found["withheld"], type=Finished) if found["withheld"] else None,
        draft=msgspec.json.decode(found["draft"], type=Finished) if found["draft"] else None,
    )


async def add(tx: Transaction, clip: Clip) -> Clip:
    """Record the clip; where its event is known already, the clip of that event is returned instead."""
    added = await tx.execute(insert(CLIP).values(**_values(clip)).on_conflict_do_nothing(index_elements=["event"]))
    if added.rowcount == 1:
        return clip
    row = (await tx.execute(select(CLIP).where(CLIP.c.event == clip.event))).one()
    return _clip(row)


async def get(tx: Transaction, id: ClipId) -> Clip | None:
    """One clip, None if unknown."""
    row = (await tx.execute(_ONE, {"id": id})).first()
    return _clip(row) if row else None


async def of_event(tx: Transaction, event: EventId) -> Clip | None:
    """The clip that an event asked for, None if it asked for none."""
    row = (await tx.execute(select(CLIP).where(CLIP.c.event == event))).first()
    return _clip(row) if row else None


async def save(tx: Transaction, clip: Clip) -> None:
    """Write the record over its former state."""
    await tx.execute(update(CLIP).where(CLIP.c.id == clip.id).values(**_values(clip)))


async def finished_in(tx: Transaction, place: PlaceId) -> Sequence[Clip]:
    """Every finished clip of one place, oldest first."""
    where = (CLIP.c.place_id == place) & (CLIP.c.state == ClipState.FINISHED)
    return [_clip(row) for row in await tx.execute(select(CLIP).where(where).order_by(CLIP.c.asked_ms, CLIP.c.id))]


async def promised(tx: Transaction) -> Sequence[Clip]:
    """Every clip that is still owed, oldest first."""
    rows = await tx.execute(select(CLIP).where(CLIP.c.state == ClipState.PROMISED).order_by(CLIP.c.asked_ms))
    return [_clip(row) for row in rows]


async def undrawn(tx: Transaction) -> Sequence[Clip]:
    """Every clip that waits for people and has no preview for them yet, oldest first."""
    where = and_(CLIP.c.state == ClipState.WAITING, CLIP.c.draft.is_(None))
    return [_clip(row) for row in await tx.execute(select(CLIP).where(where).order_by(CLIP.c.asked_ms))]


async def record_of(tx: Transaction, person: PersonId) -> tuple[int, int]:
    """How many clips somebody asked for, and how many of them a moderator took down."""
    removed = func.count().filter(CLIP.c.removed_by == RemovedBy.MODERATOR)
    found = select(func.count().label("made"), removed.label("removed")).select_from(CLIP).where(CLIP.c.person_id == person)
    row = (await tx.execute(found)).one()
    return int(row.made), int(row.removed)


async def first_asked(tx: Transaction, accounts: Collection[PersonId]) -> datetime | None:
    """When any of these accounts first asked for a clip that is known, None if none did."""
    row = (await tx.execute(select(func.min(CLIP.c.asked_ms).label("first")).where(CLIP.c.person_id.in_(accounts)))).one()
    return None if row.first is None else from_ms(row.first)


async def latest_of(tx: Transaction, person: PersonId, place: PlaceId, *, promised_only: bool, limit: int = 10) -> Sequence[Clip]:
    """An account's newest clips in one place, newest first. promised_only: those that wait for people, in line or rendering."""
    wanted = _LATEST_GOING if promised_only else _LATEST
    return [_clip(row) for row in await tx.execute(wanted, {"person": person, "place": place, "most": limit})]


async def finished_of(tx: Transaction, person: PersonId, *, start: int = 0, limit: int) -> Sequence[Clip]:
    """A person's finished clips in all places, newest first, from the `start`th on."""
    where = and_(CLIP.c.person_id == person, CLIP.c.state == ClipState.FINISHED)
    order = (CLIP.c.asked_ms.desc(), CLIP.c.id)
    return [_clip(row) for row in await tx.execute(select(CLIP).where(where).order_by(*order).offset(start).limit(limit))]


async def newest_in(tx: Transaction, place: PlaceId, *, start: int = 0, limit: int) -> Sequence[Clip]:
    """The finished clips of a place, newest first, from the `start`th on."""
    where = and_(CLIP.c.place_id == place, CLIP.c.state == ClipState.FINISHED)
    order = (CLIP.c.asked_ms.desc(), CLIP.c.id)
    return [_clip(row) for row in await tx.execute(select(CLIP).where(where).order_by(*order).offset(start).limit(limit))]


async def going_of(tx: Transaction, person: PersonId, place: PlaceId | None) -> Sequence[Clip]:
    """All that an account has waiting, in line or rendering, in one place or (None) everywhere."""
    where = [CLIP.c.person_id == person, CLIP.c.state.in_(_GOING), *([CLIP.c.place_id == place] if place is not None else [])]
    return [_clip(row) for row in await tx.execute(select(CLIP).where(*where).order_by(CLIP.c.asked_ms, CLIP.c.id))]


async def ancestors(tx: Transaction, id: ClipId, place: PlaceId, limit: int) -> tuple[Sequence[Clip], int]:
    """The nearest clips in `place` up the line of parents, nearest first, and how many there are."""
    above = _line_above(id)
    return await _some_of(tx, and_(CLIP.c.id == above.c.id, CLIP.c.place_id == place), (above.c.depth,), limit)


async def first_above(tx: Transaction, id: ClipId) -> Clip | None:
    """The clip that a line of parents begins with, in whatever place; None for a clip without a parent."""
    above = _line_above(id)
    row = (await tx.execute(select(CLIP).where(CLIP.c.id == above.c.id).order_by(above.c.depth.desc()).limit(1))).first()
    return _clip(row) if row else None


async def children(tx: Transaction, id: ClipId, place: PlaceId, limit: int) -> tuple[Sequence[Clip], int]:
    """The oldest clips in `place` made from one and not stopped, oldest first, and how many there are."""
    alive = CLIP.c.state.in_((ClipState.PROMISED, ClipState.FINISHED))
    return await _some_of(tx, and_(CLIP.c.parent == id, CLIP.c.place_id == place, alive), (CLIP.c.asked_ms, CLIP.c.id), limit)


def _line_above(id: ClipId) -> CTE:
    first = select(CLIP.c.parent.label("id"), literal(1).label("depth")).where(CLIP.c.id == id, CLIP.c.parent.is_not(None))
    above = first.cte("above", recursive=True)
    farther = select(CLIP.c.parent, above.c.depth + 1).where(CLIP.c.id == above.c.id, CLIP.c.parent.is_not(None), above.c.depth < DEEPEST)
    return above.union_all(farther)


async def descendants(tx: Transaction, ids: Collection[ClipId]) -> frozenset[ClipId]:
    """Everything made from these clips, however far down the line and in whatever place; without the clips themselves."""
    below = select(CLIP.c.id).where(CLIP.c.parent.in_(ids)).cte("below", recursive=True)
    # UNION rather than UNION ALL: a clip is visited once, so a line that bites its tail ends.
    below = below.union(select(CLIP.c.id).where(CLIP.c.parent == below.c.id))
    return frozenset(ClipId(row.id) for row in await tx.execute(select(below.c.id))) - set(ids)


async def _some_of(
    tx: Transaction, which: ColumnElement[bool], order: tuple[ColumnElement[Any], ...], limit: int
) -> tuple[Sequence[Clip], int]:
    rows = await tx.execute(select(CLIP).where(which).order_by(*order).limit(limit))
    count = (await tx.execute(select(func.count()).select_from(CLIP).where(which))).scalar_one()
    return [_clip(row) for row in rows], count


async def greatest_token(tx: Transaction) -> int:
    """The newest fencing token that finished anything, 0 if none did."""
    return int((await tx.execute(select(func.max(CLIP.c.token)))).scalar() or 0)


async def recent_pace(tx: Transaction, lane: str, aspect: Aspect, limit: int = 20) -> float | None:
    """Milliseconds of work per second of clip over the newest finished clips of a lane, None before the first.

    Clips of the same shape count where there are any: on a card, work grows faster than the picture.
    """
    done = await _newest(tx, lane, limit)
    alike = [clip for clip in done if _shape(clip) is aspect] or done
    return sum(clip.spent_ms for clip in alike) / sum(clip.seconds for clip in alike) if alike else None


async def _newest(tx: Transaction, lane: str, limit: int) -> Sequence[Finished]:
    # Without a token it was a draft that somebody kept: it tells nothing about renders.
    rendered = and_(CLIP.c.lane == lane, CLIP.c.state == ClipState.FINISHED, CLIP.c.token > 0)
    rows = await tx.execute(select(CLIP.c.finished).where(rendered).order_by(CLIP.c.ended_ms.desc()).limit(limit))
    return [msgspec.json.decode(text, type=Finished) for (text,) in rows]


def _shape(clip: Finished) -> Aspect:
    return Aspect.SQUARE if clip.width == clip.height else Aspect.WIDE if clip.width > clip.height else Aspect.TALL


async def recent_energy(tx: Transaction, lane: str, limit: int = 20) -> float:
    """Watt-hours a second of clip over the newest finished clips of a lane, 0 before the first."""
    done = await _newest(tx, lane, limit)
    return sum(clip.energy_wh for clip in done) / sum(clip.seconds for clip in done) if done else 0.0


async def remove(tx: Transaction, id: ClipId) -> None:
    """Forget a clip that nobody was told about."""
    await tx.execute(delete(CLIP).where(CLIP.c.id == id))


async def of_people(tx: Transaction, people: Collection[PersonId]) -> Sequence[ClipId]:
    """Every clip that one of these accounts asked for."""
    return [ClipId(id) for id in (await tx.execute(select(CLIP.c.id).where(CLIP.c.person_id.in_(people)))).scalars()]


async def all_people(tx: Transaction) -> frozenset[PersonId]:
    """Every account that asked for a clip."""
    return frozenset(PersonId(id) for id in (await tx.execute(select(CLIP.c.person_id).distinct())).scalars())


async def forget(tx: Transaction, person: PersonId) -> None:
    """Nobody is named any more as the one who asked for this account's clips, nor by the chat it had alone. They must be down first."""
    platform = person.partition(":")[0]
    nobody = Person(id=PersonId(f"{platform}:{NOBODY}"), name="")
    rows = await tx.execute(select(CLIP.c.id, CLIP.c.place).where(CLIP.c.person_id == person))
    for row in rows.all():
        values = {"person_id": nobody.id, "person": msgspec.json.encode(nobody).decode(), "prompt": "", "event": f"forgotten:{row.id}"}
        place = msgspec.json.decode(row.place, type=Place)
        if place.private or place.elsewhere:
            nowhere = Place(id=PlaceId(f"{platform}:{NOBODY}"), channel=NOBODY, locale=place.locale, private=True)
            values |= {"place_id": nowhere.id, "place": msgspec.json.encode(nowhere).decode()}
        await tx.execute(update(CLIP).where(CLIP.c.id == row.id).values(**values))


def _settled_posts_of_nobody() -> ColumnElement[bool]:
    nobodys = select(CLIP.c.id).where(CLIP.c.person_id.in_([f"{platform}:{NOBODY}" for platform in Platform]))
    return and_(OUTBOX.c.subject.in_(nobodys), settled())


async def any_settled_posts_of_nobody(tx: Transaction) -> bool:
    """Whether messages are still remembered that showed clips of whoever was forgotten, though nothing is owed of them any more."""
    return (await tx.execute(select(OUTBOX.c.key).where(_settled_posts_of_nobody()).limit(1))).first() is not None


async def erase_settled_posts_of_nobody(tx: Transaction) -> None:
    """Remember them no more: where they stood is said of nobody any longer."""
    await tx.execute(delete(OUTBOX).where(_settled_posts_of_nobody()))
