"""The place in line: the line is read down the tree of turns, branch by branch, and simulated here.

Several round trips make no snapshot, so the rings are made from the jobs that were found: what moves meanwhile costs a place or
two of exactness for a moment, never a wrong tree. Where nothing moves the line is exact.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from walkon.queue import redis_keys as keys
from walkon.queue.fairness import ROOT, Flow, Path
from walkon.queue.line import MemoryFlows, Waiting, WaitingLine
from walkon.queue.redis_client import RedisClient
from walkon.queue.redis_records import Record, read_node, read_record
from walkon.queue.rules import Rules

EXACT_UP_TO = 1_000
"""Waiting jobs in a line that is read anew whenever it has changed; a longer one at most every STALE_S."""

STALE_S = 2.0

ROOT_FIELD = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The line as it was just now. places: job → position and expected work of those in front. running_ms: left of what runs.

    running_left_ms: that of each running job.
    """

    places: dict[str, tuple[int, int]]
    waiting_ms: int
    running_left_ms: list[int]
    paused: frozenset[str]

    def place_of(self, job: str, record: Record) -> tuple[int | None, int | None]:
        """Position and work ahead; the end of the line for a job that has come since, None for one that is held."""
        if record.place in self.paused:
            return None, None
        position, ahead_ms = self.places.get(job, (len(self.places) + 1, self.waiting_ms))
        return position, ahead_ms + sum(self.running_left_ms)


@dataclass(slots=True)
class _Simulated:
    """The last simulation. version: the queue's count of changes to the line when it was begun."""

    version: list[bytes | None] = field(default_factory=list)
    at_s: float = float("-inf")
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    waiting_ms: int = 0


class LineReader:
    """Reads the line for all who ask, once for those who ask at the same time."""

    def __init__(self, client: RedisClient, rules: Rules, now_ms: Callable[[], int | None]) -> None:
        """now_ms: the time where it is not the server's own."""
        self._client = client
        self._rules = rules
        self._now_ms = now_ms
        self._last = _Simulated()
        self._reading: asyncio.Task[Line] | None = None
        self._next: asyncio.Task[Line] | None = None

    async def read(self) -> Line:
        """The line, read after this was called."""
        if self._next is None or self._next.done():
            self._next = asyncio.create_task(self._read_after(self._reading))
        return await asyncio.shield(self._next)

    async def close(self) -> None:
        """Wait for what is being read."""
        await asyncio.gather(*(task for task in (self._reading, self._next) if task), return_exceptions=True)

    async def _read_after(self, before: asyncio.Task[Line] | None) -> Line:
        if before is not None:
            await asyncio.wait([before])
        self._reading, self._next = self._next, None
        return await self._read()

    async def _read(self) -> Line:
        version, members, paused, time = await self._client.ask(
            ("HMGET", keys.QUEUE, "line", "news", "seq", "token"), ("ZRANGE", keys.LEASES, 0, -1), ("SMEMBERS", keys.PAUSED), ("TIME",)
        )
        if version != self._last.version and not self._is_fresh_enough():
            self._last = await self._simulate(version)
        now_ms = self._now_ms()
        return Line(
            places=self._last.places,
            waiting_ms=self._last.waiting_ms,
            running_left_ms=await self._running_left_ms(members, int(time[0]) * 1000 + int(time[1]) // 1000 if now_ms is None else now_ms),
            paused=frozenset(place.decode() for place in paused),
        )

    def _is_fresh_enough(self) -> bool:
        return len(self._last.places) > EXACT_UP_TO and monotonic() - self._last.at_s < STALE_S

    async def _running_left_ms(self, members: list[bytes], now_ms: int) -> list[int]:
        if not members:
            return []
        (packed,) = await self._client.ask(("MGET", *(keys.job(keys.id_in(member)) for member in members)))
        return [read_record(each).left_ms(now_ms, self._rules) for each in packed if each]

    async def _simulate(self, version: list[bytes | None]) -> _Simulated:
        line = await _load(self._client)
        places, waiting_ms = {}, 0
        for position, waiting in enumerate(line.order(), start=1):
            places[waiting.id] = (position, waiting_ms)
            waiting_ms += waiting.cost_ms
        return _Simulated(version=version, at_s=monotonic(), places=places, waiting_ms=waiting_ms)


async def _load(client: RedisClient) -> WaitingLine:
    """Every job that a worker could be given, under the tree as it stands."""
    flows = MemoryFlows()
    line = WaitingLine(flows)
    level: list[Path] = [ROOT]
    standing: dict[Path, list[str]] = {}
    for _ in range(3):
        answers = await client.ask(*(("HGETALL", keys.children(path)) for path in level))
        found = {path: node for parent, nodes in zip(level, answers, strict=True) for path, node in _nodes(parent, nodes)}
        for path, (flow, lanes) in found.items():
            flow.lanes = 0
            flows.put(path, flow)
            standing[path] = lanes
        level = [path for path, (_, lanes) in found.items() if path and lanes]
    await _load_jobs(client, line, [(path, lane) for path in level for lane in standing[path]])
    return line


def _nodes(parent: Path, nodes: dict[bytes, bytes]) -> list[tuple[Path, tuple[Flow, list[str]]]]:
    return [
        (parent if name == ROOT_FIELD and not parent else (*parent, name.decode()), read_node(packed)) for name, packed in nodes.items()
    ]


async def _load_jobs(client: RedisClient, line: WaitingLine, branches: list[tuple[Path, str]]) -> None:
    answers: list[Any] = await client.ask(*(("ZRANGE", keys.line(path, lane), 0, -1, "WITHSCORES") for path, lane in branches))
    for (path, lane), jobs in zip(branches, answers, strict=True):
        for member, seq in _pairs(jobs):
            cost_ms, name = keys.in_line(member)
            line.load(Waiting(seq=int(seq), id=name, path=path, lane=lane, cost_ms=cost_ms))
        if jobs:
            _stand(line.flows, path, lane)


def _stand(flows: MemoryFlows, path: Path, lane: str) -> None:
    while path and not flows.stands(path, lane):
        flow = flows.get(path)
        flow.lanes += 1
        flows.put(path, flow)
        flows.enter(path, lane)
        path = path[:-1]


def _pairs(jobs: list[Any]) -> list[tuple[bytes, float]]:
    """Members and scores, flat or in pairs, as the protocol has it."""
    if jobs and isinstance(jobs[0], bytes):
        return [(member, float(score)) for member, score in zip(jobs[::2], jobs[1::2], strict=True)]
    return [(member, float(score)) for member, score in jobs]
