"""What happens to a job, decided without a store: the numbers and rules that every queue keeps alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from random import Random

from walkon.queue.fairness import backoff_ms
from walkon.queue.port import (
    MAX_BATCH,
    MAX_COST_MS,
    MAX_PAYLOAD,
    MAX_RESULT,
    MAX_SWAP_MS,
    Bound,
    FaultKind,
    JobState,
    NewJob,
    Progress,
    Warm,
)
from walkon.types.ids import JobId

RESULT_WINDOW_MS = 7 * 24 * 3600 * 1000
"""How long an ended job is remembered, so that a repeat of its submission finds it."""

SWEEP_LIMIT = 100
"""Jobs that one sweep takes back, promotes or forgets: a thousand at once would hold up everybody for tens of milliseconds."""

SWEEPS_A_LEASE = 30
"""How often whoever works looks for leases to take back: a silent worker's job is in line again after 1 + 1/3 + 2/30 leases at most."""

NO_ROOM_HINT_MS = 5_000
"""Expected wait for room when there is nothing to judge by."""

MAX_ERROR = 2_000
"""Characters of an error that are kept."""

VANISHED = "the worker vanished"
UNKNOWN_KIND = "this release does not know what is to be done: a newer one put it in line"
POISON = "it ended two workers before their first heartbeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How much a queue takes. all: jobs queued and delayed. place, person: unfinished jobs of one, running ones included.

    A person is counted over all places together: turns are fair in every place, so somebody in fifty places would have fifty shares.
    """

    all: int = 10_000
    place: int = 10_000
    person: int = 10_000

    def of(self, bound: Bound) -> int:
        """The number for that bound."""
        return {Bound.ALL: self.all, Bound.PLACE: self.place, Bound.PERSON: self.person}[bound]


UNBOUNDED_APART = Depth()
"""Only bounded in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One queue's settings. max_attempts: own faults and vanished workers together."""

    lease_ms: int
    max_attempts: int
    depth: Depth


def check_job(job: NewJob) -> None:
    """Raises ValueError for a job that no queue takes: payload over MAX_PAYLOAD, cost not from 0 to MAX_COST_MS."""
    if len(job.payload) > MAX_PAYLOAD:
        raise ValueError(f"the payload has {len(job.payload)} bytes, more than {MAX_PAYLOAD}")
    if not 0 <= job.cost_ms <= MAX_COST_MS:
        raise ValueError(f"the cost is {job.cost_ms} ms, not from 0 to {MAX_COST_MS}")


def check_claim(most: int, warm: Warm | None) -> None:
    """Raises ValueError for a claim of less than one or more than MAX_BATCH jobs, or a swap not from 0 to MAX_SWAP_MS."""
    if not 1 <= most <= MAX_BATCH:
        raise ValueError(f"a batch of {most} jobs is not one of 1 to {MAX_BATCH}")
    if warm and not 0 <= warm.swap_ms <= MAX_SWAP_MS:
        raise ValueError(f"the swap is {warm.swap_ms} ms, not from 0 to {MAX_SWAP_MS}")


def check_result(result: bytes) -> None:
    """Raises ValueError for a result over MAX_RESULT."""
    if len(result) > MAX_RESULT:
        raise ValueError(f"the result has {len(result)} bytes, more than {MAX_RESULT}")


def after_fault(kind: FaultKind, attempts: int, rules: Rules) -> JobState:
    """DELAYED or DEAD, when an attempt ended in a fault; attempts includes the present one."""
    if kind is FaultKind.UNAVAILABLE:
        return JobState.DELAYED
    if kind is FaultKind.BAD_INPUT or attempts >= rules.max_attempts:
        return JobState.DEAD
    return JobState.DELAYED


def used_ms(*, spent_ms: int | None, since_claim_ms: int) -> int:
    """What to charge for an attempt: what the worker measured, else the time since its claim; 0 to MAX_COST_MS."""
    return min(max(0, since_claim_ms if spent_ms is None else spent_ms), MAX_COST_MS)


def retry_delay_ms(job: JobId, kind: FaultKind, tries: int) -> int:
    """The backoff of this job's try. Drawn from the job's own name: spread between jobs, and the same however often asked."""
    return backoff_ms(kind, tries, Random(f"{job}/{tries}"))  # noqa: S311 - spreads load, guards nothing


def left_ms(*, cost_ms: int, since_claim_ms: int, since_beat_ms: int, progress: Progress | None) -> int:
    """Expected milliseconds that a running job still takes: its worker's word if it gave one, else the estimate."""
    if progress is not None and progress.left_ms is not None:
        return max(0, progress.left_ms - since_beat_ms)
    return max(0, cost_ms - since_claim_ms)


def retry_after_s(own_left_ms: Iterable[int], all_left_ms: Iterable[int], *, waiting: int, waiting_ms: int) -> int:
    """Seconds until there is room again, at least 1.

    own_left_ms: of the running jobs that count against the bound, since room comes when the first of them ends. Where none of them
    runs: when the first of all others has ended, and then an average job.
    """
    average_ms = waiting_ms // waiting if waiting else NO_ROOM_HINT_MS
    soonest_ms = min(own_left_ms, default=min(all_left_ms, default=0) + average_ms)
    return max(1, ceil(soonest_ms / 1000))
