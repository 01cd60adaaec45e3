"""The clock of the server steps by an hour: nobody who works loses his job, nobody who is gone keeps one."""

from collections.abc import Iterator

import pytest
import redis

from tests.queue.making import a_job, leased, order_of_claims
from tests.queue.redis_server import RedisServerOutOfTime
from tests.waiting import until
from walkon.queue.port import Beat, FaultKind, JobId, JobState
from walkon.queue.redis import RedisQueue

pytestmark = pytest.mark.faults

LEASE_S = 1.0


@pytest.fixture
def server() -> Iterator[RedisServerOutOfTime]:
    server = RedisServerOutOfTime().start()
    yield server
    server.stop()


async def goes_on(server: RedisServerOutOfTime, seconds: float) -> None:
    """Until the server's own clock is so much further."""
    with server.admin() as admin:
        begun = clock_of(admin)
        await until(lambda: clock_of(admin) >= begun + seconds)


def clock_of(admin: redis.Redis) -> float:
    seconds, microseconds = admin.time()
    return seconds + microseconds / 1_000_000


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_worker_that_beats_keeps_its_job_over_a_step_of_the_clock(server: RedisServerOutOfTime, hours: int) -> None:
    queue, other = await RedisQueue.open(server.url(), lease_s=LEASE_S), await RedisQueue.open(server.url(), lease_s=LEASE_S)
    await queue.submit(a_job("job"))
    lease = await leased(queue)
    server.step(hours)
    for _ in range(5):
        assert (await queue.sweep(), await other.sweep()) == (0, 0)
        assert await queue.heartbeat(lease) is Beat.OK
        await goes_on(server, LEASE_S / 3)
    await queue.complete(lease, b"clip")
    assert (await queue.view(JobId("job"))).state is JobState.DONE
    await queue.close()
    await other.close()


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_silent_workers_job_is_taken_back_once_the_clock_is_past_its_lease_wherever_it_stepped(
    server: RedisServerOutOfTime, hours: int
) -> None:
    queue = await RedisQueue.open(server.url(), lease_s=LEASE_S)
    await queue.submit(a_job("job"))
    late = await leased(queue)
    server.step(hours)
    if hours < 0:
        assert await queue.sweep() == 0
        server.step(0)
    await until(queue.sweep)
    assert await queue.heartbeat(late) is Beat.LOST
    assert (await leased(queue, "w2")).token > late.token
    await queue.close()


async def test_a_retry_that_waits_is_early_or_late_by_the_step_and_never_lost(server: RedisServerOutOfTime) -> None:
    queue = await RedisQueue.open(server.url())
    await queue.submit(a_job("job"))
    assert await queue.fail(await leased(queue), FaultKind.TRANSIENT, "out of memory") is JobState.DELAYED
    server.step(-1)
    assert await order_of_claims(queue) == []
    server.step(1)
    assert await until(lambda: order_of_claims(queue)) == ["job"]
    await queue.close()
