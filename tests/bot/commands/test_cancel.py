"""`/sora cancel`: stops what waits or renders, for whoever may."""

from datetime import timedelta

from tests.town import FINISHED, Town
from walkon.bot.cards import plain
from walkon.bot.reconcile import reconcile
from walkon.library.clips import ClipState
from walkon.library.endings import result_of
from walkon.queue.port import Beat, JobState
from walkon.types.ids import render_job


async def test_the_newest_own_clip_is_stopped_where_none_is_named(town: Town) -> None:
    first = await town.say("Ana", "prompt", prompt="a dog runs")
    town.clock.pass_s(1)
    second = await town.say("Ana", "prompt", prompt="a cat runs")
    reply = await town.say("Ana", "cancel")
    assert str(second.card.clip) in plain(reply.card.head)
    assert (await town.clip(second)).state is ClipState.CANCELLED
    assert (await town.clip(first)).state is ClipState.PROMISED


async def test_a_rendering_clip_is_stopped_at_the_next_heartbeat(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    lease = await town.claim()
    await town.say("Ana", "cancel", clip=str(asked.card.clip))
    assert await town.house.queue.heartbeat(lease) is Beat.CANCEL


async def test_nobody_elses_clip_can_be_stopped(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    reply = await town.say("Tom", "cancel", clip=str(asked.card.clip))
    view = await town.house.queue.view(render_job((await town.clip(asked)).id))
    assert reply.private and "Ana" in plain(reply.card.head)
    assert view and view.state is JobState.QUEUED


async def test_an_operator_may_stop_any_clip(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.say("Olga", "cancel", clip=str(asked.card.clip))
    assert (await town.clip(asked)).state is ClipState.CANCELLED


async def test_a_finished_clip_stays_finished(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.finish(await town.claim())
    reply = await town.say("Ana", "cancel", clip=str(asked.card.clip))
    assert "has ended already" in plain(reply.card.head)
    assert (await town.clip(asked)).state is ClipState.FINISHED


async def test_with_nothing_in_line_there_is_nothing_to_stop(town: Town) -> None:
    assert "Nothing of yours" in plain((await town.say("Ana", "cancel")).card.head)


async def test_an_id_is_read_with_look_alike_letters_and_any_case(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    typed = f"#{str(asked.card.clip).lower().replace('0', 'o').replace('1', 'l')}"
    await town.say("Ana", "cancel", clip=typed)
    assert (await town.clip(asked)).state is ClipState.CANCELLED


async def test_a_render_that_has_completed_and_is_not_yet_recorded_cannot_be_stopped_any_more(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.house.queue.complete(await town.claim(), result_of(FINISHED))
    reply = await town.say("Ana", "cancel", clip=str(asked.card.clip))
    assert "has ended already" in plain(reply.card.head)
    assert (await town.clip(asked)).state is ClipState.PROMISED
    await reconcile(town.house, settled=timedelta(0))
    assert (await town.clip(asked)).state is ClipState.FINISHED
