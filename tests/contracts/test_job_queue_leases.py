"""What every job queue promises about a job that a worker holds: heartbeats, its end, and what becomes of it without one."""

import asyncio

import pytest

from tests.queue.making import LEASE_S, a_job, leased, let_the_sweeper_see_it_twice
from walkon.queue.port import (
    Beat,
    FaultKind,
    JobId,
    JobState,
    LeaseLost,
    Progress,
    WorkerId,
)
from walkon.queue.rules import POISON, RESULT_WINDOW_MS, SWEEPS_A_LEASE, VANISHED
from walkon.types.clock import from_ms, to_ms

A, B, C = JobId("a"), JobId("b"), JobId("c")


async def test_a_heartbeat_keeps_the_lease(queue, queue_clock):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    for _ in range(6):
        queue_clock.advance(LEASE_S / 2)
        assert await queue.heartbeat(lease) is Beat.OK
        assert await queue.sweep() == 0
    await queue.complete(lease, b"")


async def test_a_heartbeat_leaves_word_of_the_progress_until_the_end(queue):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    progress = Progress(phase="drawing", step=3, steps=10, fraction=0.3, left_ms=700)
    await queue.heartbeat(lease, progress)
    await queue.heartbeat(lease)
    assert (await queue.view(A)).progress == progress
    await queue.complete(lease, b"")
    assert (await queue.view(A)).progress is None


async def test_a_heartbeat_of_an_unknown_or_lost_lease_says_so(queue, queue_clock):
    await queue.submit(a_job("a"))
    late = await leased(queue)
    await let_the_sweeper_see_it_twice(queue, queue_clock)
    assert await queue.heartbeat(late) is Beat.LOST
    current = await leased(queue, "w2")
    assert await queue.heartbeat(late) is Beat.LOST
    assert await queue.heartbeat(current) is Beat.OK
    queue_clock.advance(RESULT_WINDOW_MS / 1000 + LEASE_S)
    await queue.complete(current, b"")
    queue_clock.advance(RESULT_WINDOW_MS / 1000 + LEASE_S)
    await queue.sweep()
    assert await queue.heartbeat(current) is Beat.LOST


async def test_a_heartbeat_that_comes_after_the_own_completion_is_no_loss(queue):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    await queue.complete(lease, b"clip")
    assert await queue.heartbeat(lease) is Beat.OK
    assert (await queue.view(A)).state is JobState.DONE


async def test_a_completed_job_keeps_its_result_and_the_token_that_won(queue):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    await queue.complete(lease, b"clip")
    view = await queue.view(A)
    assert (view.state, view.result, view.token, view.error) == (JobState.DONE, b"clip", lease.token, None)


async def test_repeating_a_completion_changes_nothing(queue):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    await queue.complete(lease, b"first")
    await queue.complete(lease, b"second")
    assert (await queue.view(A)).result == b"first"
    assert (await queue.stats()).done == 1


async def test_a_late_worker_may_complete_while_nobody_has_taken_the_lease_back(queue, queue_clock):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    queue_clock.advance(10 * LEASE_S)
    await queue.sweep()
    await queue.complete(lease, b"clip")
    assert (await queue.view(A)).state is JobState.DONE


async def test_a_worker_back_from_the_dead_cannot_complete_a_job_another_now_holds(queue, queue_clock):
    await queue.submit(a_job("a"))
    late = await leased(queue, "w1")
    await let_the_sweeper_see_it_twice(queue, queue_clock)
    current = await leased(queue, "w2")
    with pytest.raises(LeaseLost):
        await queue.complete(late, b"late")
    await queue.complete(current, b"clip")
    with pytest.raises(LeaseLost):
        await queue.complete(late, b"late")
    assert (await queue.view(A)).result == b"clip"


async def test_a_worker_whose_lease_was_swept_cannot_complete(queue, queue_clock):
    await queue.submit(a_job("a"))
    late = await leased(queue)
    await let_the_sweeper_see_it_twice(queue, queue_clock)
    with pytest.raises(LeaseLost):
        await queue.complete(late, b"late")
    assert (await queue.view(A)).state is JobState.QUEUED


async def test_a_silent_workers_job_is_taken_back_only_when_seen_expired_twice(queue, queue_clock):
    await queue.submit(a_job("a"))
    await leased(queue)
    queue_clock.advance(LEASE_S)
    assert await queue.sweep() == 0
    queue_clock.advance(LEASE_S / 3 - 0.001)
    assert await queue.sweep() == 0
    queue_clock.advance(0.001)
    assert await queue.sweep() == 1
    assert (await leased(queue, "w2")).attempt == 2


@pytest.mark.parametrize("looked_ahead", [0, 0.3, 0.9])
async def test_a_silent_workers_job_is_in_line_again_within_one_and_two_fifths_of_its_lease(queue, queue_clock, looked_ahead):
    """Wherever between two looks the lease began."""
    queue_clock.advance(looked_ahead * LEASE_S / SWEEPS_A_LEASE)
    await queue.submit(a_job("a"))
    await leased(queue)
    queue_clock.advance((1 - looked_ahead) * LEASE_S / SWEEPS_A_LEASE)
    looks = 1
    while not await queue.sweep():
        looks += 1
        queue_clock.advance(LEASE_S / SWEEPS_A_LEASE)
    assert looks <= 1.4 * SWEEPS_A_LEASE


async def test_a_lease_that_was_renewed_after_it_was_seen_expired_must_be_seen_twice_anew(queue, queue_clock):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    queue_clock.advance(LEASE_S)
    assert await queue.sweep() == 0
    await queue.heartbeat(lease)
    queue_clock.advance(LEASE_S)
    assert await queue.sweep() == 0
    queue_clock.advance(LEASE_S / 3)
    assert await queue.sweep() == 1


async def test_a_jump_of_the_clock_takes_no_lease_from_a_worker_that_beats(queue, queue_clock):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    queue_clock.advance(3_600)
    assert await queue.sweep() == 0
    queue_clock.advance(LEASE_S / 6)
    assert await queue.heartbeat(lease) is Beat.OK
    queue_clock.advance(LEASE_S / 6)
    assert await queue.sweep() == 0
    queue_clock.advance(-3_600)
    assert await queue.sweep() == 0
    await queue.complete(lease, b"clip")


async def test_vanished_workers_use_up_the_attempts(queue, queue_clock):
    await queue.submit(a_job("a"))
    for _ in range(3):
        await queue.heartbeat(await leased(queue))
        await let_the_sweeper_see_it_twice(queue, queue_clock)
    view = await queue.view(A)
    assert (view.state, view.attempts, view.error) == (JobState.DEAD, 3, VANISHED)


async def test_a_job_that_ended_two_workers_before_a_heartbeat_is_poison(queue, queue_clock):
    await queue.submit(a_job("a"))
    await leased(queue, "w1")
    await let_the_sweeper_see_it_twice(queue, queue_clock)
    await leased(queue, "w2")
    await let_the_sweeper_see_it_twice(queue, queue_clock)
    view = await queue.view(A)
    assert (view.state, view.attempts, view.error) == (JobState.DEAD, 2, POISON)


async def test_one_worker_that_vanishes_twice_makes_no_poison(queue, queue_clock):
    await queue.submit(a_job("a"))
    for _ in range(2):
        await leased(queue, "w1")
        await let_the_sweeper_see_it_twice(queue, queue_clock)
    assert (await queue.view(A)).state is JobState.QUEUED


async def test_a_reclaim_takes_every_lease_back_at_once_and_counts_the_attempt(queue):
    for name in "abc":
        await queue.submit(a_job(name))
    late = [await leased(queue), await leased(queue)]
    assert await queue.reclaim() == 2
    assert await queue.reclaim() == 0
    assert [await queue.heartbeat(lease) for lease in late] == [Beat.LOST, Beat.LOST]
    with pytest.raises(LeaseLost):
        await queue.complete(late[0], b"late")
    again = [await leased(queue) for _ in "abc"]
    assert [(lease.job.id, lease.attempt) for lease in again] == [("a", 2), ("b", 2), ("c", 1)]
    assert min(lease.token for lease in again) > max(lease.token for lease in late)


async def test_a_reclaim_leaves_what_waits_and_what_has_ended_alone(queue):
    for name in "abc":
        await queue.submit(a_job(name))
    await queue.complete(await leased(queue), b"clip")
    await queue.fail(await leased(queue), FaultKind.TRANSIENT, "x")
    before = await queue.views([A, B, C])
    assert await queue.reclaim() == 0
    assert await queue.views([A, B, C]) == before


async def test_a_job_reclaimed_from_two_workers_before_a_heartbeat_is_poison(queue):
    await queue.submit(a_job("a"))
    for worker in ("w1", "w2"):
        await leased(queue, worker)
        await queue.reclaim()
    view = await queue.view(A)
    assert (view.state, view.attempts, view.error) == (JobState.DEAD, 2, POISON)


async def test_reclaims_use_up_the_attempts(queue):
    await queue.submit(a_job("a"))
    for _ in range(3):
        await queue.heartbeat(await leased(queue))
        await queue.reclaim()
    view = await queue.view(A)
    assert (view.state, view.attempts, view.error) == (JobState.DEAD, 3, VANISHED)


async def test_the_expiry_of_a_renewed_lease_is_the_queues_own_time(queue, queue_clock):
    await queue.submit(a_job("a"))
    lease = await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"])
    queue_clock.advance(10)
    await queue.heartbeat(lease)
    renewed = await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"])
    assert renewed.expires == from_ms(to_ms(lease.expires) + 10_000)
    assert renewed.token == lease.token


async def test_what_one_process_does_the_other_sees_and_fences(twice_open, queue_clock):
    here, there = twice_open
    await here.submit(a_job("a", place="p"))
    late = await leased(there)
    for _ in range(2):
        queue_clock.advance(LEASE_S)
        await here.sweep()
    current = await leased(here, "w2")
    await there.drain()
    assert await here.heartbeat(current) is Beat.DRAIN
    assert await there.heartbeat(late) is Beat.LOST
    await here.complete(current, b"clip")
    assert (await there.view(A)).state is JobState.DONE


async def test_two_sweepers_take_a_lease_back_once(twice_open, queue_clock):
    here, there = twice_open
    await here.submit(a_job("a"))
    await leased(here)
    for queue in (here, there):
        queue_clock.advance(LEASE_S)
        assert await queue.sweep() == 0
    queue_clock.advance(LEASE_S / 3)
    assert sorted(await asyncio.gather(here.sweep(), there.sweep())) == [0, 1]
    assert (await here.view(A)).attempts == 1
