"""The line in memory, pure: the tree of turns in dictionaries and the jobs that wait under it. Tells the place in line."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor
from typing import NamedTuple

from walkon.queue.fairness import BREADTH, ROOT, FairTree, Flow, Head, Path
from walkon.queue.port import Warm

EXACT_UP_TO = 100
"""Waiting jobs in a line that is told anew whenever it has changed; a longer one may be told as it was a moment ago."""


SPREAD = (0.75, 1.5)
"""Work is expected to take between so much and so much of its estimate: the range in which a wait is told."""


class MemoryFlows:
    """The nodes in dictionaries: for simulating the line, and for tests. Rings are heaps, outdated entries skipped."""

    def __init__(self) -> None:
        self.flows: dict[Path, Flow] = {}
        self.idle: dict[Path, set[Path]] = {}
        self.rings: dict[Path, dict[str, dict[str, int]]] = {}
        self.heaps: dict[tuple[Path, str], list[tuple[int, str]]] = {}
        self.paused: set[str] = set()

    def get(self, path: Path) -> Flow:
        """The node, a fresh one if it is unknown."""
        return self.flows.get(path) or Flow()

    def put(self, path: Path, flow: Flow) -> None:
        """Keep the node and its tag in rings."""
        self.flows[path] = flow
        if not path:
            return
        idle = self.idle.setdefault(path[:-1], set())
        (idle.discard if flow.lanes or flow.running else idle.add)(path)
        for lane, ring in self.rings.get(path[:-1], {}).items():
            if path[-1] in ring:
                self._stand(path, lane)

    def enter(self, path: Path, lane: str) -> None:
        """Stand in the parent's ring."""
        self.rings.setdefault(path[:-1], {}).setdefault(lane, {})
        self._stand(path, lane)

    def leave(self, path: Path, lane: str) -> None:
        """Stand there no more."""
        ring = self.rings[path[:-1]][lane]
        del ring[path[-1]]
        if not ring:
            del self.rings[path[:-1]][lane], self.heaps[path[:-1], lane]

    def stands(self, path: Path, lane: str) -> bool:
        """Whether the node stands in that ring."""
        return path[-1] in self.rings.get(path[:-1], {}).get(lane, {})

    def waits(self, parent: Path, lane: str | None = None) -> bool:
        """Whether anybody stands in that ring, or in any."""
        rings = self.rings.get(parent, {})
        return bool(rings) if lane is None else lane in rings

    def lanes_below(self, parent: Path) -> list[str]:
        """The lanes of its rings."""
        return sorted(self.rings.get(parent, {}))

    def first(self, parent: Path, lanes: Sequence[str]) -> Head | None:
        """The first child."""
        rings = self.rings.get(parent, {})
        return min((self._head(parent, lane) for lane in lanes if lane in rings), default=None)

    def heads(self, parent: Path, lane: str) -> list[Head]:
        """The first few children."""
        return heapq.nsmallest(BREADTH, (Head(tag, name) for name, tag in self.rings.get(parent, {}).get(lane, {}).items()))

    def held(self, place: str) -> bool:
        """Whether the place is paused."""
        return place in self.paused

    def forget(self, parent: Path, *, up_to: int | None = None) -> None:
        """Drop idle children."""
        for path in list(self.idle.get(parent, ())):
            if not self.rings.get(path) and (up_to is None or self.flows[path].tag <= up_to):
                del self.flows[path]
                self.idle[parent].discard(path)
            elif up_to is None:
                self.flows[path].tag = 0

    def _stand(self, path: Path, lane: str) -> None:
        tag = self.flows[path].tag
        self.rings[path[:-1]][lane][path[-1]] = tag
        heap = self.heaps.setdefault((path[:-1], lane), [])
        served_just_now = heap and heap[0][1] == path[-1]
        (heapq.heapreplace if served_just_now else heapq.heappush)(heap, (tag, path[-1]))

    def _head(self, parent: Path, lane: str) -> Head:
        ring, heap = self.rings[parent][lane], self.heaps[parent, lane]
        while ring.get(heap[0][1]) != heap[0][0]:
            heapq.heappop(heap)
        return Head(*heap[0])


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """A job in line, as far as turns care. seq: order of arrival; a job that comes back keeps it."""

    seq: int
    id: str
    path: Path = field(compare=False)
    lane: str = field(compare=False)
    cost_ms: int = field(compare=False)
    batch: str = field(compare=False, default="")


class WaitingLine:
    """Waiting jobs and whose turn it is: the whole rule in memory."""

    def __init__(self, flows: MemoryFlows) -> None:
        self.tree = FairTree(flows)
        self.flows = flows
        self.jobs: dict[tuple[Path, str], list[Waiting]] = {}

    def load(self, job: Waiting) -> None:
        """Put a job where the tree already knows of it: when a line is loaded."""
        heapq.heappush(self.jobs.setdefault((job.path, job.lane), []), job)

    def add(self, job: Waiting) -> None:
        """A job comes into line."""
        self.load(job)
        self.tree.join(job.path, job.lane)

    def remove(self, job: Waiting) -> None:
        """A job leaves the line unserved."""
        jobs = self.jobs[job.path, job.lane]
        jobs.remove(job)
        heapq.heapify(jobs)
        if self._emptied(job):
            self.tree.withdraw(job.path, job.lane)

    def take(self, lanes: Sequence[str], warm: Warm | None = None) -> Waiting | None:
        """Claim the next job that a worker of these lanes may have."""
        turn = self.tree.next(lanes, warm)
        if turn is None:
            return None
        return self._start(min(self.jobs[turn.path, lane][0] for lane in turn.lanes if (turn.path, lane) in self.jobs))

    def take_company(self, job: Waiting) -> Waiting | None:
        """Claim one more that may be worked on together with this one."""
        if not job.batch:
            return None
        heads = (self.jobs[path, job.lane][0] for path in self.tree.company(job.lane))
        found = next((head for head in heads if head.batch == job.batch), None)
        return self._start(found) if found else None

    def order(self) -> Iterator[Waiting]:
        """The jobs in the order in which a worker of every lane would get them if nobody came; empties the line."""
        while job := self.take(self.flows.lanes_below(ROOT)):
            yield job

    def _start(self, job: Waiting) -> Waiting:
        heapq.heappop(self.jobs[job.path, job.lane])
        self.tree.start(job.path, job.cost_ms, emptied=job.lane if self._emptied(job) else None)
        return job

    def _emptied(self, job: Waiting) -> bool:
        if self.jobs[job.path, job.lane]:
            return False
        del self.jobs[job.path, job.lane]
        return True


class Standing(NamedTuple):
    """Where a job stands: as the fields of `JobView` of the same names."""

    position: int
    ahead_ms: int
    starts_ms: tuple[int, int]


class Spot(NamedTuple):
    """A place in a told line. position: from 1. ahead_ms, dearest_ms: work of the waiting jobs in front, and of the dearest of them."""

    position: int
    ahead_ms: int
    dearest_ms: int


FIRST = Spot(1, 0, 0)


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line as it was told once. end: the place of whoever comes next."""

    places: Mapping[str, Spot] = field(default_factory=dict)
    end: Spot = FIRST

    @property
    def must_be_exact(self) -> bool:
        """Whether it is too short to be told again after it has changed."""
        return len(self.places) <= EXACT_UP_TO

    def standing(self, job: str, running_left_ms: Sequence[int]) -> Standing:
        """Where the job stands; at the end, if it has come since. running_left_ms: what each running job is expected to take yet."""
        spot = self.places.get(job, self.end)
        ahead_ms = spot.ahead_ms + sum(running_left_ms)
        return Standing(spot.position, ahead_ms, starts_ms(ahead_ms, running_left_ms, dearest_ms=spot.dearest_ms))


def tell(line: WaitingLine) -> ToldLine:
    """The whole line in order; empties it."""
    places, spot = {}, FIRST
    for waiting in line.order():
        places[waiting.id] = spot
        spot = Spot(spot.position + 1, spot.ahead_ms + waiting.cost_ms, max(spot.dearest_ms, waiting.cost_ms))
    return ToldLine(places, spot)


def starts_ms(ahead_ms: int, running_left_ms: Sequence[int], *, dearest_ms: int) -> tuple[int, int]:
    """When a job starts that has `ahead_ms` of work before it, at least and at most, in milliseconds.

    While it waits every worker is busy, so m workers do m times as much as one: it starts by ahead / m, and not before
    (ahead - (m - 1) · dearest) / m, since when it starts at most m - 1 jobs from before it are still being done. Graham, "Bounds
    for Certain Multiprocessing Anomalies", 1966. Estimates are off by SPREAD, each by itself.
    """
    quick, slow = SPREAD
    workers = max(1, len(running_left_ms))
    dearest_ms = max(dearest_ms, *running_left_ms, 0)
    least = max((ahead_ms * quick - (workers - 1) * dearest_ms * slow) / workers, min(running_left_ms, default=0) * quick)
    return floor(least), ceil(ahead_ms / workers * slow)
