"""How fast the embedded queue is on this machine: jobs submitted, claimed and completed, beside bare inserts as durable as they.

`python -m bench.job_queue [--json] [--rounds N] [--dir FOLDER]`; exit code 1 where fifty submissions at once are less than ten
times as fast as fifty bare inserts. (Not `queue.py`: started as a script, it would stand in for the standard library's.)

What grouping saves is waiting for the disk, so the ratio depends on what one fsync costs. On a disk with a write cache that
answers sooner than FSYNC_MS the goal is held against the same run carried over to FSYNC_MS, and both figures are printed.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import aiosqlite

from bench.rig.report import Goal, Report, Row
from walkon.queue.port import JobKind, NewJob
from walkon.queue.sqlite import SqliteQueue
from walkon.types.ids import JobId, PersonId, PlaceId, WorkerId

AT_ONCE = 50
PAYLOAD = b"x" * 370
"""Bytes of a typical job of ids and settings."""

LEAST_RATIO = 10.0
FSYNC_MS = 3.0
"""One fsync of a disk that writes through before it answers; 3 to 4 ms on the machine this goal was set on."""


NAME = "job_queue"
JUDGED = "submissions at once beside bare inserts, fsync of 3 ms or more"
GOALS = (Goal(what=JUDGED, least=LEAST_RATIO),)
ROUNDS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Milliseconds for AT_ONCE jobs each, and for one fsync. commits: of the queue's submissions, of its claims and completions."""

    fsync_ms: float
    bare_ms: float
    submit_ms: float
    work_ms: float
    one_by_one_ms: float
    submit_commits: int
    work_commits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Medians over the rounds. *_ratio: times as fast as bare inserts; *_carried: the same where one fsync takes FSYNC_MS."""

    fsync_ms: float
    bare_per_s: float
    submit_per_s: float
    work_per_s: float
    submit_ratio: float
    work_ratio: float
    one_by_one_ratio: float
    submit_carried: float
    work_carried: float
    submit_commits: float
    goal: float = LEAST_RATIO

    @property
    def judged(self) -> float:
        """The ratio that the goal is held against."""
        return self.submit_ratio if self.fsync_ms >= FSYNC_MS else self.submit_carried

    @property
    def held(self) -> bool:
        return self.judged >= self.goal


async def timed_ms(work: Callable[[], Awaitable[object]]) -> float:
    began_s = time.perf_counter()
    await work()
    return (time.perf_counter() - began_s) * 1000


def fsync_ms(folder: Path) -> float:
    """Median cost of making 4 KiB more of a file durable."""
    costs = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(30):
            file.write(b"x" * 4096)
            file.flush()
            began_s = time.perf_counter()
            os.fsync(file.fileno())
            costs.append((time.perf_counter() - began_s) * 1000)
    return statistics.median(costs)


async def bare(folder: Path) -> aiosqlite.Connection:
    """A table and a connection as durable as the queue's, and nothing else."""
    connection = await aiosqlite.connect(folder / "bare.db", isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE job (id TEXT PRIMARY KEY, payload BLOB)"):
        await connection.execute(statement)
    return connection


def jobs(name: str) -> Sequence[NewJob]:
    """Ten places, fifty people."""
    return [
        NewJob(
            id=JobId(f"{name}-{number}"),
            kind=JobKind.RENDER,
            place=PlaceId(f"place-{number % 10}"),
            person=PersonId(f"person-{number}"),
            lane="animatic",
            cost_ms=5_000,
            payload=PAYLOAD,
        )
        for number in range(AT_ONCE)
    ]


async def work_off(queue: SqliteQueue, name: str) -> None:
    async def one(number: int) -> None:
        lease = await queue.claim(WorkerId("bench"), claim_id=f"{name}-{number}", lanes=["animatic"])
        if lease is None:
            raise SystemExit("the queue was empty too soon")
        await queue.complete(lease, b"clip", spent_ms=5_000)

    await asyncio.gather(*(one(number) for number in range(AT_ONCE)))


async def submit_one_by_one(queue: SqliteQueue, name: str) -> None:
    for job in jobs(name):
        await queue.submit(job)


async def measure(folder: Path, queue: SqliteQueue, connection: aiosqlite.Connection, name: str) -> Round:
    insert = "INSERT INTO job VALUES (?, ?)"
    bare_ms = await timed_ms(lambda: asyncio.gather(*(connection.execute(insert, (job.id, PAYLOAD)) for job in jobs(name))))
    commits = [queue.commits]
    submit_ms = await timed_ms(lambda: asyncio.gather(*(queue.submit(job) for job in jobs(name))))
    commits.append(queue.commits)
    work_ms = await timed_ms(lambda: work_off(queue, name))
    commits.append(queue.commits)
    one_by_one_ms = await timed_ms(lambda: submit_one_by_one(queue, f"{name}-single"))
    await work_off(queue, f"{name}-single")
    return Round(
        fsync_ms=fsync_ms(folder),
        bare_ms=bare_ms,
        submit_ms=submit_ms,
        work_ms=work_ms,
        one_by_one_ms=one_by_one_ms,
        submit_commits=commits[1] - commits[0],
        work_commits=commits[2] - commits[1],
    )


async def measured(folder: Path, rounds: int) -> Sequence[Round]:
    """One round to warm up, then those that count."""
    queue, connection = await SqliteQueue.open(folder / "queue.db"), await bare(folder)
    try:
        return [await measure(folder, queue, connection, f"round-{number}") for number in range(rounds + 1)][1:]
    finally:
        await connection.close()
        await queue.close()


def carried(each: Round, mine_ms: float, commits: int) -> float:
    """The ratio of the round if each fsync, one per bare insert and one per commit, took FSYNC_MS instead."""
    more_ms = FSYNC_MS - each.fsync_ms
    return (each.bare_ms + AT_ONCE * more_ms) / (mine_ms + commits * more_ms)


def figures(rounds: Sequence[Round]) -> Figures:
    def median(value: Callable[[Round], float]) -> float:
        return round(statistics.median(map(value, rounds)), 2)

    return Figures(
        fsync_ms=median(lambda each: each.fsync_ms),
        bare_per_s=median(lambda each: AT_ONCE / each.bare_ms * 1000),
        submit_per_s=median(lambda each: AT_ONCE / each.submit_ms * 1000),
        work_per_s=median(lambda each: AT_ONCE / each.work_ms * 1000),
        submit_ratio=median(lambda each: each.bare_ms / each.submit_ms),
        work_ratio=median(lambda each: each.bare_ms / each.work_ms),
        one_by_one_ratio=median(lambda each: each.bare_ms / each.one_by_one_ms),
        submit_carried=median(lambda each: carried(each, each.submit_ms, each.submit_commits)),
        work_carried=median(lambda each: carried(each, each.work_ms, each.work_commits)),
        submit_commits=median(lambda each: each.submit_commits),
    )


def run() -> Report:
    """Some rounds in a temporary folder: a few seconds."""
    with tempfile.TemporaryDirectory() as name:
        found = figures(asyncio.run(measured(Path(name), ROUNDS)))
    return Report(
        rows=(
            Row(what="one fsync", value=found.fsync_ms, unit="ms"),
            Row(what="bare inserts", value=found.bare_per_s, unit="1/s"),
            Row(what="submissions, 50 at once", value=found.submit_per_s, unit="1/s"),
            Row(what="claims and completions, 50 at once", value=found.work_per_s, unit="1/s"),
            Row(what="submissions at once beside bare inserts, on this disk", value=found.submit_ratio, unit="x"),
            Row(what="submissions one by one beside bare inserts", value=found.one_by_one_ratio, unit="x"),
            Row(what=JUDGED, value=found.judged, unit="x"),
        ),
        notes=(
            "A bare insert is a row and an fsync, nothing else.",
            f"Where an fsync takes less than {FSYNC_MS:g} ms, the goal is held against the same run carried over to {FSYNC_MS:g} ms:"
            " what sharing saves is waiting for the disk.",
        ),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--dir", type=Path, default=None, help="a folder on the disk to be measured")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.dir) as name:
        found = figures(asyncio.run(measured(Path(name), options.rounds)))
    if options.json:
        print(json.dumps({**asdict(found), "held": found.held}))
    else:
        for key, value in asdict(found).items():
            print(f"{key:>18} {value:10.2f}")
    return 0 if found.held else 1


if __name__ == "__main__":
    sys.exit(main())
