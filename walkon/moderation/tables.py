"""The mutes that hold, and the log of what moderators did. The log is append-only: nothing here changes or removes a line."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Index, Row, String, Table, Text, bindparam, delete, or_, select, update

from walkon.config import Quotas
from walkon.moderation.limits import PlaceRules
from walkon.moderation.mutes import Case, Deed, Entry, Mute, key_of
from walkon.store.accounts import accounts_among, accounts_of
from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, EnumText, insert
from walkon.store.sealed_columns import Sealed, SealedId
from walkon.types.clock import from_ms, to_ms
from walkon.types.ids import ClipId, EventId, PersonId, PlaceId
from walkon.types.people import Person

MUTE = Table(
    "mute",
    METADATA,
    Column("person_id", SealedId(), primary_key=True),
    Column("place_id", SealedId(), primary_key=True),
    Column("person", Sealed("mute.person"), nullable=False),
    Column("until_ms", INT64),
    Column("reason", Sealed("mute.reason"), nullable=False),
    Column("by_id", SealedId(), nullable=False),
    Column("by", Sealed("mute.by"), nullable=False),
    Column("at_ms", INT64, nullable=False),
)
LOG = Table(
    "moderation_log",
    METADATA,
    Column("seq", INT64, primary_key=True, autoincrement=True),
    Column("event", String(128), nullable=False, unique=True),
    Column("at_ms", INT64, nullable=False),
    Column("deed", EnumText(Deed), nullable=False),
    Column("person_id", SealedId(), nullable=False),
    Column("person", Sealed("moderation_log.person"), nullable=False),
    Column("place_id", SealedId(), nullable=False),
    Column("until_ms", INT64),
    Column("reason", Sealed("moderation_log.reason"), nullable=False),
    Column("by_id", SealedId(), nullable=False),
    Column("by", Sealed("moderation_log.by"), nullable=False),
    Column("running", INT64, nullable=False),
    Column("waiting", INT64, nullable=False),
    Column("clip_id", String(16)),
    Index("ix_moderation_log_place_id_seq", "place_id", "seq"),
    Index("ix_moderation_log_clip_id", "clip_id"),
    Index("ix_moderation_log_person_id_at_ms", "person_id", "at_ms"),
)
PLACE_RULES = Table(
    "place_rules",
    METADATA,
    Column("place_id", SealedId(), primary_key=True),
    Column("person", Text, nullable=False),
    Column("place", Text, nullable=False),
)
_ABOUT_PEOPLE = ("person_id", "person", "reason", "by_id", "by")
PERSONAL = {table.name: dict.fromkeys(_ABOUT_PEOPLE, "erased by person") for table in (MUTE, LOG)} | {
    PLACE_RULES.name: {"person": "says how much each person may, about nobody"}
}
"""Columns that say something about a person, and what erases them."""


def _json(person: Person) -> str:
    return msgspec.json.encode(person).decode()


def _person(text: str) -> Person:
    return msgspec.json.decode(text, type=Person)


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def _mute(row: Row[Any]) -> Mute:
    return Mute(
        person=_person(row.person),
        place=PlaceId(row.place_id) or None,
        until=_moment(row.until_ms),
        reason=row.reason,
        by=_person(row.by),
        at=from_ms(row.at_ms),
    )


_OF_ACCOUNTS = select(MUTE).where(MUTE.c.person_id.in_(bindparam("accounts", expanding=True)))
_OF_ACCOUNTS_HERE = _OF_ACCOUNTS.where(MUTE.c.place_id.in_(bindparam("places", expanding=True)))
"""Built once: every command that promises something is looked up so, and building costs more than looking."""


async def mutes_of(tx: Transaction, person: PersonId, place: PlaceId | None) -> Sequence[Mute]:
    """What was said about any account of a person for that place and for everywhere, also what has ended. place: None for any."""
    wanted = {"accounts": await accounts_of(tx, person), **({} if place is None else {"places": [place, ""]})}
    return [_mute(row) for row in await tx.execute(_OF_ACCOUNTS if place is None else _OF_ACCOUNTS_HERE, wanted)]


async def muted_accounts(tx: Transaction, now: datetime) -> frozenset[PersonId]:
    """Every account of everybody who is muted anywhere."""
    muted = select(MUTE.c.person_id).where(or_(MUTE.c.until_ms.is_(None), MUTE.c.until_ms > to_ms(now)))
    return await accounts_among(tx, muted)


async def put(tx: Transaction, mute: Mute) -> None:
    """From now on this holds; it takes the place of what was said before about the same person and place."""
    person, place = key_of(mute.person.id, mute.place)
    until = to_ms(mute.until) if mute.until else None
    rest = {"person": _json(mute.person), "until_ms": until, "reason": mute.reason}
    values = {**rest, "by_id": mute.by.id, "by": _json(mute.by), "at_ms": to_ms(mute.at)}
    new = insert(MUTE).values(person_id=person, place_id=place, **values)
    await tx.execute(new.on_conflict_do_update(index_elements=["person_id", "place_id"], set_=values))


async def lift(tx: Transaction, person: PersonId, place: PlaceId | None) -> None:
    """Nothing holds any account of this person back there any more."""
    _, where = key_of(person, place)
    await tx.execute(delete(MUTE).where(MUTE.c.person_id.in_(await accounts_of(tx, person)), MUTE.c.place_id == where))


async def append(tx: Transaction, event: EventId, case: Case, now: datetime, *, running: int = 0, waiting: int = 0) -> Entry:
    """Write the deed down. running, waiting: how many clips it stopped. Raises IntegrityError for an event that stands there."""
    until = now + case.length if case.length else None
    values = {
        "event": event,
        "at_ms": to_ms(now),
        "deed": case.deed,
        "person_id": case.person.id,
        "person": _json(case.person),
        "place_id": case.place or "",
        "until_ms": to_ms(until) if until else None,
        "reason": case.reason,
        "by_id": case.by.id,
        "by": _json(case.by),
        "running": running,
        "waiting": waiting,
        "clip_id": case.clip,
    }
    row = (await tx.execute(insert(LOG).values(**values).returning(*LOG.c))).one()
    return _entry(row)


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        seq=row.seq,
        at=from_ms(row.at_ms),
        deed=row.deed,
        person=_person(row.person),
        place=PlaceId(row.place_id) or None,
        until=_moment(row.until_ms),
        reason=row.reason,
        by=_person(row.by),
        running=row.running,
        waiting=row.waiting,
        clip=ClipId(row.clip_id) if row.clip_id else None,
    )


async def entry_of(tx: Transaction, event: EventId) -> Entry | None:
    """What an event did already, None if nothing."""
    row = (await tx.execute(select(LOG).where(LOG.c.event == event))).first()
    return _entry(row) if row else None


async def line(tx: Transaction, seq: int) -> Entry | None:
    """One line of the log, None if there is none of that number."""
    row = (await tx.execute(select(LOG).where(LOG.c.seq == seq))).first()
    return _entry(row) if row else None


async def line_of(tx: Transaction, mute: Mute) -> int | None:
    """The line of the log that tells of this mute, None where it was forgotten."""
    _, place = key_of(mute.person.id, mute.place)
    same = (LOG.c.person_id == mute.person.id) & (LOG.c.place_id == place) & (LOG.c.at_ms == to_ms(mute.at))
    row = (await tx.execute(select(LOG.c.seq).where(same, LOG.c.deed.in_([Deed.MUTE, Deed.BAN])).order_by(LOG.c.seq.desc()))).first()
    return int(row.seq) if row else None


async def last_about(tx: Transaction, clip: ClipId, deed: Deed) -> Entry | None:
    """The newest such deed about a clip, None if there was none."""
    row = (await tx.execute(select(LOG).where(LOG.c.clip_id == clip, LOG.c.deed == deed).order_by(LOG.c.seq.desc()).limit(1))).first()
    return _entry(row) if row else None


async def lines(tx: Transaction, place: PlaceId | None, *, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
    """Lines about one place, or (None) of the whole host, oldest first, from behind line `after`."""
    query = select(LOG).where(LOG.c.seq > after).order_by(LOG.c.seq).limit(limit)
    return [_entry(row) for row in await tx.execute(query if place is None else query.where(LOG.c.place_id == place))]


async def newest(tx: Transaction, place: PlaceId | None, limit: int = 10, *, by: Collection[PersonId] | None = None) -> Sequence[Entry]:
    """The newest lines about one place, or (None) of the whole host, newest first. by: of these accounts' deeds, None for everybody's."""
    query = select(LOG).order_by(LOG.c.seq.desc()).limit(limit)
    query = query if by is None else query.where(LOG.c.by_id.in_(by))
    rows = await tx.execute(query if place is None else query.where(LOG.c.place_id == place))
    return [_entry(row) for row in rows]


_RULES_OF = select(PLACE_RULES).where(PLACE_RULES.c.place_id == bindparam("place"))


async def rules_of(tx: Transaction, place: PlaceId) -> PlaceRules:
    """What the moderators of a place have set; no limits where they have set none."""
    row = (await tx.execute(_RULES_OF, {"place": place})).first()
    if row is None:
        return PlaceRules()
    return PlaceRules(person=msgspec.json.decode(row.person, type=Quotas), place=msgspec.json.decode(row.place, type=Quotas))


async def set_rules(tx: Transaction, place: PlaceId, rules: PlaceRules) -> None:
    """From now on these hold there."""
    values = {"person": msgspec.json.encode(rules.person).decode(), "place": msgspec.json.encode(rules.place).decode()}
    new = insert(PLACE_RULES).values(place_id=place, **values)
    await tx.execute(new.on_conflict_do_update(index_elements=["place_id"], set_=values))


async def forget(tx: Transaction, person: PersonId, now: datetime) -> None:
    """Nobody is named any more in what was done to this account or by it. A mute that still holds stays, without name or reason:
    to be forgotten is no way around it.
    """
    nobody = _json(Person(id=PersonId(f"{person.partition(':')[0]}:0"), name=""))
    await tx.execute(delete(MUTE).where(MUTE.c.person_id == person, MUTE.c.until_ms <= to_ms(now)))
    unnamed = Person(id=person, name="")
    await tx.execute(update(MUTE).where(MUTE.c.person_id == person).values(person=_json(unnamed), reason=""))
    for table in (MUTE, LOG):
        await tx.execute(update(table).where(table.c.by_id == person).values(by_id="", by=nobody))
    await tx.execute(update(LOG).where(LOG.c.person_id == person).values(person_id="", person=nobody, reason=""))
