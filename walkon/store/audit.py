"""Reads the whole ledger again and says what is wrong with it: one altered, deleted or re-ordered byte is enough."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Row, func, inspect, select
from sqlalchemy.engine import Connection

from walkon.store import merkle
from walkon.store.database import driver_of
from walkon.store.keys import Keys
from walkon.store.ledger import HEAD, LEDGER, NODE, Head, leaf_data, opened
from walkon.store.sealed_keys import SEALED_KEY
from walkon.store.sealing import SealBroken, unwrap
from walkon.store.thread import ConnectionThread, Transaction


class Fault(StrEnum):
    """What is wrong at one place of the ledger."""

    MISSING = "missing"
    """An entry is not there."""
    ALTERED = "altered"
    """An entry is not what its hash says."""
    UNCHAINED = "unchained"
    """An entry does not follow from those before it."""
    CONTENT = "content"
    """The sealed words do not open, or are not those that were committed to."""
    TREE = "tree"
    """A hash above the entries is not theirs."""
    SHORTENED = "shortened"
    """There are fewer entries than were published."""
    FORKED = "forked"
    """The entries are not those that were published."""


@dataclass(frozen=True, slots=True)
class Found:
    """A fault, and the number of the entry (or, of SHORTENED and FORKED, the published size) it was found at."""

    fault: Fault
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """head: as recomputed. readable, forgotten: entries whose words could be read, and whose keys are destroyed."""

    head: Head
    faults: tuple[Found, ...]
    readable: int
    forgotten: int
    published: Head | None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


NOTHING = Audit(head=Head(0, hashlib.sha256().digest()), faults=(), readable=0, forgotten=0, published=None)
"""What is found where nothing was written down yet."""


async def audit_store(place: Path | str, keys: Keys | None, witnessed: Head | None = None) -> Audit:
    """The same for a database, as in `Database.open`; it must exist, and a running walkon may write to it."""
    thread = ConnectionThread(driver_of(place), writer=False)

    def recomputed(connection: Connection) -> Audit:
        return audit(connection, keys, witnessed) if inspect(connection).has_table(LEDGER.name) else NOTHING

    async def look(tx: Transaction) -> Audit:
        return await tx.run_sync(recomputed)

    try:
        return await thread.alone(look)
    finally:
        await thread.close()


def audit(connection: Connection, keys: Keys | None, witnessed: Head | None = None) -> Audit:
    """Recompute everything. keys: None to leave the words unread. witnessed: a head that somebody outside has seen."""
    shown = [Head(row.size, row.root) for row in connection.execute(select(HEAD).order_by(HEAD.c.size))]
    walk = _Walk(connection, keys, [*shown, *([witnessed] if witnessed else [])])
    for row in connection.execute(select(LEDGER).order_by(LEDGER.c.seq)).yield_per(1000):
        walk.take(row)
    walk.finish()
    return Audit(
        head=Head(walk.size, walk.root() or b""),
        faults=tuple(dict.fromkeys(walk.faults)),
        readable=walk.readable,
        forgotten=walk.forgotten,
        published=shown[-1] if shown else None,
    )


class _Walk:
    """Builds the tree from the entries alone. It remembers the perfect subtrees that await a sibling, and no more."""

    def __init__(self, connection: Connection, keys: Keys | None, heads: Iterable[Head]) -> None:
        self._connection, self._keys, self._heads = connection, keys, list(heads)
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._torn = False
        self.size = self.readable = self.forgotten = 0
        self.faults: list[Found] = []

    def take(self, row: Row[Any]) -> None:
        """The next entry."""
        self._skip_to(row.seq)
        self._compare()
        self.faults += [Found(fault, row.seq) for fault in self._wrong(row)]
        if not self._torn:
            self._grow(row.seq, row.leaf_hash)
        self.size = row.seq + 1

    def finish(self) -> None:
        """There are no more entries."""
        self._compare()
        self.faults += [Found(Fault.SHORTENED, head.size) for head in self._heads if head.size > self.size]
        # Above n leaves stand n nodes less the perfect subtrees that await a sibling.
        counted = self._connection.execute(select(func.count()).select_from(NODE)).scalar_one()
        if counted != self.size - self.size.bit_count():
            self.faults.append(Found(Fault.TREE, self.size))

    def root(self) -> bytes | None:
        """Of the entries so far; None once one was missing."""
        return None if self._torn else merkle.root(lambda level, index: self._nodes[level, index], self.size)

    def _skip_to(self, seq: int) -> None:
        for missing in range(self.size, seq):
            self._torn = True
            self.faults.append(Found(Fault.MISSING, missing))
            self.size = missing + 1

    def _compare(self) -> None:
        for head in self._heads:
            if head.size == self.size and self.root() != head.root:
                self.faults.append(Found(Fault.FORKED, head.size))

    def _wrong(self, row: Row[Any]) -> Iterator[Fault]:
        try:
            right = merkle.leaf_hash(leaf_data(dict(row._mapping))) == row.leaf_hash
        except (AttributeError, TypeError, msgspec.MsgspecError):
            right = False
        if not right:
            yield Fault.ALTERED
        if not self._torn and self.root() != row.root_before:
            yield Fault.UNCHAINED
        if not self._content(row):
            yield Fault.CONTENT

    def _content(self, row: Row[Any]) -> bool:
        if self._keys is None:
            return True
        try:
            key = self._key(row.key_id, self._keys)
            if key is None:
                self.forgotten += 1
                return True
            opened(key, row)
        except (SealBroken, TypeError):
            return False
        self.readable += 1
        return True

    def _key(self, key_id: str, keys: Keys) -> bytes | None:
        row = self._connection.execute(select(SEALED_KEY).where(SEALED_KEY.c.id == key_id)).first()
        if row is None:
            return None
        wrapping = keys.wrapping(row.wrapping_version)
        if wrapping is None:
            raise SealBroken(f"key {key_id}")
        return unwrap(wrapping, row.wrapped, f"key {key_id}")

    def _grow(self, seq: int, leaf: bytes) -> None:
        self._nodes[0, seq] = leaf
        for level, index, value in merkle.completed(seq, leaf, lambda level, index: self._nodes[level, index]):
            kept = select(NODE.c.hash).where(NODE.c.level == level, NODE.c.position == index)
            if self._connection.execute(kept).scalar() != value:
                self.faults.append(Found(Fault.TREE, seq))
            del self._nodes[level - 1, 2 * index], self._nodes[level - 1, 2 * index + 1]
            self._nodes[level, index] = value
