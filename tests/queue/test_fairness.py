"""The rule of turns by itself: its bounds at every moment of random runs."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations, count
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from walkon.queue.fairness import BACKOFF_BASE_MS, BACKOFF_CAP_MS, CLASS_WEIGHTS, MAX_LAG, ROOT, Path, backoff_ms
from walkon.queue.line import MemoryFlows, Waiting, WaitingLine
from walkon.queue.port import MAX_SWAP_MS, FaultKind, JobClass, Warm

LANE = "a"


@dataclass
class Shop:
    """A line, so many workers, and a record of what every node of the tree was served."""

    workers: int
    line: WaitingLine = field(default_factory=lambda: WaitingLine(MemoryFlows()))
    running: list[tuple[Waiting, int]] = field(default_factory=list)
    served_ms: Counter[Path] = field(default_factory=Counter)
    dearest_ms: dict[Path, int] = field(default_factory=lambda: defaultdict(int))
    numbers: count = field(default_factory=count)

    def come(self, path: Path, *, cost_ms: int, used_ms: int | None = None) -> None:
        used_ms = cost_ms if used_ms is None else used_ms
        number = next(self.numbers)
        self.line.add(Waiting(seq=number, id=f"{number}/{used_ms}", path=path, lane=LANE, cost_ms=cost_ms))
        for depth in range(1, 4):
            self.dearest_ms[path[:depth]] = max(self.dearest_ms[path[:depth]], cost_ms, used_ms)

    def serve(self) -> Waiting | None:
        """One worker takes the next job; the service counts as expected until the job ends."""
        job = self.line.take([LANE])
        if job is not None:
            self.running.append((job, int(job.id.split("/")[1])))
            self._count(job, job.cost_ms)
        return job

    def end(self, which: int) -> None:
        job, used_ms = self.running.pop(which)
        self.line.tree.settle(job.path, charged_ms=job.cost_ms, used_ms=used_ms)
        self._count(job, used_ms - job.cost_ms)

    def _count(self, job: Waiting, ms: int) -> None:
        for depth in range(1, 4):
            self.served_ms[job.path[:depth]] += ms

    def gap(self, one: Path, other: Path) -> float:
        """By how much weighted service differs, in units of what is allowed."""
        weights = [CLASS_WEIGHTS[path[0]] if len(path) == 1 else 1 for path in (one, other)]
        served = [self.served_ms[path] / weight for path, weight in zip((one, other), weights, strict=True)]
        dearest = [self.dearest_ms[path] / weight for path, weight in zip((one, other), weights, strict=True)]
        return abs(served[0] - served[1]) / (sum(dearest) + self.workers * max(dearest) + 1)


costs = st.integers(1, 300_000)
errors = st.sampled_from([1 / 3, 0.5, 1, 1, 2, 3])


@st.composite
def siblings(draw, level):
    """Two to five backlogged siblings, with jobs whose estimates are off by up to three times."""
    names = (
        draw(st.lists(st.sampled_from([klass.value for klass in JobClass]), min_size=2, max_size=3, unique=True)) if level == 0 else "abcde"
    )
    count_of = len(names) if level == 0 else draw(st.integers(2, 5))
    base = ["interactive", "place", "person"]
    paths = [tuple(names[index] if depth == level else base[depth] for depth in range(3)) for index in range(count_of)]
    return {path: draw(st.lists(st.tuples(costs, errors), min_size=12, max_size=40)) for path in paths}


@pytest.mark.parametrize("level", [0, 1, 2], ids=["classes", "places", "people"])
@given(data=st.data(), workers=st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_siblings_with_work_waiting_never_differ_by_more_than_their_dearest_jobs(level, data, workers):
    queues = data.draw(siblings(level))
    shop = Shop(workers)
    for path, jobs in queues.items():
        for cost_ms, error in jobs:
            shop.come(path, cost_ms=cost_ms, used_ms=max(1, round(cost_ms * error)))
    left = Counter({path: len(jobs) for path, jobs in queues.items()})
    while all(left.values()):
        if len(shop.running) == workers:
            shop.end(data.draw(st.integers(0, workers - 1)))
        left[shop.serve().path] -= 1
        for one, other in combinations([path[: level + 1] for path in queues], 2):
            assert shop.gap(one, other) <= 1


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_newcomer_waits_at_most_one_job_of_every_other_place(data):
    """Places of one person each, so that a place's turn is its person's."""
    shop = Shop(workers=1)
    places = [f"p{number}" for number in range(data.draw(st.integers(1, 6)))]
    for place in places:
        for cost_ms in data.draw(st.lists(costs, min_size=8, max_size=20)):
            shop.come(("interactive", place, "ana"), cost_ms=cost_ms)
    for _ in range(data.draw(st.integers(1, 7))):
        shop.serve()
        shop.end(0)
    shop.come(("interactive", "newcomer", "bob"), cost_ms=1)
    before = Counter()
    while (job := shop.serve()).path[1] != "newcomer":
        shop.end(0)
        before[job.path[1]] += 1
    assert all(times <= 1 for times in before.values())


@pytest.mark.parametrize("error", [3, 1 / 3], ids=["three times under", "three times over"])
@pytest.mark.parametrize("workers", [1, 4])
def test_a_place_whose_estimates_are_wrong_gets_its_half_all_the_same(error, workers):
    shop, rng = Shop(workers), Random(7)
    for _ in range(4_000):
        cost_ms = rng.randint(1_000, 20_000)
        shop.come(("interactive", "honest", "ana"), cost_ms=cost_ms)
        shop.come(("interactive", "wrong", "bob"), cost_ms=cost_ms, used_ms=round(cost_ms * error))
    for _ in range(1_300):
        if len(shop.running) == workers:
            shop.end(rng.randrange(workers))
        shop.serve()
    while shop.running:
        shop.end(0)
    honest, wrong = (shop.served_ms["interactive", place] for place in ("honest", "wrong"))
    assert 0.48 <= wrong / (honest + wrong) <= 0.52


def test_many_small_jobs_and_leaving_in_between_gain_nothing():
    shop = Shop(workers=1)
    for _ in range(300):
        shop.come(("interactive", "steady", "ana"), cost_ms=10_000)
    for _ in range(3_000):
        if not any(path[1] == "hopper" and jobs for (path, _), jobs in shop.line.jobs.items()):
            shop.come(("interactive", "hopper", "bob"), cost_ms=100)
        shop.serve()
        shop.end(0)
        assert shop.served_ms["interactive", "hopper"] <= shop.served_ms["interactive", "steady"] + 20_000


def test_the_lowest_class_always_moves():
    shop = Shop(workers=2)
    for klass, number in (("draft", 500), ("interactive", 200), ("batch", 20)):
        for _ in range(number):
            shop.come((klass, "place", "ana"), cost_ms=1_000)
    served = Counter()
    for _ in range(210):
        served[shop.serve().path[0]] += 1
        shop.end(0)
    assert abs(served["draft"] - 160) <= 1
    assert abs(served["interactive"] - 40) <= 1
    assert abs(served["batch"] - 10) <= 1


def test_what_is_idle_and_owes_nothing_is_forgotten():
    shop = Shop(workers=1)
    for number in range(500):
        shop.come(("interactive", f"p{number % 50}", f"u{number}"), cost_ms=1_000 + number)
    while shop.serve():
        shop.end(0)
    assert set(shop.line.flows.flows) <= {ROOT, *((klass.value,) for klass in JobClass)}
    assert not any(shop.line.flows.rings.values())


def test_in_a_busy_class_the_places_that_left_are_forgotten_once_the_clock_has_passed_them():
    shop = Shop(workers=1)
    for _ in range(400):
        shop.come(("interactive", "steady", "ana"), cost_ms=1_000)
    for number in range(300):
        shop.come(("interactive", f"passing-{number}", "bob"), cost_ms=1_000)
        shop.serve()
        shop.end(0)
    while shop.line.flows.stands(("interactive", "steady"), LANE) and shop.served_ms["interactive", "steady"] < 350_000:
        shop.serve()
        shop.end(0)
    assert len(shop.line.flows.flows) < 12


def test_a_place_kept_waiting_for_its_kind_of_worker_catches_up_by_one_dearest_job_at_most():
    line = WaitingLine(MemoryFlows())
    line.add(Waiting(seq=0, id="rare", path=("interactive", "patient", "ana"), lane="rare", cost_ms=1_000))
    for number in range(1, 101):
        line.add(Waiting(seq=number, id="b", path=("interactive", "busy", "bob"), lane=LANE, cost_ms=60_000))
    for _ in range(50):
        line.take([LANE])
    for number in range(101, 201):
        line.add(Waiting(seq=number, id="p", path=("interactive", "patient", "ana"), lane=LANE, cost_ms=60_000))
    ahead = 0
    while line.take([LANE]).path[1] == "patient":
        ahead += 60_000 * 1_000
    assert ahead <= MAX_LAG + 2 * 60_000 * 1_000


@given(klass=st.sampled_from(list(JobClass)), cost_ms=costs, used_ms=costs)
@settings(max_examples=60, deadline=None)
def test_a_branch_is_charged_to_the_last_unit_whatever_the_rounding(klass, cost_ms, used_ms):
    shop, path = Shop(workers=2), (klass.value, "place", "ana")
    for _ in range(3):
        shop.come(path, cost_ms=cost_ms, used_ms=used_ms)
    flows = shop.line.flows.flows
    before = {path[:depth]: flows[path[:depth]].tag for depth in range(1, 4)}
    for _ in range(2):
        shop.serve()
    shop.line.tree.settle(path, charged_ms=cost_ms, used_ms=0)
    shop.line.tree.settle(path, charged_ms=cost_ms, used_ms=used_ms)
    charged = {node: flows[node].tag - tag for node, tag in before.items()}
    assert charged == {path[:1]: used_ms * 1_000 // CLASS_WEIGHTS[klass], path[:2]: used_ms * 1_000, path[:3]: used_ms * 1_000}


@pytest.mark.parametrize("kind", [FaultKind.TRANSIENT, FaultKind.UNAVAILABLE])
def test_backoff_is_spread_from_nothing_to_a_ceiling_that_doubles_up_to_its_cap(kind):
    rng = Random(3)
    for tries in (1, 2, 3, 40):
        ceiling = min(BACKOFF_CAP_MS[kind], BACKOFF_BASE_MS[kind] * 2 ** (tries - 1))
        drawn = [backoff_ms(kind, tries, rng) for _ in range(400)]
        assert 0 <= min(drawn) < ceiling * 0.05
        assert ceiling * 0.95 < max(drawn) <= ceiling


@given(
    costs_ms=st.lists(st.tuples(st.integers(1, 60_000), st.integers(1, 60_000)), min_size=10, max_size=40),
    swap_ms=st.integers(0, MAX_SWAP_MS),
    workers=st.integers(1, 4),
    data=st.data(),
)
@settings(max_examples=80, deadline=None)
def test_a_loaded_model_puts_nobody_back_by_more_than_a_swap_beyond_the_usual_bound(costs_ms, swap_ms, workers, data):
    line, served, running = WaitingLine(MemoryFlows()), Counter(), []
    paths = {lane: ("interactive", lane, "ana") for lane in ("cold", "warm")}
    for number, (cold_ms, warm_ms) in enumerate(costs_ms):
        line.add(Waiting(seq=2 * number, id="", path=paths["cold"], lane="cold", cost_ms=cold_ms))
        line.add(Waiting(seq=2 * number + 1, id="", path=paths["warm"], lane="warm", cost_ms=warm_ms))
    left = Counter(dict.fromkeys(paths, len(costs_ms)))
    dearest_ms = max(max(pair) for pair in costs_ms)
    while all(left.values()):
        if len(running) == workers:
            job = running.pop(data.draw(st.integers(0, workers - 1)))
            line.tree.settle(job.path, charged_ms=job.cost_ms, used_ms=job.cost_ms)
        job = line.take(["cold", "warm"], Warm(lanes=["warm"], swap_ms=swap_ms))
        running.append(job)
        left[job.lane] -= 1
        served[job.lane] += job.cost_ms
        assert abs(served["warm"] - served["cold"]) <= 2 * dearest_ms + workers * dearest_ms + swap_ms + 1
