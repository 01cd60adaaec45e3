"""Random lives of a queue, lived by the file, by the server and by the reference at once: same answers, same order, nothing lost."""

import asyncio
import shutil
import tempfile
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.queue.making import LEASE_S, HandClock, a_job, open_queue
from walkon.queue.port import FaultKind, JobClass, JobState, Lease, Progress, QueueStats, Warm
from walkon.queue.rules import Depth
from walkon.types.errors import WalkonError
from walkon.types.ids import PlaceId, WorkerId

KINDS = ("reference", "sqlite", "redis")
LANES = ("a", "b")
PLACES = ("p", "q", "r")
MAX_DEPTH = 12


class QueueMachine(RuleBasedStateMachine):
    """Every rule is one call, made to all; what they answer or raise must be equal."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = HandClock()
        self.runner = asyncio.Runner()
        self.queues = [self.runner.run(self._open(kind)) for kind in KINDS]
        self.names, self.claims = count(), count()
        self.jobs: dict[str, JobState] = {}
        self.leases: list[Lease] = []
        self.tokens: list[int] = []

    async def _open(self, kind: str):
        return await open_queue(kind, self.folder / "queue.db", clock=self.clock, depth=Depth(all=MAX_DEPTH, place=6, person=5))

    def all(self, call: str, *args, **kwargs):
        """The one answer of all."""
        answers = [self.runner.run(self._ask(queue, call, *args, **kwargs)) for queue in self.queues]
        assert answers[1:] == answers[:-1], call
        return answers[0]

    async def _ask(self, queue, call: str, *args, **kwargs):
        try:
            return await getattr(queue, call)(*args, **kwargs)
        except WalkonError as refusal:
            return (type(refusal), refusal.args)

    @rule(
        place=st.sampled_from(PLACES),
        person=st.sampled_from("xyz"),
        lane=st.sampled_from(LANES),
        klass=st.sampled_from(list(JobClass)),
        cost_ms=st.integers(0, 9_000),
        batch=st.sampled_from(["", "x", "y"]),
    )
    def submit(self, place, person, lane, klass, cost_ms, batch):
        job = a_job(f"job-{next(self.names)}", place=place, person=person, lane=lane, klass=klass, cost_ms=cost_ms, batch=batch)
        if not isinstance(self.all("submit", job), tuple):
            self.jobs[job.id] = JobState.QUEUED
            assert self.all("submit", job).state is JobState.QUEUED

    @rule(worker=st.sampled_from(["w1", "w2"]), lanes=st.sampled_from([LANES, LANES[:1], LANES[1:]]))
    def claim(self, worker, lanes):
        claim_id = f"claim-{next(self.claims)}"
        lease = self.all("claim", WorkerId(worker), claim_id=claim_id, lanes=lanes)
        assert self.all("claim", WorkerId(worker), claim_id=claim_id, lanes=lanes) == lease
        if lease is not None:
            self.leases.append(lease)
            self.tokens.append(lease.token)

    @rule(lanes=st.sampled_from([LANES, LANES[:1]]), warm=st.sampled_from(LANES), swap_ms=st.integers(0, 9_000), most=st.integers(1, 4))
    def claim_batch(self, lanes, warm, swap_ms, most):
        wanted = {"claim_id": f"claim-{next(self.claims)}", "lanes": lanes, "most": most, "warm": Warm(lanes=[warm], swap_ms=swap_ms)}
        leases = self.all("claim_batch", WorkerId("w1"), **wanted)
        assert self.all("claim_batch", WorkerId("w1"), **wanted) == leases
        assert len({(lease.job.lane, lease.job.batch) for lease in leases}) <= 1
        self.leases += leases
        self.tokens += [lease.token for lease in leases]

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), left_ms=st.none() | st.integers(0, 5_000))
    def heartbeat(self, data, left_ms):
        self.all("heartbeat", data.draw(st.sampled_from(self.leases)), Progress(phase="drawing", left_ms=left_ms))

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), spent_ms=st.none() | st.integers(0, 20_000), repeat=st.booleans())
    def complete(self, data, spent_ms, repeat):
        lease = data.draw(st.sampled_from(self.leases))
        answer = self.all("complete", lease, b"%d" % lease.token, spent_ms=spent_ms)
        if repeat:
            assert self.all("complete", lease, b"again", spent_ms=spent_ms) == answer

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), kind=st.sampled_from(list(FaultKind)))
    def fail(self, data, kind):
        lease = data.draw(st.sampled_from(self.leases))
        assert self.all("fail", lease, kind, "fault") == self.all("fail", lease, FaultKind.BAD_INPUT, "again")

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def release(self, data):
        self.all("release", data.draw(st.sampled_from(self.leases)))

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def cancel(self, data):
        job = data.draw(st.sampled_from(sorted(self.jobs)))
        assert self.all("cancel", job) == self.all("cancel", job)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def requeue(self, data):
        job = data.draw(st.sampled_from(sorted(self.jobs)))
        if self.all("requeue", job):
            self.jobs[job] = JobState.QUEUED

    @rule(place=st.sampled_from(PLACES), paused=st.booleans())
    def pause(self, place, paused):
        self.all("pause", PlaceId(place), paused)

    @rule(draining=st.booleans())
    def drain(self, draining):
        self.all("drain", draining)

    @rule(least=st.integers(0, 60))
    def raise_token(self, least):
        self.all("raise_token", least)

    @rule(seconds=st.sampled_from([0.001, 1, 5, LEASE_S / 3, LEASE_S, 130]))
    def tick(self, seconds):
        self.clock.advance(seconds)

    @rule()
    def sweep(self):
        self.all("sweep")

    @rule()
    def reclaim(self):
        running = self.all("stats").running
        assert self.all("reclaim") == running

    @rule()
    def reopen(self):
        """The process ends and another begins; what it saw expired is gone, so the reference forgets it too."""
        for at, kind in enumerate(KINDS[1:], start=1):
            self.runner.run(self.queues[at].close())
            self.queues[at] = self.runner.run(self._open(kind))
        self.queues[0].seen.clear()

    @invariant()
    def every_job_is_in_one_state_and_counted_there(self):
        if not hasattr(self, "queues"):
            return
        views = self.all("views", sorted(self.jobs))
        assert views.keys() == self.jobs.keys()
        stats: QueueStats = self.all("stats")
        for state in JobState:
            assert getattr(stats, state.value) == sum(view.state is state for view in views.values())
        positions = sorted(view.position for view in views.values() if view.position is not None)
        assert positions == list(range(1, len(positions) + 1))
        self._check_ends(views)

    def _check_ends(self, views):
        for job, view in views.items():
            assert not self.jobs[job].final or view.state is self.jobs[job]
            self.jobs[job] = view.state
            assert (view.result is not None) == (view.state is JobState.DONE)

    @invariant()
    def tokens_only_grow(self):
        assert not hasattr(self, "tokens") or self.tokens == sorted(set(self.tokens))

    def teardown(self):
        if not hasattr(self, "queues"):
            return
        try:
            self._everything_unfinished_can_be_reached()
        finally:
            for queue in self.queues:
                self.runner.run(queue.close())
            self.runner.close()
            shutil.rmtree(self.folder)

    def _everything_unfinished_can_be_reached(self):
        self.all("drain", False)
        for place in PLACES:
            self.all("pause", PlaceId(place), False)
        for _ in range(2):
            self.clock.advance(130)
            self.all("sweep")
        while lease := self.all("claim", WorkerId("last"), claim_id=f"claim-{next(self.claims)}", lanes=LANES):
            self.all("complete", lease, b"")
        assert all(view.state.final for view in self.all("views", sorted(self.jobs)).values())


TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
