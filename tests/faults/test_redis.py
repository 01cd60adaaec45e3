"""The queue on a redis-server on a bad day: killed, frozen, full, a replica; and workers that die, freeze and come back."""

import asyncio
import signal
from collections import Counter

import pytest

from tests.processes import lines_on_queue, on_queue
from tests.queue.making import a_job, claimed, leased, order_of_claims
from tests.queue.redis_server import RedisServer
from tests.waiting import until
from walkon.queue.port import FaultKind, JobId, JobState, QueueUnusable
from walkon.queue.redis import RedisQueue
from walkon.queue.rules import POISON

pytestmark = pytest.mark.faults


@pytest.fixture
def start():
    """Servers of the test's own."""
    servers = []

    def start_(**settings) -> RedisServer:
        servers.append(RedisServer(**settings).start())
        return servers[-1]

    yield start_
    for server in servers:
        server.stop()


@pytest.fixture
def server(start):
    return start()


@pytest.fixture
async def opened():
    queues = []

    async def open_(server, **settings):
        queues.append(await RedisQueue.open(server.url(), **settings))
        return queues[-1]

    yield open_
    for queue in queues:
        await queue.close()


async def test_a_server_killed_under_load_and_started_again_has_everything_it_confirmed(server, opened):
    queue = await opened(server)
    confirmed: set[str] = set()
    enough = asyncio.Event()

    async def submit_without_end(person: str) -> None:
        number = 0
        while True:
            await queue.submit(a_job(f"{person}-{number}", person=person))
            confirmed.add(f"{person}-{number}")
            number += 1
            if len(confirmed) > 200:
                enough.set()

    people = [asyncio.create_task(submit_without_end(f"u{number}")) for number in range(8)]
    await enough.wait()
    server.kill()
    at_the_kill = set(confirmed)
    for task in people:
        task.cancel()
    await asyncio.gather(*people, return_exceptions=True)
    await asyncio.to_thread(server.start)
    assert at_the_kill <= set(await order_of_claims(queue))


async def test_calls_wait_out_a_restart_of_the_server(server, opened):
    queue = await opened(server)
    await queue.submit(a_job("before"))
    server.kill()
    call = asyncio.create_task(queue.submit(a_job("meanwhile")))
    await asyncio.to_thread(server.start)
    assert (await call).state is JobState.QUEUED
    assert await order_of_claims(queue) == ["before", "meanwhile"]


async def test_calls_wait_out_a_server_that_freezes_for_a_moment(server, opened):
    queue = await opened(server)
    server.process.send_signal(signal.SIGSTOP)
    call = asyncio.create_task(queue.submit(a_job("job")))
    await asyncio.wait([call], timeout=0.2)
    assert not call.done()
    server.process.send_signal(signal.SIGCONT)
    assert (await call).state is JobState.QUEUED


async def test_a_lease_and_its_fencing_token_outlive_a_kill_of_the_server(server, opened):
    queue = await opened(server)
    await queue.submit(a_job("a"))
    await queue.submit(a_job("b"))
    lease = await leased(queue)
    server.kill()
    await asyncio.to_thread(server.start)
    await queue.complete(lease, b"clip")
    assert (await leased(queue)).token > lease.token


async def test_a_server_that_has_lost_everything_takes_the_same_jobs_again_above_the_old_tokens(server, opened):
    queue = await opened(server)
    await queue.submit(a_job("a"))
    late = await leased(queue)
    with server.admin() as admin:
        admin.flushall()
    assert await queue.view(JobId("a")) is None
    await queue.raise_token(late.token)
    await queue.submit(a_job("a"))
    current = await leased(queue)
    assert current.token > late.token
    await queue.complete(current, b"clip")


async def test_a_full_server_takes_no_work_but_drains_and_then_takes_work_again(server, opened):
    queue = await opened(server)
    for number in range(20):
        await queue.submit(a_job(f"job-{number}"))
    await queue.fail(await leased(queue), FaultKind.BAD_INPUT, "x")
    with server.admin() as admin:
        admin.config_set("maxmemory", "1")
        before = admin.dbsize()
        with pytest.raises(QueueUnusable, match="maxmemory"):
            await queue.submit(a_job("new"))
        with pytest.raises(QueueUnusable, match="maxmemory"):
            await queue.requeue(JobId("job-0"))
        assert admin.dbsize() == before
        assert len(await order_of_claims(queue)) == 19
        assert await queue.sweep() == 0
        admin.config_set("maxmemory", "0")
    await queue.submit(a_job("new"))
    assert await queue.requeue(JobId("job-0"))
    assert sorted(await order_of_claims(queue)) == ["job-0", "new"]


async def test_a_replica_is_refused_with_what_to_do_and_goes_on_where_the_primary_stood_once_promoted(start, opened):
    primary = start()
    queue = await opened(primary)
    for name in "abc":
        await queue.submit(a_job(name))
    late = await leased(queue)
    replica = start(replicaof=f"127.0.0.1 {primary.port}")
    with primary.admin() as admin, replica.admin() as promoted:
        await until(lambda: promoted.info("replication")["master_link_status"] == "up")
        assert admin.wait(1, 10_000) == 1
        with pytest.raises(QueueUnusable, match="replica: give the address of the primary"):
            await opened(replica)
        primary.kill()
        promoted.replicaof("NO", "ONE")
    after = await opened(replica)
    assert (await leased(after)).token > late.token
    await after.complete(late, b"clip")


async def test_a_server_that_cannot_write_its_disk_takes_no_work_and_names_the_mend(server, opened):
    """A server refuses writes while it cannot save; here a folder stands in the way of its file."""
    queue = await opened(server)
    await queue.submit(a_job("job"))
    with server.admin() as admin:
        admin.config_set("save", "3600 1")
        admin.config_set("rdbcompression", "yes")
        (server.folder / "dump.rdb").mkdir()
        admin.bgsave()
        await until(lambda: admin.info("persistence")["rdb_last_bgsave_status"] == "err")
    with pytest.raises(QueueUnusable, match="disk space"):
        await queue.submit(a_job("other"))


async def test_four_processes_claim_a_thousand_jobs_and_none_twice(server, opened):
    queue = await opened(server)
    names = [f"job-{number}" for number in range(1_000)]
    await asyncio.gather(*(queue.submit(a_job(name, place=f"p{name[-1]}", person=f"u{name[-2:]}")) for name in names))
    outputs = await asyncio.gather(*(lines_on_queue("drain", server.url(), f"w{number}") for number in range(4)))
    jobs, tokens = zip(*(line.split() for lines in outputs for line in lines), strict=True)
    assert sorted(jobs) == sorted(names)
    assert sorted(map(int, tokens)) == list(range(1, 1_001))


async def test_workers_killed_in_mid_job_lose_nothing_and_each_job_ends_once(server, opened):
    queue = await opened(server, lease_s=1)
    said: list[tuple[str, ...]] = []
    for turn in range(4):
        async with on_queue("live", server.url(), f"w{turn}") as started:
            lines = [await started.stdout.readline() for _ in range(1 + 17 * turn)]
            started.kill()
            lines.append(await started.stdout.read())
        text = b"".join(lines).decode()
        said += [tuple(line.split()) for line in text[: text.rfind("\n") + 1].splitlines()]
    submitted, completed = ({JobId(job) for what, job in said if what == kind} for kind in ("submitted", "completed"))
    views = await queue.views(sorted(submitted | completed))
    assert views.keys() == submitted | completed
    assert all(views[job].state is JobState.DONE for job in completed)
    ended = Counter(await everything_left(queue))
    assert set(ended.values()) <= {1} and not completed & set(ended)
    assert all(view.state is JobState.DONE for view in (await queue.views(sorted(submitted))).values())


async def everything_left(queue: RedisQueue) -> list[JobId]:
    """Takes back what died workers held, by the server's own time, and completes all that is left."""
    ended = []
    while (stats := await queue.stats()).queued or stats.running:
        await queue.sweep()
        while lease := await claimed(queue, "last"):
            ended.append(lease.job.id)
            await queue.complete(lease, b"")
    return ended


async def test_a_job_that_kills_two_workers_is_set_aside_and_the_next_one_is_done(server, opened):
    queue = await opened(server, lease_s=1)
    await queue.submit(a_job("poison"))
    await queue.submit(a_job("next"))
    for name in ("first", "second"):
        async with on_queue("die", server.url(), name) as worker:
            assert await worker.wait() == 1
        while not await queue.sweep():
            await queue.wait(0.05)
    view = await queue.view(JobId("poison"))
    assert (view.state, view.error, view.attempts) == (JobState.DEAD, POISON, 2)
    assert await order_of_claims(queue) == ["next"]


async def test_a_thousand_submissions_of_one_job_by_four_processes_are_one_job(server, opened):
    await asyncio.gather(*(lines_on_queue("repeat", server.url(), f"p{number}") for number in range(4)))
    queue = await opened(server)
    assert (await queue.stats()).queued == 1
    assert await order_of_claims(queue) == ["job"]


async def test_a_worker_frozen_past_its_lease_wakes_to_a_refusal(server, opened):
    queue = await opened(server, lease_s=1)
    await queue.submit(a_job("job"))
    async with on_queue("hold", server.url(), "frozen") as frozen:
        _, job, token = (await frozen.stdout.readline()).decode().split()
        frozen.send_signal(signal.SIGSTOP)
        while not await queue.sweep():
            await queue.wait(0.05)
        current = await leased(queue, "successor")
        frozen.send_signal(signal.SIGCONT)
        frozen.stdin.write(b"go\n")
        assert (await frozen.stdout.readline()).decode().split() == ["refused", "LeaseLost"]
    assert current.token > int(token)
    await queue.complete(current, b"successor")
    view = await queue.view(JobId(job))
    assert (view.state, view.result, view.attempts) == (JobState.DONE, b"successor", 2)
