"""Calls that wait together go to the server together, and each gets its own answer."""

import asyncio

import msgspec
import pytest

from walkon.queue.redis_calls import IN_FLIGHT, MOST_AT_ONCE, MOST_IN_SCRIPT, Call, TogetherCalls, merge, split
from walkon.queue.redis_scripts import script

SUBMIT, VIEW = script("submit"), script("line")


def a_call(number, *, shared=(1,), own=True, wanted=SUBMIT, jobs=1):
    return Call(script=wanted, arguments=shared, own=(f"job-{number}", number) if own else None, answer=None, jobs=jobs)


def test_calls_in_a_row_that_share_their_first_arguments_are_one_run_of_the_script():
    runs = merge([a_call(1), a_call(2), a_call(3, shared=(2,)), a_call(4, own=False, wanted=VIEW), a_call(5, shared=(2,))])
    given = [(*run.arguments[:1], *msgspec.msgpack.decode(run.arguments[1])) if len(run.arguments) > 1 else run.arguments for run in runs]
    assert given == [(1, ["job-1", 1], ["job-2", 2]), (2, ["job-3", 3]), (1,), (2, ["job-5", 5])]
    assert split(runs, [["a", "b"], ["c"], "d", ["e"]]) == list("abcde")


def test_a_run_takes_only_so_many_jobs_that_the_server_is_not_held_up():
    runs = merge([a_call(number) for number in range(2 * MOST_IN_SCRIPT + 1)])
    assert [len(run.own) for run in runs] == [MOST_IN_SCRIPT, MOST_IN_SCRIPT, 1]
    batches = merge([a_call(number, jobs=jobs) for number, jobs in enumerate([20, 40, 5, 60, MOST_IN_SCRIPT, 1])])
    assert [len(run.own) for run in batches] == [2, 1, 1, 1, 1]


def test_what_befell_a_run_befell_each_of_its_calls():
    fault = ConnectionError("gone")
    assert split(merge([a_call(1), a_call(2), a_call(3, own=False)]), [fault, "fine"]) == [fault, fault, "fine"]


async def test_what_waits_while_others_are_under_way_goes_together():
    sent, go_on = [], asyncio.Event()

    async def send(calls):
        sent.append(len(calls))
        await go_on.wait()
        return [call.own[1] for call in calls]

    together = TogetherCalls(send)
    first = [together.do(SUBMIT, (), (0, number)) for number in range(2)]
    while not sent:
        await asyncio.sleep(0)
    later = [together.do(SUBMIT, (), (0, number)) for number in range(2, 40)]
    while len(sent) < IN_FLIGHT:
        await asyncio.sleep(0)
    go_on.set()
    assert await asyncio.gather(*first, *later) == list(range(40))
    assert sent == [2, 38]


async def test_more_jobs_than_the_server_works_on_at_once_are_made_while_it_does():
    sent = []

    async def send(calls):
        sent.append([call.own[0] for call in calls])
        return sent[-1]

    together = TogetherCalls(send)
    halves = [together.do(SUBMIT, (), (name,), jobs=MOST_AT_ONCE // 2) for name in "abcde"]
    assert await asyncio.gather(*halves, together.do(SUBMIT, (), ("more",), jobs=2 * MOST_AT_ONCE)) == [*"abcde", "more"]
    assert sent == [["a", "b"], ["c", "d"], ["e"], ["more"]]


async def test_a_caller_who_has_gone_takes_nobody_along():
    go_on = asyncio.Event()

    async def send(calls):
        await go_on.wait()
        return [call.own[0] for call in calls]

    together = TogetherCalls(send)
    gone, here = (together.do(SUBMIT, (), (name,)) for name in ("gone", "here"))
    await asyncio.sleep(0)
    gone.cancel()
    go_on.set()
    assert await here == "here"
    with pytest.raises(asyncio.CancelledError):
        await gone
    await together.close()
