"""Who was made from whom: a clip's parents and the clips made from it."""

from dataclasses import dataclass

from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.store.database import Transaction
from walkon.types.ids import PlaceId
from walkon.types.people import Person

MAX_LISTED = 10
"""Relatives listed at once; half of them may be parents, so that a long line leaves room for what came of the clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A clip's relatives in one place. parents: the first maker first. children: oldest first. more: how many are not listed.

    idea: who made the very first clip of the line, where that is neither the asker nor the maker of the parent.
    """

    parents: tuple[Clip, ...] = ()
    children: tuple[Clip, ...] = ()
    more: int = 0
    idea: Person | None = None


ALONE = Family()


async def family_of(tx: Transaction, clip: Clip, place: PlaceId) -> Family:
    """The nearest relatives of `clip` that live in `place`; what stands elsewhere is neither listed nor counted."""
    parents, elders = await tables.ancestors(tx, clip.id, place, MAX_LISTED // 2)
    children, born = await tables.children(tx, clip.id, place, MAX_LISTED - len(parents))
    more = elders - len(parents) + born - len(children)
    return Family(parents=tuple(reversed(parents)), children=tuple(children), more=more)


async def idea_of(tx: Transaction, clip: Clip, parent: Clip | None) -> Person | None:
    """Whose idea a remix of a remix was. A clip that was taken down gives nobody credit any more."""
    first = await tables.first_above(tx, clip.id) if parent and parent.parent else None
    if first is None or parent is None or first.state is ClipState.TAKEN_DOWN:
        return None
    return None if first.asker.id in (clip.asker.id, parent.asker.id) else first.asker
