"""From an accepted enrolment to a likeness: careful rules at first, the person's own ones after, and a handle of their own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.consent.village import EVE, FACE, LEA, Village
from walkon.consent import tables
from walkon.consent.enrolment import Enrolment, EnrolmentState
from walkon.consent.lending import lends
from walkon.consent.likeness import Audience, Likeness, Part
from walkon.types.ids import PersonId


async def accept(village: Village, person: PersonId, name: str, *, has_voice: bool = True) -> Likeness:
    now = village.clock.now()
    enrolment = Enrolment(
        id="e", person=person, name=name, state=EnrolmentState.ACCEPTED, digits="", turns=(), issued_at=now, expires_at=now, decided_at=now
    )
    await village.do(lambda tx: lends(village.decider)(tx, replace(enrolment, has_voice=has_voice)))
    likeness = await village.do(lambda tx: tables.likeness_of(tx, person))
    assert likeness
    return likeness


async def test_a_first_likeness_asks_each_time_travels_nowhere_and_lends_a_voice_only_if_one_was_heard(village: Village) -> None:
    likeness = await accept(village, LEA, "Léa")
    assert (likeness.handle, likeness.name, likeness.parts) == ("lea", "Léa", frozenset(Part))
    assert (likeness.audience, likeness.always_ask, likeness.may_travel) == (Audience.PEOPLE_I_APPROVE, True, False)
    assert (await accept(village, EVE, "Eve", has_voice=False)).parts == FACE


async def test_enrolling_anew_keeps_the_rules_and_is_another_likeness(village: Village) -> None:
    first = await accept(village, LEA, "Léa")
    await village.do(lambda tx: village.decider.change_rules(tx, replace(first, audience=Audience.ONLY_ME), village.clock.now()))
    village.clock.pass_s(timedelta(days=1).total_seconds())
    again = await accept(village, LEA, "Another name")
    assert (again.audience, again.handle, again.enrolled_at) == (Audience.ONLY_ME, "lea", village.clock.now())
    assert again.id != first.id


@pytest.mark.parametrize("name", ["Léa", "LEA", "l-e-a", "1ea", "里", "", "🐈", "x", "_" * 80, "a" * 80])
async def test_every_name_gets_a_handle_that_is_mistaken_for_nobody_s(village: Village, name: str) -> None:
    await accept(village, EVE, "lea")
    handle = (await accept(village, LEA, name)).handle
    assert handle != "lea"
    assert 2 <= len(handle) <= 32
