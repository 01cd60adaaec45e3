"""A second look at what a moderator decided: once for each case, by somebody who had no part in it. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from walkon.moderation.mutes import Deed, Entry
from walkon.types.ids import PersonId
from walkon.types.people import Person

OPEN_TO_APPEAL = frozenset({Deed.MUTE, Deed.BAN, Deed.TAKEDOWN, Deed.KEEP})
"""The deeds that somebody may ask a second look at."""


class AppealState(StrEnum):
    """What became of it."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """Somebody asks for a second look at a line of the log. by, decided_at: None while it is open."""

    line: int
    person: Person
    at: datetime
    state: AppealState = AppealState.OPEN
    by: Person | None = None
    decided_at: datetime | None = None


def has_part(judge: Collection[PersonId], entry: Entry, appeal: Appeal) -> bool:
    """Whether somebody, by any of their accounts, judged the case first, is judged in it, or asks for the second look."""
    return bool({entry.by.id, entry.person.id, appeal.person.id} & set(judge))
