"""A queue that outlives its server: Sentinels or a cluster put a replica in its place, and everybody finds it by themselves."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from tests.queue.living import Life
from tests.queue.making import HandClock, a_job, leased, order_of_claims
from tests.queue.redis_groups import ClusterGroup, SentinelGroup
from tests.queue.reference import ReferenceQueue
from tests.waiting import answer_of, until
from walkon.queue.port import JobId, JobState, QueueUnusable
from walkon.queue.redis import RedisQueue
from walkon.queue.redis_health import complaints

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

Group = SentinelGroup | ClusterGroup

TAKEN_OVER_WITHIN_S = 60


@pytest.fixture(params=[SentinelGroup, ClusterGroup], ids=["sentinels", "cluster"])
def group(request: pytest.FixtureRequest) -> Iterator[Group]:
    group = request.param()
    yield group
    group.stop()


async def patiently(call: Callable[[], Awaitable[Any]]) -> Any:
    """The answer, asked for again as long as nobody is there to give it; every call may be repeated."""
    return await answer_of(call, despite=QueueUnusable, timeout_s=TAKEN_OVER_WITHIN_S)


async def the_same_as_ever(group: Group) -> None:
    clocks = HandClock(), HandClock()
    queue = await RedisQueue.open(group.url, clock=clocks[1])
    undisturbed = await Life(ReferenceQueue(clock=clocks[0]), clocks[0], seed=4).live(150)
    assert await Life(queue, clocks[1], seed=4).live(150) == undisturbed
    await queue.drain(False)
    await order_of_claims(queue)
    await queue.close()


async def test_a_group_of_servers_is_one_queue_and_a_takeover_loses_nothing_that_the_replica_had(group: Group) -> None:
    assert await complaints(group.url) == []
    await the_same_as_ever(group)
    queue = await RedisQueue.open(group.url)
    for name in "abc":
        await queue.submit(a_job(name, person="new"))
    held = await leased(queue)
    watching = asyncio.create_task(queue.until_cancelled(JobId("b")))
    group.copy_to_replica()
    group.lose_owner()
    await patiently(lambda: queue.submit(a_job("after", person="new")))
    group.calm_down()
    await queue.complete(held, b"clip")
    later = await leased(queue)
    assert (later.job.id, later.token > held.token) == ("b", True)
    await queue.cancel(later.job.id)
    async with asyncio.timeout(TAKEN_OVER_WITHIN_S):
        await watching
    await the_old_one_returns(group)
    again = await RedisQueue.open(group.url)
    assert await order_of_claims(again) == ["c", "after"]
    assert (await queue.view(held.job.id)).state is JobState.DONE
    await again.close()
    await queue.close()


async def the_old_one_returns(group: Group) -> None:
    group.owner.start()
    with group.owner.admin() as admin:
        await until(lambda: admin.info("replication")["role"] == "slave", TAKEN_OVER_WITHIN_S)
