"""What every job queue promises to those who look and steer: cancelling, listing, pausing, draining, counting, waiting."""

import asyncio

import pytest

from tests.queue.making import a_job, claimed, leased, let_the_sweeper_see_it_twice
from walkon.queue.port import (
    Beat,
    CancelOutcome,
    FaultKind,
    JobCancelled,
    JobId,
    JobState,
    Progress,
    WorkerId,
)
from walkon.queue.rules import RESULT_WINDOW_MS

A, B, C = JobId("a"), JobId("b"), JobId("c")


async def test_a_waiting_job_can_be_cancelled(queue):
    await queue.submit(a_job("a"))
    assert await queue.cancel(A) is CancelOutcome.CANCELLED
    assert await queue.cancel(A) is CancelOutcome.CANCELLED
    assert await claimed(queue) is None
    assert (await queue.view(A)).state is JobState.CANCELLED


async def test_a_job_between_two_attempts_can_be_cancelled(queue, queue_clock):
    await queue.submit(a_job("a"))
    await queue.fail(await leased(queue), FaultKind.TRANSIENT, "x")
    assert await queue.cancel(A) is CancelOutcome.CANCELLED
    queue_clock.advance(120)
    assert await claimed(queue) is None


async def test_a_running_job_is_cancelled_for_good(queue, queue_clock):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    assert await queue.cancel(A) is CancelOutcome.CANCELLED
    assert await queue.heartbeat(lease) is Beat.CANCEL
    with pytest.raises(JobCancelled):
        await queue.complete(lease, b"clip")
    assert await queue.fail(lease, FaultKind.TRANSIENT, "stopped") is JobState.CANCELLED
    await queue.release(lease)
    await let_the_sweeper_see_it_twice(queue, queue_clock)
    view = await queue.view(A)
    assert (view.state, view.result) == (JobState.CANCELLED, None)
    assert await claimed(queue) is None


async def test_word_of_a_cancel_reaches_whoever_renders_at_once(queue):
    for name in "ab":
        await queue.submit(a_job(name))
    await leased(queue)
    await leased(queue)
    watching = [asyncio.create_task(queue.until_cancelled(job)) for job in (A, B)]
    await queue.cancel(A)
    async with asyncio.timeout(20):
        await watching[0]
    assert (await queue.view(A)).state is JobState.CANCELLED
    watching[1].cancel()
    await asyncio.gather(*watching, return_exceptions=True)


async def test_whoever_asks_after_the_cancel_is_told_too(queue):
    await queue.submit(a_job("a"))
    await leased(queue)
    await queue.cancel(A)
    async with asyncio.timeout(20):
        await queue.until_cancelled(A)
    assert (await queue.view(A)).state is JobState.CANCELLED


async def test_a_cancel_holds_across_a_redelivery(queue, queue_clock):
    await queue.submit(a_job("a"))
    late = await leased(queue, "w1")
    await let_the_sweeper_see_it_twice(queue, queue_clock)
    current = await leased(queue, "w2")
    await queue.cancel(A)
    assert await queue.heartbeat(late) is Beat.LOST
    assert await queue.heartbeat(current) is Beat.CANCEL


async def test_what_has_ended_cannot_be_cancelled(queue):
    await queue.submit(a_job("a"))
    await queue.complete(await leased(queue), b"clip")
    assert await queue.cancel(A) is CancelOutcome.TOO_LATE
    assert (await queue.view(A)).state is JobState.DONE
    await queue.submit(a_job("b"))
    await queue.fail(await leased(queue), FaultKind.BAD_INPUT, "x")
    assert await queue.cancel(B) is CancelOutcome.TOO_LATE


async def test_an_unknown_job_is_said_to_be_unknown(queue):
    assert await queue.cancel(A) is CancelOutcome.UNKNOWN
    assert await queue.view(A) is None
    assert not await queue.requeue(A)


async def test_many_jobs_are_viewed_at_once_and_unknown_ones_are_absent(queue):
    await queue.submit(a_job("a"))
    await queue.submit(a_job("b"))
    found = await queue.views([A, C, B])
    assert {job: view.position for job, view in found.items()} == {A: 1, B: 2}
    assert await queue.views([]) == {}


async def test_dead_letters_are_listed_newest_first(queue, queue_clock):
    for name in "abc":
        await queue.submit(a_job(name))
        await queue.fail(await leased(queue), FaultKind.BAD_INPUT, f"because of {name}")
        queue_clock.advance(1)
    assert [view.error for view in await queue.dead()] == ["because of c", "because of b", "because of a"]
    assert [view.id for view in await queue.dead(limit=2)] == ["c", "b"]


async def test_jobs_under_way_are_listed_with_their_progress(queue, queue_clock):
    for name in "abc":
        await queue.submit(a_job(name))
    first = await leased(queue)
    await leased(queue)
    queue_clock.advance(1)
    await queue.heartbeat(first, Progress(phase="drawing", fraction=0.5))
    assert [(view.id, view.progress and view.progress.fraction) for view in await queue.running()] == [("b", None), ("a", 0.5)]
    assert [view.id for view in await queue.running(limit=1)] == ["b"]


async def test_a_requeued_dead_letter_has_fresh_attempts_at_the_end_of_its_persons_line(queue, queue_clock):
    await queue.submit(a_job("a"))
    await queue.fail(await leased(queue), FaultKind.BAD_INPUT, "x")
    await queue.submit(a_job("b"))
    assert await queue.requeue(A)
    assert not await queue.requeue(A)
    assert (await queue.view(A)).error is None
    assert [(lease.job.id, lease.attempt) for lease in (await leased(queue), await leased(queue))] == [("b", 1), ("a", 1)]
    assert await queue.dead() == []


async def test_a_paused_place_waits_while_others_go_on(queue):
    await queue.submit(a_job("a", place="p"))
    await queue.submit(a_job("b", place="q"))
    await queue.pause("p")
    await queue.pause("p")
    await queue.submit(a_job("c", place="p"))
    held = await queue.view(A)
    assert (held.state, held.position, held.ahead_ms) == (JobState.QUEUED, None, None)
    assert (await leased(queue)).job.id == "b"
    assert await claimed(queue) is None
    assert (await queue.stats()).paused_places == ("p",)
    await queue.pause("p", False)
    await queue.pause("p", False)
    assert [(await leased(queue)).job.id, (await leased(queue)).job.id] == ["a", "c"]
    assert (await queue.stats()).paused_places == ()


async def test_a_paused_places_running_job_may_end_and_its_returning_job_waits(queue):
    await queue.submit(a_job("a", place="p"))
    await queue.submit(a_job("b", place="p"))
    first, second = await leased(queue), await leased(queue)
    await queue.pause("p")
    await queue.complete(first, b"")
    await queue.release(second)
    assert await claimed(queue) is None
    assert await queue.cancel(B) is CancelOutcome.CANCELLED
    await queue.pause("p", False)
    assert await claimed(queue) is None


async def test_a_draining_queue_hands_out_nothing_and_tells_its_workers(queue):
    await queue.submit(a_job("a"))
    await queue.submit(a_job("b"))
    lease = await leased(queue)
    await queue.drain()
    assert await claimed(queue) is None
    assert await queue.heartbeat(lease) is Beat.DRAIN
    assert (await queue.submit(a_job("c"))).state is JobState.QUEUED
    assert (await queue.stats()).draining
    await queue.release(lease)
    await queue.drain(False)
    assert (await leased(queue)).job.id == "a"


async def test_a_claim_whose_answer_was_lost_is_answered_while_draining(queue):
    await queue.submit(a_job("a"))
    lease = await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"])
    await queue.drain()
    assert await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"]) == lease


async def test_the_statistics_count_every_job_in_its_state(queue):
    for name in "abcdefg":
        await queue.submit(a_job(name, cost_ms=100))
    await queue.complete(await leased(queue), b"")
    await queue.fail(await leased(queue), FaultKind.BAD_INPUT, "x")
    await queue.fail(await leased(queue), FaultKind.UNAVAILABLE, "x")
    await queue.cancel(JobId("g"))
    await leased(queue)
    stats = await queue.stats()
    counts = (stats.queued, stats.delayed, stats.running, stats.dead, stats.done, stats.cancelled, stats.waiting_ms)
    assert counts == (2, 1, 1, 1, 1, 1, 300)
    assert not stats.draining


async def test_what_ended_a_week_ago_is_forgotten_and_what_is_unfinished_is_not(queue, queue_clock):
    await queue.submit(a_job("a"))
    await queue.complete(await leased(queue), b"clip")
    await queue.submit(a_job("b"))
    queue_clock.advance(RESULT_WINDOW_MS / 1000 - 1)
    await queue.sweep()
    assert (await queue.view(A)).result == b"clip"
    queue_clock.advance(1)
    await queue.sweep()
    assert await queue.view(A) is None
    assert (await queue.view(B)).state is JobState.QUEUED
    assert (await queue.stats()).done == 0


async def test_whoever_waits_is_woken_by_a_submission(queue):
    async with asyncio.timeout(20):
        await asyncio.gather(queue.wait(60), queue.submit(a_job("a")))
    assert (await leased(queue)).job.id == A


async def test_whoever_waits_is_woken_by_an_end(queue):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    async with asyncio.timeout(20):
        await asyncio.gather(queue.wait(60), queue.complete(lease, b""))
    assert (await queue.view(A)).state is JobState.DONE


async def test_whoever_waits_hears_that_a_retry_is_due(queue, queue_clock):
    await queue.submit(a_job("a"))
    await queue.fail(await leased(queue), FaultKind.TRANSIENT, "x")
    queue_clock.advance(120)
    async with asyncio.timeout(20):
        await queue.wait(60)
    assert (await leased(queue)).job.id == A


async def test_whoever_waits_hears_what_another_process_submitted(twice_open):
    here, there = twice_open
    async with asyncio.timeout(20):
        await asyncio.gather(here.wait(60), here.wait(60), there.submit(a_job("a")))
    assert (await leased(here)).job.id == A


async def test_waiting_for_nothing_ends_with_its_time(queue):
    async with asyncio.timeout(20):
        await queue.wait(0.01)
    assert await claimed(queue) is None
