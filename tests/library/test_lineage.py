"""Relatives of a clip: nearest first, bounded, and only those that live in the place where it is asked."""

from dataclasses import replace
from datetime import timedelta

from tests.library.test_clips import CLIP, DONE, NOW
from walkon.library import tables
from walkon.library.clips import CancelledBy, Clip, cancel, finish
from walkon.library.lineage import MAX_LISTED, family_of
from walkon.store.database import Database, Transaction
from walkon.types.ids import ClipId, EventId, PlaceId
from walkon.types.people import Place

HERE = CLIP.place.id


def made(n: int, parent: Clip | None, place: Place = CLIP.place) -> Clip:
    """The n-th clip, a second after the one before it."""
    at = NOW + timedelta(seconds=n)
    made_from = parent.id if parent else None
    return replace(CLIP, id=ClipId(f"{n:06d}"), event=EventId(f"web:{n}"), asked_at=at, parent=made_from, place=place)


async def keep(database: Database, *clips: Clip) -> None:
    async def step(tx: Transaction) -> None:
        for clip in clips:
            await tables.add(tx, clip)

    await database.write(step)


async def test_a_parent_survives_the_store(database: Database) -> None:
    first = made(1, None)
    second = finish(made(2, first), 7, DONE, NOW)
    await keep(database, first, second)
    async with database.reading() as tx:
        assert await tables.get(tx, second.id) == second


async def test_a_clip_knows_its_line_up_and_its_children(database: Database) -> None:
    first, other = made(1, None), made(5, None)
    second = made(2, first)
    third = made(3, second)
    below = [made(4, third), made(6, third)]
    await keep(database, first, second, third, *below, other, made(7, below[0]))
    async with database.reading() as tx:
        family = await family_of(tx, third, HERE)
    assert [clip.id for clip in family.parents] == [first.id, second.id]
    assert [clip.id for clip in family.children] == [clip.id for clip in below]
    assert family.more == 0


async def test_a_large_family_is_cut_and_counted(database: Database) -> None:
    line = [made(0, None)]
    for n in range(1, 9):
        line.append(made(n, line[-1]))
    children = [made(n, line[-1]) for n in range(20, 40)]
    await keep(database, *line, *children)
    async with database.reading() as tx:
        family = await family_of(tx, line[-1], HERE)
    assert len(family.parents) + len(family.children) == MAX_LISTED
    assert [clip.id for clip in family.parents] == [clip.id for clip in line[3:8]]
    assert family.more == 8 + 20 - MAX_LISTED


async def test_who_lives_elsewhere_is_neither_listed_nor_counted(database: Database) -> None:
    away = Place(id=PlaceId("web:away"), channel="lobby")
    first = made(1, None)
    second = made(2, first, away)
    third = made(3, second)
    await keep(database, first, second, third, made(4, third, away))
    async with database.reading() as tx:
        family = await family_of(tx, third, HERE)
    assert ([clip.id for clip in family.parents], family.children, family.more) == ([first.id], (), 0)


async def test_children_that_were_stopped_are_not_told_of(database: Database) -> None:
    first = made(1, None)
    await keep(database, first, cancel(made(2, first), CancelledBy.MODERATOR, NOW))
    async with database.reading() as tx:
        family = await family_of(tx, first, HERE)
    assert (family.children, family.more) == ((), 0)
