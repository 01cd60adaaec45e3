"""A long random life of a queue, the same for the same seed: what it answers can be held against another queue's answers."""

from random import Random
from typing import Any

from tests.queue.making import LEASE_S, HandClock, a_job
from walkon.queue.port import FaultKind, JobClass, JobId, JobQueue, Lease, Progress, Warm
from walkon.types.errors import WalkonError
from walkon.types.ids import PlaceId, WorkerId

LANES = ("a", "b")
PLACES = ("p", "q", "r", "s")


class Life:
    """What happens is drawn from the seed and from what the queue answered before."""

    def __init__(self, queue: JobQueue, clock: HandClock, *, seed: int) -> None:
        self.queue = queue
        self.clock = clock
        self.rng = Random(seed)
        self.jobs: list[JobId] = []
        self.leases: list[Lease] = []
        self.answers: list[Any] = []

    async def live(self, steps: int) -> list[Any]:
        """All answers, in order."""
        calls = {
            "submit": 8,
            "claim": 6,
            "claim_batch": 1,
            "complete": 6,
            "heartbeat": 3,
            "fail": 2,
            "release": 2,
            "cancel": 2,
            "requeue": 1,
        }
        calls |= {"sweep": 2, "reclaim": 0.2, "pause": 1, "drain": 0.5, "look": 2, "tick": 4}
        for name in self.rng.choices(list(calls), list(calls.values()), k=steps):
            await getattr(self, name)()
        return self.answers

    async def ask(self, call: str, *args: Any, **kwargs: Any) -> Any:
        try:
            answer = await getattr(self.queue, call)(*args, **kwargs)
        except WalkonError as refusal:
            answer = (type(refusal).__name__, refusal.args)
        self.answers.append((call, answer))
        return answer

    async def submit(self) -> None:
        names = [f"job-{len(self.jobs)}", self.rng.choice("xyz"), self.rng.choice(PLACES), self.rng.choice(LANES)]
        name, person, place, lane = names
        klass, cost_ms, batch = self.rng.choice(list(JobClass)), self.rng.randrange(9_000), self.rng.choice(["", "s", "s", "t"])
        job = a_job(name, place=place, person=person, lane=lane, klass=klass, cost_ms=cost_ms, payload=name.encode(), batch=batch)
        self.jobs.append(job.id)
        await self.ask("submit", job)

    async def claim(self) -> None:
        worker, lanes = WorkerId(self.rng.choice(["w1", "w2"])), self.rng.choice([LANES, LANES[:1], LANES[1:]])
        lease = await self.ask("claim", worker, claim_id=f"claim-{len(self.answers)}", lanes=lanes)
        if isinstance(lease, Lease):
            self.leases.append(lease)

    async def claim_batch(self) -> None:
        warm = Warm(lanes=[self.rng.choice(LANES)], swap_ms=self.rng.randrange(20_000))
        wanted = {"claim_id": f"claim-{len(self.answers)}", "lanes": LANES, "warm": warm, "most": self.rng.randint(1, 5)}
        leases = await self.ask("claim_batch", WorkerId("w1"), **wanted)
        self.leases += leases

    async def complete(self) -> None:
        if self.leases:
            lease, spent_ms = self._lease(), self.rng.choice([None, self.rng.randrange(20_000)])
            await self.ask("complete", lease, b"%d" % lease.token, spent_ms=spent_ms)

    async def heartbeat(self) -> None:
        if self.leases:
            await self.ask("heartbeat", self._lease(), Progress(phase="drawing", left_ms=self.rng.randrange(5_000)))

    async def fail(self) -> None:
        if self.leases:
            await self.ask("fail", self._lease(), self.rng.choice(list(FaultKind)), "fault")

    async def release(self) -> None:
        if self.leases:
            await self.ask("release", self._lease())

    async def cancel(self) -> None:
        if self.jobs:
            await self.ask("cancel", self.rng.choice(self.jobs))

    async def requeue(self) -> None:
        dead = await self.ask("dead")
        if dead:
            await self.ask("requeue", self.rng.choice(dead).id)

    async def sweep(self) -> None:
        await self.ask("sweep")

    async def reclaim(self) -> None:
        await self.ask("reclaim")

    async def pause(self) -> None:
        await self.ask("pause", PlaceId(self.rng.choice(PLACES)), self.rng.random() < 0.4)

    async def drain(self) -> None:
        await self.ask("drain", self.rng.random() < 0.3)

    async def look(self) -> None:
        await self.ask("views", self.jobs[-20:])
        await self.ask("running")
        await self.ask("stats")

    async def tick(self) -> None:
        self.clock.advance(self.rng.choice([0.001, 1, 5, LEASE_S / 3, LEASE_S]))

    def _lease(self) -> Lease:
        return self.rng.choice(self.leases[-6:])
