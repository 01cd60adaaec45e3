"""A draft with stand-ins for those who are asked: from the question to its end, on the real store, queue and delivery."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.bot.asked import read
from tests.troupe import LEA, TOM, YES, Troupe
from tests.waiting import until
from walkon.bot import agreeing
from walkon.bot.cards import Card
from walkon.bot.reconcile import line_up_stand_ins
from walkon.bot.takedown import purge_files
from walkon.consent.likeness import Audience
from walkon.engine.port import Order, RenderFailed
from walkon.engine.worker import Worker
from walkon.library.clips import Clip, ClipState
from walkon.library.films import CLIP_FILE
from walkon.provenance.manifest import Source
from walkon.queue.port import JobState
from walkon.queue.rules import Depth
from walkon.queue.sqlite import SqliteQueue
from walkon.safety.policy import Category
from walkon.safety.text import Judge
from walkon.telemetry import build_metrics
from walkon.types.ids import render_job, stand_in_job
from walkon.types.people import Place

FOUND_AGAIN_S = 30


async def look(troupe: Troupe, clip: Clip) -> Card:
    """What Lea sees, who is asked."""
    ask = next(ask for ask in await troupe.asks(clip) if ask.owner == LEA)
    return (await troupe.town.press("Lea", f"w1:ask-look:{ask.id}:")).card


async def drawn(troupe: Troupe, words: str = "@lea surfs", **options: object) -> Clip:
    """A clip that waits, with its draft."""
    clip = await troupe.ask(words, **options)  # type: ignore[arg-type]
    lease = await troupe.claim_draft()
    assert lease
    await troupe.render(lease)
    return await troupe.now(clip)


def orders(troupe: Troupe) -> list[Order]:
    """What the engine is told from now on."""
    told: list[Order] = []
    troupe.backend.script += [told.append] * 10  # type: ignore[list-item]
    return told


async def files(troupe: Troupe) -> list[str]:
    """The films on the disk, once what is due was deleted."""
    troupe.town.clock.pass_s(3600)
    await purge_files(troupe.house)
    return sorted(path.name for path in (troupe.folder / "media").glob("*.mp4"))


async def test_whoever_is_asked_sees_a_draft_once_it_is_drawn_and_can_answer_before(troupe: Troupe) -> None:
    clip = await troupe.ask()
    before = await look(troupe, clip)
    assert before.video is None
    assert "is on its way" in read(before)
    lease = await troupe.claim_draft()
    assert lease
    assert await troupe.render(lease)
    after = await look(troupe, clip)
    assert after.video
    assert after.video.alt.startswith("Draft: ")
    assert "nobody's face, nobody's voice" in read(after)
    assert [button.token for button in after.buttons] == [button.token for button in before.buttons]


async def test_the_engine_is_told_of_nobody(troupe: Troupe) -> None:
    told = orders(troupe)
    await drawn(troupe, '@lea says "I am Lea"')
    [order] = told
    assert (order.scene.people, order.portraits, order.source) == ((), {}, None)
    assert "lea" not in order.scene.prompt.lower()
    assert [line.text for shot in order.scene.shots for line in shot.lines] == ["I am someone"]


async def test_nothing_is_taken_from_a_clip_that_somebody_is_in(troupe: Troupe) -> None:
    first = await troupe.finished()
    told = orders(troupe)
    troupe.finisher.signed.clear()
    lease = await troupe.claim_draft()  # the one of the first, which nobody needs any more
    assert lease
    assert not await troupe.render(lease)
    await drawn(troupe, "@lea sings", by="Eve", parent=first.id)
    assert [order.source for order in told] == [None]
    assert [statement.parent for statement in troupe.finisher.signed] == [None]


async def test_the_draft_is_marked_and_signed_as_every_film_is(troupe: Troupe) -> None:
    told = orders(troupe)
    clip = await drawn(troupe)
    assert told[0].mark
    assert [statement.source for statement in troupe.finisher.signed] == [Source.ALGORITHM]
    assert clip.draft
    assert clip.draft.film


async def test_words_that_may_not_be_rendered_are_not_drafted(troupe: Troupe) -> None:
    clip = await troupe.ask("@lea surfs on a gondola")
    lease = await troupe.claim_draft()
    assert lease
    judge = Judge(terms={Category.PRIVACY: ["gondola"]})
    await troupe.render(lease, judge=judge)
    assert (troupe.backend.started, (await troupe.now(clip)).draft) == ([], None)
    assert (await look(troupe, clip)).video is None


async def test_a_draft_is_shown_in_no_chat(troupe: Troupe) -> None:
    clip = await drawn(troupe)
    await troupe.town.say("Ana", "queue")
    shown = await troupe.town.say("Ana", "show", clip=clip.id)
    assert shown.card.video is None
    assert await troupe.films_shown() == 0
    assert clip.state is ClipState.WAITING


async def test_a_stranger_who_looks_sees_no_draft(troupe: Troupe) -> None:
    clip = await drawn(troupe)
    (ask,) = await troupe.asks(clip)
    for stranger in ("Ana", "Eve", "Olga"):
        assert (await troupe.town.press(stranger, f"w1:ask-look:{ask.id}:")).card.video is None


async def test_a_question_in_ones_own_chat_is_shown_anew_with_the_draft(troupe: Troupe) -> None:
    alone = Place(id=troupe.town.place("ana").id, channel="ana", private=True)
    clip = await troupe.ask(place=alone)
    await troupe.deliver()
    lease = await troupe.claim_draft()
    assert lease
    await troupe.render(lease)
    await troupe.deliver()
    [ask] = await troupe.asks(clip)
    number = next(number for number, post in troupe.chat.posts.items() if post.key == f"ask:{ask.id}")
    assert troupe.chat.messages[number].video
    await agreeing.refuse(troupe.house, ask.id, LEA)
    await troupe.deliver()
    assert troupe.chat.messages[number].video is None


ENDS = {
    "refused": lambda troupe, clip, ask: agreeing.refuse(troupe.house, ask.id, LEA),
    "taken back by revoking": lambda troupe, clip, ask: agreeing.revoke(troupe.house, LEA),
    "stopped by the asker": lambda troupe, clip, ask: troupe.town.say("Ana", "cancel", clip=clip.id),
    "stopped by a mute": lambda troupe, clip, ask: troupe.town.say("Olga", "mod", deed="mute", person="web:Ana", duration="2h"),
    "expired": lambda troupe, clip, ask: expire(troupe),
    "approved": lambda troupe, clip, ask: agreeing.approve(troupe.house, ask.id, LEA, YES),
}


async def expire(troupe: Troupe) -> None:
    troupe.town.clock.pass_s(25 * 3600)
    await agreeing.expire_due(troupe.house)


@pytest.mark.parametrize("end", ENDS)
async def test_with_the_question_its_draft_ends(troupe: Troupe, end: str) -> None:
    clip = await drawn(troupe)
    (ask,) = await troupe.asks(clip)
    await ENDS[end](troupe, clip, ask)
    assert (await troupe.now(clip)).draft is None
    assert await files(troupe) == []
    assert await troupe.house.database.read(_kept_files) == []


async def _kept_files(tx):  # type: ignore[no-untyped-def]
    return (await tx.execute(select(CLIP_FILE.c.key))).all()


@pytest.mark.parametrize("end", ENDS)
async def test_a_draft_that_comes_after_the_answer_is_dropped(troupe: Troupe, end: str) -> None:
    clip = await troupe.ask()
    (ask,) = await troupe.asks(clip)
    lease = await troupe.claim_draft()
    assert lease
    troupe.backend.hold.clear()
    drawing = asyncio.create_task(troupe.render(lease))
    await until(lambda: troupe.backend.started)
    await ENDS[end](troupe, clip, ask)
    troupe.backend.hold.set()
    await drawing
    assert (await troupe.now(clip)).draft is None
    assert await files(troupe) == []


async def test_once_answered_nothing_is_drawn_for_it_any_more(troupe: Troupe) -> None:
    clip = await troupe.agreed()
    lease = await troupe.claim_draft()
    assert lease
    assert not await troupe.render(lease)
    assert troupe.backend.started == []
    assert (await troupe.now(clip)).state is ClipState.PROMISED


async def test_a_draft_that_cannot_be_drawn_ends_nothing(troupe: Troupe) -> None:
    clip = await troupe.ask()
    troupe.backend.script += [lambda order: RenderFailed("cannot be drawn", retryable=False)]
    working = asyncio.create_task(Worker(troupe.studio, build_metrics(), lease_s=30).run())

    async def dead() -> bool:
        view = await troupe.house.queue.view(stand_in_job(clip.id))
        return view is not None and view.state is JobState.DEAD

    await until(dead)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert (await troupe.now(clip)).state is ClipState.WAITING
    (ask,) = await troupe.asks(clip)
    assert (await agreeing.approve(troupe.house, ask.id, LEA, YES)).clip.state is ClipState.PROMISED


async def test_a_worker_that_draws_does_drafts_beside_its_clips(troupe: Troupe) -> None:
    clip = await troupe.ask()
    working = asyncio.create_task(Worker(troupe.studio, build_metrics(), lease_s=30).run())

    async def draft() -> object:
        return (await troupe.now(clip)).draft

    await until(draft)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert (await troupe.now(clip)).state is ClipState.WAITING
    assert await troupe.job(clip) is None


async def test_one_draft_serves_everybody_who_is_asked(troupe: Troupe) -> None:
    clip = await drawn(troupe, "@lea and @tom dance")
    assert await troupe.claim_draft() is None
    asks = {ask.owner: ask for ask in await troupe.asks(clip)}
    await agreeing.approve(troupe.house, asks[TOM].id, TOM, YES)
    assert (await look(troupe, clip)).video


async def test_behind_a_closed_door_the_same_is_drawn(troupe: Troupe) -> None:
    await agreeing.change_rules(troupe.house, replace(await troupe.likeness(LEA), audience=Audience.ONLY_ME))
    clip = await drawn(troupe)
    assert clip.draft


async def test_a_draft_takes_no_turn(troupe: Troupe) -> None:
    clip = await drawn(troupe)
    assert await troupe.job(clip) is None
    (ask,) = await troupe.asks(clip)
    await agreeing.approve(troupe.house, ask.id, LEA, YES)
    assert await troupe.job(clip) is JobState.QUEUED
    assert (await troupe.house.queue.view(render_job(clip.id))) is not None


async def test_without_room_for_a_draft_the_question_is_put_and_the_draft_follows(troupe: Troupe) -> None:
    roomy = troupe.house.queue
    full = await SqliteQueue.open(troupe.folder / "full.db", depth=Depth(all=1, person=1), clock=troupe.town.clock)
    troupe.town.house = replace(troupe.house, queue=full)
    await troupe.ask("a dog")
    clip = await troupe.ask()
    assert len(await troupe.asks(clip)) == 1
    troupe.town.house = replace(troupe.house, queue=roomy)
    await full.close()
    assert await troupe.claim_draft() is None
    await line_up_stand_ins(troupe.house)
    assert await troupe.claim_draft() is None  # it may still be on its way
    troupe.town.clock.pass_s(FOUND_AGAIN_S)
    await line_up_stand_ins(troupe.house)
    await line_up_stand_ins(troupe.house)
    lease = await troupe.claim_draft()
    assert lease
    assert await troupe.render(lease)
    assert await troupe.claim_draft() is None
    assert (await troupe.now(clip)).draft
