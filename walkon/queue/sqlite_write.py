"""One open transaction on the file of the embedded queue: a job's row, and the steps that its changes are made of."""

import json
import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

from walkon.queue.fairness import FairTree, Path
from walkon.queue.port import JobState, Progress
from walkon.queue.rules import Rules, left_ms, used_ms
from walkon.queue.sqlite_flows import SqlFlows
from walkon.types.ids import JobId


class Row(NamedTuple):
    """A job's columns, less payload and result."""

    id: JobId
    seq: int
    klass: str
    place: str
    person: str
    lane: str
    cost_ms: int
    state: JobState
    attempts: int
    away: int
    token: int
    worker: str | None
    claimed_ms: int
    expires_ms: int
    beats: int
    answered: str | None
    silent_worker: str | None
    batch: str
    kind: str

    @property
    def path(self) -> Path:
        """Its person's node in the tree."""
        return (self.klass, self.place, self.person)


COLUMNS = ", ".join(Row._fields)


@dataclass(slots=True)
class Write:
    """One open transaction. woke: whether it did something that somebody may wait for."""

    connection: sqlite3.Connection
    now_ms: int
    rules: Rules
    woke: bool = False

    @property
    def tree(self) -> FairTree:
        """The turns, as the transaction sees them."""
        return FairTree(SqlFlows(self.connection))

    def row(self, job: JobId) -> Row | None:
        """The job, None if unknown."""
        return next(iter(self.rows("id = ?", job)), None)

    def rows(self, where: str, *values: object) -> list[Row]:
        """The jobs for which a condition of this package's own holds."""
        found = self.connection.execute(f"SELECT {COLUMNS} FROM job WHERE {where}", values)  # noqa: S608
        return [Row(*row)._replace(state=JobState(row[Row._fields.index("state")])) for row in found]

    def set(self, job: JobId, **columns: object) -> None:
        """Change columns of a job."""
        names = ", ".join(f"{name} = ?" for name in columns)
        self.connection.execute(f"UPDATE job SET {names} WHERE id = ?", (*columns.values(), job))  # noqa: S608

    def count(self, name: str) -> int:
        """The next number of one of the queue's two counters, `token` or `seq`."""
        return int(self.connection.execute(f"UPDATE queue SET {name} = {name} + 1 RETURNING {name}").fetchone()[0])  # noqa: S608

    @property
    def draining(self) -> bool:
        """Whether no more work is handed out."""
        return bool(self.connection.execute("SELECT draining FROM queue").fetchone()[0])

    def waits(self, path: Path, lane: str) -> bool:
        """Whether a job of this person is in line in the lane."""
        line = "SELECT 1 FROM job WHERE state = 'queued' AND klass = ? AND place = ? AND person = ? AND lane = ? LIMIT 1"
        return self.connection.execute(line, (*path, lane)).fetchone() is not None

    def settle(self, row: Row, *, used_ms: int) -> None:
        """The job runs no more: charge what it used."""
        self.tree.settle(row.path, charged_ms=row.cost_ms, used_ms=used_ms)

    def settle_by_time(self, row: Row, spent_ms: int | None = None) -> None:
        """The same, by the worker's word or else by the time since its claim."""
        self.settle(row, used_ms=used_ms(spent_ms=spent_ms, since_claim_ms=self.now_ms - row.claimed_ms))

    def end(self, row: Row, state: JobState, **columns: object) -> None:
        """The job reaches a final state."""
        self.set(row.id, state=state.value, ended_ms=self.now_ms, progress=None, **columns)
        self.woke = True

    def queue(self, row: Row, **columns: object) -> None:
        """The job is in line again."""
        self.set(row.id, state=JobState.QUEUED.value, progress=None, **columns)
        self.tree.join(row.path, row.lane)
        self.woke = True


def running_left_ms(connection: sqlite3.Connection, now_ms: int, rules: Rules, *, of: tuple[str, str] | None = None) -> list[int]:
    """What each running job is expected to take yet. of: only those where this column (`person`, `place`) has that value."""
    column, value = of or ("state", "running")
    where = f"state = 'running' AND {column} = ?"
    running = connection.execute(f"SELECT cost_ms, claimed_ms, expires_ms, progress FROM job WHERE {where}", (value,))  # noqa: S608
    return [
        left_ms(
            cost_ms=cost_ms,
            since_claim_ms=now_ms - claimed_ms,
            since_beat_ms=now_ms - (expires_ms - rules.lease_ms),
            progress=read_progress(said),
        )
        for cost_ms, claimed_ms, expires_ms, said in running
    ]


def read_progress(said: str | None) -> Progress | None:
    """Progress as it was written down."""
    return None if said is None else Progress(**json.loads(said))
