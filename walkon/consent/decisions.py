"""Every decision about a likeness, as it is written down in the same transaction as its effect."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from walkon.store.database import Transaction
from walkon.types.ids import PersonId


class DecisionKind(StrEnum):
    """What was decided."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"
    GRANTED = "granted"
    """A yes that needed no question: one's own likeness, a standing permission, the audience, a remix."""
    TAKEN_BACK = "taken_back"
    PERMITTED = "permitted"
    PERMISSION_ENDED = "permission_ended"
    ENROLLED = "enrolled"
    RULES_CHANGED = "rules_changed"
    REVOKED = "revoked"
    DOOR_CLOSED = "door_closed"
    DOOR_OPENED = "door_opened"
    LINKED = "linked"
    HANDED_ON = "handed_on"
    """A young person said yes, and their guardian is asked now."""
    HANDED_BACK = "handed_back"
    """Nobody looks after them any more: the question is theirs again."""
    GUARDED = "guarded"
    GUARDIAN_LIMITS = "guardian_limits"
    UNGUARDED = "unguarded"
    CAME_OF_AGE = "came_of_age"


Fact = str | int | bool | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One entry. about: whose likeness. others: other people in it, by role, apart from `facts` since they too can be forgotten."""

    kind: DecisionKind
    about: PersonId
    at: datetime
    others: Mapping[str, PersonId] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)


Record = Callable[[Transaction, Decision], Awaitable[None]]
"""Writes a decision down in the transaction that carries its effect."""
