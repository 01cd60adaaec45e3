"""Seals what an earlier release left plain: once for each store, in the transaction that gives it its seal.

The columns stand here as they were then, apart from the tables of today. A later column is sealed from its first row on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, TableClause, bindparam, column, select, table, tuple_, update
from sqlalchemy.engine import Connection

from walkon.store.sealed_columns import Seal, Sealed, SealedBytes, SealedId, SealedName

AT_ONCE = 500
"""Rows in memory at a time."""

Way = Sealed | SealedBytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """One table. key: what its rows are found by. The rest: which columns are sealed, and how."""

    name: str
    key: tuple[str, ...]
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    bytes: tuple[str, ...] = ()

    @property
    def ways(self) -> Mapping[str, Way]:
        """How each column is sealed."""
        ids: dict[str, Way] = dict.fromkeys(self.ids, SealedId())
        names: dict[str, Way] = {name: SealedName(f"{self.name}.{name}") for name in self.names}
        texts: dict[str, Way] = {name: Sealed(f"{self.name}.{name}") for name in self.texts}
        return ids | names | texts | {name: SealedBytes(f"{self.name}.{name}") for name in self.bytes}


PLAIN = (
    Plain(name="account", key=("account_id",), ids=("account_id", "person_id")),
    Plain(name="account_link", key=("account_id",), ids=("account_id", "claimed_by_id")),
    Plain(name="appeal", key=("line",), ids=("place_id", "person_id"), texts=("person", "by_person")),
    Plain(name="appearance", key=("person_id", "clip_id"), ids=("person_id",)),
    Plain(name="ask", key=("id",), ids=("owner_id", "requester_id", "place_id"), texts=("given",)),
    Plain(
        name="clip",
        key=("id",),
        ids=("person_id", "place_id"),
        texts=("person", "place", "prompt", "finished", "draft", "withheld", "rule"),
        bytes=("scene",),
    ),
    Plain(name="clip_like", key=("clip_id", "account_id"), ids=("account_id",)),
    Plain(name="consent_grant", key=("id",), ids=("owner_id", "requester_id", "place_id")),
    Plain(
        name="enrolment",
        key=("id",),
        ids=("person_id", "decided_by_id"),
        texts=("name", "digits", "verdicts", "reason_words"),
    ),
    Plain(name="guardian_offer", key=("guardian_id",), ids=("guardian_id", "ward_id"), texts=("guardian", "ward")),
    Plain(name="guardianship", key=("ward_id",), ids=("ward_id", "guardian_id"), texts=("ward", "guardian", "limits")),
    Plain(
        name="likeness",
        key=("owner_id",),
        ids=("owner_id",),
        names=("handle", "handle_looks"),
        texts=("name", "places", "refused"),
    ),
    Plain(name="moderation_log", key=("seq",), ids=("person_id", "place_id", "by_id"), texts=("person", "reason", "by")),
    Plain(name="mute", key=("person_id", "place_id"), ids=("person_id", "place_id", "by_id"), texts=("person", "reason", "by")),
    Plain(name="never_ask", key=("owner_id", "reach", "asker_id", "place_id"), ids=("owner_id", "asker_id", "place_id")),
    Plain(name="outbox", key=("key",), names=("key",), texts=("place", "reply", "ref", "follows", "error")),
    Plain(name="permission", key=("id",), ids=("owner_id", "to_id", "place_id")),
    Plain(name="place_rules", key=("place_id",), ids=("place_id",)),
    Plain(name="reaction", key=("subject", "account_id", "emoji"), ids=("account_id",)),
    Plain(name="report", key=("clip_id", "person_id"), ids=("person_id",), texts=("reason", "person")),
    Plain(name="review", key=("clip_id",), ids=("place_id",), texts=("by_person",)),
    Plain(name="review_channel", key=("place_id",), ids=("place_id",), texts=("place",)),
    Plain(name="spending", key=("clip_id",), ids=("person_id", "place_id")),
    Plain(name="web_message", key=("seq",), ids=("visible_to", "person_id"), names=("key", "author"), texts=("text", "card")),
    Plain(name="web_session", key=("id",), names=("name",)),
)


def seal_plain(connection: Connection, seal: Seal) -> int:
    """Seal every row of these tables; returns how many there were with anything to seal."""
    return sum(_sealed(connection, plain, seal) for plain in PLAIN)


def _sealed(connection: Connection, plain: Plain, seal: Seal) -> int:
    here, ways = _here(plain), plain.ways
    change = update(here).where(*(here.c[name] == bindparam(f"old_{name}") for name in plain.key))
    change = change.values({name: bindparam(f"new_{name}") for name in ways})
    changed = 0
    for rows in _rows(connection, plain):
        values = [change_of for row in rows if (change_of := _change(row, plain.key, ways, seal))]
        if values:
            connection.execute(change, values)
        changed += len(values)
    return changed


def _here(plain: Plain) -> TableClause:
    return table(plain.name, *(column(name) for name in dict.fromkeys((*plain.key, *plain.ways))))


def _rows(connection: Connection, plain: Plain) -> Iterator[Sequence[Row[Any]]]:
    """All rows as they lie there, some at a time; whoever asks may change those it has."""
    here = _here(plain)
    key = [here.c[name] for name in plain.key]
    keys = [tuple(row) for row in connection.execute(select(*key))]
    for some in (keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE)):
        yield connection.execute(select(here).where(tuple_(*key).in_(some))).all()


def _change(row: Row[Any], key: Sequence[str], ways: Mapping[str, Way], seal: Seal) -> dict[str, Any] | None:
    """What becomes of a row, None where nothing of it is to be sealed."""
    old = row._mapping
    new = {name: way.closed(old[name], seal) if old[name] else old[name] for name, way in ways.items()}
    if all(new[name] == old[name] for name in new):
        return None
    return {f"old_{name}": old[name] for name in key} | {f"new_{name}": value for name, value in new.items()}
