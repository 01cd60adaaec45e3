"""What the server adds to the promises of the port: it is shared, calls may be lost on the way, and it says plainly what is wrong."""

import asyncio
import re
from asyncio.subprocess import DEVNULL
from importlib.resources import files

import msgspec
import pytest

from tests.queue.cutting import CuttingProxy
from tests.queue.living import Life
from tests.queue.making import LANE, LEASE_S, HandClock, a_job, leased, order_of_claims
from tests.queue.redis_server import RedisServer, database_for, free_port, shared_server, valkey_program
from tests.queue.reference import ReferenceQueue
from walkon.queue.port import MAX_BATCH, FaultKind, JobId, JobState, QueueUnusable
from walkon.queue.redis import RedisQueue
from walkon.queue.redis_keys import PREFIX, TAG
from walkon.queue.redis_scripts import SCHEMA_VERSION, script
from walkon.queue.rules import RESULT_WINDOW_MS, UNKNOWN_KIND, Depth
from walkon.queue.sqlite import SqliteQueue
from walkon.types.clock import to_ms
from walkon.types.ids import PlaceId, WorkerId

SCRIPTS = sorted(entry.name.removesuffix(".lua") for entry in (files("walkon.queue") / "lua").iterdir() if entry.name.endswith(".lua"))


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def url(tmp_path):
    return database_for(tmp_path)


@pytest.fixture
def admin(url):
    with shared_server().admin(int(url.rpartition("/")[2])) as client:
        yield client


@pytest.fixture
async def opened(url, clock):
    """Opens the queue, as often as asked; closes what is left open."""
    queues = []

    async def open_(at=url, **settings):
        queues.append(await RedisQueue.open(at, **{"clock": clock, **settings}))
        return queues[-1]

    yield open_
    for queue in queues:
        await queue.close()


@pytest.fixture
async def queue(opened):
    return await opened()


@pytest.fixture
def own_server():
    """Servers of the test's own, to be maltreated."""
    servers = []

    def start(**settings):
        servers.append(RedisServer(**settings).start())
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


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


@pytest.mark.parametrize(("seed", "steps"), [(0, 800), (1, 800), (2, 8_400)])
async def test_three_queues_give_the_same_answers_over_a_long_life(tmp_path, opened, seed, steps):
    clocks = [HandClock(), HandClock(), HandClock()]
    queues = [
        ReferenceQueue(clock=clocks[0], depth=Depth(all=40)),
        await SqliteQueue.open(tmp_path / "queue.db", clock=clocks[1], depth=Depth(all=40)),
        await opened(clock=clocks[2], depth=Depth(all=40)),
    ]
    lives = [await Life(queue, clock, seed=seed).live(steps) for queue, clock in zip(queues, clocks, strict=True)]
    await queues[1].close()
    assert lives[1] == lives[0]
    assert lives[2] == lives[0]


@pytest.mark.parametrize("every", [2, 3, 7])
async def test_answers_lost_at_every_nth_call_change_nothing(url, opened, every):
    clocks = HandClock(), HandClock()
    undisturbed = await Life(ReferenceQueue(clock=clocks[0]), clocks[0], seed=every).live(200)
    async with CuttingProxy(shared_server().port, every=every).open() as proxy:
        queue = await opened(shared_server().url(int(url.rpartition("/")[2]), port=proxy.port), clock=clocks[1])
        assert await Life(queue, clocks[1], seed=every).live(200) == undisturbed
        await queue.close()
    assert proxy.cuts >= 40


async def life_on(server, opened):
    clocks = HandClock(), HandClock()
    undisturbed = await Life(ReferenceQueue(clock=clocks[0]), clocks[0], seed=3).live(300)
    assert await Life(await opened(server.url(), clock=clocks[1]), clocks[1], seed=3).live(300) == undisturbed


async def test_valkey_gives_the_same_answers(own_server, opened):
    await life_on(own_server(program=valkey_program()), opened)


async def test_a_server_of_a_cluster_that_has_the_queues_slot_gives_the_same_answers(own_server, opened):
    """In cluster mode a server refuses a script or command that touches keys of two slots."""
    server = own_server(**{"cluster-enabled": "yes"})
    with server.admin() as admin:
        admin.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        while b"cluster_state:ok" not in admin.execute_command("CLUSTER", "INFO"):
            await asyncio.sleep(0)
    await life_on(server, opened)


async def test_a_server_behind_tls_is_reached_and_its_certificate_is_checked(own_server, opened, tmp_path):
    """openssl makes a certificate that is its own authority."""
    files = {"tls-cert-file": str(tmp_path / "cert.pem"), "tls-key-file": str(tmp_path / "key.pem")}
    subject = ("-subj", "/CN=walkon", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2")
    outputs = ("-keyout", files["tls-key-file"], "-out", files["tls-cert-file"])
    openssl = await asyncio.create_subprocess_exec(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *outputs, stderr=DEVNULL
    )
    assert await openssl.wait() == 0
    tls = {"tls-port": str(free_port()), "tls-ca-cert-file": files["tls-cert-file"], "tls-auth-clients": "no"}
    server = own_server(**files, **tls)
    queue = await opened(server.tls_url())
    await queue.submit(a_job("job"))
    assert await order_of_claims(queue) == ["job"]
    with pytest.raises(QueueUnusable, match="certificate verify failed"):
        await opened(server.tls_url().partition("?")[0])


async def test_a_server_that_forgets_its_scripts_between_any_two_calls_changes_nothing(opened, admin):
    clocks = HandClock(), HandClock()
    undisturbed = await Life(ReferenceQueue(clock=clocks[0]), clocks[0], seed=1).live(200)

    class Forgetful(Life):
        async def ask(self, call, *args, **kwargs):
            admin.script_flush()
            return await super().ask(call, *args, **kwargs)

    assert await Forgetful(await opened(clock=clocks[1]), clocks[1], seed=1).live(200) == undisturbed


async def test_nothing_is_left_behind_but_what_is_documented(opened, clock, admin):
    life = Life(await opened(), clock, seed=5)
    await life.live(400)
    queue = life.queue
    await queue.drain(False)
    for place in ("p", "q", "r", "s"):
        await queue.pause(PlaceId(place), False)
    await queue.reclaim()
    for job in life.jobs:
        await queue.cancel(job)
    assert names_of_keys(admin) - {"j", "p", "r", "dead"} == {"schema", "q", "f", "ended"}
    assert set(admin.hgetall(f"{PREFIX}f:")) == {b""}
    clock.advance(RESULT_WINDOW_MS / 1000)
    while (await queue.stats()).cancelled:
        await queue.sweep()
    for _ in range(3):
        await queue.sweep()
    assert names_of_keys(admin) == {"schema", "q", "f"}


async def test_thousands_of_places_that_came_and_went_leave_no_keys_behind(opened, admin):
    queue = await opened()
    await asyncio.gather(*(queue.submit(a_job(f"job-{n}", place=f"place-{n}", person=f"person-{n}", batch="s")) for n in range(3_000)))
    taken = 0
    while leases := await queue.claim_batch(WorkerId("w"), claim_id=f"c{taken}", lanes=[LANE], most=MAX_BATCH):
        taken += len(leases)
        await asyncio.gather(*(queue.complete(lease, b"clip") for lease in leases))
    assert taken == 3_000
    assert names_of_keys(admin) == {"schema", "q", "f", "j", "r", "ended"}
    assert set(admin.hgetall(f"{PREFIX}f:")) == {b""}


async def test_places_that_came_and_went_are_forgotten_though_others_always_wait(queue, admin):
    await asyncio.gather(*(queue.submit(a_job(f"steady-{n}", place="steady", batch="s")) for n in range(400)))
    remembered = []
    for batch in range(12):
        await asyncio.gather(*(queue.submit(a_job(f"{batch}-{n}", place=f"place-{batch}-{n}", batch="s")) for n in range(30)))
        leases = await queue.claim_batch(WorkerId("w"), claim_id=f"c{batch}", lanes=[LANE], most=MAX_BATCH)
        await asyncio.gather(*(queue.complete(lease, b"clip", spent_ms=lease.job.cost_ms) for lease in leases))
        remembered.append(admin.hlen(f"{PREFIX}f:interactive"))
    assert max(remembered[6:]) <= max(remembered[:6]) < 120


def names_of_keys(admin):
    """First words of the keys that do not expire by themselves."""
    assert all(key.startswith(TAG.encode()) for key in admin.keys())
    lasting = [key.decode() for key in admin.keys() if admin.ttl(key) < 0]
    return {key.removeprefix(PREFIX).removeprefix(f"{TAG}:").partition(":")[0] for key in lasting}


async def commands_of(admin, call):
    """How many commands the call made the server run."""
    admin.config_resetstat()
    await call
    return sum(
        each["calls"] for name, each in admin.info("commandstats").items() if not name.startswith(("cmdstat_config", "cmdstat_info"))
    )


async def test_a_claim_is_as_much_work_with_many_waiting_as_with_few(queue, admin):
    counts = []
    for batch in range(2):
        for number in range(20 + 180 * batch):
            await queue.submit(a_job(f"{batch}-{number}", place=f"p{number % (2 + 20 * batch)}", person=f"u{number % 11}"))
        counts.append(min([await commands_of(admin, leased(queue)) for _ in range(5)]))
    assert counts[1] <= counts[0] + 2


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_names_its_flags_and_walks_over_no_keyspace(name):
    text = script(name).text
    assert re.match(r"#!lua( flags=(no-writes,)?allow-oom)?\n", text)
    commands = set(re.findall(r'redis\.p?call\("(\w+)"', text))
    assert commands
    assert not commands & {"KEYS", "SCAN", "HSCAN", "SSCAN", "ZSCAN", "LREM", "FLUSHDB"}
    assert "KEYS[2]" not in text


async def test_time_is_the_servers_own(opened, admin):
    queue = await opened(clock=None)
    await queue.submit(a_job("job"))
    before = admin.time()
    lease = await leased(queue)
    after = admin.time()
    granted_ms = to_ms(lease.expires) - LEASE_S * 1000
    assert before[0] * 1000 + before[1] // 1000 <= granted_ms <= after[0] * 1000 + after[1] // 1000


async def test_a_lease_is_taken_back_by_the_servers_own_time(opened):
    queue = await opened(clock=None, lease_s=0.001)
    await queue.submit(a_job("job"))
    await leased(queue)
    async with asyncio.timeout(20):
        while not await queue.sweep():
            pass
    assert (await queue.view(JobId("job"))).state is JobState.QUEUED


async def test_a_call_cancelled_half_way_leaves_the_queue_usable(queue):
    calls = [asyncio.create_task(queue.submit(a_job(f"job-{number}"))) for number in range(20)]
    for number, call in enumerate(calls):
        for _ in range(number):
            await asyncio.sleep(0)
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    for number in range(20):
        await queue.submit(a_job(f"job-{number}"))
    assert sorted(await order_of_claims(queue)) == sorted(f"job-{number}" for number in range(20))


async def test_fifty_claims_at_once_are_fifty_jobs(queue):
    await asyncio.gather(*(queue.submit(a_job(f"job-{number}", person=f"u{number % 7}")) for number in range(50)))
    leases = await asyncio.gather(*(queue.claim(WorkerId("w"), claim_id=f"c{number}", lanes=[LANE]) for number in range(50)))
    assert len({lease.job.id for lease in leases}) == len({lease.token for lease in leases}) == 50


async def test_a_closed_queue_says_so_and_lets_go_of_whoever_waits(queue):
    waiting = asyncio.gather(*(queue.wait(60) for _ in range(3)))
    await queue.close()
    await queue.close()
    await asyncio.wait_for(waiting, 20)
    with pytest.raises(QueueUnusable, match="closed"):
        await queue.submit(a_job("job"))


async def test_a_queue_of_a_newer_release_is_refused_with_what_to_do(opened, admin):
    admin.set(f"{TAG}:schema", SCHEMA_VERSION + 1)
    with pytest.raises(QueueUnusable, match="newer release of walkon: update"):
        await opened()


@pytest.mark.parametrize("url", ["http://127.0.0.1", "redis:/host", "redis://host:port", "redis://[::1"])
async def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(QueueUnusable, match=r"redis://host:6379/0"):
        await RedisQueue.open(url)


async def test_a_server_that_is_not_there_is_said_to_be_away():
    with pytest.raises(QueueUnusable, match="Check that the server runs") as refused:
        await RedisQueue.open("redis://user:secret@127.0.0.1:1/0")
    assert "secret" not in refused.value.reason and "\n" not in refused.value.reason


@pytest.mark.parametrize("login", ["", ":wrong@", "nobody:wrong@"])
async def test_a_wrong_password_is_refused_with_what_to_do(own_server, login):
    server = own_server(requirepass="right")
    with pytest.raises(QueueUnusable, match="right user and password"):
        await RedisQueue.open(f"redis://{login}127.0.0.1:{server.port}/0")
    queue = await RedisQueue.open(f"redis://:right@127.0.0.1:{server.port}/0")
    await queue.close()


async def test_a_user_without_rights_is_told_which_are_needed(own_server):
    server = own_server()
    with server.admin() as admin:
        admin.acl_setuser("guest", enabled=True, passwords=["+guest"], commands=["+ping"], keys=["*"])
    with pytest.raises(QueueUnusable, match="right to run scripts"):
        await RedisQueue.open(f"redis://guest:guest@127.0.0.1:{server.port}/0")


async def test_a_job_of_a_kind_that_a_newer_release_knows_is_set_aside_and_holds_nobody_up(queue, admin):
    for name in ("newer", "known"):
        await queue.submit(a_job(name))
    record = msgspec.msgpack.decode(admin.get(f"{PREFIX}j:newer"))
    admin.set(f"{PREFIX}j:newer", msgspec.msgpack.encode({**record, "kind": "hologram"}))
    assert (await queue.view(JobId("newer"))).position == 1
    assert await order_of_claims(queue) == ["known"]
    assert [(job.id, job.error) for job in await queue.dead()] == [("newer", UNKNOWN_KIND)]
