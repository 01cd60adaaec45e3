"""What every job queue promises about turns, and about the place in line that it tells."""

import asyncio

import pytest

from tests.queue.making import LEASE_S, a_job, claimed, leased, let_the_sweeper_see_it_twice, order_of_claims
from walkon.queue.port import MAX_SWAP_MS, FaultKind, JobClass, Warm
from walkon.types.ids import WorkerId


async def test_one_persons_jobs_are_taken_in_the_order_they_came(queue):
    for name in "zyxab":
        await queue.submit(a_job(name))
    assert await order_of_claims(queue) == list("zyxab")


async def test_newcomers_of_equal_claim_are_taken_in_the_order_they_came(queue):
    await queue.submit(a_job("now"))
    await leased(queue)
    for name in "zyxab":
        await queue.submit(a_job(name, person=f"web:{name}", place=f"web:{name}"))
    assert await order_of_claims(queue) == list("zyxab")


async def test_neighbours_do_not_wait_behind_a_crowd_of_one_persons_jobs(queue):
    for number in range(50):
        await queue.submit(a_job(f"hog-{number}", place="p", person="hog"))
    await leased(queue)
    await queue.submit(a_job("neighbour", place="p", person="ana"))
    await queue.submit(a_job("elsewhere", place="q", person="bob"))
    order = await order_of_claims(queue)
    assert max(order.index("neighbour"), order.index("elsewhere")) < 3


async def test_places_share_equally_however_many_people_they_have(queue):
    for number in range(12):
        await queue.submit(a_job(f"crowd-{number}", place="crowd", person=f"person-{number}"))
        await queue.submit(a_job(f"lone-{number}", place="lone", person="ana"))
    order = await order_of_claims(queue)
    served = [name.split("-")[0] for name in order]
    assert all(abs(served[:end].count("crowd") - served[:end].count("lone")) <= 1 for end in range(len(served)))


async def test_turns_are_counted_in_work_and_not_in_jobs(queue):
    for number in range(12):
        await queue.submit(a_job(f"short-{number}", place="short", cost_ms=1_000))
        await queue.submit(a_job(f"long-{number}", place="long", cost_ms=3_000))
    served = [name.split("-")[0] for name in (await order_of_claims(queue))[:16]]
    assert (served.count("short"), served.count("long")) == (12, 4)


async def test_classes_share_sixteen_to_four_to_one_and_the_lowest_moves(queue):
    for klass, number in ((JobClass.DRAFT, 64), (JobClass.INTERACTIVE, 16), (JobClass.BATCH, 4)):
        for each in range(number + 2):
            await queue.submit(a_job(f"{klass}-{each}", klass=klass))
    served = [name.split("-")[0] for name in (await order_of_claims(queue))[:84]]
    assert abs(served.count("draft") - 64) <= 1
    assert abs(served.count("interactive") - 16) <= 1
    assert abs(served.count("batch") - 4) <= 1


async def test_who_used_more_than_was_expected_waits_longer(queue):
    for number in range(6):
        await queue.submit(a_job(f"honest-{number}", place="honest"))
        await queue.submit(a_job(f"lying-{number}", place="lying"))
    served = []
    while lease := await claimed(queue):
        served.append(lease.job.place)
        await queue.complete(lease, b"", spent_ms=1_000 if lease.job.place == "honest" else 3_000)
    assert served[:8].count("honest") == 6


async def test_who_used_less_than_was_expected_gets_it_back(queue):
    for number in range(6):
        await queue.submit(a_job(f"exact-{number}", place="exact", cost_ms=3_000))
        await queue.submit(a_job(f"quick-{number}", place="quick", cost_ms=3_000))
    served = []
    while lease := await claimed(queue):
        served.append(lease.job.place)
        await queue.complete(lease, b"", spent_ms=3_000 if lease.job.place == "exact" else 1_000)
    assert served[:8].count("quick") == 6


async def test_work_that_nobody_timed_is_charged_from_claim_to_end(queue, queue_clock):
    for number in range(6):
        await queue.submit(a_job(f"honest-{number}", place="honest"))
        await queue.submit(a_job(f"lying-{number}", place="lying"))
    served = []
    while lease := await claimed(queue):
        served.append(lease.job.place)
        queue_clock.advance(1 if lease.job.place == "honest" else 3)
        await queue.complete(lease, b"")
    assert served[:8].count("honest") == 6


async def end_by_release(queue, lease, clock):
    await queue.release(lease)
    await queue.cancel(lease.job.id)


async def end_by_absence(queue, lease, clock):
    await queue.fail(lease, FaultKind.UNAVAILABLE, "away")
    await queue.cancel(lease.job.id)


async def end_by_vanishing(queue, lease, clock):
    await let_the_sweeper_see_it_twice(queue, clock)
    await queue.cancel(lease.job.id)


async def end_by_reclaim(queue, lease, clock):
    await queue.reclaim()
    await queue.cancel(lease.job.id)


@pytest.mark.parametrize("end", [end_by_release, end_by_absence, end_by_vanishing, end_by_reclaim])
async def test_what_was_nobodys_fault_is_not_charged(queue, queue_clock, end):
    await queue.submit(a_job("p-1", place="p", cost_ms=5_000))
    for number in range(4):
        await queue.submit(a_job(f"q-{number}", place="q"))
    for number in (2, 3, 4):
        await queue.submit(a_job(f"p-{number}", place="p"))
    await end(queue, await leased(queue), queue_clock)
    served = [name[0] for name in await order_of_claims(queue)]
    assert abs(served[:6].count("p") - served[:6].count("q")) <= 1


async def end_by_cancel(queue, lease):
    await queue.cancel(lease.job.id)


async def end_by_own_fault(queue, lease):
    await queue.fail(lease, FaultKind.BAD_INPUT, "x")


@pytest.mark.parametrize("end", [end_by_cancel, end_by_own_fault])
async def test_work_that_came_to_nothing_is_charged_as_far_as_it_went(queue, queue_clock, end):
    await queue.submit(a_job("p-1", place="p", cost_ms=60_000))
    for number in range(6):
        await queue.submit(a_job(f"q-{number}", place="q"))
        await queue.submit(a_job(f"p-{number + 2}", place="p"))
    lease = await leased(queue)
    queue_clock.advance(3)
    await end(queue, lease)
    served = [name[0] for name in await order_of_claims(queue)]
    assert served[:4].count("q") >= 3
    assert abs(served[:9].count("q") - served[:9].count("p")) == 3


async def test_leaving_and_coming_back_clears_no_debt_while_others_wait(queue):
    for number in range(8):
        await queue.submit(a_job(f"steady-{number}", place="steady"))
    served = []
    for number in range(4):
        await queue.submit(a_job(f"hopper-{number}", place="hopper", cost_ms=2_000))
        for _ in range(2):
            lease = await leased(queue)
            served.append(lease.job.place)
            await queue.complete(lease, b"", spent_ms=lease.job.cost_ms)
    assert served.count("hopper") <= 3


async def test_idling_earns_no_credit(queue):
    await queue.submit(a_job("ready", place="idler"))
    await queue.complete(await leased(queue), b"")
    for number in range(20):
        await queue.submit(a_job(f"steady-{number}", place="steady"))
    for _ in range(10):
        await queue.complete(await leased(queue), b"", spent_ms=1_000)
    for number in range(6):
        await queue.submit(a_job(f"idler-{number}", place="idler"))
    served = [name.split("-")[0] for name in (await order_of_claims(queue))[:8]]
    assert abs(served.count("idler") - served.count("steady")) <= 2


async def test_asking_for_two_kinds_of_worker_is_one_share(queue):
    for number in range(12):
        await queue.submit(a_job(f"both-a-{number}", place="both", lane="a"))
        await queue.submit(a_job(f"both-b-{number}", place="both", lane="b"))
        await queue.submit(a_job(f"one-a-{number}", place="one", lane="a"))
    served = [(await leased(queue, "w1", "a", "b")).job.place for _ in range(24)]
    assert all(abs(served[:end].count("both") - served[:end].count("one")) <= 1 for end in range(25))


async def tied(queue, first, second):
    """Two places, each with one job in a lane of its own, whose tags are the same to the last digit."""
    for number in range(3):
        await queue.submit(a_job(f"{first}-{number}", place=first, lane="a"))
    for _ in range(2):
        await queue.complete(await leased(queue, "w1", "a"), b"", spent_ms=1_000)
    await queue.submit(a_job(f"{second}-0", place=second, lane="b"))
    await queue.submit(a_job(f"{second}-1", place=second, lane="b"))
    await queue.complete(await leased(queue, "w1", "b"), b"", spent_ms=1_000)


@pytest.mark.parametrize("lanes", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize(("first", "second"), [("Zoo", "ant"), ("ant", "Zoo")])
async def test_between_two_lanes_an_exact_tie_goes_by_name_and_not_by_the_order_of_the_lanes(queue, first, second, lanes):
    await tied(queue, first, second)
    assert [(await leased(queue, "w1", *lanes)).job.place for _ in range(2)] == ["Zoo", "ant"]


async def served_warm(queue, lane, swap_ms, count):
    served = []
    for number in range(count):
        warm = Warm(lanes=[lane], swap_ms=swap_ms)
        lease = await queue.claim(WorkerId("w"), claim_id=f"{lane}-{number}", lanes=["a", "b"], warm=warm)
        served.append(lease.job.lane)
        await queue.complete(lease, b"", spent_ms=lease.job.cost_ms)
    return served


async def test_what_is_loaded_goes_first_but_puts_nobody_back_by_more_than_a_swap(queue):
    for number in range(20):
        await queue.submit(a_job(f"cold-{number}", place="cold", lane="a"))
        await queue.submit(a_job(f"warm-{number}", place="warm", lane="b"))
    served = await served_warm(queue, "b", 4_000, 20)
    ahead = [served[:end].count("b") - served[:end].count("a") for end in range(21)]
    assert max(ahead) == 4
    assert served[:4] == ["b"] * 4


async def test_one_persons_jobs_stay_in_order_whatever_is_loaded(queue):
    for number, lane in enumerate("aabab"):
        await queue.submit(a_job(f"job-{number}", lane=lane))
    assert await served_warm(queue, "b", 60_000, 5) == list("aabab")


async def test_a_batch_takes_the_jobs_that_single_claims_would_have_taken_in_their_order(queue_make):
    batches, singly = await queue_make(), await queue_make()
    for number in range(150):
        place, person, klass = f"p{number * 7 % 23}", f"u{number * 11 % 40}", list(JobClass)[number % 4 % 3]
        job = a_job(f"job-{number}", place=place, person=person, klass=klass, cost_ms=number * 37 % 9 * 100, batch="x")
        await asyncio.gather(batches.submit(job), singly.submit(job))
    taken = []
    for most in (1, 64, 20, 64, 64):
        taken += await batches.claim_batch(WorkerId("w"), claim_id=f"c{len(taken)}", lanes=["animatic"], most=most)
    assert [lease.job.id for lease in taken] == [(await leased(singly)).job.id for _ in range(150)]
    for lease in taken:
        await asyncio.gather(batches.release(lease), singly.release(lease))
    assert await order_of_claims(batches) == await order_of_claims(singly)


async def test_company_far_ahead_of_its_turn_does_not_come_along(queue):
    for number in range(3):
        await queue.submit(a_job(f"debtor-{number}", place="debtor", cost_ms=MAX_SWAP_MS, batch="x"))
        await queue.submit(a_job(f"steady-{number}", place="steady", batch="xxy"[number]))
    for _ in range(2):
        lease = await leased(queue)
        await queue.complete(lease, b"", spent_ms=10 * MAX_SWAP_MS if lease.job.place == "debtor" else 1_000)
    batch = await queue.claim_batch(WorkerId("w"), claim_id="c", lanes=["animatic"], most=5)
    assert [lease.job.id for lease in batch] == ["steady-1"]


async def test_a_place_that_waited_long_for_an_absent_kind_of_worker_takes_not_all_the_others(queue):
    await queue.submit(a_job("rare", place="patient", lane="rare"))
    for number in range(40):
        await queue.submit(a_job(f"busy-{number}", place="busy", cost_ms=100_000))
    for _ in range(20):
        await queue.complete(await leased(queue), b"", spent_ms=100_000)
    for number in range(20):
        await queue.submit(a_job(f"patient-{number}", place="patient", cost_ms=100_000))
    served = [(await leased(queue)).job.place for _ in range(10)]
    assert served.count("busy") >= 3


async def test_a_pause_changes_nothing_between_the_people_of_the_place(queue):
    for number in range(10):
        await queue.submit(a_job(f"ana-{number}", place="p", person="ana"))
    for _ in range(5):
        await queue.complete(await leased(queue), b"", spent_ms=1_000)
    await queue.pause("p")
    await queue.submit(a_job("elsewhere", place="q"))
    await queue.complete(await leased(queue), b"")
    await queue.pause("p", False)
    for number in range(5):
        await queue.submit(a_job(f"bob-{number}", place="p", person="bob"))
    served = [name[:3] for name in (await order_of_claims(queue))[:6]]
    assert abs(served.count("ana") - served.count("bob")) <= 2


@pytest.mark.parametrize("pause_last", [False, True])
async def test_a_paused_place_owes_nothing_once_the_others_have_come_to_rest(queue, pause_last):
    for number in range(10):
        await queue.submit(a_job(f"p-{number}", place="p", cost_ms=50_000))
    for _ in range(8):
        await queue.complete(await leased(queue), b"", spent_ms=50_000)
    await queue.submit(a_job("draft", klass=JobClass.DRAFT))
    running = await leased(queue)
    if pause_last:
        await queue.complete(running, b"", spent_ms=0)
    await queue.pause("p")
    if not pause_last:
        await queue.complete(running, b"", spent_ms=0)
    for number in range(10):
        await queue.submit(a_job(f"q-{number}", place="q", cost_ms=50_000))
    await queue.complete(await leased(queue), b"", spent_ms=50_000)
    await queue.pause("p", False)
    assert "p" in [name[0] for name in (await order_of_claims(queue))[:2]]


async def test_nobody_is_forgotten_while_a_place_is_paused_and_others_come_and_go(queue, queue_clock):
    for name in ("ana", "bob", "eve"):
        await queue.submit(a_job(f"p-{name}", place="p", person=name))
    await queue.pause("p")
    for number in range(5):
        await queue.submit(a_job(f"q-{number}", place="q"))
        await queue.complete(await leased(queue), b"")
        queue_clock.advance(LEASE_S)
    await queue.pause("p", False)
    assert await order_of_claims(queue) == ["p-ana", "p-bob", "p-eve"]
