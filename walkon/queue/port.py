"""The queue's port: its records, its errors and the promises that every implementation keeps.

Every call may be sent twice: a repeat has no second effect and returns the same answer. Times are the queue's own (one
source per implementation), never the caller's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from walkon.types.errors import WalkonError
from walkon.types.ids import JobId, PersonId, PlaceId, WorkerId

MAX_PAYLOAD = 16 * 1024
"""Bytes of a job's payload: ids and settings, never media."""

MAX_RESULT = 64 * 1024
"""Bytes of a result."""

MAX_COST_MS = 24 * 3600 * 1000
"""The most that one job can be expected, or charged, to use: a day."""

MAX_SWAP_MS = 300_000
"""The most that keeping a model loaded may put somebody back: as much as one job of the dearest kind."""

MAX_BATCH = 64
"""Jobs in one claim."""


SIDE_BY_SIDE = "side"
"""The batch key of jobs that are done each by itself, but as many at once as a worker has room for."""

DRAFT_LANE = "draft"
"""Whose jobs every worker does, on its processor: nothing of a model is in them."""


class JobKind(StrEnum):
    """What is to be done."""

    RENDER = "render"
    DRAFT = "draft"
    """Draw a preview of a clip that a model will render, on the worker's processor."""
    STAND_IN = "stand_in"
    """Draw a clip for those who are asked whether they may be in it, with a stand-in in their place."""
    CHECK_TEXT = "check_text"
    """Read the words of a clip with a model, before it is rendered."""


class JobClass(StrEnum):
    """How urgent a job is; classes share the worker by weight 16 : 4 : 1, so the lowest always moves."""

    DRAFT = "draft"
    INTERACTIVE = "interactive"
    BATCH = "batch"


class JobState(StrEnum):
    """Where a job is. QUEUED → RUNNING → DONE | DEAD | CANCELLED; RUNNING → DELAYED → QUEUED on a retry."""

    QUEUED = "queued"
    DELAYED = "delayed"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Nothing more will happen to it, short of a requeue from DEAD."""
        return self in (JobState.DONE, JobState.DEAD, JobState.CANCELLED)


class FaultKind(StrEnum):
    """Why an attempt ended without a result; decides what happens next."""

    TRANSIENT = "transient"
    """Try again with backoff, counted."""
    BAD_INPUT = "bad_input"
    """Dead at once: no retry can help."""
    UNAVAILABLE = "unavailable"
    """Something the worker needs is away (store, media): try again with backoff, not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to submit. lane: what a worker must be able to do (`animatic`, see `lanes`). payload: at most MAX_PAYLOAD bytes.

    cost_ms: expected milliseconds of the worker, 0 to MAX_COST_MS. batch: jobs of a lane with the same key can be worked on
    together, empty: by itself only. Neither is part of what the job is: a repeat of the submission may bring others, and the
    first ones count.
    """

    id: JobId
    kind: JobKind
    place: PlaceId
    person: PersonId
    lane: str
    cost_ms: int
    payload: bytes = b""
    klass: JobClass = JobClass.INTERACTIVE
    batch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warm:
    """What a worker has at hand: jobs of these lanes may go before others whose turn it is.

    swap_ms: how far before, in work, 0 to MAX_SWAP_MS: what it costs to load for another lane. What is overtaken is still
    charged and remembered, so nobody is ever further behind than that. One person's own jobs stay in their order.
    """

    lanes: Sequence[str]
    swap_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a running job is. phase: key of `phase.*` in the locales; step, steps: counted, 0 of 0 where it is not.

    fraction: 0 to 1 over the whole job. left_ms: honest estimate or None.
    """

    phase: str
    step: int = 0
    steps: int = 0
    fraction: float = 0.0
    left_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to work on a job until `expires`, proved by `token`: it only grows, so a late worker is recognised."""

    job: NewJob
    worker: WorkerId
    token: int
    attempt: int
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job as seen from outside. token: of the last lease granted, 0 before. error: of the last attempt that failed.

    position: 1 = next, as it would be if nobody came; ahead_ms: expected work, in one worker's milliseconds, before it starts,
    the rest of running jobs included. starts_ms: in how many milliseconds it starts, at least and at most, if nobody comes, no
    worker leaves and no estimate is further off than `line.SPREAD`. All None unless the job is QUEUED and its place is not paused.
    """

    id: JobId
    state: JobState
    attempts: int = 0
    position: int | None = None
    ahead_ms: int | None = None
    starts_ms: tuple[int, int] | None = None
    progress: Progress | None = None
    result: bytes | None = None
    token: int = 0
    error: str | None = None


class Bound(StrEnum):
    """Whose bound a refused submission met."""

    ALL = "all"
    PLACE = "place"
    PERSON = "person"
    """The person's jobs in all places together."""


class Beat(StrEnum):
    """The answer to a heartbeat."""

    OK = "ok"
    CANCEL = "cancel"
    """Somebody cancelled the job: stop, drop the output, and call `release`."""
    LOST = "lost"
    """The lease is another's: stop, drop the output, say nothing."""
    DRAIN = "drain"
    """The host is going down: finish if it is soon, else `release`."""


class CancelOutcome(StrEnum):
    """What a cancel found."""

    CANCELLED = "cancelled"
    """Final: it will not complete, whoever runs it."""
    TOO_LATE = "too_late"
    """It had ended already."""
    UNKNOWN = "unknown"
    """No such job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStats:
    """Counts by state (ended jobs: of the last week), and what the line, delayed retries included, holds in expected work."""

    queued: int = 0
    delayed: int = 0
    running: int = 0
    dead: int = 0
    done: int = 0
    cancelled: int = 0
    waiting_ms: int = 0
    paused_places: tuple[PlaceId, ...] = field(default=())
    draining: bool = False


@dataclass(eq=False)
class LeaseLost(WalkonError):
    """The lease ran out or another worker holds the job; drop the output."""

    job: JobId


@dataclass(eq=False)
class JobCancelled(WalkonError):
    """The job was cancelled before this completion; drop the output."""

    job: JobId


@dataclass(eq=False)
class JobConflict(WalkonError):
    """A job of this id exists with another content."""

    job: JobId


@dataclass(eq=False)
class QueueFull(WalkonError):
    """The queue is at its bound, or the person or place is; `retry_after_s` is an estimate of when there is room again."""

    limit: int
    retry_after_s: int
    bound: Bound = Bound.ALL


@dataclass(eq=False)
class QueueUnusable(WalkonError):
    """The queue cannot be opened or was written by a newer release; `reason` says what to do."""

    reason: str


class JobQueue(Protocol):
    """A durable queue with leases, fencing tokens and fair turns between places and, within a place, people."""

    async def submit(self, job: NewJob) -> JobView:
        """Put the job in line. A repeat of the same job returns its present state, for a week after its end too.

        What is returned leaves out the place in line, which is work to tell: see `view`. Raises JobConflict, QueueFull,
        ValueError (a payload or cost out of bounds).
        """

    async def claim(self, worker: WorkerId, *, claim_id: str, lanes: Sequence[str], warm: Warm | None = None) -> Lease | None:
        """Lease the next job in fair order among those of the lanes, None if there is none or the queue drains.

        claim_id: new for every job wanted. The same one within a lease returns the same lease, None once that job is no longer
        running under it. warm: lanes among these that are cheaper now.
        """

    async def claim_batch(
        self, worker: WorkerId, *, claim_id: str, lanes: Sequence[str], most: int, warm: Warm | None = None
    ) -> list[Lease]:
        """Lease the next job as `claim` does, and others of its lane and batch key in fair order, each charged to its own person.

        most: 1 to MAX_BATCH. Only the oldest jobs of the people next in turn are looked at, so what does not match ends no batch
        but may hide what would. A repeat returns those that still run. Raises ValueError.
        """

    async def heartbeat(self, lease: Lease, progress: Progress | None = None) -> Beat:
        """Renew the lease and leave word of the progress. Also OK, without effect, after the lease's own completion."""

    async def complete(self, lease: Lease, result: bytes, *, spent_ms: int | None = None) -> None:
        """Finish the leased job and wake whoever waits for it; repeating it changes nothing.

        result: at most MAX_RESULT bytes. spent_ms corrects the charge of its place and person; None: the time since the claim.
        Raises LeaseLost if the lease ran out and was swept or another worker holds the job, JobCancelled if a cancel came
        first, ValueError for a result too large.
        """

    async def fail(self, lease: Lease, kind: FaultKind, error: str) -> JobState:
        """End this attempt. DELAYED (will be retried after full-jitter backoff) or DEAD; CANCELLED if a cancel came first.

        Raises LeaseLost.
        """

    async def release(self, lease: Lease) -> None:
        """Hand the job back uncounted and uncharged, at the head of its person's line; after a cancel it stays cancelled.

        A lease that no longer counts is let go in silence.
        """

    async def cancel(self, job: JobId) -> CancelOutcome:
        """Stop a job, waiting or running. Final once CANCELLED."""

    async def until_cancelled(self, job: JobId) -> None:
        """Return as soon as word comes that the running job was cancelled, sooner than the next heartbeat would tell.

        A hint: it may return for nothing, or be lost, so the heartbeat has the last word. Raises QueueUnusable.
        """

    async def view(self, job: JobId) -> JobView | None:
        """The job as it stands, None if unknown."""

    async def views(self, jobs: Sequence[JobId]) -> dict[JobId, JobView]:
        """Many at once; unknown ones are absent. The line is simulated once for all."""

    async def sweep(self) -> int:
        """Take back leases seen expired in two sweeps at least a third of a lease apart; returns how many (at most 100).

        Promotes due retries, forgets what ended a week ago. A job without attempts left is dead, also one that ended two
        different workers before their first heartbeat.
        """

    async def reclaim(self) -> int:
        """Take back every lease at once, as a sweep would an expired one; returns how many.

        Only for whoever knows that no worker lives, such as the one worker of an embedded queue at its start. Counted like a
        vanished worker, under the same rules for attempts and poison.
        """

    async def dead(self, limit: int = 100) -> list[JobView]:
        """Dead letters, newest first."""

    async def running(self, limit: int = 100) -> list[JobView]:
        """Jobs under way, those whose lease ends first before others."""

    async def requeue(self, job: JobId) -> bool:
        """Put a dead letter at the end of its person's line with fresh attempts; False if it is not dead."""

    async def pause(self, place: PlaceId, paused: bool = True) -> None:
        """Hold a place's waiting jobs, or let them go on. Running ones end as usual. Outlives a restart."""

    async def drain(self, draining: bool = True) -> None:
        """Stop handing out jobs, to every worker of the queue, and tell heartbeats so, or go on. Outlives a restart."""

    async def raise_token(self, least: int) -> None:
        """Never hand out a token of `least` or below again: called with the store's maximum at start."""

    async def stats(self) -> QueueStats:
        """Counts."""

    async def wait(self, timeout_s: float) -> None:
        """Return when something may be claimable or has ended, or after the time; spurious returns are allowed."""

    async def close(self) -> None:
        """Let go of files and connections."""
