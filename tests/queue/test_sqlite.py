"""What the file adds to the promises of the port: it lasts, it is shared, it is refused when it cannot be trusted."""

import asyncio
import contextlib
import resource
import sqlite3
import threading
import types
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from tests.queue.making import LANE, HandClock, a_job, claimed, leased, order_of_claims
from walkon.queue.port import FaultKind, JobConflict, JobId, QueueFull, QueueUnusable
from walkon.queue.rules import UNKNOWN_KIND, Depth
from walkon.queue.sqlite import CHECKPOINT_BYTES, SqliteQueue
from walkon.types.ids import PlaceId, WorkerId


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "queue.db"


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def opened(file, clock):
    """Opens the file, as often as asked; closes what is left open."""
    queues = []

    async def open_(**settings):
        queues.append(await SqliteQueue.open(file, clock=clock, **settings))
        return queues[-1]

    yield open_
    for queue in queues:
        await queue.close()


@pytest.fixture
async def queue(opened):
    return await opened()


async def test_everything_is_as_it_was_after_a_restart(queue, opened, clock):
    for number in range(30):
        await queue.submit(a_job(f"job-{number}", place=f"p{number % 4}", person=f"u{number % 6}", cost_ms=number * 100))
    for kind in FaultKind:
        await queue.fail(await leased(queue), kind, "fault")
    lease = await leased(queue)
    await queue.pause(PlaceId("p3"))
    names = [JobId(f"job-{number}") for number in range(30)]
    before = await queue.views(names), await queue.stats()
    await queue.close()
    again = await opened()
    assert (await again.views(names), await again.stats()) == before
    assert (await leased(again)).token > lease.token
    await again.complete(lease, b"clip")


async def test_turns_go_on_where_they_stood_before_a_restart(opened, file, tmp_path, clock):
    queues = [await opened(), await SqliteQueue.open(tmp_path / "other.db", clock=clock)]
    for number in range(24):
        for queue in queues:
            await queue.submit(a_job(f"job-{number}", place=f"p{number % 3}", person=f"u{number % 5}", cost_ms=number * 37 % 900))
    for _ in range(8):
        for queue in queues:
            lease = await leased(queue)
            await queue.complete(lease, b"", spent_ms=lease.job.cost_ms * 2)
    await queues[0].close()
    order = await order_of_claims(await opened())
    assert order == await order_of_claims(queues[1])
    await queues[1].close()


async def test_fifty_submissions_at_once_share_a_few_commits(queue):
    before = queue.commits
    await asyncio.gather(*(queue.submit(a_job(f"job-{number}", person=f"u{number}")) for number in range(50)))
    assert queue.commits - before <= 2
    assert (await queue.stats()).queued == 50


async def test_fifty_claims_and_completions_at_once_share_a_few_commits(queue):
    await asyncio.gather(*(queue.submit(a_job(f"job-{number}")) for number in range(50)))
    before = queue.commits

    async def work(number):
        await queue.complete(await queue.claim(WorkerId("w"), claim_id=f"c{number}", lanes=[LANE]), b"")

    await asyncio.gather(*(work(number) for number in range(50)))
    assert queue.commits - before <= 4
    assert (await queue.stats()).done == 50


async def test_a_call_that_finds_nothing_to_do_writes_nothing(queue):
    before = queue.commits
    assert await claimed(queue) is None
    assert await queue.sweep() == 0
    assert queue.commits == before


async def test_a_call_that_is_refused_undoes_only_itself(queue):
    await queue.submit(a_job("known"))
    calls = [a_job("new-1"), a_job("known", payload=b"other"), a_job("new-2"), a_job("\ud800"), a_job("new-3")]
    answers = await asyncio.gather(*(queue.submit(job) for job in calls), return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == ["JobView", "JobConflict", "JobView", "UnicodeEncodeError", "JobView"]
    assert await order_of_claims(queue) == ["known", "new-1", "new-2", "new-3"]


def contents(file):
    with contextlib.closing(sqlite3.connect(file)) as other:
        return list(other.iterdump())


async def test_a_call_that_breaks_off_half_way_leaves_the_file_as_it_was(queue, file):
    before = contents(file)
    with pytest.raises(sqlite3.IntegrityError):
        await queue.submit(replace(a_job("job"), lane=None))
    assert contents(file) == before


@types.coroutine
def cancelled_at(call, nth):
    """Runs the call in the current task, which is cancelled while it waits for the nth time."""
    step, value = call.send, None
    for number in count():
        try:
            waited = step(value)
        except StopIteration as end:
            return end.value
        if number == nth:
            asyncio.get_running_loop().call_soon(asyncio.current_task().cancel)
        try:
            step, value = call.send, (yield waited)
        except BaseException as thrown:
            step, value = call.throw, thrown


async def cancel_each_await(make_call):
    """Cancels the call once at each of its awaits in turn, until it gets through; returns how often it was cancelled."""

    async def run(nth):
        return await cancelled_at(make_call(nth), nth)

    for nth in count():
        try:
            await asyncio.create_task(run(nth))
        except asyncio.CancelledError:
            continue
        return nth


async def test_a_submission_cancelled_at_any_await_leaves_the_queue_usable(queue):
    assert await cancel_each_await(lambda nth: queue.submit(a_job(f"job-{nth}"))) >= 1
    for number in range(4):
        await queue.submit(a_job(f"job-{number}"))
    assert sorted(await order_of_claims(queue)) == [f"job-{number}" for number in range(4)]


async def test_a_claim_cancelled_at_any_await_is_answered_when_it_is_repeated(queue):
    await queue.submit(a_job("job"))
    assert await cancel_each_await(lambda nth: queue.claim(WorkerId("w"), claim_id="same", lanes=[LANE])) >= 1
    lease = await queue.claim(WorkerId("w"), claim_id="same", lanes=[LANE])
    await queue.complete(lease, b"clip")


async def test_a_completion_cancelled_at_any_await_can_be_repeated(queue):
    await queue.submit(a_job("job"))
    lease = await leased(queue)
    assert await cancel_each_await(lambda nth: queue.complete(lease, b"clip")) >= 1
    await queue.complete(lease, b"clip")
    assert (await queue.view(JobId("job"))).result == b"clip"


async def test_looking_and_waiting_can_be_cancelled_at_any_await(queue):
    await queue.submit(a_job("job"))
    assert await cancel_each_await(lambda nth: queue.view(JobId("job"))) >= 1
    assert await cancel_each_await(lambda nth: queue.wait(0.3)) >= 2
    assert (await queue.view(JobId("job"))).position == 1


async def test_opening_and_closing_can_be_cancelled_at_any_await(file):
    kept = []

    async def open_(_):
        kept.append(await SqliteQueue.open(file))

    assert await cancel_each_await(open_) >= 1
    assert await cancel_each_await(lambda nth: kept[0].close()) >= 1
    await kept[0].close()
    assert [thread for thread in threading.enumerate() if "connection_worker" in thread.name] == []


@pytest.mark.parametrize("content", [b"", b"shopping list\n" * 1_000], ids=["new", "not a database"])
def test_a_loop_that_ends_in_the_middle_of_an_opening_leaves_no_thread_behind(file, content):
    """A thread that outlived its loop would end in a traceback, which pytest counts as an error."""
    file.parent.mkdir()
    file.write_bytes(content)

    async def begin(steps):
        opening = asyncio.create_task(SqliteQueue.open(file))
        for _ in range(steps):
            await asyncio.sleep(0)
        return opening

    for steps in range(3):
        assert asyncio.run(begin(steps)).cancelled()
        assert [thread for thread in threading.enumerate() if "connection_worker" in thread.name] == []


async def test_closing_leaves_no_thread_no_task_and_no_lock(queue, file):
    before = asyncio.all_tasks()
    calls = asyncio.gather(*(queue.submit(a_job(f"job-{number}")) for number in range(10)))
    await asyncio.sleep(0)
    await queue.close()
    await queue.close()
    await calls
    assert asyncio.all_tasks() <= before
    assert [thread for thread in threading.enumerate() if "connection_worker" in thread.name] == []
    with sqlite3.connect(file, timeout=0, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert other.execute("SELECT count(*) FROM job").fetchone() == (10,)
        other.execute("ROLLBACK")
    other.close()


async def test_a_closed_queue_says_so_and_lets_go_of_whoever_waits(queue):
    waiting = asyncio.gather(*(queue.wait(60) for _ in range(3)))
    await queue.close()
    await asyncio.wait_for(waiting, 20)
    with pytest.raises(QueueUnusable, match="closed"):
        await queue.submit(a_job("job"))


async def test_many_may_open_a_new_file_at_once(file):
    queues = await asyncio.gather(*(SqliteQueue.open(file) for _ in range(8)))
    await asyncio.gather(*(queue.submit(a_job(f"job-{number}")) for number, queue in enumerate(queues)))
    assert [(await queue.stats()).queued for queue in queues] == [8] * 8
    await asyncio.gather(*(queue.close() for queue in queues))


async def test_the_log_is_written_back_before_it_grows_without_end(queue, file):
    for batch in range(8):
        await asyncio.gather(*(queue.submit(a_job(f"{batch}-{each}", payload=b"x" * 16_000)) for each in range(64)))
        assert Path(f"{file}-wal").stat().st_size < 2 * CHECKPOINT_BYTES
    assert file.stat().st_size > CHECKPOINT_BYTES


async def test_a_file_of_a_newer_release_is_refused_with_what_to_do(queue, file):
    await queue.close()
    with sqlite3.connect(file) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(QueueUnusable, match="newer release of walkon: update"):
        await SqliteQueue.open(file)


async def test_another_programs_file_is_refused_and_left_as_it_is(tmp_path):
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE precious (x)")
    other.close()
    before = file.read_bytes()
    with pytest.raises(QueueUnusable, match="another program"):
        await SqliteQueue.open(file)
    assert file.read_bytes() == before


def not_a_database(file):
    file.write_bytes(b"shopping list\n" * 1_000)


def a_folder(file):
    file.mkdir()


def a_hole_in_the_middle(file):
    content = bytearray(file.read_bytes())
    content[4_096 : len(content) - 4_096] = b"\xa5" * (len(content) - 8_192)
    file.write_bytes(content)


def cut_short(file):
    file.write_bytes(file.read_bytes()[:10_000])


@pytest.mark.parametrize("spoil", [not_a_database, a_folder, a_hole_in_the_middle, cut_short])
async def test_a_file_that_cannot_be_trusted_is_refused_in_one_line_that_names_it_and_the_mend(queue, file, spoil):
    for number in range(40):
        await queue.submit(a_job(f"job-{number}", payload=b"x" * 2_000))
    await queue.close()
    if spoil in (a_folder, not_a_database):
        file.unlink()
    spoil(file)
    with pytest.raises(QueueUnusable) as refused:
        await SqliteQueue.open(file)
    reason = refused.value.reason
    assert str(file) in reason and "\n" not in reason
    assert "Move the file away" in reason or "Check that the folder" in reason


@pytest.mark.parametrize("where", ["file/queue.db", "/proc/self/queue.db"], ids=["below a file", "where nobody may write"])
async def test_a_place_that_cannot_be_written_is_refused(tmp_path, where):
    (tmp_path / "file").write_text("")
    with pytest.raises(QueueUnusable, match="Check that the folder"):
        await SqliteQueue.open(tmp_path / where)


@pytest.fixture
def size_limit():
    """Sets how large a file this process may write, which to SQLite is a full disk; lifts it at the end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_refuses_in_one_line_and_loses_nothing_that_was_accepted(queue, file, size_limit):
    accepted = []
    size_limit(512 * 1024)
    with pytest.raises(QueueUnusable) as refused:
        for number in range(1_000):
            await queue.submit(a_job(f"job-{number}", payload=b"x" * 4_000))
            accepted.append(f"job-{number}")
    assert str(file) in refused.value.reason and "\n" not in refused.value.reason
    size_limit(resource.RLIM_INFINITY)
    await queue.submit(a_job("later"))
    assert await order_of_claims(queue) == [*accepted, "later"]


async def test_a_conflict_names_the_job(queue):
    await queue.submit(a_job("job"))
    with pytest.raises(JobConflict) as refused:
        await queue.submit(a_job("job", payload=b"other"))
    assert refused.value.job == "job"


async def test_a_file_of_an_older_release_is_brought_up_to_date_with_its_jobs(queue, opened, file):
    await queue.submit(a_job("old"))
    await queue.close()
    with contextlib.closing(sqlite3.connect(file)) as connection:
        for index in ("job_person", "job_place"):
            connection.execute(f"DROP INDEX {index}")
        connection.execute("ALTER TABLE job DROP COLUMN batch")
        connection.execute("PRAGMA user_version = 1")
    again = await opened(depth=Depth(person=2))
    await again.submit(a_job("new", batch="x"))
    with pytest.raises(QueueFull):
        await again.submit(a_job("third"))
    assert await order_of_claims(again) == ["old", "new"]


async def test_a_job_of_a_kind_that_a_newer_release_knows_is_set_aside_and_holds_nobody_up(queue, opened, file):
    for name in ("newer", "known"):
        await queue.submit(a_job(name))
    await queue.close()
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE job SET kind = 'hologram' WHERE id = 'newer'")
    again = await opened()
    assert await order_of_claims(again) == ["known"]
    assert [(job.id, job.error) for job in await again.dead()] == [("newer", UNKNOWN_KIND)]
