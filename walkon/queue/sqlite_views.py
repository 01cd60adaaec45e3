"""What the file says to those who only look: jobs with their place in line, dead letters, counts."""

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from walkon.queue.line import ToldLine, Waiting, WaitingLine, tell
from walkon.queue.port import JobState, JobView, QueueStats
from walkon.queue.rules import Rules
from walkon.queue.sqlite_flows import snapshot
from walkon.queue.sqlite_write import read_progress, running_left_ms
from walkon.types.ids import JobId, PlaceId

SHARE_OF_LOOKING = 20
"""The simulation of a long line is used again for so many times its own length, though the file has changed: looking may take a
twentieth of the time at most. A job that has come meanwhile is told the end of the line."""
MOST_AGE_S = 2.0

COLUMNS = "id, state, attempts, progress, result, token, error"


@dataclass(slots=True)
class LineCache:
    """The last simulation, good until the file changes, or longer where the line is long.

    made_s, took_s: on the monotonic clock, when it was made and how long that took.
    """

    version: int = -1
    made_s: float = 0.0
    took_s: float = 0.0
    told: ToldLine = field(default_factory=ToldLine)

    @property
    def good_for_s(self) -> float:
        """How long it serves after the file has changed."""
        return 0.0 if self.told.must_be_exact else min(SHARE_OF_LOOKING * self.took_s, MOST_AGE_S)


@dataclass(slots=True)
class Look:
    """One open read transaction."""

    connection: sqlite3.Connection
    now_ms: int
    rules: Rules
    cache: LineCache


def views(look: Look, jobs: Sequence[JobId]) -> dict[JobId, JobView]:
    """The jobs that are known."""
    found = records(look, jobs)
    return _with_places(look, found) if any(view.state is JobState.QUEUED for view in found.values()) else found


def records(look: Look, jobs: Sequence[JobId]) -> dict[JobId, JobView]:
    """The same without places in line."""
    wanted = (json.dumps(list(jobs)),)
    rows = look.connection.execute(f"SELECT {COLUMNS} FROM job WHERE id IN (SELECT value FROM json_each(?))", wanted)  # noqa: S608
    return {view.id: view for view in _read(rows)}


def dead(look: Look, limit: int) -> list[JobView]:
    """Dead letters, newest first."""
    newest = f"SELECT {COLUMNS} FROM job WHERE state = 'dead' ORDER BY ended_ms DESC, token DESC LIMIT ?"  # noqa: S608
    return list(_read(look.connection.execute(newest, (limit,))))


def running(look: Look, limit: int) -> list[JobView]:
    """Jobs under way."""
    soonest = f"SELECT {COLUMNS} FROM job WHERE state = 'running' ORDER BY expires_ms, token LIMIT ?"  # noqa: S608
    return list(_read(look.connection.execute(soonest, (limit,))))


def stats(look: Look) -> QueueStats:
    """Counts, kept by the tables themselves."""
    tally = {state: (jobs, cost_ms) for state, jobs, cost_ms in look.connection.execute("SELECT state, jobs, cost_ms FROM tally")}
    (draining,) = look.connection.execute("SELECT draining FROM queue").fetchone()
    paused = look.connection.execute("SELECT place FROM paused ORDER BY place")
    return QueueStats(
        **{state: jobs for state, (jobs, _) in tally.items()},
        waiting_ms=tally[JobState.QUEUED][1] + tally[JobState.DELAYED][1],
        paused_places=tuple(PlaceId(place) for (place,) in paused),
        draining=bool(draining),
    )


def _read(rows: Iterable[tuple[str, str, int, str | None, bytes | None, int, str | None]]) -> Iterable[JobView]:
    for job, state, attempts, progress, result, token, error in rows:
        yield JobView(
            id=JobId(job),
            state=JobState(state),
            attempts=attempts,
            progress=read_progress(progress),
            result=result,
            token=token,
            error=error,
        )


def _with_places(look: Look, found: dict[JobId, JobView]) -> dict[JobId, JobView]:
    left_ms = running_left_ms(look.connection, look.now_ms, look.rules)
    told, held = _line(look), _held(look, found)
    placed = {job for job, view in found.items() if view.state is JobState.QUEUED and job not in held}
    return {job: replace(view, **told.standing(job, left_ms)._asdict()) if job in placed else view for job, view in found.items()}


def _held(look: Look, found: Iterable[JobId]) -> set[JobId]:
    wanted = (json.dumps(list(found)),)
    paused = "SELECT id FROM job JOIN paused USING (place) WHERE id IN (SELECT value FROM json_each(?))"
    return {JobId(job) for (job,) in look.connection.execute(paused, wanted)}


def _line(look: Look) -> ToldLine:
    (version,) = look.connection.execute("PRAGMA data_version").fetchone()
    cache, now_s = look.cache, time.monotonic()
    if version != cache.version and now_s - cache.made_s >= cache.good_for_s:
        cache.told = tell(_load(look.connection))
        cache.version, cache.made_s = version, time.monotonic()
        cache.took_s = cache.made_s - now_s
    return cache.told


def _load(connection: sqlite3.Connection) -> WaitingLine:
    line = WaitingLine(snapshot(connection))
    for seq, job, klass, place, person, lane, cost_ms in connection.execute(
        "SELECT seq, id, klass, place, person, lane, cost_ms FROM job WHERE state = 'queued'"
    ):
        line.load(Waiting(seq=seq, id=job, path=(klass, place, person), lane=lane, cost_ms=cost_ms))
    return line
