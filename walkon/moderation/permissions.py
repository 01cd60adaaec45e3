"""Who may do what to whom. Pure: nothing here knows a platform, only what it said about the person."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from walkon.types.ids import PersonId


class Permission(StrEnum):
    """Something only some may do, as `object:deed:reach`."""

    MUTE_HERE = "person:mute:here"
    MUTE_EVERYWHERE = "person:mute:everywhere"
    NOTE_HERE = "person:note:here"
    JUDGE_CLIP_HERE = "clip:judge:here"
    SET_LIMITS_HERE = "place:limit:here"
    READ_LOG_HERE = "log:read:here"
    READ_LOG_EVERYWHERE = "log:read:everywhere"


class Role(StrEnum):
    """What somebody is in one place."""

    MEMBER = "member"
    MODERATOR = "moderator"
    """The platform says so, for this place and no other."""
    OPERATOR = "operator"
    """This host's settings say so."""


HELD: Mapping[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset(),
    Role.MODERATOR: frozenset(
        {Permission.MUTE_HERE, Permission.NOTE_HERE, Permission.JUDGE_CLIP_HERE, Permission.SET_LIMITS_HERE, Permission.READ_LOG_HERE}
    ),
    Role.OPERATOR: frozenset(Permission),
}
"""Who holds what."""


class Objection(StrEnum):
    """Why a deed is not done; keys of `card.mod.*` in the locales."""

    NOT_ALLOWED = "not_allowed"
    OPERATORS_ONLY = "operators_only"
    """A moderator may do it here, but not everywhere."""
    OWN_CASE = "own_case"
    AGAINST_OPERATOR = "against_operator"


def role_of(person: PersonId, operators: Collection[str], *, moderator: bool) -> Role:
    """The person's role. moderator: what the platform said about the very place where they speak."""
    if person in operators:
        return Role.OPERATOR
    return Role.MODERATOR if moderator else Role.MEMBER


def objection_to(permission: Permission, role: Role) -> Objection | None:
    """Why somebody of that role may not, None where they may."""
    if permission in HELD[role]:
        return None
    return Objection.NOT_ALLOWED if role is Role.MEMBER else Objection.OPERATORS_ONLY


def objection_to_case(by: PersonId, whom: PersonId, operators: Collection[str]) -> Objection | None:
    """Why this person may not judge that one: a case of one's own, or an operator, whom nobody may mute."""
    if by == whom:
        return Objection.OWN_CASE
    return Objection.AGAINST_OPERATOR if whom in operators else None
