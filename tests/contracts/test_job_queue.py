"""What every job queue promises about a job's way from submission to its end."""

import asyncio
from dataclasses import replace

import pytest

from tests.queue.making import LEASE_S, a_job, claimed, leased, let_the_sweeper_see_it_twice
from walkon.queue.port import (
    MAX_BATCH,
    MAX_COST_MS,
    MAX_PAYLOAD,
    MAX_RESULT,
    MAX_SWAP_MS,
    Beat,
    Bound,
    CancelOutcome,
    FaultKind,
    JobCancelled,
    JobClass,
    JobConflict,
    JobId,
    JobState,
    LeaseLost,
    Progress,
    QueueFull,
    Warm,
    WorkerId,
)
from walkon.queue.rules import POISON, RESULT_WINDOW_MS, VANISHED, Depth
from walkon.types.clock import from_ms, to_ms

A, B, C = JobId("a"), JobId("b"), JobId("c")


async def test_a_submitted_job_is_next_in_an_empty_line(queue):
    accepted = await queue.submit(a_job("a"))
    view = await queue.view(A)
    assert (view.state, view.position, view.ahead_ms, view.starts_ms, view.attempts) == (JobState.QUEUED, 1, 0, (0, 0), 0)
    assert accepted == replace(view, position=None, ahead_ms=None, starts_ms=None)


async def test_the_same_submission_twice_is_one_job(queue):
    assert await queue.submit(a_job("a")) == await queue.submit(a_job("a"))
    assert (await queue.stats()).queued == 1


async def test_a_thousand_repeats_at_once_are_one_job(queue):
    await asyncio.gather(*(queue.submit(a_job("a")) for _ in range(1_000)))
    await leased(queue)
    assert await claimed(queue) is None


async def test_a_submission_repeated_after_the_end_finds_the_result(queue):
    await queue.submit(a_job("a"))
    await queue.complete(await leased(queue), b"clip")
    again = await queue.submit(a_job("a"))
    assert (again.state, again.result) == (JobState.DONE, b"clip")


@pytest.mark.parametrize(
    "other",
    [
        a_job("a", payload=b"other"),
        a_job("a", person="web:bob"),
        a_job("a", place="web:x"),
        a_job("a", lane="x"),
        a_job("a", klass=JobClass.BATCH),
    ],
    ids=["payload", "person", "place", "lane", "class"],
)
async def test_the_same_id_with_another_content_is_refused(queue, other):
    await queue.submit(a_job("a"))
    with pytest.raises(JobConflict):
        await queue.submit(other)
    assert (await leased(queue)).job == a_job("a")


async def test_a_new_estimate_of_the_cost_is_not_another_content(queue):
    await queue.submit(a_job("a", cost_ms=1_000))
    await queue.submit(a_job("a", cost_ms=9_000))
    assert (await leased(queue)).job.cost_ms == 1_000


async def test_what_is_too_large_is_refused_and_what_just_fits_is_kept(queue):
    with pytest.raises(ValueError, match="payload"):
        await queue.submit(a_job("a", payload=b"x" * (MAX_PAYLOAD + 1)))
    await queue.submit(a_job("a", payload=b"x" * MAX_PAYLOAD))
    lease = await leased(queue)
    assert len(lease.job.payload) == MAX_PAYLOAD
    with pytest.raises(ValueError, match="result"):
        await queue.complete(lease, b"x" * (MAX_RESULT + 1))
    await queue.complete(lease, b"x" * MAX_RESULT)
    assert len((await queue.view(A)).result) == MAX_RESULT


@pytest.mark.parametrize("cost_ms", [-1, MAX_COST_MS + 1])
async def test_a_cost_that_cannot_be_is_refused(queue, cost_ms):
    with pytest.raises(ValueError, match="cost"):
        await queue.submit(a_job("a", cost_ms=cost_ms))


async def test_a_worker_may_claim_to_have_spent_an_age(queue):
    await queue.submit(a_job("a", cost_ms=MAX_COST_MS))
    await queue.complete(await leased(queue), b"", spent_ms=2**80)
    await queue.submit(a_job("b"))
    assert (await leased(queue)).job.id == "b"


async def test_ids_may_hold_any_character(queue):
    odd = a_job('a"\\\x1f,[]\n', place="discord:\"1\",'2'", person="web:Zoë 🦊/../x")
    await queue.submit(odd)
    assert (await leased(queue)).job == odd


async def test_a_full_queue_refuses_new_jobs_and_says_when_there_is_room(queue_make):
    queue = await queue_make(depth=Depth(all=2))
    await queue.submit(a_job("a", cost_ms=9_000))
    await queue.submit(a_job("b", cost_ms=3_000))
    with pytest.raises(QueueFull) as refused:
        await queue.submit(a_job("c"))
    assert (refused.value.limit, refused.value.retry_after_s) == (2, 6)
    await leased(queue)
    await queue.submit(a_job("c"))


async def test_a_full_queue_with_a_job_running_has_room_when_that_one_ends(queue_make, queue_clock):
    queue = await queue_make(depth=Depth(all=1))
    await queue.submit(a_job("a", cost_ms=9_000))
    await leased(queue)
    await queue.submit(a_job("b"))
    queue_clock.advance(2)
    with pytest.raises(QueueFull) as refused:
        await queue.submit(a_job("c"))
    assert refused.value.retry_after_s == 7


async def test_a_full_queue_still_knows_the_jobs_it_has(queue_make):
    queue = await queue_make(depth=Depth(all=1))
    await queue.submit(a_job("a"))
    assert (await queue.submit(a_job("a"))).state is JobState.QUEUED


async def test_a_delayed_retry_counts_against_the_bound(queue_make):
    queue = await queue_make(depth=Depth(all=1))
    await queue.submit(a_job("a"))
    await queue.fail(await leased(queue), FaultKind.TRANSIENT, "x")
    with pytest.raises(QueueFull):
        await queue.submit(a_job("b"))


@pytest.mark.parametrize(
    ("another", "same", "bound"),
    [
        ({"person": "web:bob"}, {"place": "web:elsewhere"}, Bound.PERSON),
        ({"place": "web:elsewhere"}, {"person": "web:bob"}, Bound.PLACE),
    ],
    ids=["person", "place"],
)
async def test_a_person_in_all_places_and_a_place_have_a_bound_of_their_own(queue_make, queue_clock, another, same, bound):
    queue = await queue_make(depth=Depth(person=2) if bound is Bound.PERSON else Depth(place=2))
    await queue.submit(a_job("a", cost_ms=9_000))
    await queue.submit(a_job("b", cost_ms=5_000, **same))
    with pytest.raises(QueueFull) as refused:
        await queue.submit(a_job("c"))
    assert (refused.value.bound, refused.value.limit, refused.value.retry_after_s) == (bound, 2, 7)
    await queue.submit(a_job("other", cost_ms=1_000, **another))
    lease = await leased(queue)
    queue_clock.advance(3)
    with pytest.raises(QueueFull) as refused:
        await queue.submit(a_job("c"))
    assert refused.value.retry_after_s == 6
    await queue.complete(lease, b"")
    await queue.submit(a_job("c"))


async def test_what_ends_in_any_way_makes_room_and_what_is_requeued_takes_it(queue_make, queue_clock):
    queue = await queue_make(depth=Depth(person=1), max_attempts=1)
    await queue.submit(a_job("cancelled"))
    await queue.cancel(JobId("cancelled"))
    await queue.submit(a_job("failed"))
    assert await queue.fail(await leased(queue), FaultKind.TRANSIENT, "x") is JobState.DEAD
    await queue.submit(a_job("vanished"))
    await leased(queue)
    await let_the_sweeper_see_it_twice(queue, queue_clock)
    await queue.submit(a_job("waits"))
    await queue.cancel(JobId("waits"))
    assert await queue.requeue(JobId("failed"))
    with pytest.raises(QueueFull):
        await queue.submit(a_job("new"))


async def test_a_claim_is_a_lease_on_the_whole_job(queue, queue_clock):
    job = a_job("a", payload=b"\x00prompt", cost_ms=4_200, klass=JobClass.DRAFT)
    await queue.submit(job)
    lease = await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["other", job.lane])
    assert (lease.job, lease.worker, lease.attempt) == (job, "w1", 1)
    assert to_ms(lease.expires) == to_ms(queue_clock.now()) + LEASE_S * 1000
    view = await queue.view(A)
    assert (view.state, view.attempts, view.token, view.position) == (JobState.RUNNING, 1, lease.token, None)


async def test_nothing_to_do_is_none(queue):
    assert await claimed(queue) is None


async def test_a_worker_gets_only_what_it_can_do(queue):
    await queue.submit(a_job("a", lane="diffusers"))
    await queue.submit(a_job("b", lane="animatic"))
    assert (await leased(queue, "w1", "animatic")).job.id == "b"
    assert await claimed(queue, "w1", "animatic") is None
    assert await claimed(queue, "w1") is None
    assert (await leased(queue, "w2", "animatic", "diffusers")).job.id == "a"


async def test_the_same_claim_twice_is_one_lease(queue):
    await queue.submit(a_job("a"))
    await queue.submit(a_job("b"))
    first = await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"])
    assert await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"]) == first
    assert (await queue.stats()).queued == 1


async def test_a_claim_repeated_after_its_job_has_ended_takes_no_other_job(queue, queue_clock):
    await queue.submit(a_job("a"))
    await queue.submit(a_job("b"))
    await queue.complete(await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"]), b"")
    assert await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"]) is None
    queue_clock.advance(LEASE_S)
    assert (await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"])).job.id == "b"


async def batch_of(queue, claim_id="c1", *, most=8):
    return await queue.claim_batch(WorkerId("w1"), claim_id=claim_id, lanes=["animatic"], most=most)


async def test_a_batch_is_the_next_job_and_what_goes_with_it_each_charged_to_its_own_person(queue):
    for name, person, batch in (("a", "ana", "x"), ("b", "bob", "x"), ("c", "cleo", "y"), ("d", "dan", "x"), ("e", "ana", "x")):
        await queue.submit(a_job(name, person=person, batch=batch))
    leases = await batch_of(queue)
    assert [lease.job.id for lease in leases] == ["a", "b", "d", "e"]
    assert len({lease.token for lease in leases}) == 4
    await queue.submit(a_job("f", person="ana"))
    await queue.submit(a_job("g", person="bob"))
    assert [(await leased(queue)).job.id for _ in range(3)] == ["c", "g", "f"]


async def test_a_batch_is_no_larger_than_asked_for_and_jobs_without_a_key_stay_by_themselves(queue):
    for name in "abc":
        await queue.submit(a_job(name, person=name, batch="x"))
    assert len(await batch_of(queue, "c1", most=2)) == 2
    for name in "de":
        await queue.submit(a_job(name, person=name))
    assert [len(await batch_of(queue, f"c{number}")) for number in (2, 3, 4, 5)] == [1, 1, 1, 0]


async def test_a_batch_asked_for_twice_is_one_batch_less_what_has_ended(queue):
    for name in "abc":
        await queue.submit(a_job(name, person=name, batch="x"))
    leases = await batch_of(queue, most=2)
    assert await batch_of(queue, most=2) == leases
    await queue.complete(leases[0], b"")
    assert await batch_of(queue, most=2) == leases[1:]
    assert (await queue.stats()).queued == 1


@pytest.mark.parametrize(
    ("most", "swap_ms"), [(0, 0), (MAX_BATCH + 1, 0), (1, -1), (1, MAX_SWAP_MS + 1)], ids=["none", "too many", "before", "too far"]
)
async def test_a_claim_out_of_bounds_is_refused(queue, most, swap_ms):
    with pytest.raises(ValueError, match="not"):
        await queue.claim_batch(WorkerId("w"), claim_id="c", lanes=["x"], most=most, warm=Warm(lanes=["x"], swap_ms=swap_ms))


async def test_tokens_only_grow(queue):
    tokens = []
    for name in "abc":
        await queue.submit(a_job(name))
        lease = await leased(queue)
        tokens.append(lease.token)
        await queue.release(lease)
        tokens.append((await leased(queue)).token)
    assert tokens == sorted(set(tokens))


async def test_tokens_start_above_what_the_store_has_seen(queue):
    await queue.raise_token(500)
    await queue.raise_token(20)
    await queue.submit(a_job("a"))
    assert (await leased(queue)).token > 500


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
    watching[1].cancel()
    await asyncio.gather(*watching, return_exceptions=True)


async def test_whoever_asks_after_the_cancel_is_told_too(queue):
    await queue.submit(a_job("a"))
    await leased(queue)
    await queue.cancel(A)
    async with asyncio.timeout(20):
        await queue.until_cancelled(A)


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
    await asyncio.wait_for(asyncio.gather(queue.wait(60), queue.submit(a_job("a"))), 20)


async def test_whoever_waits_is_woken_by_an_end(queue):
    await queue.submit(a_job("a"))
    lease = await leased(queue)
    await asyncio.wait_for(asyncio.gather(queue.wait(60), queue.complete(lease, b"")), 20)


async def test_waiting_ends_with_its_time(queue):
    await asyncio.wait_for(queue.wait(0.01), 20)


async def test_the_expiry_of_a_renewed_lease_is_the_queues_own_time(queue, queue_clock):
    await queue.submit(a_job("a"))
    lease = await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"])
    queue_clock.advance(10)
    await queue.heartbeat(lease)
    renewed = await queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"])
    assert renewed.expires == from_ms(to_ms(lease.expires) + 10_000)
    assert renewed.token == lease.token
