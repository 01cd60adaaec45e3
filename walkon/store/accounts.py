"""Who is one person: accounts of several platforms that were joined. Every room that binds a person looks them up here.

A person is named by one of their accounts. An account that was never joined is its own person and has no row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, Row, Select, Table, bindparam, delete, func, or_, select, union, update

from walkon.store.database import Transaction
from walkon.store.schema import INT64, METADATA, insert
from walkon.store.sealed_columns import SealedId
from walkon.types.ids import PersonId

ACCOUNT = Table(
    "account",
    METADATA,
    Column("account_id", SealedId(), primary_key=True),
    Column("person_id", SealedId(), nullable=False),
    Column("linked_ms", INT64, nullable=False),
    Index("ix_account_person_id", "person_id"),
)
LINK = Table(
    "account_link",
    METADATA,
    Column("account_id", SealedId(), primary_key=True),
    Column("code_sha256", LargeBinary, nullable=False, unique=True),
    Column("claimed_by_id", SealedId()),
    Column("expires_ms", INT64, nullable=False),
)
PERSONAL = {
    ACCOUNT.name: dict.fromkeys(("account_id", "person_id"), "erased by person"),
    LINK.name: dict.fromkeys(("account_id", "claimed_by_id"), "erased by person, and when the code has run out"),
}


_ASKED = bindparam("account", type_=ACCOUNT.c.account_id.type)
_OWN = select(ACCOUNT.c.person_id).where(ACCOUNT.c.account_id == _ASKED).scalar_subquery()
_JOINED = select(ACCOUNT.c.account_id, ACCOUNT.c.person_id).where(ACCOUNT.c.person_id == func.coalesce(_OWN, _ASKED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One account offers to be joined with whichever account shows its code. claimed_by: the account that did."""

    account: PersonId
    code_sha256: bytes
    expires_ms: int
    claimed_by: PersonId | None = None


_BEHIND = select(ACCOUNT.c.person_id).where(ACCOUNT.c.account_id == bindparam("account"))


async def person_of(tx: Transaction, account: PersonId) -> PersonId:
    """The person behind an account; the account itself where it was joined with none."""
    row = (await tx.execute(_BEHIND, {"account": account})).first()
    return PersonId(row.person_id) if row else account


async def accounts_of(tx: Transaction, account: PersonId) -> Sequence[PersonId]:
    """Every account of the person behind this one, itself included, in a fixed order."""
    rows = (await tx.execute(_JOINED, {"account": account})).all()
    return sorted({account, *(PersonId(name) for row in rows for name in row)})


async def accounts_among(tx: Transaction, named: Select[Any]) -> frozenset[PersonId]:
    """Every account of everybody whom a query names by any of their accounts."""
    joined = select(ACCOUNT.c.person_id).where(ACCOUNT.c.account_id.in_(named))
    others = select(ACCOUNT.c.account_id).where(or_(ACCOUNT.c.person_id.in_(named), ACCOUNT.c.person_id.in_(joined)))
    return frozenset(PersonId(account) for account in (await tx.execute(union(named, joined, others))).scalars())


async def join(tx: Transaction, person: PersonId, other: PersonId, now_ms: int) -> None:
    """From now on all accounts of `other` are accounts of `person`. Both must name a person."""
    await tx.execute(update(ACCOUNT).where(ACCOUNT.c.person_id == other).values(person_id=person))
    for account in (person, other):
        row = insert(ACCOUNT).values(account_id=account, person_id=person, linked_ms=now_ms)
        await tx.execute(row.on_conflict_do_update(index_elements=["account_id"], set_={"person_id": person}))


async def put_offer(tx: Transaction, offer: Offer) -> None:
    """Write the offer over a former one of its account."""
    values = {"code_sha256": offer.code_sha256, "claimed_by_id": offer.claimed_by, "expires_ms": offer.expires_ms}
    row = insert(LINK).values(account_id=offer.account, **values)
    await tx.execute(row.on_conflict_do_update(index_elements=["account_id"], set_=values))


async def offer_of(tx: Transaction, account: PersonId) -> Offer | None:
    """What an account offers, None if nothing."""
    row = (await tx.execute(select(LINK).where(LINK.c.account_id == account))).first()
    return _offer(row) if row else None


async def offer_coded(tx: Transaction, code_sha256: bytes) -> Offer | None:
    """The offer of that code, None if there is none."""
    row = (await tx.execute(select(LINK).where(LINK.c.code_sha256 == code_sha256))).first()
    return _offer(row) if row else None


async def drop_offers(tx: Transaction, account: PersonId, now_ms: int) -> None:
    """The account offers nothing any more; whatever has run out goes with it."""
    await tx.execute(delete(LINK).where((LINK.c.account_id == account) | (LINK.c.expires_ms <= now_ms)))


def _offer(row: Row[Any]) -> Offer:
    claimed = PersonId(row.claimed_by_id) if row.claimed_by_id else None
    return Offer(account=PersonId(row.account_id), code_sha256=row.code_sha256, expires_ms=row.expires_ms, claimed_by=claimed)


async def forget(tx: Transaction, account: PersonId) -> None:
    """The account was joined with none, and offers nothing."""
    await tx.execute(delete(ACCOUNT).where(ACCOUNT.c.account_id == account))
    await tx.execute(delete(LINK).where((LINK.c.account_id == account) | (LINK.c.claimed_by_id == account)))
