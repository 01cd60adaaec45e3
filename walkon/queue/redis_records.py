"""What the scripts keep, read back in Python: a job's record and a node of the turns."""

from typing import Any

import msgspec

from walkon.queue.fairness import Flow
from walkon.queue.line import Standing
from walkon.queue.port import JobClass, JobKind, JobState, JobView, Lease, NewJob, Progress
from walkon.queue.rules import Rules, left_ms
from walkon.types.clock import from_ms
from walkon.types.ids import JobId, PersonId, PlaceId, WorkerId


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A job, less payload and result. Names as in the scripts; times in milliseconds, `said` is progress in JSON."""

    kind: str
    klass: JobClass
    place: str
    person: str
    lane: str
    cost: int
    seq: int
    state: JobState
    attempts: int
    away: int
    token: int
    worker: str = ""
    since: int = 0
    until: int = 0
    said: str | None = None
    error: str | None = None
    batch: str = ""

    def left_ms(self, now_ms: int, rules: Rules) -> int:
        """Expected milliseconds that it still takes, if it runs."""
        return left_ms(
            cost_ms=self.cost,
            since_claim_ms=now_ms - self.since,
            since_beat_ms=now_ms - (self.until - rules.lease_ms),
            progress=self.progress,
        )

    @property
    def progress(self) -> Progress | None:
        """What its worker said last."""
        return None if self.said is None else msgspec.json.decode(self.said, type=Progress)

    def view(self, job: JobId, *, result: bytes | None = None, standing: Standing | None = None) -> JobView:
        """The job as seen from outside."""
        return JobView(
            id=job,
            state=self.state,
            attempts=self.attempts,
            position=standing.position if standing else None,
            ahead_ms=standing.ahead_ms if standing else None,
            starts_ms=standing.starts_ms if standing else None,
            progress=self.progress,
            result=result,
            token=self.token,
            error=self.error,
        )

    def lease(self, job: JobId, payload: bytes) -> Lease:
        """The lease under which it runs."""
        return Lease(
            job=NewJob(
                id=job,
                kind=JobKind(self.kind),
                klass=self.klass,
                place=PlaceId(self.place),
                person=PersonId(self.person),
                lane=self.lane,
                cost_ms=self.cost,
                payload=payload,
                batch=self.batch,
            ),
            worker=WorkerId(self.worker),
            token=self.token,
            attempt=self.attempts,
            expires=from_ms(self.until),
        )


def read_record(packed: bytes) -> Record:
    """A job's record as a script wrote it."""
    return _RECORD.decode(packed)


def write_progress(progress: Progress | None) -> str:
    """Progress as the record keeps it, empty for none."""
    return "" if progress is None else msgspec.json.encode(progress).decode()


def read_node(packed: bytes) -> tuple[Flow, list[str]]:
    """A node and the lanes in which it stands."""
    said: dict[str, Any] = msgspec.msgpack.decode(packed)
    # An empty table is written as an empty array.
    lanes = sorted(said["l"])
    return Flow(tag=said["t"], clock=said["c"], arrival=said["a"], running=said["r"], lanes=len(lanes)), lanes


_RECORD = msgspec.msgpack.Decoder(Record)
