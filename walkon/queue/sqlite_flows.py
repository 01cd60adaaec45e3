"""The tree of turns in tables: `flow` holds the nodes, `ring` who has something to claim, in order of tags."""

import json
import sqlite3
from collections.abc import Sequence
from functools import lru_cache

from walkon.queue.fairness import BREADTH, Flow, Head, Path
from walkon.queue.line import MemoryFlows

FORGET_AT_ONCE = 16
"""Idle nodes dropped per claim and level: more than a claim can leave behind, so that none pile up."""


@lru_cache(maxsize=4096)
def key(path: Path) -> str:
    """A node's name in the tables: ids may hold any character, so they are quoted."""
    return json.dumps(path, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=4096)
def path_of_key(text: str) -> Path:
    """The node of a name."""
    return tuple(json.loads(text))


class SqlFlows:
    """`Flows` over one open transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute

    def get(self, path: Path) -> Flow:
        """The node."""
        row = self._run("SELECT tag, clock, arrival, running, lanes FROM flow WHERE path = ?", (key(path),)).fetchone()
        return Flow() if row is None else _flow(row)

    def put(self, path: Path, flow: Flow) -> None:
        """Keep the node; the table sees to its tag in rings."""
        parent, name = (key(path[:-1]), path[-1]) if path else (None, None)
        self._run(
            "INSERT INTO flow (path, parent, name, tag, clock, arrival, running, lanes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
            " ON CONFLICT DO UPDATE SET tag = ?4, clock = ?5, arrival = ?6, running = ?7, lanes = ?8",
            (key(path), parent, name, flow.tag, flow.clock, flow.arrival, flow.running, flow.lanes),
        )

    def enter(self, path: Path, lane: str) -> None:
        """Stand in the parent's ring."""
        self._run(
            "INSERT INTO ring (parent, name, lane, tag) SELECT parent, ?, ?, tag FROM flow WHERE path = ?", (path[-1], lane, key(path))
        )

    def leave(self, path: Path, lane: str) -> None:
        """Stand there no more."""
        self._run("DELETE FROM ring WHERE parent = ? AND name = ? AND lane = ?", (key(path[:-1]), path[-1], lane))

    def stands(self, path: Path, lane: str) -> bool:
        """Whether the node stands in that ring."""
        where = (key(path[:-1]), path[-1], lane)
        return self._run("SELECT 1 FROM ring WHERE parent = ? AND name = ? AND lane = ?", where).fetchone() is not None

    def waits(self, parent: Path, lane: str | None = None) -> bool:
        """Whether anybody stands in that ring, or in any."""
        if lane is None:
            return self._run("SELECT 1 FROM ring WHERE parent = ? LIMIT 1", (key(parent),)).fetchone() is not None
        return self._run("SELECT 1 FROM ring WHERE parent = ? AND lane = ? LIMIT 1", (key(parent), lane)).fetchone() is not None

    def lanes_below(self, parent: Path) -> list[str]:
        """The lanes of its rings."""
        return [lane for (lane,) in self._run("SELECT DISTINCT lane FROM ring WHERE parent = ? ORDER BY lane", (key(parent),))]

    def first(self, parent: Path, lanes: Sequence[str]) -> Head | None:
        """The child with the least tag."""
        heads = (
            self._run("SELECT tag, name FROM ring WHERE parent = ? AND lane = ? ORDER BY tag, name LIMIT 1", (key(parent), lane)).fetchone()
            for lane in lanes
        )
        return min((Head(*head) for head in heads if head), default=None)

    def heads(self, parent: Path, lane: str) -> list[Head]:
        """The first few children."""
        few = "SELECT tag, name FROM ring WHERE parent = ? AND lane = ? ORDER BY tag, name LIMIT ?"
        return [Head(*head) for head in self._run(few, (key(parent), lane, BREADTH))]

    def held(self, place: str) -> bool:
        """Whether the place is paused."""
        return self._run("SELECT 1 FROM paused WHERE place = ?", (place,)).fetchone() is not None

    def forget(self, parent: Path, *, up_to: int | None = None) -> None:
        """Drop idle children."""
        limit = (up_to, FORGET_AT_ONCE) if up_to is not None else (2**62, -1)
        self._run(
            "DELETE FROM flow WHERE path IN (SELECT path FROM flow WHERE parent = ? AND running = 0 AND lanes = 0 AND tag <= ?"
            " AND NOT EXISTS (SELECT 1 FROM ring WHERE ring.parent = flow.path) LIMIT ?)",
            (key(parent), *limit),
        )
        if up_to is None:
            self._run("UPDATE flow SET tag = 0 WHERE parent = ? AND running = 0 AND lanes = 0 AND tag <> 0", (key(parent),))


def snapshot(connection: sqlite3.Connection) -> MemoryFlows:
    """The whole tree in memory, to be simulated on."""
    flows = MemoryFlows()
    for text, *row in connection.execute("SELECT path, tag, clock, arrival, running, lanes FROM flow"):
        flows.put(path_of_key(text), _flow(row))
    for parent, name, lane in connection.execute("SELECT parent, name, lane FROM ring"):
        flows.enter((*path_of_key(parent), name), lane)
    flows.paused = {place for (place,) in connection.execute("SELECT place FROM paused")}
    return flows


def _flow(row: Sequence[int]) -> Flow:
    tag, clock, arrival, running, lanes = row
    return Flow(tag=tag, clock=clock, arrival=arrival, running=running, lanes=lanes)
