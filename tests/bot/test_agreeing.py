"""What people in a clip decide, on the real store and queue: who is asked, what enters the line, what stops and what comes down."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.town import FINISHED, Town
from walkon.bot import agreeing
from walkon.bot.intake import promise
from walkon.bot.reconcile import reconcile
from walkon.consent import tables as consent
from walkon.consent.asking import Ask, AskClosed, AskState, Consent, NotYoursToAnswer, Reach, Together
from walkon.consent.grants import Lasting
from walkon.consent.likeness import Audience, Likeness, Part, Topic
from walkon.library import tables
from walkon.library.clips import CancelledBy, Clip, ClipState, RemovedBy
from walkon.library.endings import end_waiting
from walkon.queue.port import JobState
from walkon.scene.parser import parse
from walkon.store.database import Transaction
from walkon.types.ids import ClipId, LikenessId, PersonId, PlaceId, new_long_id, render_job
from walkon.types.people import Place

LEA, TOM = PersonId("web:Lea"), PersonId("web:Tom")
PEOPLE: Mapping[str, PersonId] = {"@lea": LEA, "@tom": TOM}
YES = Consent(parts=frozenset({Part.FACE}))


class Studio:
    """People who lend a likeness, and what the town makes of them."""

    def __init__(self, town: Town) -> None:
        self.town, self.house = town, town.house

    async def enrol(self, owner: PersonId, **rules: object) -> Likeness:
        now, name = self.house.clock.now(), owner.partition(":")[2]
        facts: dict[str, object] = {"parts": frozenset(Part), "enrolled_at": now, "used_at": now, **rules}
        likeness = Likeness(id=LikenessId(new_long_id()), owner=owner, handle=name.lower(), name=name, **facts)  # type: ignore[arg-type]
        await self.house.database.write(lambda tx: self.house.decider.enrol(tx, likeness, now))
        return likeness

    async def ask(self, words: str = "@lea surfs", by: str = "Ana", parent: ClipId | None = None, place: Place | None = None) -> Clip:
        reply = await promise(self.house, self.town.said(by, "prompt", place=place), parse(words, people=PEOPLE), parent=parent)
        return await self.town.clip(reply)

    async def asks(self, clip: Clip) -> list[Ask]:
        return list(await self.house.database.read(lambda tx: consent.asks_of(tx, clip.id)))

    async def agreed(self, words: str = "@lea surfs", given: Consent = YES, **options: object) -> Clip:
        clip = await self.ask(words, **options)  # type: ignore[arg-type]
        for ask in await self.asks(clip):
            await agreeing.approve(self.house, ask.id, ask.owner, given)
        return await self.now(clip)

    async def finished(self, words: str = "@lea surfs", given: Consent = YES, **options: object) -> Clip:
        clip = await self.agreed(words, given, **options)
        names = {"video": f"{clip.id}.mp4", "poster": f"{clip.id}.jpg", "captions": f"{clip.id}.vtt"}
        await self.town.finish(await self.town.claim(), replace(FINISHED, **names))
        return await self.now(clip)

    async def now(self, clip: Clip) -> Clip:
        after = await self.house.database.read(lambda tx: tables.get(tx, clip.id))
        assert after
        return after

    async def job(self, clip: Clip) -> JobState | None:
        view = await self.house.queue.view(render_job(clip.id))
        return view.state if view else None


@pytest.fixture
async def studio(town: Town) -> Studio:
    found = Studio(town)
    await found.enrol(LEA)
    await found.enrol(TOM)
    return found


async def test_a_clip_that_waits_for_consent_is_in_the_store_and_not_in_the_line(studio: Studio) -> None:
    clip = await studio.ask()
    assert (clip.state, await studio.job(clip)) == (ClipState.WAITING, None)
    studio.town.clock.pass_s(60)
    await reconcile(studio.house)
    assert await studio.job(clip) is None


async def test_the_last_yes_puts_the_clip_in_line(studio: Studio) -> None:
    clip = await studio.ask("@lea and @tom dance")
    first, second = await studio.asks(clip)
    assert (await agreeing.approve(studio.house, first.id, first.owner, YES)).together is Together.WAITING
    assert await studio.job(clip) is None
    outcome = await agreeing.approve(studio.house, second.id, second.owner, YES)
    assert (outcome.clip.state, await studio.job(clip)) == (ClipState.PROMISED, JobState.QUEUED)


async def test_a_crash_between_the_last_yes_and_the_line_is_made_good(studio: Studio) -> None:
    clip = await studio.ask()
    (ask,) = await studio.asks(clip)

    async def only_the_store(tx: Transaction) -> None:
        await studio.house.decider.approve(tx, ask.id, LEA, YES, clip.terms, studio.house.clock.now())
        await end_waiting(tx, clip.id, studio.house.clock.now())

    await studio.house.database.write(only_the_store)
    studio.town.clock.pass_s(60)
    await reconcile(studio.house)
    assert await studio.job(clip) is JobState.QUEUED


async def test_one_no_ends_it_before_anything_is_rendered(studio: Studio) -> None:
    clip = await studio.ask("@lea and @tom dance")
    first, second = await studio.asks(clip)
    await agreeing.approve(studio.house, first.id, first.owner, YES)
    outcome = await agreeing.refuse(studio.house, second.id, second.owner)
    assert outcome.clip.state is ClipState.DECLINED
    assert outcome.clip.prompt == clip.prompt
    with pytest.raises(AskClosed):
        await agreeing.approve(studio.house, second.id, second.owner, YES)


async def test_silence_ends_it(studio: Studio) -> None:
    clip = await studio.ask()
    studio.town.clock.pass_s(24 * 3600)
    assert (await agreeing.expire_due(studio.house)).stopped == {clip.id}
    assert (await studio.now(clip)).state is ClipState.DECLINED


async def test_stopping_a_clip_that_waits_voids_its_questions(studio: Studio) -> None:
    clip = await studio.ask()
    (ask,) = await studio.asks(clip)
    await studio.town.say("Ana", "cancel", clip=clip.id)
    assert (await studio.now(clip)).state is ClipState.CANCELLED
    with pytest.raises(AskClosed) as closed:
        await agreeing.approve(studio.house, ask.id, LEA, YES)
    assert closed.value.state is AskState.VOID


@pytest.mark.parametrize("moment", ["in line", "rendering"])
async def test_a_reaction_taken_away_stops_the_clip(studio: Studio, moment: str) -> None:
    clip = await studio.agreed()
    (ask,) = await studio.asks(clip)
    if moment == "rendering":
        await studio.town.claim()
    await agreeing.unreact(studio.house, ask.id, LEA)
    assert ((await studio.now(clip)).state, await studio.job(clip)) == (ClipState.DECLINED, JobState.CANCELLED)


async def test_a_reaction_taken_away_between_render_and_post_takes_the_clip_down(studio: Studio) -> None:
    clip = await studio.finished()
    (ask,) = await studio.asks(clip)
    await agreeing.unreact(studio.house, ask.id, LEA)
    gone = await studio.now(clip)
    assert (gone.state, gone.removed_by, gone.prompt, gone.scene, gone.finished) == (ClipState.TAKEN_DOWN, RemovedBy.PERSON, "", b"", None)


async def test_only_the_person_themselves_takes_back_their_yes(studio: Studio) -> None:
    clip = await studio.finished()
    (ask,) = await studio.asks(clip)
    for stranger in (TOM, PersonId("web:Ana")):
        with pytest.raises(NotYoursToAnswer):
            await agreeing.refuse(studio.house, ask.id, stranger)
        assert (await agreeing.take_back(studio.house, stranger, [clip.id])).removal is None
    assert (await studio.now(clip)).state is ClipState.FINISHED


async def test_taking_back_takes_down_the_clip_and_what_was_made_from_it(studio: Studio) -> None:
    clip = await studio.finished(given=Consent(parts=frozenset({Part.FACE}), covers_remix=True))
    remix = await studio.finished("a dog surfs", by="Tom", parent=clip.id)
    waiting = await studio.ask("@tom surfs", parent=remix.id)
    ending = await agreeing.take_back(studio.house, LEA, [clip.id])
    assert ending.removal is not None
    assert ending.removal.clips == {clip.id, remix.id, waiting.id}
    assert {(await studio.now(each)).state for each in (clip, remix, waiting)} == {ClipState.TAKEN_DOWN}
    assert [ask.state for ask in await studio.asks(waiting)] == [AskState.VOID]


async def test_revoking_stops_what_runs_and_takes_down_what_is_out(studio: Studio) -> None:
    out = await studio.finished()
    running, waiting = await studio.agreed(), await studio.ask()
    await studio.town.claim()
    ending = await agreeing.revoke(studio.house, LEA)
    assert (ending.taken_down, ending.stopped) == (1, {running.id, waiting.id})
    assert await studio.job(running) is JobState.CANCELLED
    assert [(await studio.now(each)).state for each in (out, running, waiting)] == [
        ClipState.TAKEN_DOWN,
        ClipState.DECLINED,
        ClipState.DECLINED,
    ]


async def test_stricter_rules_stop_what_waits_in_line_and_leave_what_is_out(studio: Studio) -> None:
    out, line = await studio.finished(), await studio.agreed("@lea kisses a frog")
    likeness = await studio.house.database.read(lambda tx: consent.likeness_of(tx, LEA))
    assert likeness
    await agreeing.change_rules(studio.house, replace(likeness, refused=frozenset({Topic.ROMANCE})))
    assert [(await studio.now(each)).state for each in (out, line)] == [ClipState.FINISHED, ClipState.DECLINED]


async def test_leaving_a_place_ends_what_was_allowed_there(studio: Studio) -> None:
    here = await studio.finished(given=Consent(parts=frozenset({Part.FACE}), lasting=Lasting.WEEK))
    elsewhere = await studio.finished(place=studio.town.place("other"))
    ending = await agreeing.leave(studio.house, LEA, PlaceId("web:local"))
    assert ending.removal
    assert ending.removal.clips == {here.id}
    assert (await studio.now(elsewhere)).state is ClipState.FINISHED
    assert (await studio.ask()).state is ClipState.WAITING


async def test_never_ask_me_again_refuses_and_closes_the_door(studio: Studio) -> None:
    (ask,) = await studio.asks(await studio.ask())
    await agreeing.never_ask(studio.house, ask.id, LEA, Reach.BY_PERSON)
    (unheard,) = await studio.asks(await studio.ask())
    assert not unheard.heard
    assert not await agreeing.may_decide(studio.house, unheard.id, LEA)


async def test_a_mute_of_whoever_asked_stops_what_waits_and_voids_its_questions(studio: Studio) -> None:
    clip = await studio.ask()
    await studio.town.say("Olga", "mod", deed="mute", person="web:Ana", duration="2h")
    assert ((await studio.now(clip)).state, (await studio.now(clip)).cancelled_by) == (ClipState.CANCELLED, CancelledBy.MODERATOR)
    assert [ask.state for ask in await studio.asks(clip)] == [AskState.VOID]


async def test_show_brings_back_only_what_may_be_seen_there(studio: Studio) -> None:
    clip = await studio.finished()
    assert (await studio.town.say("Tom", "show", clip=clip.id)).post
    away = await studio.town.say("Ana", "show", clip=clip.id, place=studio.town.place("other"))
    assert (away.post, away.private) == (None, True)
    likeness = await studio.house.database.read(lambda tx: consent.likeness_of(tx, LEA))
    assert likeness
    await agreeing.change_rules(studio.house, replace(likeness, audience=Audience.ONLY_ME))
    assert (await studio.town.say("Tom", "show", clip=clip.id)).post is None
