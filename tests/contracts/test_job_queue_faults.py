"""What every job queue promises about work that fails or is handed back: tries, pauses between them, and the end of trying."""

import pytest

from tests.queue.making import a_job, claimed, leased, let_the_sweeper_see_it_twice
from walkon.queue.port import (
    FaultKind,
    JobId,
    JobState,
    LeaseLost,
)

A = JobId("a")


async def test_a_transient_fault_is_tried_again_after_a_while(queue, queue_clock):
    await queue.submit(a_job("a"))
    assert await queue.fail(await leased(queue), FaultKind.TRANSIENT, "out of memory") is JobState.DELAYED
    view = await queue.view(A)
    assert (view.state, view.error, view.position) == (JobState.DELAYED, "out of memory", None)
    queue_clock.advance(120)
    lease = await leased(queue)
    assert (lease.job.id, lease.attempt) == ("a", 2)


async def test_a_sweep_brings_due_retries_back_into_line(queue, queue_clock):
    await queue.submit(a_job("a"))
    await queue.fail(await leased(queue), FaultKind.TRANSIENT, "x")
    queue_clock.advance(120)
    assert await queue.sweep() == 0
    assert (await queue.view(A)).state is JobState.QUEUED


async def test_a_retry_keeps_its_place_among_its_persons_jobs(queue, queue_clock):
    await queue.submit(a_job("a"))
    await queue.submit(a_job("b"))
    await queue.fail(await leased(queue), FaultKind.TRANSIENT, "x")
    queue_clock.advance(120)
    assert (await leased(queue)).job.id == "a"


async def test_after_the_last_attempt_a_job_is_dead(queue, queue_clock):
    await queue.submit(a_job("a"))
    ends = []
    for _ in range(3):
        ends.append(await queue.fail(await leased(queue), FaultKind.TRANSIENT, "crash"))
        queue_clock.advance(120)
    assert ends == [JobState.DELAYED, JobState.DELAYED, JobState.DEAD]
    assert await claimed(queue) is None
    assert [(view.id, view.attempts, view.error) for view in await queue.dead()] == [("a", 3, "crash")]


async def test_bad_input_is_dead_at_once(queue):
    await queue.submit(a_job("a"))
    assert await queue.fail(await leased(queue), FaultKind.BAD_INPUT, "unreadable") is JobState.DEAD


async def test_what_the_worker_lacks_is_not_counted_against_the_job(queue, queue_clock):
    await queue.submit(a_job("a"))
    for _ in range(8):
        assert await queue.fail(await leased(queue), FaultKind.UNAVAILABLE, "store away") is JobState.DELAYED
        queue_clock.advance(30)
    assert (await leased(queue)).attempt == 1


async def test_repeating_a_failure_gets_the_first_answer(queue, queue_clock):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    await queue.fail(lease, FaultKind.TRANSIENT, "x")
    assert await queue.fail(lease, FaultKind.BAD_INPUT, "y") is JobState.DELAYED
    queue_clock.advance(120)
    await queue.sweep()
    assert await queue.fail(lease, FaultKind.TRANSIENT, "x") is JobState.DELAYED
    second = await leased(queue)
    with pytest.raises(LeaseLost):
        await queue.fail(lease, FaultKind.TRANSIENT, "x")
    assert second.attempt == 2


async def test_a_failure_after_the_lease_was_lost_is_refused(queue, queue_clock):
    await queue.submit(a_job("a"))
    late = await leased(queue)
    await let_the_sweeper_see_it_twice(queue, queue_clock)
    with pytest.raises(LeaseLost):
        await queue.fail(late, FaultKind.BAD_INPUT, "x")
    assert (await queue.view(A)).state is JobState.QUEUED


async def test_a_released_job_returns_to_the_head_of_its_persons_line_uncounted(queue):
    await queue.submit(a_job("a"))
    await queue.submit(a_job("b"))
    await queue.release(await leased(queue))
    lease = await leased(queue)
    assert (lease.job.id, lease.attempt) == ("a", 1)


async def test_releasing_twice_or_too_late_changes_nothing(queue, queue_clock):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    await queue.release(lease)
    await queue.release(lease)
    current = await leased(queue, "w2")
    await queue.release(lease)
    assert (await queue.view(A)).state is JobState.RUNNING
    await queue.complete(current, b"")
    await queue.release(current)
    assert (await queue.view(A)).state is JobState.DONE
