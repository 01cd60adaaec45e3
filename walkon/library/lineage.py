"""Who was made from whom: a clip's parents and the clips made from it."""

from dataclasses import dataclass

from walkon.library import tables
from walkon.library.clips import Clip
from walkon.store.database import Transaction
from walkon.types.ids import PlaceId

MAX_LISTED = 10
"""Relatives listed at once; half of them may be parents, so that a long line leaves room for what came of the clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A clip's relatives in one place. parents: the first maker first. children: oldest first. more: how many are not listed."""

    parents: tuple[Clip, ...] = ()
    children: tuple[Clip, ...] = ()
    more: int = 0


ALONE = Family()


async def family_of(tx: Transaction, clip: Clip, place: PlaceId) -> Family:
    """The nearest relatives of `clip` that live in `place`; what stands elsewhere is neither listed nor counted."""
    parents, elders = await tables.ancestors(tx, clip.id, place, MAX_LISTED // 2)
    children, born = await tables.children(tx, clip.id, place, MAX_LISTED - len(parents))
    more = elders - len(parents) + born - len(children)
    return Family(parents=tuple(reversed(parents)), children=tuple(children), more=more)
