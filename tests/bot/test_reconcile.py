"""The store is the promise: whatever the queue forgot, ended or lost is put right."""

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.queue.redis_server import database_for
from tests.town import FINISHED, Town
from walkon.bot.reconcile import reconcile
from walkon.library.clips import ClipState
from walkon.library.endings import result_of
from walkon.queue.port import FaultKind, JobState
from walkon.queue.redis import RedisQueue
from walkon.queue.sqlite import SqliteQueue
from walkon.types.ids import WorkerId, render_job

AT_ONCE = timedelta(0)


async def test_a_job_that_the_queue_forgot_is_brought_back_by_the_same_id(town: Town, tmp_path: Path) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    empty = await SqliteQueue.open(tmp_path / "empty.db", clock=town.clock)
    forgetful = type(town.house)(**{**_fields(town), "queue": empty})
    assert await reconcile(forgetful, settled=AT_ONCE) == 1
    view = await empty.view(render_job((await town.clip(asked)).id))
    assert view and view.state is JobState.QUEUED
    assert await reconcile(forgetful, settled=AT_ONCE) == 0
    await empty.close()


async def test_two_that_reconcile_at_once_bring_each_job_back_once_and_record_each_result_once(town: Town, tmp_path: Path) -> None:
    asked = [await town.say("Ana", "prompt", prompt=f"dog {number} runs") for number in range(3)]
    url = database_for(tmp_path / "forgotten")
    queues = [await RedisQueue.open(url, clock=town.clock) for _ in range(2)]
    houses = [type(town.house)(**{**_fields(town), "queue": queue}) for queue in queues]
    await asyncio.gather(*(reconcile(house, settled=AT_ONCE) for house in houses))
    assert (await queues[0].stats()).queued == len(asked)
    for number in range(len(asked)):
        lease = await queues[0].claim(WorkerId("w"), claim_id=str(number), lanes=[town.house.lane])
        await queues[0].complete(lease, result_of(FINISHED))
    await asyncio.gather(*(reconcile(house, settled=AT_ONCE) for house in houses))
    assert [(await town.clip(reply)).finished for reply in asked] == [FINISHED] * len(asked)
    for queue in queues:
        await queue.close()


async def test_a_render_that_the_queue_knows_finished_and_the_store_does_not_is_recorded(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    lease = await town.claim()
    await town.house.queue.complete(lease, result_of(FINISHED))
    await reconcile(town.house, settled=AT_ONCE)
    clip = await town.clip(asked)
    assert (clip.state, clip.token, clip.finished) == (ClipState.FINISHED, lease.token, FINISHED)


async def test_a_dead_letter_is_a_failed_clip(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.house.queue.fail(await town.claim(), FaultKind.BAD_INPUT, "no")
    await reconcile(town.house, settled=AT_ONCE)
    assert (await town.clip(asked)).state is ClipState.FAILED


async def test_a_result_that_cannot_be_read_is_a_failed_clip(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    await town.house.queue.complete(await town.claim(), b"{torn")
    await reconcile(town.house, settled=AT_ONCE)
    assert (await town.clip(asked)).state is ClipState.FAILED


async def test_a_job_cancelled_in_the_queue_is_a_cancelled_clip(town: Town) -> None:
    asked = await town.say("Ana", "prompt", prompt="a dog runs")
    clip = await town.clip(asked)
    await town.house.queue.cancel(render_job(clip.id))
    await reconcile(town.house, settled=AT_ONCE)
    assert (await town.clip(asked)).state is ClipState.CANCELLED


async def test_what_is_in_order_is_left_alone(town: Town) -> None:
    await town.say("Ana", "prompt", prompt="a dog runs")
    assert await reconcile(town.house, settled=AT_ONCE) == 0


def _fields(town: Town) -> dict[str, object]:
    return {name: getattr(town.house, name) for name in type(town.house).__dataclass_fields__}
