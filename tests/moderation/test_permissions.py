"""Who may do what to whom."""

import pytest

from walkon.moderation.permissions import HELD, Objection, Permission, Role, objection_to, objection_to_case, role_of
from walkon.types.ids import PersonId

OLGA, MO, SAM = PersonId("discord:1"), PersonId("discord:2"), PersonId("discord:3")
OPERATORS = frozenset({OLGA})


def test_an_operator_is_one_whatever_the_platform_says() -> None:
    assert role_of(OLGA, OPERATORS, moderator=False) is Role.OPERATOR
    assert role_of(MO, OPERATORS, moderator=True) is Role.MODERATOR
    assert role_of(SAM, OPERATORS, moderator=False) is Role.MEMBER


@pytest.mark.parametrize("permission", Permission)
def test_operators_may_everything_and_members_nothing(permission: Permission) -> None:
    assert objection_to(permission, Role.OPERATOR) is None
    assert objection_to(permission, Role.MEMBER) is Objection.NOT_ALLOWED


@pytest.mark.parametrize("permission", Permission)
def test_moderators_may_what_concerns_their_own_place_and_nothing_else(permission: Permission) -> None:
    objection = None if permission.endswith(":here") else Objection.OPERATORS_ONLY
    assert objection_to(permission, Role.MODERATOR) is objection


def test_every_role_says_what_it_holds() -> None:
    assert HELD.keys() == set(Role)


@pytest.mark.parametrize("person", [OLGA, MO, SAM])
def test_nobody_judges_a_case_of_their_own(person: PersonId) -> None:
    assert objection_to_case(person, person, OPERATORS) is Objection.OWN_CASE


def test_nobody_may_mute_an_operator() -> None:
    other = PersonId("discord:4")
    for by in (MO, other):
        assert objection_to_case(by, OLGA, OPERATORS | {other}) is Objection.AGAINST_OPERATOR


def test_anybody_else_may_be_judged() -> None:
    assert objection_to_case(MO, SAM, OPERATORS) is None
