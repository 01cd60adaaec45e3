"""The ledger: what was decided, in an order that nobody can change unseen. Append-only, a Merkle log (RFC 9162, section 2.1).

An entry is written in the transaction of the change it tells of. Its leaf commits to a salted hash of the payload and to the
sealed bytes, never to the words themselves: where a person's keys are destroyed, the words are gone and every proof still holds.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Row, String, Table, func, select
from sqlalchemy.engine import Connection

from walkon.store import merkle, sealed_keys
from walkon.store.keys import Keys
from walkon.store.schema import INT64, METADATA, insert
from walkon.store.sealing import SealBroken, seal, unseal
from walkon.store.thread import Transaction
from walkon.types.clock import from_ms, to_ms
from walkon.types.ids import PersonKey

LEDGER = Table(
    "ledger",
    METADATA,
    Column("seq", INT64, primary_key=True, autoincrement=False),
    Column("at_ms", INT64, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("key_id", String(32), nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("root_before", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Index("ix_ledger_key_id", "key_id"),
)
NODE = Table(
    "ledger_node",
    METADATA,
    Column("level", INT64, nullable=False),
    Column("position", INT64, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "position", name="pk_ledger_node"),
)
HEAD = Table(
    "ledger_head",
    METADATA,
    Column("size", INT64, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("at_ms", INT64, nullable=False),
)
PERSONAL = {"ledger": {"sealed": "erased by destroying the person's keys"}}
"""Columns that say something about a person, and what erases them."""

PURPOSE = "ledger"
NOBODY = PersonKey("0" * 64)
"""Whose key seals an entry that is about no person."""
SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Head:
    """The ledger at one moment: how many entries it has, and the hash that stands for all of them."""

    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.size}:{self.root.hex()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision. kind: such as `grant.given`. payload: None once its person is forgotten."""

    seq: int
    at: datetime
    kind: str
    payload: Mapping[str, Any] | None
    leaf_hash: bytes


class Ledger:
    """Writes and reads entries; every call runs on the caller's transaction."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def append(self, tx: Transaction, kind: str, about: PersonKey | None, *, payload: Mapping[str, Any], at: datetime) -> int:
        """Write an entry down; returns its number. kind is not sealed: no names in it. Raises SealBroken.

        about: whose keys seal the payload, None for nobody's. payload: JSON values; other people only as PersonKey.
        """
        key = await sealed_keys.one_for(tx, self._keys, about or NOBODY, PURPOSE, at)
        seq, salt = await _size(tx), secrets.token_bytes(SALT_BYTES)
        plain = msgspec.json.encode(payload, order="deterministic")
        sealed = seal(key.key, salt + plain, _place(seq, kind, key.id))
        root_before = await tx.run_sync(lambda connection: merkle.root(_nodes(connection), seq))
        row = {"seq": seq, "at_ms": to_ms(at), "kind": kind, "key_id": key.id, "sealed": sealed, "root_before": root_before}
        row["commitment"] = hmac.digest(salt, plain, "sha256")
        row["leaf_hash"] = leaf = merkle.leaf_hash(leaf_data(row))
        await tx.execute(insert(LEDGER).values(**row))
        await tx.run_sync(lambda connection: _complete(connection, seq, leaf))
        return seq

    async def head(self, tx: Transaction) -> Head:
        """The ledger as it stands."""
        size = await _size(tx)
        return Head(size, await tx.run_sync(lambda connection: merkle.root(_nodes(connection), size)))

    async def root(self, tx: Transaction, size: int) -> bytes:
        """The root of the first `size` entries, which there must be."""
        return await tx.run_sync(lambda connection: merkle.root(_nodes(connection), size))

    async def inclusion(self, tx: Transaction, seq: int, size: int) -> list[bytes]:
        """What proves that entry `seq` is among the first `size` (`merkle.included`)."""
        return await tx.run_sync(lambda connection: merkle.inclusion(_nodes(connection), seq, size))

    async def consistency(self, tx: Transaction, old: int, size: int) -> list[bytes]:
        """What proves that the ledger of size `old` is the beginning of the one of `size` (`merkle.consistent`)."""
        return await tx.run_sync(lambda connection: merkle.consistency(_nodes(connection), old, size))

    async def read(self, tx: Transaction, seq: int) -> Entry | None:
        """That entry, None if there is none. Raises SealBroken where it was altered."""
        row = (await tx.execute(select(LEDGER).where(LEDGER.c.seq == seq))).first()
        return await self._entry(tx, row) if row else None

    async def about(self, tx: Transaction, person: PersonKey) -> Sequence[Entry]:
        """All that is written about a person, oldest first. Raises SealBroken."""
        keys = select(sealed_keys.SEALED_KEY.c.id).where(sealed_keys.SEALED_KEY.c.owner == person)
        rows = (await tx.execute(select(LEDGER).where(LEDGER.c.key_id.in_(keys)).order_by(LEDGER.c.seq))).all()
        return [await self._entry(tx, row) for row in rows]

    async def publish(self, tx: Transaction, at: datetime) -> Head:
        """Note the ledger as it stands as shown to the outside: from now on it may not shrink or change below that size."""
        head = await self.head(tx)
        row = insert(HEAD).values(size=head.size, root=head.root, at_ms=to_ms(at))
        await tx.execute(row.on_conflict_do_update(index_elements=["size"], set_={"at_ms": to_ms(at)}))
        return head

    async def _entry(self, tx: Transaction, row: Row[Any]) -> Entry:
        key = await sealed_keys.opened_by_id(tx, self._keys, row.key_id)
        payload = msgspec.json.decode(opened(key.key, row)) if key else None
        return Entry(seq=row.seq, at=from_ms(row.at_ms), kind=row.kind, payload=payload, leaf_hash=row.leaf_hash)


async def published(tx: Transaction) -> tuple[Head, datetime] | None:
    """The last head that was shown to the outside and when, None if none was."""
    row = (await tx.execute(select(HEAD).order_by(HEAD.c.size.desc()).limit(1))).first()
    return (Head(row.size, row.root), from_ms(row.at_ms)) if row else None


async def head_of(tx: Transaction, size: int) -> Head | None:
    """The published head of that size, None if none was."""
    row = (await tx.execute(select(HEAD).where(HEAD.c.size == size))).first()
    return Head(row.size, row.root) if row else None


def leaf_data(row: Mapping[str, Any]) -> bytes:
    """What a leaf commits to: every column of the entry, the sealed bytes by their hash."""
    return msgspec.json.encode(
        [
            row["seq"],
            row["at_ms"],
            row["kind"],
            row["key_id"],
            row["commitment"].hex(),
            hashlib.sha256(row["sealed"]).hexdigest(),
            row["root_before"].hex(),
        ]
    )


def opened(key: bytes, row: Row[Any]) -> bytes:
    """The payload of an entry as JSON. Raises SealBroken, also where it is not what the commitment says."""
    place = _place(row.seq, row.kind, row.key_id)
    plain = unseal(key, row.sealed, place)
    salt, payload = plain[:SALT_BYTES], plain[SALT_BYTES:]
    if not hmac.compare_digest(hmac.digest(salt, payload, "sha256"), row.commitment):
        raise SealBroken(place)
    return payload


def _place(seq: int, kind: str, key_id: str) -> str:
    return f"ledger|{seq}|{kind}|{key_id}"


async def _size(tx: Transaction) -> int:
    greatest = (await tx.execute(select(func.max(LEDGER.c.seq)))).scalar()
    return 0 if greatest is None else int(greatest) + 1


def _nodes(connection: Connection) -> merkle.Nodes:
    def node(level: int, index: int) -> bytes:
        if level == 0:
            query = select(LEDGER.c.leaf_hash).where(LEDGER.c.seq == index)
        else:
            query = select(NODE.c.hash).where(NODE.c.level == level, NODE.c.position == index)
        return bytes(connection.execute(query).scalar_one())

    return node


def _complete(connection: Connection, seq: int, leaf: bytes) -> None:
    found = merkle.completed(seq, leaf, _nodes(connection))
    if found:
        connection.execute(insert(NODE), [{"level": level, "position": position, "hash": value} for level, position, value in found])
