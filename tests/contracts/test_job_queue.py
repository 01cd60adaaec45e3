"""What every job queue promises about getting into line and being taken out of it: submissions, bounds, claims, batches, tokens."""

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
    Bound,
    FaultKind,
    JobClass,
    JobConflict,
    JobId,
    JobState,
    QueueFull,
    Warm,
    WorkerId,
)
from walkon.queue.rules import Depth
from walkon.types.clock import to_ms

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
    await asyncio.gather(*(queue.submit(a_job("a", payload=b"clip")) for _ in range(1_000)))
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


async def test_the_same_claim_twice_at_once_is_one_lease(queue):
    for name in "ab":
        await queue.submit(a_job(name, payload=b"clip"))
    claims = [queue.claim(WorkerId("w1"), claim_id="c1", lanes=["animatic"]) for _ in range(2)]
    first, second = await asyncio.gather(*claims)
    assert first == second
    assert (first.job.payload, first.token, (await queue.stats()).running) == (b"clip", 1, 1)


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
