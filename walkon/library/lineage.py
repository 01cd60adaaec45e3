"""Who was made from whom: a clip's parents and the clips made from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import CTE, ColumnElement, and_, func, literal, select

from walkon.library.clips import Clip, ClipState
from walkon.library.tables import CLIP, clip_of
from walkon.store.database import Transaction
from walkon.types.ids import ClipId, PlaceId

MAX_LISTED = 10
"""Relatives listed at once; half of them may be parents, so that a long line leaves room for what came of the clip."""

DEEPEST = 1000
"""How far up the line is followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A clip's relatives in one place. parents: the first maker first. children: oldest first. more: how many are not listed."""

    parents: tuple[Clip, ...] = ()
    children: tuple[Clip, ...] = ()
    more: int = 0


ALONE = Family()


async def family_of(tx: Transaction, clip: Clip, place: PlaceId) -> Family:
    """The nearest relatives of `clip` that live in `place`; what stands elsewhere is neither listed nor counted."""
    above = _line_above(clip.id)
    elder = and_(CLIP.c.id == above.c.id, CLIP.c.place_id == place)
    parents = [clip_of(row) for row in await tx.execute(select(CLIP).where(elder).order_by(above.c.depth).limit(MAX_LISTED // 2))]
    elders = (await tx.execute(select(func.count()).select_from(CLIP).where(elder))).scalar_one()
    children, born = await _children(tx, clip.id, place, MAX_LISTED - len(parents))
    more = elders - len(parents) + born - len(children)
    return Family(parents=tuple(reversed(parents)), children=tuple(children), more=more)


def _line_above(id: ClipId) -> CTE:
    first = select(CLIP.c.parent.label("id"), literal(1).label("depth")).where(CLIP.c.id == id, CLIP.c.parent.is_not(None))
    above = first.cte("above", recursive=True)
    farther = select(CLIP.c.parent, above.c.depth + 1).where(CLIP.c.id == above.c.id, CLIP.c.parent.is_not(None), above.c.depth < DEEPEST)
    return above.union_all(farther)


async def _children(tx: Transaction, id: ClipId, place: PlaceId, limit: int) -> tuple[Sequence[Clip], int]:
    child: ColumnElement[bool] = and_(
        CLIP.c.parent == id, CLIP.c.place_id == place, CLIP.c.state.in_((ClipState.PROMISED, ClipState.FINISHED))
    )
    rows = await tx.execute(select(CLIP).where(child).order_by(CLIP.c.asked_ms, CLIP.c.id).limit(limit))
    born = (await tx.execute(select(func.count()).select_from(CLIP).where(child))).scalar_one()
    return [clip_of(row) for row in rows], born
