"""One question, one person, one answer that counts: the transition table and the steps over it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.consent.village import ANA, BOTH, EVE, FACE, HERE, LEA, OPEN_FOR, THERE, TOM, Village
from tests.doubles.clock import StandingClock
from walkon.consent import asking, tables
from walkon.consent.asking import (
    MAY_BECOME,
    Ask,
    AskClosed,
    AskState,
    Consent,
    NeverAsk,
    NotEnrolled,
    NothingLent,
    NotYoursToAnswer,
    Reach,
    Together,
    TooManyAsks,
    TopicRefused,
    UnknownAsk,
    together,
)
from walkon.consent.decisions import DecisionKind
from walkon.consent.grants import Lasting, Verdict
from walkon.consent.likeness import Audience, Part, Topic
from walkon.types.ids import AskId, ClipId, PersonId


async def test_a_mention_becomes_one_question_to_the_person_and_nothing_else(village: Village) -> None:
    await village.enrol(LEA)
    terms = village.terms()
    casting = await village.cast(terms, LEA)
    ask = casting.asks[0]
    assert not casting.settled
    assert (ask.owner, ask.requester, ask.place, ask.state, ask.heard) == (LEA, ANA, HERE, AskState.OPEN, True)
    assert ask.expires_at == village.clock.now() + OPEN_FOR
    assert await village.verdicts(terms) == {LEA: Verdict.NOT_GIVEN}


async def test_a_yes_of_the_person_asked_makes_a_grant_for_this_clip_alone(village: Village) -> None:
    await village.enrol(LEA)
    terms = village.terms()
    await village.agreed(terms, LEA)
    assert await village.may(terms)
    assert not await village.may(terms, THERE)
    again = await village.cast(village.terms(), LEA)
    assert len(again.asks) == 1


async def test_everybody_must_approve(village: Village) -> None:
    await village.enrol(LEA)
    await village.enrol(TOM)
    terms = village.terms()
    first, second = (await village.cast(terms, LEA, TOM)).asks
    assert (await village.approve(first, LEA, terms)).together is Together.WAITING
    assert not await village.may(terms)
    assert (await village.approve(second, TOM, terms)).together is Together.AGREED
    assert await village.may(terms)


async def test_one_no_ends_it_for_all_and_takes_back_the_yes_of_others(village: Village) -> None:
    await village.enrol(LEA)
    await village.enrol(TOM)
    terms = village.terms()
    first, second = (await village.cast(terms, LEA, TOM)).asks
    await village.approve(first, LEA, terms)
    assert (await village.refuse(second, TOM)).together is Together.DECLINED
    assert (await village.ask(first.id)).state is AskState.VOID
    assert await village.verdicts(terms) == {LEA: Verdict.WITHDRAWN, TOM: Verdict.NOT_GIVEN}


async def test_silence_past_its_time_is_a_no(village: Village) -> None:
    await village.enrol(LEA)
    terms = village.terms()
    ask = (await village.cast(terms, LEA)).asks[0]
    village.clock.pass_s(OPEN_FOR.total_seconds())
    assert await village.do(lambda tx: village.decider.expire(tx, village.clock.now())) == (terms.clip,)
    assert (await village.ask(ask.id)).state is AskState.EXPIRED
    with pytest.raises(AskClosed):
        await village.approve(ask, LEA, terms)


async def test_a_person_who_lent_nothing_is_asked_like_anybody_but_their_yes_needs_a_likeness_first(village: Village) -> None:
    terms = village.terms()
    ask = (await village.cast(terms, LEA)).asks[0]
    assert ask.heard
    with pytest.raises(NotEnrolled):
        await village.approve(ask, LEA, terms)
    await village.enrol(LEA)
    assert (await village.approve(ask, LEA, terms)).together is Together.AGREED


async def test_ones_own_likeness_needs_no_question_but_an_enrolment(village: Village) -> None:
    with pytest.raises(NotEnrolled):
        await village.cast(village.terms(by=LEA), LEA)
    await village.enrol(LEA)
    terms = village.terms(by=LEA)
    assert (await village.cast(terms, LEA)).settled
    assert await village.may(terms)


async def test_a_yes_to_less_is_a_yes_to_no_more_than_that(village: Village) -> None:
    await village.enrol(LEA)
    terms = village.terms()
    ask = (await village.cast(terms, LEA, parts=BOTH)).asks[0]
    with pytest.raises(NothingLent):
        await village.approve(ask, LEA, terms, Consent(parts=frozenset()))
    await village.approve(ask, LEA, terms, Consent(parts=FACE))
    assert [grant.parts for grant in await village.do(lambda tx: tables.grants_of(tx, terms.clip))] == [FACE]


async def test_nobody_is_granted_a_part_that_was_not_asked_for(village: Village) -> None:
    await village.enrol(LEA)
    terms = village.terms()
    ask = (await village.cast(terms, LEA, parts=FACE)).asks[0]
    with pytest.raises(NothingLent):
        await village.approve(ask, LEA, terms, Consent(parts=frozenset({Part.VOICE})))


@pytest.mark.parametrize(
    ("lasting", "hours", "asked"), [(Lasting.DAY, 23, 0), (Lasting.DAY, 24, 1), (Lasting.WEEK, 167, 0), (Lasting.WEEK, 168, 1)]
)
async def test_a_standing_permission_answers_for_its_owner_as_long_as_it_lasts(
    village: Village, lasting: Lasting, hours: int, asked: int
) -> None:
    await village.enrol(LEA)
    await village.agreed(village.terms(), LEA, consent=Consent(parts=FACE, lasting=lasting))
    village.clock.pass_s(hours * 3600)
    assert len((await village.cast(village.terms("another"), LEA)).asks) == asked


async def test_a_standing_permission_holds_for_one_person_one_place_and_its_parts(village: Village) -> None:
    await village.enrol(LEA)
    await village.agreed(village.terms(), LEA, consent=Consent(parts=FACE, lasting=Lasting.UNTIL_TAKEN_BACK))
    assert (await village.cast(village.terms(), LEA)).settled
    assert not (await village.cast(village.terms(by=TOM), LEA)).settled
    assert not (await village.cast(village.terms(place=THERE), LEA)).settled
    assert not (await village.cast(village.terms(), LEA, parts=BOTH)).settled


async def test_taking_back_a_standing_permission_takes_back_what_was_made_under_it(village: Village) -> None:
    await village.enrol(LEA)
    first, second = village.terms(), village.terms()
    await village.agreed(first, LEA, consent=Consent(parts=FACE, lasting=Lasting.WEEK))
    await village.cast(second, LEA)
    ended = await village.do(lambda tx: village.decider.take_back_from(tx, LEA, ANA, village.clock.now()))
    assert ended == {first.clip, second.clip}
    assert not (await village.cast(village.terms(), LEA)).settled


async def test_whoever_is_of_the_audience_need_not_ask_where_the_owner_says_so(village: Village) -> None:
    await village.enrol(LEA, audience=Audience.MEMBERS_OF_PLACES, places=frozenset({HERE}), always_ask=False)
    assert (await village.cast(village.terms(), LEA)).settled
    await village.enrol(TOM, audience=Audience.EVERYONE)
    assert not (await village.cast(village.terms(), TOM)).settled


@pytest.mark.parametrize(
    "rules",
    [
        {"audience": Audience.ONLY_ME},
        {"audience": Audience.MEMBERS_OF_PLACES, "places": frozenset({THERE})},
        {"refused": frozenset({Topic.POLITICS})},
        {"parts": frozenset({Part.VOICE})},
    ],
)
async def test_a_closed_door_looks_like_any_question_and_is_heard_by_nobody(village: Village, rules: dict[str, object]) -> None:
    await village.enrol(LEA, **rules)
    ask = (await village.cast(village.terms("Lea at a campaign speech for the election"), LEA)).asks[0]
    assert not ask.heard
    assert timedelta(minutes=1) <= ask.expires_at - ask.asked_at <= timedelta(minutes=20)
    with pytest.raises(NotYoursToAnswer):
        await village.refuse(ask, LEA)


async def test_never_ask_again_is_kept_by_person_here_and_anywhere(village: Village) -> None:
    await village.enrol(LEA)
    now = village.clock.now()
    doors = [NeverAsk(owner=LEA, reach=Reach.BY_PERSON, asker=ANA), NeverAsk(owner=LEA, reach=Reach.HERE, place=HERE)]
    for door, heard in zip(
        [*doors, NeverAsk(owner=LEA, reach=Reach.ANYWHERE)], [(False, True, True), (False, False, True), (False, False, False)], strict=True
    ):
        await village.do(lambda tx, door=door: village.decider.shut(tx, door, now))
        wishes = [village.terms(), village.terms(by=TOM), village.terms(by=EVE, place=THERE)]
        assert tuple([(await village.cast(terms, LEA)).asks[0].heard for terms in wishes]) == heard
        await village.do(lambda tx, door=door: village.decider.open(tx, door, now)) if door.reach is Reach.HERE else None


async def test_who_may_know_a_rule_is_told_which_subject_is_out(village: Village) -> None:
    await village.enrol(LEA, audience=Audience.EVERYONE, refused=frozenset({Topic.POLITICS}))
    with pytest.raises(TopicRefused) as refused:
        await village.cast(village.terms("Léa wins the ÉLECTIONS"), LEA)
    assert refused.value.topics == {Topic.POLITICS}


async def test_a_pair_has_three_questions_a_day(village: Village) -> None:
    for _ in range(3):
        await village.cast(village.terms(), LEA)
    with pytest.raises(TooManyAsks) as refused:
        await village.cast(village.terms(), LEA)
    assert refused.value.until == village.clock.now() + timedelta(days=1)
    await village.cast(village.terms(by=TOM), LEA)
    village.clock.pass_s(24 * 3600)
    await village.cast(village.terms(), LEA)


async def test_nobody_is_asked_more_than_ten_times_a_day(village: Village) -> None:
    for number in range(10):
        await village.cast(village.terms(by=PersonId(f"web:{number}")), LEA)
    with pytest.raises(TooManyAsks):
        await village.cast(village.terms(by=EVE), LEA)


async def test_every_decision_is_written_down_also_refusals(village: Village) -> None:
    await village.enrol(LEA)
    ask = (await village.cast(village.terms(), LEA)).asks[0]
    await village.refuse(ask, LEA)
    assert village.kinds(LEA) == [DecisionKind.ENROLLED, DecisionKind.ASKED, DecisionKind.REFUSED]
    assert all("Lea" not in str(decision.facts) and "surfer" not in str(decision.facts) for decision in village.written)


async def test_an_unknown_question_is_answered_by_nobody(village: Village) -> None:
    with pytest.raises(UnknownAsk):
        await village.approve(AskId("NONE"), LEA, village.terms())


WAYS: dict[str, Callable[[Ask, datetime], Ask]] = {
    "approve": lambda ask, now: asking.approve(ask, LEA, Consent(parts=FACE), now),
    "refuse": lambda ask, now: asking.refuse(ask, LEA, now),
    "withdraw": lambda ask, now: asking.withdraw(ask, LEA, now),
    "void": asking.void,
    "expire": asking.expire,
}


@given(st.lists(st.sampled_from(sorted(WAYS)), max_size=12), st.integers(0, 12))
def test_an_ask_goes_no_way_that_is_not_in_the_table(deeds: list[str], open_for_h: int) -> None:
    clock = StandingClock()
    now = clock.now()
    about = {"id": AskId("A"), "clip": ClipId("C"), "owner": LEA, "requester": ANA, "place": HERE, "digest": b"", "parts": FACE}
    ask = Ask(**about, asked_at=now, expires_at=now + timedelta(hours=open_for_h))  # type: ignore[arg-type]
    for deed in deeds:
        clock.pass_s(3600)
        before = ask.state_at(clock.now())
        try:
            ask = WAYS[deed](ask, clock.now())
        except AskClosed as closed:
            assert closed.state is before
        after = ask.state_at(clock.now())
        assert after is before or after in MAY_BECOME[before]


def test_no_asks_at_all_are_agreement(village: Village) -> None:
    assert together([], village.clock.now()) is Together.AGREED
