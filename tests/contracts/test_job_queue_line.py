"""What every job queue tells of the line: the place of a job, the work ahead of it, and how long that takes."""

import asyncio

from tests.queue.making import a_job, leased, order_of_claims
from walkon.queue.port import JobClass, JobId, Progress


async def test_the_place_in_line_is_the_order_in_which_jobs_are_taken(queue):
    names = []
    for number in range(40):
        place, person, klass = f"p{number % 3}", f"u{number % 7}", list(JobClass)[number % 5 % 3]
        names.append(JobId(f"job-{number}"))
        await queue.submit(a_job(names[-1], place=place, person=person, klass=klass, cost_ms=500 + number * 37 % 900))
    views = await queue.views(names)
    told = sorted(names, key=lambda name: views[name].position)
    assert [views[name].position for name in told] == list(range(1, 41))
    assert await order_of_claims(queue) == told


async def test_in_a_line_that_is_long_and_moves_every_waiting_job_and_no_other_has_a_place(queue):
    names = [JobId(f"job-{number}") for number in range(150)]
    await asyncio.gather(*(queue.submit(a_job(name, person=f"u{name[-1]}")) for name in names))
    await queue.submit(a_job("last"))
    view = await queue.view(JobId("last"))
    assert 1 <= view.position <= 151
    assert view.ahead_ms <= 150_000
    lease = await leased(queue)
    views = await queue.views([*names, JobId("last")])
    assert [name for name, view in views.items() if view.position is None] == [lease.job.id]


async def test_the_work_ahead_is_that_of_the_jobs_in_front_and_the_rest_of_those_that_run(queue, queue_clock):
    await queue.submit(a_job("running", cost_ms=4_000))
    lease = await leased(queue)
    for name, cost_ms in (("a", 700), ("b", 900), ("c", 100)):
        await queue.submit(a_job(name, cost_ms=cost_ms))
    queue_clock.advance(1)
    assert (await queue.view(JobId("c"))).ahead_ms == 3_000 + 700 + 900
    await queue.heartbeat(lease, Progress(phase="drawing", left_ms=1_500))
    queue_clock.advance(0.5)
    assert (await queue.view(JobId("a"))).ahead_ms == 1_000
    queue_clock.advance(60)
    assert (await queue.view(JobId("a"))).ahead_ms == 0


async def test_the_wait_is_told_as_a_range_that_holds_for_any_number_of_busy_workers(queue):
    for name, cost_ms in (("r1", 6_000), ("r2", 2_000), ("a", 4_000), ("b", 1_000)):
        await queue.submit(a_job(name, cost_ms=cost_ms))
    await leased(queue, "w1")
    assert (await queue.view(JobId("r2"))).starts_ms == (6_000 * 3 // 4, 6_000 * 3 // 2)
    await leased(queue, "w2")
    assert (await queue.view(JobId("a"))).starts_ms == (2_000 * 3 // 4, 8_000 // 2 * 3 // 2)
    assert (await queue.view(JobId("b"))).starts_ms == (2_000 * 3 // 4, 12_000 // 2 * 3 // 2)


async def test_the_line_moves_up_when_somebody_in_front_gives_up(queue):
    for name in "abc":
        await queue.submit(a_job(name))
    await queue.cancel(JobId("a"))
    assert (await queue.view(JobId("c"))).position == 2
    await queue.cancel(JobId("b"))
    assert ((await queue.view(JobId("c"))).position, (await queue.view(JobId("c"))).ahead_ms) == (1, 0)
