"""Guardians' tables and statements. Accounts stand here as they spoke; whose they are is looked up each time (`store/accounts.py`)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Index, LargeBinary, Row, String, Table, delete, or_, select, update

from walkon.consent.guardians import Guardianship, Limits, Offer
from walkon.store.accounts import accounts_among, accounts_of, person_of
from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, insert
from walkon.store.sealed_columns import Sealed, SealedId
from walkon.types.clock import from_ms, to_ms
from walkon.types.ids import PersonId, PersonKey
from walkon.types.people import Person

GUARDIANSHIP = Table(
    "guardianship",
    METADATA,
    Column("ward_id", SealedId(), primary_key=True),
    Column("ward", Sealed("guardianship.ward"), nullable=False),
    Column("guardian_id", SealedId(), nullable=False),
    Column("guardian", Sealed("guardianship.guardian"), nullable=False),
    Column("since_ms", INT64, nullable=False),
    Column("of_age_ms", INT64),
    Column("limits", Sealed("guardianship.limits"), nullable=False),
    Index("ix_guardianship_guardian_id", "guardian_id"),
)
OFFER = Table(
    "guardian_offer",
    METADATA,
    Column("guardian_id", SealedId(), primary_key=True),
    Column("guardian", Sealed("guardian_offer.guardian"), nullable=False),
    Column("code_sha256", LargeBinary, nullable=False, unique=True),
    Column("of_age_ms", INT64, nullable=False),
    Column("expires_ms", INT64, nullable=False),
    Column("ward_id", SealedId()),
    Column("ward", Sealed("guardian_offer.ward")),
)
MARK = Table(
    "guarded_mark",
    METADATA,
    Column("person_key", String(64), primary_key=True),
    Column("since_ms", INT64, nullable=False),
)
_STAYS = "outlives being forgotten, without a name, until it ends: to be forgotten is no way around it"
PERSONAL = {
    GUARDIANSHIP.name: {
        **dict.fromkeys(("ward_id", "of_age_ms"), _STAYS),
        **dict.fromkeys(("ward", "guardian_id", "guardian"), "erased by person"),
    },
    OFFER.name: dict.fromkeys(("guardian_id", "guardian", "ward_id", "ward"), "erased by person, and when the code has run out"),
    MARK.name: {"person_key": "a keyed hash; goes when the account is seen again, or when its guardianship ends"},
}
"""Columns that say something about a person, and what erases them."""


def _json(person: Person) -> str:
    return msgspec.json.encode(person).decode()


def _person(text: str) -> Person:
    return msgspec.json.decode(text, type=Person)


async def guardianship_of(tx: Transaction, person: PersonId, now: datetime) -> Guardianship | None:
    """What holds for the person behind an account, whichever account it was said of; None where nobody looks after them."""
    rows = await tx.execute(select(GUARDIANSHIP).where(GUARDIANSHIP.c.ward_id.in_(await accounts_of(tx, person))))
    return next((found for row in rows if (found := _read(row)).holds(now)), None)


async def guarded_accounts(tx: Transaction) -> frozenset[PersonId]:
    """Every account of everybody somebody looks after, or looked after until they came of age."""
    return await accounts_among(tx, select(GUARDIANSHIP.c.ward_id))


async def guardian_of(tx: Transaction, guardianship: Guardianship | None) -> PersonId | None:
    """The person whose second yes counts, None where there is none."""
    return await person_of(tx, guardianship.guardian.id) if guardianship and guardianship.guardian else None


async def wards_of(tx: Transaction, person: PersonId, now: datetime) -> Sequence[Guardianship]:
    """Everybody whom the person behind an account looks after, in a fixed order."""
    where = GUARDIANSHIP.c.guardian_id.in_(await accounts_of(tx, person))
    rows = await tx.execute(select(GUARDIANSHIP).where(where).order_by(GUARDIANSHIP.c.since_ms, GUARDIANSHIP.c.ward_id))
    return [found for row in rows if (found := _read(row)).holds(now)]


async def of_age(tx: Transaction, now: datetime) -> Sequence[Guardianship]:
    """Those that have ended by themselves and were not noted yet."""
    return [_read(row) for row in await tx.execute(select(GUARDIANSHIP).where(GUARDIANSHIP.c.of_age_ms <= to_ms(now)))]


async def may_be_one(tx: Transaction, first: PersonId, second: PersonId, now: datetime) -> bool:
    """Whether two people may be joined: neither looks after the other, nor after anybody if the other is looked after."""
    guarded = [await guardianship_of(tx, person, now) is not None for person in (first, second)]
    guarding = [bool(await wards_of(tx, person, now)) for person in (first, second)]
    return not all(guarded) and not (any(guarded) and any(guarding))


async def put(tx: Transaction, guardianship: Guardianship) -> None:
    """From now on this holds for the ward's account."""
    ward, guardian = guardianship.ward, guardianship.guardian
    values = {
        "ward": _json(ward),
        "guardian_id": guardian.id if guardian else "",
        "guardian": _json(guardian) if guardian else "",
        "since_ms": to_ms(guardianship.since),
        "of_age_ms": to_ms(guardianship.of_age_at) if guardianship.of_age_at else None,
        "limits": msgspec.json.encode(guardianship.limits).decode(),
    }
    row = insert(GUARDIANSHIP).values(ward_id=ward.id, **values)
    await tx.execute(row.on_conflict_do_update(index_elements=["ward_id"], set_=values))


async def remove(tx: Transaction, ward: PersonId) -> None:
    """Nobody looks after any account of this person any more."""
    await tx.execute(delete(GUARDIANSHIP).where(GUARDIANSHIP.c.ward_id.in_(await accounts_of(tx, ward))))


def _read(row: Row[Any]) -> Guardianship:
    return Guardianship(
        ward=_person(row.ward),
        guardian=_person(row.guardian) if row.guardian else None,
        since=from_ms(row.since_ms),
        of_age_at=None if row.of_age_ms is None else from_ms(row.of_age_ms),
        limits=msgspec.json.decode(row.limits, type=Limits),
    )


async def put_offer(tx: Transaction, offer: Offer) -> None:
    """Write the offer over a former one of its guardian."""
    values = {
        "guardian": _json(offer.guardian),
        "code_sha256": offer.code_sha256,
        "of_age_ms": to_ms(offer.of_age_at),
        "expires_ms": to_ms(offer.expires_at),
        "ward_id": offer.ward.id if offer.ward else None,
        "ward": _json(offer.ward) if offer.ward else None,
    }
    row = insert(OFFER).values(guardian_id=offer.guardian.id, **values)
    await tx.execute(row.on_conflict_do_update(index_elements=["guardian_id"], set_=values))


async def offer_by(tx: Transaction, guardian: PersonId) -> Offer | None:
    """What an account offers, None if nothing."""
    row = (await tx.execute(select(OFFER).where(OFFER.c.guardian_id == guardian))).first()
    return _offer(row) if row else None


async def offer_coded(tx: Transaction, code_sha256: bytes) -> Offer | None:
    """The offer of that code, None if there is none."""
    row = (await tx.execute(select(OFFER).where(OFFER.c.code_sha256 == code_sha256))).first()
    return _offer(row) if row else None


async def drop_offers(tx: Transaction, guardian: PersonId, now: datetime) -> None:
    """The account offers nothing any more; whatever has run out goes with it."""
    await tx.execute(delete(OFFER).where(or_(OFFER.c.guardian_id == guardian, OFFER.c.expires_ms <= to_ms(now))))


def _offer(row: Row[Any]) -> Offer:
    return Offer(
        guardian=_person(row.guardian),
        code_sha256=row.code_sha256,
        of_age_at=from_ms(row.of_age_ms),
        expires_at=from_ms(row.expires_ms),
        ward=_person(row.ward) if row.ward else None,
    )


async def everybody(tx: Transaction) -> frozenset[PersonId]:
    """Every account that is looked after."""
    return frozenset([PersonId(id) for id in (await tx.execute(select(GUARDIANSHIP.c.ward_id))).scalars()])


async def mark(tx: Transaction, owner: PersonKey, since: datetime) -> None:
    """Somebody looks after whoever this is, says the witness; who it is, this store does not know yet."""
    await tx.execute(insert(MARK).values(person_key=owner, since_ms=to_ms(since)).on_conflict_do_nothing())


async def any_marks(tx: Transaction) -> bool:
    """Whether anybody at all is marked."""
    return (await tx.execute(select(MARK.c.person_key).limit(1))).first() is not None


async def is_marked(tx: Transaction, owners: Collection[PersonKey]) -> bool:
    """Whether one of them is marked."""
    return (await tx.execute(select(MARK.c.person_key).where(MARK.c.person_key.in_(owners)).limit(1))).first() is not None


async def take_mark(tx: Transaction, owner: PersonKey) -> bool:
    """Take the mark off whoever is known now; whether there was one."""
    return bool((await tx.execute(delete(MARK).where(MARK.c.person_key == owner).returning(MARK.c.person_key))).all())


async def forget(tx: Transaction, account: PersonId) -> None:
    """Nobody is named any more. That somebody looks after the account stays, as ids alone; what it looked after must have ended."""
    bare = _json(Person(id=account, name=""))
    await tx.execute(update(GUARDIANSHIP).where(GUARDIANSHIP.c.ward_id == account).values(ward=bare))
    await tx.execute(delete(GUARDIANSHIP).where(GUARDIANSHIP.c.guardian_id == account))
    await tx.execute(delete(OFFER).where(or_(OFFER.c.guardian_id == account, OFFER.c.ward_id == account)))


async def spread(tx: Transaction, person: PersonId, now: datetime) -> None:
    """Say of each account of a person what holds for one, since they will be no one person any more."""
    found = await guardianship_of(tx, person, now)
    if found is not None:
        for account in await accounts_of(tx, person):
            await put(tx, replace(found, ward=Person(id=account, name="")))
