"""Fair turns, pure: hierarchical start-time fair queueing over class → place → person, charged in the worker's milliseconds.

Goyal, Vin, Cheng, "Start-time Fair Queueing", SIGCOMM 1996. Every node has a start tag among its siblings and a virtual
clock for its children. The child with the least tag goes next, the clock moves to that tag, and the tag grows by the
expected cost over the weight; when the work ends the tag is set right by what was really used. The tags of a node are one
number over all lanes, so asking for two kinds of worker gives nobody two shares.

Where the tree is kept is the business of `Flows`: this module holds the rules, and every queue runs them over its own store.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple, Protocol

from walkon.queue.port import FaultKind, JobClass, NewJob, Warm

Path = tuple[str, ...]
"""A node of the tree: () is the root, then class, place, person."""

ROOT: Path = ()

TAGS_PER_MS = 1000
"""Tags are whole microseconds: exact as int64 and, for 285 years of work, as a double."""

MAX_LAG = 300_000 * TAGS_PER_MS
"""How far a node may be behind its siblings' clock and still catch up: one job of the dearest kind, 300 s.

Without it, a place that waited hours for a kind of worker that was away would then have every other worker to itself.
"""

BREADTH = 4
"""Children of a node among which company for a batch is looked for: 48 people at most, in all classes."""

CLASS_WEIGHTS: Mapping[str, int] = {JobClass.DRAFT: 16, JobClass.INTERACTIVE: 4, JobClass.BATCH: 1}

BACKOFF_BASE_MS: Mapping[FaultKind, int] = {FaultKind.TRANSIENT: 2_000, FaultKind.UNAVAILABLE: 1_000}
BACKOFF_CAP_MS: Mapping[FaultKind, int] = {FaultKind.TRANSIENT: 120_000, FaultKind.UNAVAILABLE: 30_000}


@dataclass(slots=True, kw_only=True)
class Flow:
    """One node. tag: its turn among its siblings; clock, arrival: virtual time and last newcomer's tag among its children.

    running: leased jobs below it. lanes: in how many lanes it stands in its parent's ring, 0 when nothing of it can be claimed.
    """

    tag: int = 0
    clock: int = 0
    arrival: int = 0
    running: int = 0
    lanes: int = 0


class Head(NamedTuple):
    """A child that stands in a ring. Heads are ordered by tag, equal ones by name."""

    tag: int
    name: str


class Turn(NamedTuple):
    """Whose turn it is. lanes: those among which its oldest job is the one."""

    path: Path
    lanes: Sequence[str]


class Flows(Protocol):
    """Where the nodes are kept. A ring is the set of children of one node that have something to claim in one lane."""

    def get(self, path: Path) -> Flow:
        """The node, a fresh one if it is unknown; a change counts once it is put."""

    def put(self, path: Path, flow: Flow) -> None:
        """Keep the node; where it stands in rings, its tag there follows."""

    def enter(self, path: Path, lane: str) -> None:
        """Stand in the parent's ring of that lane, with the tag that was last put."""

    def leave(self, path: Path, lane: str) -> None:
        """Stand there no more."""

    def stands(self, path: Path, lane: str) -> bool:
        """Whether the node stands in its parent's ring of that lane."""

    def waits(self, parent: Path, lane: str | None = None) -> bool:
        """Whether the node's own ring of that lane, or of any, holds somebody."""

    def lanes_below(self, parent: Path) -> list[str]:
        """The lanes in which the node's own rings hold somebody, sorted."""

    def first(self, parent: Path, lanes: Sequence[str]) -> Head | None:
        """The first child in those rings; None if they are empty."""

    def heads(self, parent: Path, lane: str) -> list[Head]:
        """The first BREADTH children in that ring."""

    def held(self, place: str) -> bool:
        """Whether the place is paused."""

    def forget(self, parent: Path, *, up_to: int | None = None) -> None:
        """Drop children with nothing waiting or running below them and, if given, a tag of at most `up_to`.

        Without `up_to` the node has come to rest: places that stay, because people wait in them while they are paused, owe
        nothing any more, else they would stand behind everybody who comes after the rest.
        """


def charge_of(path: Path, cost_ms: int) -> int:
    """What work of `cost_ms` adds to the tag of the node."""
    weight = CLASS_WEIGHTS[path[0]] if len(path) == 1 else 1
    return cost_ms * TAGS_PER_MS // weight


def path_of(job: NewJob) -> Path:
    """The node under which a job waits."""
    return (job.klass.value, job.place, job.person)


@dataclass(frozen=True, slots=True)
class FairTree:
    """The rules over one store of nodes."""

    flows: Flows

    def join(self, path: Path, lane: str) -> None:
        """A job of this person waits in the lane: wake the branch, which earns no credit for the time it was idle."""
        while path and not self.flows.stands(path, lane):
            if _is_place(path) and self.flows.held(path[1]):
                return
            self._enter(path, lane)
            path = path[:-1]

    def withdraw(self, path: Path, lane: str) -> None:
        """The last waiting job of this person in the lane is gone without having been claimed."""
        self._leave(path, lane)
        self._tidy(path)

    def next(self, lanes: Sequence[str], warm: Warm | None = None) -> Turn | None:
        """Whose turn it is among those with work in the lanes, None if nobody has.

        A branch with warm work goes before the first one if its tag is at most a swap ahead: tags are never changed for it, so
        what the first one is owed stays, and grows to no more than that.
        """
        path, near = ROOT, [lane for lane in lanes if lane in warm.lanes] if warm else []
        while not _is_person(path):
            head = self.flows.first(path, lanes)
            if head is None:
                return None
            name = head.name
            close = self.flows.first(path, near) if warm and near and near != lanes else None
            if warm and close and close.name != name and close.tag - charge_of((*path, close.name), warm.swap_ms) <= head.tag:
                name, lanes = close.name, near
            path = (*path, name)
        return Turn(path, lanes)

    def company(self, lane: str, path: Path = ROOT) -> Iterator[Path]:
        """The people next in turn in the lane, in order: few of them, and nobody far ahead of the first.

        Not beyond MAX_LAG, or somebody deep in debt would push the clock away from those who are owed.
        """
        if _is_person(path):
            yield path
            return
        heads = self.flows.heads(path, lane)
        for head in heads:
            if head.tag - charge_of((*path, head.name), MAX_LAG // TAGS_PER_MS) <= heads[0].tag:
                yield from self.company(lane, (*path, head.name))

    def start(self, path: Path, cost_ms: int, *, emptied: str | None) -> None:
        """Charge a claimed job to its branch. emptied: its lane, if that was the person's last waiting job there."""
        parent = self.flows.get(ROOT)
        parent.running += 1
        for depth in range(1, len(path) + 1):
            node = path[:depth]
            flow = self.flows.get(node)
            start = max(flow.tag, parent.clock - MAX_LAG)
            parent.clock = max(parent.clock, start)
            self.flows.put(node[:-1], parent)
            self.flows.forget(node[:-1], up_to=parent.clock)
            flow.tag = start + charge_of(node, cost_ms)
            flow.running += 1
            parent = flow
        self.flows.put(path, parent)
        if emptied is not None:
            self._leave(path, emptied)

    def settle(self, path: Path, *, charged_ms: int, used_ms: int) -> None:
        """The job is no longer running: put its branch's charge right. used_ms is 0 for a refund."""
        for depth in range(len(path) + 1):
            node = path[:depth]
            flow = self.flows.get(node)
            flow.tag += charge_of(node, used_ms) - charge_of(node, charged_ms)
            flow.running -= 1
            self.flows.put(node, flow)
        self._tidy(path)

    def hold(self, place: str) -> None:
        """The place was just paused: its waiting jobs leave the rings above it."""
        for path in _places(place):
            for lane in self.flows.lanes_below(path):
                self._leave(path, lane)
            self._tidy(path)

    def let_go(self, place: str) -> None:
        """The place was just let go: what waited enters as if it had come now."""
        for path in _places(place):
            for lane in self.flows.lanes_below(path):
                self.join(path, lane)

    def _enter(self, path: Path, lane: str) -> None:
        flow, parent = self.flows.get(path), self.flows.get(path[:-1])
        if flow.lanes == 0:
            # Newcomers at the same virtual time are one unit apart, so that they go in the order they came.
            parent.arrival = max(parent.clock, parent.arrival + 1)
            flow.tag = max(flow.tag, parent.arrival)
            self.flows.put(path[:-1], parent)
        flow.lanes += 1
        self.flows.put(path, flow)
        self.flows.enter(path, lane)

    def _leave(self, path: Path, lane: str) -> None:
        while path and self.flows.stands(path, lane):
            self.flows.leave(path, lane)
            flow = self.flows.get(path)
            flow.lanes -= 1
            self.flows.put(path, flow)
            path = path[:-1]
            if self.flows.waits(path, lane):
                return

    def _tidy(self, path: Path) -> None:
        """Where a branch has come to rest its busy period is over, and who owed what within it is forgotten."""
        while path:
            path = path[:-1]
            if self.flows.get(path).running or self.flows.waits(path):
                return
            self.flows.forget(path)


def _is_place(path: Path) -> bool:
    return len(path) == 2


def _is_person(path: Path) -> bool:
    return len(path) == 3


def _places(place: str) -> Iterator[Path]:
    return ((klass.value, place) for klass in JobClass)


def backoff_ms(kind: FaultKind, tries: int, rng: Random) -> int:
    """How long to wait before try `tries` + 1: uniform from 0 to a ceiling that doubles up to a cap ("full jitter").

    tries: 1 or more. Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    ceiling = min(BACKOFF_CAP_MS[kind], BACKOFF_BASE_MS[kind] * 2 ** min(tries - 1, 30))
    return rng.randint(0, ceiling)
