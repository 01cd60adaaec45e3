"""One person, several accounts: joined by a code that both sides confirm, and from then on one in everything."""

from datetime import timedelta

import pytest

from tests.consent.village import ANA, EVE, HERE, LEA, TOM, Village
from walkon.consent import tables
from walkon.consent.accounts import BothEnrolled, NotClaimed, SamePerson, UnknownCode, claim, confirm, decline, offer
from walkon.consent.asking import AskState, NeverAsk, Reach
from walkon.consent.decisions import DecisionKind
from walkon.moderation import tables as moderation
from walkon.moderation.mutes import Mute
from walkon.store.accounts import accounts_of, person_of
from walkon.types.ids import PersonId
from walkon.types.people import Person

LEA_TOO = PersonId("discord:7")


async def code_of(village: Village, account: PersonId) -> str:
    return await village.do(lambda tx: offer(tx, account, village.clock.now()))


async def join(village: Village, first: PersonId, second: PersonId) -> PersonId:
    code = await code_of(village, first)
    await village.do(lambda tx: claim(tx, code, second, village.clock.now()))
    return await village.do(lambda tx: confirm(tx, first, second, village.clock.now(), village.decider.record))


async def test_two_accounts_are_one_person_once_both_sides_have_said_so(village: Village) -> None:
    assert await join(village, LEA, LEA_TOO) == LEA
    assert await village.do(lambda tx: person_of(tx, LEA_TOO)) == LEA
    assert await village.do(lambda tx: accounts_of(tx, LEA_TOO)) == [LEA_TOO, LEA]
    assert village.kinds(LEA) == [DecisionKind.LINKED]


async def test_a_code_alone_joins_nobody(village: Village) -> None:
    code = await code_of(village, LEA)
    await village.do(lambda tx: claim(tx, code, LEA_TOO, village.clock.now()))
    assert await village.do(lambda tx: person_of(tx, LEA_TOO)) == LEA_TOO
    with pytest.raises(NotClaimed):
        await village.do(lambda tx: confirm(tx, LEA, EVE, village.clock.now(), village.decider.record))


@pytest.mark.parametrize("spoil", ["late", "wrong", "used", "declined", "claimed by another"])
async def test_a_code_is_good_once_and_for_ten_minutes(village: Village, spoil: str) -> None:
    code = await code_of(village, LEA)
    if spoil == "late":
        village.clock.pass_s(600)
    elif spoil == "wrong":
        code = "0000-0000"
    elif spoil == "used":
        await village.do(lambda tx: claim(tx, code, TOM, village.clock.now()))
        await village.do(lambda tx: confirm(tx, LEA, TOM, village.clock.now(), village.decider.record))
    elif spoil == "declined":
        await village.do(lambda tx: decline(tx, LEA, village.clock.now()))
    else:
        await village.do(lambda tx: claim(tx, code, TOM, village.clock.now()))
    with pytest.raises(UnknownCode):
        await village.do(lambda tx: claim(tx, code, LEA_TOO, village.clock.now()))


async def test_a_code_may_be_typed_carelessly(village: Village) -> None:
    code = (await code_of(village, LEA)).replace("-", " ").replace("0", "o").replace("1", "l").lower()
    assert await village.do(lambda tx: claim(tx, code, LEA_TOO, village.clock.now())) == LEA


async def test_whoever_is_one_person_already_has_nothing_to_join(village: Village) -> None:
    await join(village, LEA, LEA_TOO)
    code = await code_of(village, LEA)
    with pytest.raises(SamePerson):
        await village.do(lambda tx: claim(tx, code, LEA_TOO, village.clock.now()))


async def test_a_mention_of_any_account_means_the_same_likeness_and_any_account_answers(village: Village) -> None:
    await village.enrol(LEA)
    await join(village, LEA_TOO, LEA)
    terms = village.terms()
    (ask,) = (await village.cast(terms, LEA_TOO, LEA)).asks
    assert ask.owner == LEA
    await village.approve(ask, LEA_TOO, terms)
    assert await village.may(terms)


async def test_the_person_is_named_by_the_account_that_lends_a_likeness(village: Village) -> None:
    await village.enrol(LEA_TOO)
    assert await join(village, LEA, LEA_TOO) == LEA_TOO


async def test_two_likenesses_do_not_become_one(village: Village) -> None:
    await village.enrol(LEA)
    await village.enrol(LEA_TOO)
    with pytest.raises(BothEnrolled):
        await join(village, LEA, LEA_TOO)


async def test_what_was_asked_given_and_refused_before_counts_for_the_one_person(village: Village) -> None:
    await village.enrol(LEA)
    old, mine = village.terms(), village.terms(by=LEA_TOO)
    (waiting,) = (await village.cast(old, LEA_TOO)).asks
    await village.do(lambda tx: village.decider.shut(tx, NeverAsk(owner=LEA_TOO, reach=Reach.BY_PERSON, asker=EVE), village.clock.now()))
    await village.agreed(mine, LEA)
    await join(village, LEA, LEA_TOO)
    assert (await village.ask(waiting.id)).owner == LEA
    assert await village.do(lambda tx: tables.is_shut(tx, LEA, EVE, HERE))
    assert (await village.approve(waiting, LEA_TOO, old)).ask.state is AskState.APPROVED
    assert (await village.cast(village.terms(by=LEA_TOO), LEA)).settled


async def test_accounts_that_were_in_one_clip_apart_are_in_it_once_together(village: Village) -> None:
    await village.enrol(LEA)
    terms = village.terms()
    casting = await village.cast(terms, LEA, LEA_TOO)
    assert len(casting.asks) == 2
    await join(village, LEA, LEA_TOO)
    for ask in casting.asks:
        await village.approve(ask, LEA, terms)
    assert await village.may(terms)
    assert await village.do(lambda tx: tables.people_in(tx, terms.clip)) == [LEA]


async def test_a_mute_of_one_account_holds_on_all(village: Village) -> None:
    await join(village, ANA, EVE)
    now = village.clock.now()
    tom = Person(id=TOM, name="Tom")
    mute = Mute(person=Person(id=EVE, name="Eve"), place=None, until=now + timedelta(hours=1), reason="", by=tom, at=now)
    await village.do(lambda tx: moderation.put(tx, mute))
    assert len(await village.do(lambda tx: moderation.mutes_of(tx, ANA, HERE))) == 1
    await village.do(lambda tx: moderation.lift(tx, ANA, None))
    assert await village.do(lambda tx: moderation.mutes_of(tx, EVE, HERE)) == []
