"""Enrolments as rows: the challenge, where it stands, who decided. No picture and no sound is here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Boolean, Column, Index, Row, String, Table, delete, insert, or_, select, update

from walkon.consent.enrolment import Challenge, Enrolment, EnrolmentState, IdentityLevel, Refusal, Turn, UploadFault, Verdict
from walkon.store.schema import INT64, METADATA, EnumText
from walkon.store.sealed_columns import Sealed, SealedId
from walkon.store.thread import Transaction
from walkon.types.clock import from_ms, to_ms
from walkon.types.ids import PersonId

ENROLMENT = Table(
    "enrolment",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("person_id", SealedId(), nullable=False),
    Column("name", Sealed("enrolment.name"), nullable=False),
    Column("state", EnumText(EnrolmentState), nullable=False),
    Column("digits", Sealed("enrolment.digits", 6), nullable=False),
    Column("turns", String(64), nullable=False),
    Column("issued_ms", INT64, nullable=False),
    Column("expires_ms", INT64, nullable=False),
    Column("received_ms", INT64),
    Column("has_voice", Boolean, nullable=False),
    Column("verdicts", Sealed("enrolment.verdicts"), nullable=False),
    Column("level", EnumText(IdentityLevel), nullable=False),
    Column("decided_by_id", SealedId()),
    Column("decided_ms", INT64),
    Column("reason", EnumText(Refusal)),
    Column("reason_words", Sealed("enrolment.reason_words"), nullable=False),
    Column("fault", EnumText(UploadFault)),
    Index("ix_enrolment_person_id_issued_ms", "person_id", "issued_ms"),
    Index("ix_enrolment_state", "state"),
)
PERSONAL = {"enrolment": dict.fromkeys(("person_id", "name", "digits", "decided_by_id", "reason_words"), "erased by person")}
"""Columns that say something about a person, and what erases them."""


async def add(tx: Transaction, challenge: Challenge) -> None:
    """A challenge was shown."""
    await tx.execute(
        insert(ENROLMENT).values(
            id=challenge.id,
            person_id=challenge.person,
            name=challenge.name,
            state=EnrolmentState.CHALLENGED,
            digits=challenge.digits,
            turns=" ".join(challenge.turns),
            issued_ms=to_ms(challenge.issued_at),
            expires_ms=to_ms(challenge.expires_at),
            has_voice=False,
            verdicts="[]",
            level=IdentityLevel.NONE,
            reason_words="",
        )
    )


async def keep(tx: Transaction, enrolment: Enrolment) -> None:
    """Everything about it that changes."""
    await tx.execute(
        update(ENROLMENT)
        .where(ENROLMENT.c.id == enrolment.id)
        .values(
            state=enrolment.state,
            received_ms=to_ms(enrolment.received_at) if enrolment.received_at else None,
            has_voice=enrolment.has_voice,
            verdicts=msgspec.json.encode(enrolment.verdicts).decode(),
            level=enrolment.level,
            decided_by_id=enrolment.decided_by,
            decided_ms=to_ms(enrolment.decided_at) if enrolment.decided_at else None,
            reason=enrolment.reason,
            reason_words=enrolment.reason_words,
            fault=enrolment.fault,
        )
    )


async def get(tx: Transaction, id: str) -> Enrolment | None:
    """The enrolment of that id."""
    row = (await tx.execute(select(ENROLMENT).where(ENROLMENT.c.id == id))).first()
    return _enrolment(row) if row else None


async def issued_to(tx: Transaction, person: PersonId, since: datetime) -> Sequence[datetime]:
    """When challenges were shown to a person."""
    rows = await tx.execute(select(ENROLMENT.c.issued_ms).where(ENROLMENT.c.person_id == person, ENROLMENT.c.issued_ms > to_ms(since)))
    return [from_ms(ms) for ms in rows.scalars()]


async def open_of(tx: Transaction, person: PersonId) -> Sequence[Enrolment]:
    """A person's enrolments that wait for something, oldest first."""
    waiting = ENROLMENT.c.state.in_([EnrolmentState.CHALLENGED, EnrolmentState.IN_REVIEW])
    rows = await tx.execute(select(ENROLMENT).where(ENROLMENT.c.person_id == person, waiting).order_by(ENROLMENT.c.issued_ms))
    return [_enrolment(row) for row in rows]


async def accepted_of(tx: Transaction, person: PersonId) -> Enrolment | None:
    """The enrolment that a person's likeness rests on, None if none does."""
    where = (ENROLMENT.c.person_id == person) & (ENROLMENT.c.state == EnrolmentState.ACCEPTED)
    row = (await tx.execute(select(ENROLMENT).where(where))).first()
    return _enrolment(row) if row else None


async def supersede(tx: Transaction, accepted: Enrolment) -> None:
    """From now on the person's likeness rests on this one alone."""
    older = (ENROLMENT.c.person_id == accepted.person) & (ENROLMENT.c.id != accepted.id)
    old = update(ENROLMENT).where(older, ENROLMENT.c.state == EnrolmentState.ACCEPTED)
    await tx.execute(old.values(state=EnrolmentState.SUPERSEDED))


async def in_review(tx: Transaction) -> Sequence[Enrolment]:
    """What waits for an operator, oldest first."""
    query = select(ENROLMENT).where(ENROLMENT.c.state == EnrolmentState.IN_REVIEW)
    return [_enrolment(row) for row in await tx.execute(query.order_by(ENROLMENT.c.received_ms))]


async def overdue(tx: Transaction, expired: datetime, received_before: datetime) -> Sequence[Enrolment]:
    """Challenges that expired by then, and videos that were received before a moment and still wait."""
    challenges = (ENROLMENT.c.state == EnrolmentState.CHALLENGED) & (ENROLMENT.c.expires_ms <= to_ms(expired))
    videos = (ENROLMENT.c.state == EnrolmentState.IN_REVIEW) & (ENROLMENT.c.received_ms <= to_ms(received_before))
    return [_enrolment(row) for row in await tx.execute(select(ENROLMENT).where(or_(challenges, videos)))]


async def everybody(tx: Transaction) -> frozenset[PersonId]:
    """Everybody who ever began to enrol."""
    return frozenset(PersonId(id) for id in (await tx.execute(select(ENROLMENT.c.person_id).distinct())).scalars())


async def forget(tx: Transaction, person: PersonId) -> None:
    """Remove all enrolments of a person."""
    await tx.execute(delete(ENROLMENT).where(ENROLMENT.c.person_id == person))
    decided = update(ENROLMENT).where(ENROLMENT.c.decided_by_id == person)
    await tx.execute(decided.values(decided_by_id=None))


def _enrolment(row: Row[Any]) -> Enrolment:
    return Enrolment(
        id=row.id,
        person=PersonId(row.person_id),
        name=row.name,
        state=row.state,
        digits=row.digits,
        turns=tuple(Turn(turn) for turn in row.turns.split()),
        issued_at=from_ms(row.issued_ms),
        expires_at=from_ms(row.expires_ms),
        received_at=_moment(row.received_ms),
        has_voice=row.has_voice,
        verdicts=msgspec.json.decode(row.verdicts, type=tuple[Verdict, ...]),
        level=row.level,
        decided_by=PersonId(row.decided_by_id) if row.decided_by_id else None,
        decided_at=_moment(row.decided_ms),
        reason=row.reason,
        reason_words=row.reason_words,
        fault=row.fault,
    )


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)
