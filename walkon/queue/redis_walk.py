"""The line of a queue on Redis, loaded to be simulated: whole from one answer, or branch by branch where it is long.

Several round trips make no snapshot, so the rings are made from the jobs that were found: what moves meanwhile costs a place or
two of exactness for a moment, never a wrong tree.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from walkon.queue import redis_keys as keys
from walkon.queue.fairness import ROOT, Flow, Path
from walkon.queue.line import MemoryFlows, Waiting, WaitingLine
from walkon.queue.redis_client import RedisClient
from walkon.queue.redis_records import read_node

ROOT_FIELD = b""

Found = tuple[Path, str, bytes, float]
"""A waiting job: its person's path, its lane, its member in the person's line, its order there."""


def from_answer(nodes: Sequence[bytes], jobs: Sequence[bytes]) -> WaitingLine:
    """From the lists that the script `line` returns."""
    flows = ((_path(*nodes[at : at + 3]), read_node(nodes[at + 3])[0]) for at in range(0, len(nodes), 4))
    return _build(
        flows, ((_path(*jobs[at : at + 3]), jobs[at + 3].decode(), jobs[at + 4], float(jobs[at + 5])) for at in range(0, len(jobs), 6))
    )


async def by_walking(client: RedisClient) -> WaitingLine:
    """By walking down the tree, from all nodes of one depth to those of the next."""
    level: list[Path] = [ROOT]
    flows: dict[Path, Flow] = {}
    standing: dict[Path, list[str]] = {}
    for _ in range(3):
        answers = await client.ask(*(("HGETALL", keys.children(path)) for path in level))
        found = {path: read_node(packed) for parent, nodes in zip(level, answers, strict=True) for path, packed in _nodes(parent, nodes)}
        flows |= {path: flow for path, (flow, _) in found.items()}
        level = [path for path, (_, lanes) in found.items() if path and lanes]
        standing = {path: found[path][1] for path in level}
    branches = [(path, lane) for path in level for lane in standing[path]]
    lines = await client.ask(*(("ZRANGE", keys.line(path, lane), 0, -1, "WITHSCORES") for path, lane in branches))
    return _build(flows.items(), _jobs(branches, lines))


def _path(*names: bytes) -> Path:
    return tuple(name.decode() for name in names if name)


def _nodes(parent: Path, nodes: dict[bytes, bytes]) -> Iterator[tuple[Path, bytes]]:
    for name, packed in nodes.items():
        yield (ROOT if parent == ROOT and name == ROOT_FIELD else (*parent, name.decode())), packed


def _jobs(branches: Sequence[tuple[Path, str]], lines: Sequence[Any]) -> Iterator[Found]:
    for (path, lane), line in zip(branches, lines, strict=True):
        for member, seq in pairs(line):
            yield path, lane, member, seq


def _build(nodes: Iterable[tuple[Path, Flow]], jobs: Iterable[Found]) -> WaitingLine:
    line = WaitingLine(MemoryFlows())
    for path, flow in nodes:
        flow.lanes = 0
        line.flows.put(path, flow)
    for path, lane, member, seq in jobs:
        cost_ms, name = keys.in_line(member)
        line.load(Waiting(seq=int(seq), id=name, path=path, lane=lane, cost_ms=cost_ms))
        _stand(line.flows, path, lane)
    return line


def _stand(flows: MemoryFlows, path: Path, lane: str) -> None:
    while path and not flows.stands(path, lane):
        flow = flows.get(path)
        flow.lanes += 1
        flows.put(path, flow)
        flows.enter(path, lane)
        path = path[:-1]


def pairs(members: Sequence[Any]) -> list[tuple[bytes, float]]:
    """Members and scores of a sorted set, which come flat or in pairs, as the protocol has it."""
    if members and isinstance(members[0], bytes):
        return [(member, float(score)) for member, score in zip(members[::2], members[1::2], strict=True)]
    return [(member, float(score)) for member, score in members]
