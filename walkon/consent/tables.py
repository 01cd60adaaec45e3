"""Consent's tables and statements. Owners and requesters stand here as resolved persons (`store/accounts.py`)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from walkon.consent.asking import UNANSWERED, Ask, AskState, Consent, NeverAsk, Reach
from walkon.consent.grants import Grant, Permission, Source
from walkon.consent.likeness import Audience, Likeness
from walkon.store.database import Transaction
from walkon.store.outbox import OUTBOX, QUESTIONS, settled
from walkon.store.schema import INT64, METADATA, EnumText, insert
from walkon.store.sealed_columns import Sealed, SealedId, SealedName
from walkon.types.clock import from_ms, to_ms
from walkon.types.ids import AskId, ClipId, PersonId, PlaceId

LIKENESS = Table(
    "likeness",
    METADATA,
    Column("owner_id", SealedId(), primary_key=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("handle", SealedName("likeness.handle", 32), nullable=False, unique=True),
    Column("handle_looks", SealedName("likeness.handle_looks", 64), nullable=False, unique=True),
    Column("name", Sealed("likeness.name"), nullable=False),
    Column("parts", Text, nullable=False),
    Column("enrolled_ms", INT64, nullable=False),
    Column("used_ms", INT64, nullable=False),
    Column("audience", EnumText(Audience), nullable=False),
    Column("places", Sealed("likeness.places"), nullable=False),
    Column("always_ask", Boolean, nullable=False),
    Column("refused", Sealed("likeness.refused"), nullable=False),
    Column("may_travel", Boolean, nullable=False),
    Column("ends_ms", INT64),
    Column("version", INT64, nullable=False),
)
ASK = Table(
    "ask",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("clip_id", String(16), nullable=False),
    Column("owner_id", SealedId(), nullable=False),
    Column("requester_id", SealedId(), nullable=False),
    Column("place_id", SealedId(), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("parts", Text, nullable=False),
    Column("asked_ms", INT64, nullable=False),
    Column("expires_ms", INT64, nullable=False),
    Column("heard", Boolean, nullable=False),
    Column("state", EnumText(AskState), nullable=False),
    Column("answered_ms", INT64),
    Column("given", Sealed("ask.given")),
    Index("ix_ask_clip_id", "clip_id"),
    Index("ix_ask_owner_id_asked_ms", "owner_id", "asked_ms"),
    Index("ix_ask_state_expires_ms", "state", "expires_ms"),
)
PERMISSION = Table(
    "permission",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("owner_id", SealedId(), nullable=False),
    Column("to_id", SealedId(), nullable=False),
    Column("likeness_id", String(16), nullable=False),
    Column("place_id", SealedId(), nullable=False),
    Column("parts", Text, nullable=False),
    Column("given_ms", INT64, nullable=False),
    Column("until_ms", INT64),
    Column("covers_remix", Boolean, nullable=False),
    Column("may_travel", Boolean, nullable=False),
    Column("withdrawn_ms", INT64),
    Index("ix_permission_owner_id_to_id", "owner_id", "to_id"),
)
GRANT = Table(
    "consent_grant",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("clip_id", String(16), nullable=False),
    Column("owner_id", SealedId(), nullable=False),
    Column("requester_id", SealedId(), nullable=False),
    Column("likeness_id", String(16), nullable=False),
    Column("place_id", SealedId(), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("parts", Text, nullable=False),
    Column("source", EnumText(Source), nullable=False),
    Column("given_ms", INT64, nullable=False),
    Column("via", String(16)),
    Column("covers_remix", Boolean, nullable=False),
    Column("may_travel", Boolean, nullable=False),
    Column("expires_ms", INT64),
    Column("withdrawn_ms", INT64),
    Index("ix_consent_grant_clip_id_owner_id", "clip_id", "owner_id", unique=True),
    Index("ix_consent_grant_owner_id", "owner_id"),
    Index("ix_consent_grant_via", "via"),
)
NEVER_ASK = Table(
    "never_ask",
    METADATA,
    Column("owner_id", SealedId(), primary_key=True),
    Column("reach", EnumText(Reach), primary_key=True),
    Column("asker_id", SealedId(), primary_key=True),
    Column("place_id", SealedId(), primary_key=True),
)
APPEARANCE = Table(
    "appearance",
    METADATA,
    Column("person_id", SealedId(), primary_key=True),
    Column("clip_id", String(16), primary_key=True),
    Column("kept", Boolean, nullable=False),
    Column("since_ms", INT64, nullable=False),
    Column("shown_ms", INT64),
    Index("ix_appearance_clip_id", "clip_id"),
)
_BY_OWNER = "erased with the owner; for another person in it the row is dropped"
PERSONAL = {
    LIKENESS.name: dict.fromkeys(("owner_id", "handle", "handle_looks", "name"), "erased by person"),
    ASK.name: dict.fromkeys(("owner_id", "requester_id", "place_id"), _BY_OWNER),
    PERMISSION.name: dict.fromkeys(("owner_id", "to_id", "place_id"), _BY_OWNER),
    GRANT.name: dict.fromkeys(("owner_id", "requester_id", "place_id"), _BY_OWNER),
    NEVER_ASK.name: dict.fromkeys(("owner_id", "asker_id", "place_id"), _BY_OWNER),
    APPEARANCE.name: {"person_id": "erased by person"},
}
"""Columns that say something about a person, and what erases them."""

# How the fields of a record are called in its table.
_COLUMNS = {"clip": "clip_id", "owner": "owner_id", "requester": "requester_id", "to": "to_id", "place": "place_id"}
_COLUMNS |= {"likeness": "likeness_id", "asker": "asker_id"}


def _column(field: str) -> str:
    return _COLUMNS.get(field) or (
        "until_ms" if field == "until" else field.removesuffix("_at") + "_ms" if field.endswith("_at") else field
    )


def _kept(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_ms(value)
    if isinstance(value, Consent):
        return msgspec.json.encode(value).decode()
    return msgspec.json.encode(sorted(value)).decode() if isinstance(value, frozenset) else value


def _values(record: Likeness | Ask | Permission | Grant) -> dict[str, Any]:
    return {_column(field): _kept(getattr(record, field)) for field in record.__dataclass_fields__}


def _read(kind: type[Any], row: Row[Any]) -> Any:
    found = row._mapping
    fields: dict[str, Any] = {}
    for field in kind.__dataclass_fields__:
        column, value = _column(field), found[_column(field)]
        if column.endswith("_ms"):
            value = None if value is None else from_ms(value)
        elif field in ("parts", "places", "refused", "given"):
            value = None if value is None else msgspec.json.decode(value)
        fields[field] = value
    return msgspec.convert(fields, kind)


async def likeness_of(tx: Transaction, owner: PersonId) -> Likeness | None:
    """What a person lends, None if nothing."""
    row = (await tx.execute(select(LIKENESS).where(LIKENESS.c.owner_id == owner))).first()
    return _read(Likeness, row) if row else None


async def owner_of(tx: Transaction, likeness_id: str) -> PersonId | None:
    """Whose likeness it is, None where it is nobody's any more."""
    owner = (await tx.execute(select(LIKENESS.c.owner_id).where(LIKENESS.c.id == likeness_id))).scalar()
    return PersonId(owner) if owner else None


async def likeness_called(tx: Transaction, handle: str) -> Likeness | None:
    """Whose handle this is, None if nobody's. handle: from `read_handle`."""
    row = (await tx.execute(select(LIKENESS).where(LIKENESS.c.handle == handle))).first()
    return _read(Likeness, row) if row else None


async def is_handle_taken(tx: Transaction, looks: str, owner: PersonId) -> bool:
    """Whether somebody else has a handle that looks like this."""
    return bool(await owners_looking_like(tx, looks, owner))


async def owners_looking_like(tx: Transaction, looks: str, owner: PersonId) -> Sequence[PersonId]:
    """Who else has a handle that looks like this."""
    where = and_(LIKENESS.c.handle_looks == looks, LIKENESS.c.owner_id != owner)
    return [PersonId(row.owner_id) for row in await tx.execute(select(LIKENESS.c.owner_id).where(where).order_by(LIKENESS.c.owner_id))]


async def put_likeness(tx: Transaction, likeness: Likeness, looks: str) -> None:
    """Write the likeness over a former one of its owner."""
    values = {**_values(likeness), "handle_looks": looks}
    await tx.execute(insert(LIKENESS).values(**values).on_conflict_do_update(index_elements=["owner_id"], set_=values))


async def drop_likeness(tx: Transaction, owner: PersonId) -> None:
    """The person lends nothing any more."""
    await tx.execute(delete(LIKENESS).where(LIKENESS.c.owner_id == owner))


async def mark_used(tx: Transaction, owner: PersonId, now: datetime) -> None:
    """The likeness was used now."""
    await tx.execute(update(LIKENESS).where(LIKENESS.c.owner_id == owner).values(used_ms=to_ms(now)))


async def ask_of(tx: Transaction, id: AskId) -> Ask | None:
    """One ask, None if unknown."""
    row = (await tx.execute(select(ASK).where(ASK.c.id == id))).first()
    return _read(Ask, row) if row else None


async def asks_of(tx: Transaction, clip: ClipId) -> Sequence[Ask]:
    """Every ask of a clip, in a fixed order."""
    return [_read(Ask, row) for row in await tx.execute(select(ASK).where(ASK.c.clip_id == clip).order_by(ASK.c.asked_ms, ASK.c.id))]


async def open_asks_to(tx: Transaction, owner: PersonId) -> Sequence[Ask]:
    """What a person is being asked, and what their guardian is, newest first; never what they are not to hear."""
    where = and_(ASK.c.owner_id == owner, ASK.c.state.in_(UNANSWERED), ASK.c.heard)
    return [_read(Ask, row) for row in await tx.execute(select(ASK).where(where).order_by(ASK.c.asked_ms.desc(), ASK.c.id))]


async def run_out(tx: Transaction, now: datetime, limit: int = 100) -> Sequence[Ask]:
    """Unanswered asks whose time is over, the oldest first."""
    where = and_(ASK.c.state.in_(UNANSWERED), ASK.c.expires_ms <= to_ms(now))
    return [_read(Ask, row) for row in await tx.execute(select(ASK).where(where).order_by(ASK.c.expires_ms).limit(limit))]


async def count_asks(tx: Transaction, owner: PersonId, since: datetime, requester: PersonId | None = None) -> tuple[int, datetime | None]:
    """How often a person was asked since then, by one requester or by all, and when the first of these was."""
    where = [ASK.c.owner_id == owner, ASK.c.asked_ms > to_ms(since), *([ASK.c.requester_id == requester] if requester else [])]
    row = (await tx.execute(select(func.count().label("number"), func.min(ASK.c.asked_ms).label("first_ms")).where(*where))).one()
    return row.number, from_ms(row.first_ms) if row.first_ms is not None else None


async def put_ask(tx: Transaction, ask: Ask) -> None:
    """Write the ask over its former state."""
    values = _values(ask)
    await tx.execute(insert(ASK).values(**values).on_conflict_do_update(index_elements=["id"], set_=values))


async def permissions_of(tx: Transaction, owner: PersonId, to: PersonId | None = None) -> Sequence[Permission]:
    """Standing permissions of a person, to one or to all, that were not taken back; the newest first."""
    where = [PERMISSION.c.owner_id == owner, PERMISSION.c.withdrawn_ms.is_(None), *([PERMISSION.c.to_id == to] if to else [])]
    rows = await tx.execute(select(PERMISSION).where(*where).order_by(PERMISSION.c.given_ms.desc(), PERMISSION.c.id))
    return [_read(Permission, row) for row in rows]


async def permission_of(tx: Transaction, id: str) -> Permission | None:
    """One permission, also where it was taken back; None if unknown."""
    row = (await tx.execute(select(PERMISSION).where(PERMISSION.c.id == id))).first()
    return _read(Permission, row) if row else None


async def put_permission(tx: Transaction, permission: Permission) -> None:
    """Write the permission over its former state."""
    values = _values(permission)
    await tx.execute(insert(PERMISSION).values(**values).on_conflict_do_update(index_elements=["id"], set_=values))


async def grant_of(tx: Transaction, id: str) -> Grant | None:
    """One grant, None if unknown."""
    row = (await tx.execute(select(GRANT).where(GRANT.c.id == id))).first()
    return _read(Grant, row) if row else None


async def grants_of(tx: Transaction, clip: ClipId) -> Sequence[Grant]:
    """Every grant for a clip, also those taken back."""
    return [_read(Grant, row) for row in await tx.execute(select(GRANT).where(GRANT.c.clip_id == clip))]


async def grants_by(tx: Transaction, owner: PersonId) -> Sequence[Grant]:
    """Every grant a person gave and did not take back, oldest first."""
    where = and_(GRANT.c.owner_id == owner, GRANT.c.withdrawn_ms.is_(None))
    return [_read(Grant, row) for row in await tx.execute(select(GRANT).where(where).order_by(GRANT.c.given_ms, GRANT.c.id))]


async def agreed_to_by(tx: Transaction, owner: PersonId) -> Sequence[ClipId]:
    """The clips that rest on a yes of that person, those that wait for their guardian's too; the newest yes first."""
    waiting = [ask.clip for ask in await open_asks_to(tx, owner) if ask.state is AskState.WITH_GUARDIAN]
    given = [grant.clip for grant in reversed(await grants_by(tx, owner))]
    return list(dict.fromkeys([*waiting, *given]))


async def relied_on(tx: Transaction, platform: str) -> Sequence[tuple[PersonId, PlaceId]]:
    """Whose presence anything rests on, and where: yeses, standing permissions and open questions of that platform's places."""
    found: set[tuple[PersonId, PlaceId]] = set()
    anywhere = select(LIKENESS.c.owner_id).where(LIKENESS.c.audience == Audience.EVERYONE)
    # Who lets everybody have their likeness allowed it in no place of their own.
    granted = and_(GRANT.c.withdrawn_ms.is_(None), or_(GRANT.c.source != Source.AUDIENCE, GRANT.c.owner_id.not_in(anywhere)))
    asked = and_(ASK.c.state.in_(UNANSWERED), ASK.c.heard)
    for table, live in ((GRANT, granted), (PERMISSION, PERMISSION.c.withdrawn_ms.is_(None)), (ASK, asked)):
        where = and_(live, type_coerce(table.c.place_id, String).startswith(f"{platform}:", autoescape=True))
        rows = await tx.execute(select(table.c.owner_id, table.c.place_id).where(where).distinct())
        found |= {(PersonId(row.owner_id), PlaceId(row.place_id)) for row in rows}
    return sorted(found)


async def grants_via(tx: Transaction, sources: Iterable[str]) -> Sequence[Grant]:
    """Grants that rest on these permissions or grants and were not taken back."""
    where = and_(GRANT.c.via.in_(list(sources)), GRANT.c.withdrawn_ms.is_(None))
    return [_read(Grant, row) for row in await tx.execute(select(GRANT).where(where))]


async def put_grant(tx: Transaction, grant: Grant) -> None:
    """Write the grant over its former state; a clip has one for each person."""
    values = _values(grant)
    await tx.execute(insert(GRANT).values(**values).on_conflict_do_update(index_elements=["clip_id", "owner_id"], set_=values))


async def is_shut(tx: Transaction, owner: PersonId, asker: PersonId, place: PlaceId) -> bool:
    """Whether the owner never wants to be asked by this person, here or at all."""
    rows = await tx.execute(select(NEVER_ASK).where(NEVER_ASK.c.owner_id == owner))
    return any(_door(row).closes(asker, place) for row in rows)


async def doors_of(tx: Transaction, owner: PersonId) -> Sequence[NeverAsk]:
    """What a person never wants to be asked again."""
    rows = await tx.execute(select(NEVER_ASK).where(NEVER_ASK.c.owner_id == owner).order_by(NEVER_ASK.c.reach, NEVER_ASK.c.asker_id))
    return [_door(row) for row in rows]


async def shut(tx: Transaction, door: NeverAsk) -> None:
    """Close a door; closing it again changes nothing."""
    await tx.execute(insert(NEVER_ASK).values(**_door_values(door)).on_conflict_do_nothing())


async def open_door(tx: Transaction, door: NeverAsk) -> None:
    """Open it again."""
    await tx.execute(delete(NEVER_ASK).where(*(NEVER_ASK.c[name] == value for name, value in _door_values(door).items())))


def _door_values(door: NeverAsk) -> dict[str, Any]:
    return {"owner_id": door.owner, "reach": door.reach, "asker_id": door.asker or "", "place_id": door.place or ""}


def _door(row: Row[Any]) -> NeverAsk:
    asker, place = PersonId(row.asker_id) or None, PlaceId(row.place_id) or None
    return NeverAsk(owner=PersonId(row.owner_id), reach=row.reach, asker=asker, place=place)


async def appear(tx: Transaction, clip: ClipId, person: PersonId, *, kept: bool, now: datetime) -> None:
    """This person is in this clip. kept: not named in it, but in the clip it was made from."""
    row = insert(APPEARANCE).values(person_id=person, clip_id=clip, kept=kept, since_ms=to_ms(now))
    await tx.execute(row.on_conflict_do_nothing())


_PEOPLE_IN = select(APPEARANCE.c.person_id).where(APPEARANCE.c.clip_id == bindparam("clip")).order_by(APPEARANCE.c.person_id)


async def people_in(tx: Transaction, clip: ClipId) -> Sequence[PersonId]:
    """Everybody who is in a clip, named in it or kept from what it was made from."""
    rows = await tx.execute(_PEOPLE_IN, {"clip": clip})
    return [PersonId(row.person_id) for row in rows]


async def appearances_of(tx: Transaction, person: PersonId, *, limit: int = 10, offset: int = 0) -> tuple[Sequence[ClipId], int]:
    """Clips a person is in, newest first, and how many there are."""
    where = APPEARANCE.c.person_id == person
    order = (APPEARANCE.c.since_ms.desc(), APPEARANCE.c.clip_id)
    rows = await tx.execute(select(APPEARANCE.c.clip_id).where(where).order_by(*order).limit(limit).offset(offset))
    count = (await tx.execute(select(func.count()).select_from(APPEARANCE).where(where))).scalar_one()
    return [ClipId(row.clip_id) for row in rows], count


async def forget_clip(tx: Transaction, clip: ClipId) -> None:
    """The clip was never promised: nothing was asked and nobody appears."""
    for table in (ASK, GRANT, APPEARANCE):
        await tx.execute(delete(table).where(table.c.clip_id == clip))


async def hand_over(tx: Transaction, person: PersonId, other: PersonId) -> None:
    """What was said by, to and about `other` is from now on `person`'s: they turned out to be one."""
    for table, column in ((APPEARANCE, "person_id"), (GRANT, "owner_id")):
        mine = table.alias()
        both = select(mine.c.clip_id).where(mine.c[column] == person)
        await tx.execute(delete(table).where(table.c[column] == other, table.c.clip_id.in_(both)))
    columns = [(ASK, "owner_id"), (ASK, "requester_id"), (PERMISSION, "owner_id"), (PERMISSION, "to_id")]
    for table, column in [*columns, (GRANT, "owner_id"), (GRANT, "requester_id"), (APPEARANCE, "person_id")]:
        await tx.execute(update(table).where(table.c[column] == other).values({column: person}))
    theirs = or_(NEVER_ASK.c.owner_id == other, NEVER_ASK.c.asker_id == other)
    doors = [_door(row) for row in await tx.execute(select(NEVER_ASK).where(theirs))]
    await tx.execute(delete(NEVER_ASK).where(theirs))
    for door in doors:
        owner, asker = (person if one == other else one for one in (door.owner, door.asker))
        await shut(tx, replace(door, owner=owner or person, asker=asker))


async def note_shown(tx: Transaction, clip: ClipId, now: datetime) -> None:
    """The clip stands in the chat it was asked for in, since now or since before."""
    first = and_(APPEARANCE.c.clip_id == clip, APPEARANCE.c.shown_ms.is_(None))
    await tx.execute(update(APPEARANCE).where(first).values(shown_ms=to_ms(now)))


async def is_shown(tx: Transaction, clip: ClipId) -> bool:
    """Whether the clip ever stood in the chat it was asked for in."""
    where = and_(APPEARANCE.c.clip_id == clip, APPEARANCE.c.shown_ms.is_not(None))
    return (await tx.execute(select(APPEARANCE.c.clip_id).where(where).limit(1))).first() is not None


async def has_any(tx: Transaction, clip: ClipId) -> bool:
    """Whether anybody is in a clip who must have said yes."""
    return (await tx.execute(select(APPEARANCE.c.clip_id).where(APPEARANCE.c.clip_id == clip).limit(1))).first() is not None


async def everybody(tx: Transaction) -> frozenset[PersonId]:
    """Everybody who is named here, in whatever part."""
    columns = (LIKENESS.c.owner_id, ASK.c.owner_id, ASK.c.requester_id, GRANT.c.owner_id, GRANT.c.requester_id, APPEARANCE.c.person_id)
    return frozenset([PersonId(id) for column in columns for id in (await tx.execute(select(column).distinct())).scalars()])


async def forget(tx: Transaction, person: PersonId) -> None:
    """Remove every row that names somebody. Their likeness must be revoked, and their clips taken down, first."""
    for column in (
        LIKENESS.c.owner_id,
        ASK.c.owner_id,
        ASK.c.requester_id,
        PERMISSION.c.owner_id,
        PERMISSION.c.to_id,
        GRANT.c.owner_id,
        GRANT.c.requester_id,
        NEVER_ASK.c.owner_id,
        NEVER_ASK.c.asker_id,
        APPEARANCE.c.person_id,
    ):
        await tx.execute(delete(column.table).where(column == person))


def _settled_posts_of_no_ask() -> ColumnElement[bool]:
    asked = select(ASK.c.id)
    return and_(OUTBOX.c.kind.in_(QUESTIONS), settled(), OUTBOX.c.subject.not_in(asked))


async def any_settled_posts_of_no_ask(tx: Transaction) -> bool:
    """Whether the message of a question is still remembered that is asked no more."""
    return (await tx.execute(select(OUTBOX.c.key).where(_settled_posts_of_no_ask()).limit(1))).first() is not None


async def erase_settled_posts_of_no_ask(tx: Transaction) -> None:
    """Remember it no more."""
    await tx.execute(delete(OUTBOX).where(_settled_posts_of_no_ask()))
