"""Somebody looks after a young person: how that begins, what it changes in consent, and that nobody gets round it."""

from datetime import timedelta

import pytest

from tests.consent.village import ANA, EVE, FACE, HERE, LEA, THERE, TOM, Village
from walkon.consent import accounts, guarding
from walkon.consent import guardian_tables as guardians
from walkon.consent.accounts import GuardianApart, NotClaimed, SamePerson, UnknownCode
from walkon.consent.asking import AskClosed, AskState, Consent, NotYoursToAnswer, Together, TopicRefused
from walkon.consent.decisions import DecisionKind
from walkon.consent.grants import Lasting, Use, Verdict
from walkon.consent.guardians import AlreadyGuarded, Guardianship, Limits, MayNotGuard, NotYours
from walkon.consent.likeness import Audience
from walkon.types.ids import PersonId
from walkon.types.people import Person

ALL = Consent(parts=FACE, lasting=Lasting.UNTIL_TAKEN_BACK, may_travel=True, covers_remix=True)
LEA_TOO = PersonId("discord:7")


def named(account: PersonId) -> Person:
    return Person(id=account, name=account.partition(":")[2])


async def offered(village: Village, guardian: PersonId = TOM, years: int = 3) -> str:
    end = village.clock.now() + timedelta(days=365 * years)
    return await village.do(lambda tx: guarding.offer(tx, named(guardian), end, village.clock.now()))


async def confirmed(village: Village, guardian: PersonId = TOM, ward: PersonId = LEA) -> Guardianship:
    now, record = village.clock.now(), village.decider.record
    return await village.do(lambda tx: guarding.confirm(tx, guardian, ward, Limits(), now, record=record))


async def claimed(village: Village, code: str, ward: PersonId = LEA) -> None:
    await village.do(lambda tx: guarding.claim(tx, code, named(ward), village.clock.now()))


async def looked_after(village: Village, guardian: PersonId = TOM, ward: PersonId = LEA) -> Guardianship:
    await claimed(village, await offered(village, guardian), ward)
    return await confirmed(village, guardian, ward)


async def found(village: Village, account: PersonId = LEA) -> Guardianship | None:
    return await village.do(lambda tx: guardians.guardianship_of(tx, account, village.clock.now()))


async def second(village: Village, ask, by, terms):
    return await village.do(lambda tx: village.decider.second(tx, ask.id, by, terms, village.clock.now()))


async def veto(village: Village, ask, by):
    return await village.do(lambda tx: village.decider.veto(tx, ask.id, by, village.clock.now()))


async def join(village: Village, first: PersonId, second: PersonId) -> PersonId:
    now = village.clock.now()
    code = await village.do(lambda tx: accounts.offer(tx, first, now))
    await village.do(lambda tx: accounts.claim(tx, code, second, now))
    return await village.do(lambda tx: accounts.confirm(tx, first, second, now, village.decider.record))


async def test_a_link_holds_once_both_have_said_so_and_is_written_down(village: Village) -> None:
    code = await offered(village)
    with pytest.raises(NotClaimed):
        await confirmed(village)
    await claimed(village, code)
    assert await found(village) is None
    assert (await confirmed(village)).guardian == named(TOM)
    assert village.kinds(LEA) == [DecisionKind.GUARDED]
    assert village.written[-1].others == {"guardian": TOM}


@pytest.mark.parametrize("forgery", ["late", "wrong", "shown by another", "used", "confirmed by another", "another account confirmed"])
async def test_attack_21_a_forged_link_is_refused(village: Village, forgery: str) -> None:
    code = await offered(village)
    if forgery == "late":
        village.clock.pass_s(600)
    if forgery in ("shown by another", "another account confirmed"):
        await claimed(village, code, EVE)
    if forgery in ("confirmed by another", "used"):
        await claimed(village, code)
    if forgery == "used":
        await confirmed(village)
    expected: dict[str, type[Exception]] = {"another account confirmed": NotClaimed}
    with pytest.raises(expected.get(forgery, UnknownCode)):
        if forgery == "confirmed by another":
            await confirmed(village, guardian=EVE)
        elif forgery == "another account confirmed":
            await confirmed(village)
        else:
            await claimed(village, "0000-0000" if forgery == "wrong" else code, ANA if forgery == "used" else LEA)
    assert await found(village, EVE) is None


async def test_nobody_looks_after_themselves_nor_after_whom_another_does_nor_while_looked_after(village: Village) -> None:
    await join(village, LEA, LEA_TOO)
    with pytest.raises(SamePerson):
        await claimed(village, await offered(village, LEA), LEA_TOO)
    await looked_after(village)
    with pytest.raises(AlreadyGuarded):
        await claimed(village, await offered(village, EVE), LEA_TOO)
    with pytest.raises(MayNotGuard):
        await offered(village, LEA_TOO)
    with pytest.raises(MayNotGuard):
        await claimed(village, await offered(village, EVE), TOM)


async def test_attack_21_the_young_person_cannot_end_it_the_guardian_and_an_operator_can(village: Village) -> None:
    await looked_after(village)
    now, record = village.clock.now(), village.decider.record
    for stranger in (LEA, EVE):
        with pytest.raises(NotYours):
            await village.do(lambda tx, by=stranger: guarding.end(tx, by, LEA, now, record=record))
        with pytest.raises(NotYours):
            await village.do(lambda tx, by=stranger: guarding.set_limits(tx, by, LEA, Limits(), now, record=record))
    await village.do(lambda tx: guarding.end(tx, TOM, LEA, now, record=record))
    assert await found(village) is None
    await looked_after(village)
    await village.do(lambda tx: guarding.end(tx, EVE, LEA, now, record=record, operator=True))
    assert await found(village) is None
    assert village.kinds(LEA) == [DecisionKind.GUARDED, DecisionKind.UNGUARDED] * 2


async def test_joining_accounts_is_no_way_round_it(village: Village) -> None:
    await looked_after(village)
    with pytest.raises(GuardianApart):
        await join(village, LEA, TOM)
    await join(village, LEA, LEA_TOO)
    assert await found(village, LEA_TOO)
    await looked_after(village, EVE, ANA)
    with pytest.raises(GuardianApart):
        await join(village, LEA, ANA)


async def test_the_young_person_is_asked_first_and_then_the_guardian(village: Village) -> None:
    await village.enrol(LEA)
    await looked_after(village)
    terms = village.terms()
    [ask] = (await village.cast(terms, LEA)).asks
    with pytest.raises(NotYoursToAnswer):
        await second(village, ask, TOM, terms)
    answered = await village.approve(ask, LEA, terms, ALL)
    assert (answered.ask.state, answered.together) == (AskState.WITH_GUARDIAN, Together.WAITING)
    assert not await village.may(terms)
    for stranger in (LEA, EVE, ANA):
        with pytest.raises(NotYoursToAnswer):
            await second(village, ask, stranger, terms)
    assert (await second(village, ask, TOM, terms)).together is Together.AGREED
    assert await village.may(terms)
    assert village.kinds(LEA)[-4:] == [DecisionKind.ASKED, DecisionKind.HANDED_ON, DecisionKind.APPROVED, DecisionKind.PERMITTED]
    assert village.written[-2].others["guardian"] == TOM


async def test_what_both_said_yes_to_never_lasts_beyond_a_week_nor_travels(village: Village) -> None:
    await village.enrol(LEA, may_travel=True)
    await looked_after(village)
    terms = village.terms()
    [ask] = (await village.cast(terms, LEA)).asks
    await village.approve(ask, LEA, terms, ALL)
    await second(village, ask, TOM, terms)
    assert await village.verdicts(terms, place=THERE) == {LEA: Verdict.OUT_OF_SCOPE}
    assert (await village.cast(village.terms(), LEA)).settled
    village.clock.pass_s(7 * 24 * 3600)
    assert not (await village.cast(village.terms(), LEA)).settled


@pytest.mark.parametrize("word", ["no", "veto", "withdrawn", "silence"])
async def test_one_no_of_either_ends_it(village: Village, word: str) -> None:
    await village.enrol(LEA)
    await looked_after(village)
    terms = village.terms()
    [ask] = (await village.cast(terms, LEA)).asks
    if word == "no":
        await village.refuse(ask, LEA)
    else:
        await village.approve(ask, LEA, terms)
    if word == "veto":
        await veto(village, ask, TOM)
    if word == "withdrawn":
        await village.withdraw(ask, LEA)
    if word == "silence":
        village.clock.pass_s(24 * 3600)
        await village.do(lambda tx: village.decider.expire(tx, village.clock.now()))
    ended = await village.ask(ask.id)
    assert ended.state in (AskState.REFUSED, AskState.WITHDRAWN, AskState.EXPIRED)
    assert ended.given is None
    with pytest.raises((AskClosed, NotYoursToAnswer)):
        await second(village, ask, TOM, terms)
    assert not await village.may(terms)


async def test_also_ones_own_clip_needs_the_guardians_yes(village: Village) -> None:
    await village.enrol(LEA)
    await looked_after(village)
    terms = village.terms(by=LEA)
    [ask] = (await village.cast(terms, LEA)).asks
    assert ask.state is AskState.WITH_GUARDIAN
    assert (await second(village, ask, TOM, terms)).together is Together.AGREED


async def test_no_audience_is_free_and_no_yes_from_before_counts_for_anything_new(village: Village) -> None:
    await village.enrol(LEA, audience=Audience.EVERYONE, always_ask=False)
    running = village.terms()
    assert (await village.cast(running, LEA)).settled
    other = village.terms(by=EVE)
    assert (await village.cast(other, LEA)).settled
    village.clock.pass_s(60)
    await looked_after(village)
    assert await village.verdicts(running) == {LEA: Verdict.UNSECONDED}
    assert await village.verdicts(running, use=Use.KEEP) == {LEA: Verdict.LIVE}
    assert not (await village.cast(village.terms(), LEA)).settled
    assert await village.verdicts(other) == {LEA: Verdict.UNSECONDED}


async def test_a_standing_yes_from_before_ends(village: Village) -> None:
    await village.enrol(LEA)
    await village.agreed(village.terms(), LEA, consent=ALL)
    assert (await village.cast(village.terms(), LEA)).settled
    village.clock.pass_s(60)
    await looked_after(village)
    assert not (await village.cast(village.terms(), LEA)).settled


async def test_a_remix_of_a_clip_from_before_asks_both(village: Village) -> None:
    await village.enrol(LEA)
    first = village.terms()
    await village.agreed(first, LEA, consent=ALL)
    village.clock.pass_s(60)
    await looked_after(village)
    [ask] = (await village.cast(village.terms(of=first.clip), LEA)).asks
    assert ask.owner == LEA


async def comes_of_age(village: Village, made: Guardianship) -> None:
    assert made.of_age_at
    village.clock.pass_s((made.of_age_at - village.clock.now()).total_seconds())


async def test_attack_21_turning_18_in_between_gives_the_question_back_to_them_alone(village: Village) -> None:
    made = await looked_after(village)
    await comes_of_age(village, made)
    village.clock.pass_s(-3600)
    await village.enrol(LEA)
    terms = village.terms()
    [ask] = (await village.cast(terms, LEA)).asks
    await village.approve(ask, LEA, terms)
    village.clock.pass_s(3600)
    with pytest.raises(NotYoursToAnswer):
        await second(village, ask, TOM, terms)
    await village.do(lambda tx: guarding.come_of_age(tx, village.clock.now(), village.decider.record))
    assert (await village.ask(ask.id)).state is AskState.OPEN
    assert not await village.may(terms)
    assert (await village.approve(ask, LEA, terms)).together is Together.AGREED
    assert village.kinds(LEA)[-3:] == [DecisionKind.CAME_OF_AGE, DecisionKind.HANDED_BACK, DecisionKind.APPROVED]


async def test_attack_66_no_romance_where_somebody_young_asks_or_appears(village: Village) -> None:
    await village.enrol(LEA)
    await village.enrol(EVE)
    await looked_after(village)
    with pytest.raises(TopicRefused):
        await village.cast(village.terms(words="we kiss on a date", by=LEA), LEA)
    for by, whom in ((LEA, EVE), (ANA, LEA)):
        [ask] = (await village.cast(village.terms(words="they kiss on a date", by=by), whom)).asks
        assert not ask.heard
    [ask] = (await village.cast(village.terms(words="they kiss on a date", by=ANA), EVE)).asks
    assert ask.heard


async def test_whoever_is_known_only_by_a_mark_can_be_agreed_to_by_nobody(village: Village) -> None:
    await village.enrol(LEA)
    key = "k" * 64
    await village.do(lambda tx: guardians.mark(tx, key, village.clock.now()))
    await village.do(lambda tx: guarding.settle_mark(tx, named(LEA), key, Limits(), village.clock.now()))
    terms = village.terms(place=HERE)
    [ask] = (await village.cast(terms, LEA)).asks
    await village.approve(ask, LEA, terms)
    for anybody in (LEA, TOM, ANA):
        with pytest.raises(NotYoursToAnswer):
            await second(village, ask, anybody, terms)
    assert not await village.may(terms)
    with pytest.raises(AlreadyGuarded):
        await claimed(village, await offered(village))
    later = village.clock.now() + timedelta(days=4000)
    assert await village.do(lambda tx: guardians.guardianship_of(tx, LEA, later))
    assert (await village.ask(ask.id)).state is AskState.WITH_GUARDIAN
