"""What people in a clip decide, on the real store and queue: who is asked, what enters the line, what stops and what comes down."""

from dataclasses import replace

import pytest

from tests.town import FINISHED
from tests.troupe import LEA, TOM, YES, Troupe
from walkon.agreement import record_draft, record_outcome
from walkon.bot import agreeing
from walkon.bot.reconcile import reconcile
from walkon.consent import tables as consent
from walkon.consent.asking import AskClosed, AskState, Consent, NotYoursToAnswer, Reach, Together
from walkon.consent.grants import Lasting
from walkon.consent.likeness import Audience, Part, Topic
from walkon.library.clips import CancelledBy, ClipState, RemovedBy
from walkon.library.endings import end_waiting
from walkon.queue.port import JobState
from walkon.store.database import Transaction
from walkon.types.ids import PersonId, PlaceId


async def test_a_clip_that_waits_for_consent_is_in_the_store_and_not_in_the_line(troupe: Troupe) -> None:
    clip = await troupe.ask()
    assert (clip.state, await troupe.job(clip)) == (ClipState.WAITING, None)
    troupe.town.clock.pass_s(60)
    await reconcile(troupe.house)
    assert await troupe.job(clip) is None


async def test_the_last_yes_puts_the_clip_in_line(troupe: Troupe) -> None:
    clip = await troupe.ask("@lea and @tom dance")
    first, second = await troupe.asks(clip)
    assert (await agreeing.approve(troupe.house, first.id, first.owner, YES)).together is Together.WAITING
    assert await troupe.job(clip) is None
    outcome = await agreeing.approve(troupe.house, second.id, second.owner, YES)
    assert (outcome.clip.state, await troupe.job(clip)) == (ClipState.PROMISED, JobState.QUEUED)


async def test_a_crash_between_the_last_yes_and_the_line_is_made_good(troupe: Troupe) -> None:
    clip = await troupe.ask()
    (ask,) = await troupe.asks(clip)

    async def only_the_store(tx: Transaction) -> None:
        await troupe.house.decider.approve(tx, ask.id, LEA, YES, clip.terms, troupe.house.clock.now())
        await end_waiting(tx, clip.id, troupe.house.clock.now())

    await troupe.house.database.write(only_the_store)
    troupe.town.clock.pass_s(60)
    await reconcile(troupe.house)
    assert await troupe.job(clip) is JobState.QUEUED


async def test_one_no_ends_it_before_anything_is_rendered(troupe: Troupe) -> None:
    clip = await troupe.ask("@lea and @tom dance")
    first, second = await troupe.asks(clip)
    await agreeing.approve(troupe.house, first.id, first.owner, YES)
    outcome = await agreeing.refuse(troupe.house, second.id, second.owner)
    assert outcome.clip.state is ClipState.DECLINED
    assert outcome.clip.prompt == clip.prompt
    with pytest.raises(AskClosed):
        await agreeing.approve(troupe.house, second.id, second.owner, YES)


async def test_silence_ends_it(troupe: Troupe) -> None:
    clip = await troupe.ask()
    troupe.town.clock.pass_s(24 * 3600)
    assert (await agreeing.expire_due(troupe.house)).stopped == {clip.id}
    assert (await troupe.now(clip)).state is ClipState.DECLINED


async def test_stopping_a_clip_that_waits_voids_its_questions(troupe: Troupe) -> None:
    clip = await troupe.ask()
    (ask,) = await troupe.asks(clip)
    await troupe.town.say("Ana", "cancel", clip=clip.id)
    assert (await troupe.now(clip)).state is ClipState.CANCELLED
    with pytest.raises(AskClosed) as closed:
        await agreeing.approve(troupe.house, ask.id, LEA, YES)
    assert closed.value.state is AskState.VOID


@pytest.mark.parametrize("moment", ["in line", "rendering"])
async def test_a_reaction_taken_away_stops_the_clip(troupe: Troupe, moment: str) -> None:
    clip = await troupe.agreed()
    (ask,) = await troupe.asks(clip)
    if moment == "rendering":
        await troupe.town.claim()
    await agreeing.unreact(troupe.house, ask.id, LEA)
    assert ((await troupe.now(clip)).state, await troupe.job(clip)) == (ClipState.DECLINED, JobState.CANCELLED)


async def test_a_reaction_taken_away_between_render_and_post_takes_the_clip_down(troupe: Troupe) -> None:
    clip = await troupe.finished()
    (ask,) = await troupe.asks(clip)
    await agreeing.unreact(troupe.house, ask.id, LEA)
    gone = await troupe.now(clip)
    assert (gone.state, gone.removed_by, gone.prompt, gone.scene, gone.finished) == (ClipState.TAKEN_DOWN, RemovedBy.PERSON, "", b"", None)


async def test_only_the_person_themselves_takes_back_their_yes(troupe: Troupe) -> None:
    clip = await troupe.finished()
    (ask,) = await troupe.asks(clip)
    for stranger in (TOM, PersonId("web:Ana")):
        with pytest.raises(NotYoursToAnswer):
            await agreeing.refuse(troupe.house, ask.id, stranger)
        assert (await agreeing.take_back(troupe.house, stranger, [clip.id])).removal is None
    assert (await troupe.now(clip)).state is ClipState.FINISHED


async def test_taking_back_takes_down_the_clip_and_what_was_made_from_it(troupe: Troupe) -> None:
    clip = await troupe.finished(given=Consent(parts=frozenset({Part.FACE}), covers_remix=True))
    remix = await troupe.finished("a dog surfs", by="Tom", parent=clip.id)
    waiting = await troupe.ask("@tom surfs", parent=remix.id)
    ending = await agreeing.take_back(troupe.house, LEA, [clip.id])
    assert ending.removal is not None
    assert ending.removal.clips == {clip.id, remix.id, waiting.id}
    assert {(await troupe.now(each)).state for each in (clip, remix, waiting)} == {ClipState.TAKEN_DOWN}
    assert [ask.state for ask in await troupe.asks(waiting)] == [AskState.VOID]


async def test_revoking_stops_what_runs_and_takes_down_what_is_out(troupe: Troupe) -> None:
    out = await troupe.finished()
    running, waiting = await troupe.agreed(), await troupe.ask()
    await troupe.town.claim()
    ending = await agreeing.revoke(troupe.house, LEA)
    assert (ending.taken_down, ending.stopped) == (1, {running.id, waiting.id})
    assert await troupe.job(running) is JobState.CANCELLED
    assert [(await troupe.now(each)).state for each in (out, running, waiting)] == [
        ClipState.TAKEN_DOWN,
        ClipState.DECLINED,
        ClipState.DECLINED,
    ]


async def test_stricter_rules_stop_what_waits_in_line_and_leave_what_is_out(troupe: Troupe) -> None:
    out, line = await troupe.finished(), await troupe.agreed("@lea kisses a frog")
    likeness = await troupe.house.database.read(lambda tx: consent.likeness_of(tx, LEA))
    assert likeness
    await agreeing.change_rules(troupe.house, replace(likeness, refused=frozenset({Topic.ROMANCE})))
    assert [(await troupe.now(each)).state for each in (out, line)] == [ClipState.FINISHED, ClipState.DECLINED]


async def test_leaving_a_place_ends_what_was_allowed_there(troupe: Troupe) -> None:
    here = await troupe.finished(given=Consent(parts=frozenset({Part.FACE}), lasting=Lasting.WEEK))
    elsewhere = await troupe.finished(place=troupe.town.place("other"))
    ending = await agreeing.leave(troupe.house, LEA, PlaceId("web:local"))
    assert ending.removal
    assert ending.removal.clips == {here.id}
    assert (await troupe.now(elsewhere)).state is ClipState.FINISHED
    assert (await troupe.ask()).state is ClipState.WAITING


async def test_never_ask_me_again_refuses_and_closes_the_door(troupe: Troupe) -> None:
    (ask,) = await troupe.asks(await troupe.ask())
    await agreeing.never_ask(troupe.house, ask.id, LEA, Reach.BY_PERSON)
    (unheard,) = await troupe.asks(await troupe.ask())
    assert not unheard.heard
    assert not await agreeing.may_decide(troupe.house, unheard.id, LEA)


async def test_a_mute_of_whoever_asked_stops_what_waits_and_voids_its_questions(troupe: Troupe) -> None:
    clip = await troupe.ask()
    await troupe.town.say("Olga", "mod", deed="mute", person="web:Ana", duration="2h")
    assert ((await troupe.now(clip)).state, (await troupe.now(clip)).cancelled_by) == (ClipState.CANCELLED, CancelledBy.MODERATOR)
    assert [ask.state for ask in await troupe.asks(clip)] == [AskState.VOID]


async def test_show_brings_back_only_what_may_be_seen_there(troupe: Troupe) -> None:
    clip = await troupe.finished()
    assert (await troupe.town.say("Tom", "show", clip=clip.id)).post
    away = await troupe.town.say("Ana", "show", clip=clip.id, place=troupe.town.place("other"))
    assert (away.post, away.private) == (None, True)
    likeness = await troupe.house.database.read(lambda tx: consent.likeness_of(tx, LEA))
    assert likeness
    await agreeing.change_rules(troupe.house, replace(likeness, audience=Audience.ONLY_ME))
    assert (await troupe.town.say("Tom", "show", clip=clip.id)).post is None


async def test_a_render_is_not_recorded_once_a_likeness_has_run_out_though_nobody_has_noticed_yet(troupe: Troupe) -> None:
    clip = await troupe.agreed()
    troupe.town.clock.pass_s(366 * 24 * 3600)
    now = troupe.house.clock.now()
    recorded = await troupe.house.database.write(lambda tx: record_outcome(tx, clip.id, 1, FINISHED, now))
    after = await troupe.now(clip)
    assert (recorded, after.state, after.finished) == (False, ClipState.DECLINED, None)


async def test_a_draft_is_not_recorded_then_either(troupe: Troupe) -> None:
    clip = await troupe.agreed()
    troupe.town.clock.pass_s(366 * 24 * 3600)
    now = troupe.house.clock.now()
    assert not await troupe.house.database.write(lambda tx: record_draft(tx, clip.id, FINISHED, now))
    assert (await troupe.now(clip)).draft is None
