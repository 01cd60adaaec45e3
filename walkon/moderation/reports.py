"""Reports as records: who asks for a look at which clip, and what moderators made of it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from walkon.types.ids import ClipId, PlaceId
from walkon.types.people import Person


class ReviewState(StrEnum):
    """What became of the reports about a clip."""

    OPEN = "open"
    KEPT = "kept"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything that was reported about one clip. people: how many reported it, each counted once; who they are is told to nobody.

    reasons: their words, the first first. by, decided_at: None while it is open.
    """

    clip: ClipId
    place: PlaceId
    state: ReviewState
    people: int
    first: datetime
    reasons: tuple[str, ...] = ()
    by: Person | None = None
    decided_at: datetime | None = None
