"""Enrolling, step by step. The upload lives in memory only, for as long as it is read; what is kept goes into the vault."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from walkon.consent import enrolment_tables as tables
from walkon.consent.artefacts import Artefact, ArtefactKind
from walkon.consent.enrolled import Enrolled
from walkon.consent.enrolment import (
    LOCKED_FOR,
    MAX_UPLOAD_BYTES,
    REASON_LIMIT,
    REVIEW_FOR,
    REVIEW_VIDEO_FOR,
    Challenge,
    Decoded,
    Decoder,
    Enrolment,
    EnrolmentCheck,
    EnrolmentClosed,
    EnrolmentState,
    Evidence,
    IdentityLevel,
    NoChallenge,
    OperatorDecides,
    Outcome,
    OwnEnrolment,
    Question,
    Refusal,
    TriesUsed,
    UploadFault,
    UploadRefused,
    Verdict,
    judged,
    new_challenge,
    tries_left,
)
from walkon.consent.vault import Vault
from walkon.store.database import Database, Transaction
from walkon.store.keys import Keys
from walkon.types.clock import Clock
from walkon.types.ids import PersonId

log = structlog.get_logger(__name__)

SWEEP_EVERY_S = 60.0

OPERATORS_ANSWER = tuple(OperatorDecides(question) for question in Question)
"""The checks of a host without an identity model."""


Then = Callable[[Transaction, Enrolment], Awaitable[None]]
"""What else happens in the transaction of an acceptance: the likeness that rests on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What enrolling works with. then: see `Then`. operator_always: also where every check passes."""

    database: Database
    keys: Keys
    decode: Decoder
    clock: Clock
    then: Then
    checks: Sequence[EnrolmentCheck] = OPERATORS_ANSWER
    operator_always: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Material:
    """What an operator sees. video: None once its hour is over, or where there is nothing to decide."""

    enrolment: Enrolment
    stills: tuple[bytes, ...]
    voice: bytes | None
    video: bytes | None


class Enrolments:
    """From the challenge to the decision. People are resolved persons, whatever account they use."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._vault, self._enrolled = Vault(means.keys), Enrolled(means.keys)

    async def begin(self, person: PersonId, name: str) -> Challenge:
        """The challenge to show: a fresh one, or the same as before while that is open. name: as operators will read it.

        Raises TriesUsed.
        """
        now = self._means.clock.now()

        async def step(tx: Transaction) -> Challenge:
            for waiting in await tables.open_of(tx, person):
                if waiting.state is EnrolmentState.CHALLENGED and now < waiting.expires_at:
                    return _challenge(waiting, await self._tries_left(tx, person, now))
            left = tries_left(await tables.issued_to(tx, person, now - LOCKED_FOR), now)
            challenge = new_challenge(person, now, name=name, tries_left=left - 1)
            await tables.add(tx, challenge)
            return challenge

        return await self._means.database.write(step)

    async def receive(self, person: PersonId, upload: AsyncIterator[bytes], *, declared_bytes: int | None, sent_at: datetime) -> Enrolment:
        """Take the video for the person's open challenge, which is used up by it whatever comes of it.

        declared_bytes: what the platform says of its size. sent_at: when the platform got it. The answer is IN_REVIEW, REFUSED by
        a check, or ACCEPTED where every check passed and no operator need look. Raises NoChallenge; UploadRefused.
        """
        enrolment = await self._used(person, sent_at)
        try:
            body = await _bounded(upload, declared_bytes)
            decoded = await self._means.decode(body)
        except UploadRefused as refused:
            left = await self._faulty(enrolment, refused.fault)
            raise UploadRefused(refused.fault, left) from None
        evidence = Evidence(challenge=_challenge(enrolment, 0), upload=body, decoded=decoded)
        verdicts = tuple([await _asked(check, evidence) for check in self._means.checks])
        return await self._kept(enrolment, decoded, verdicts)

    async def waiting(self) -> Sequence[Enrolment]:
        """What waits for an operator, oldest first."""
        return await self._means.database.read(tables.in_review)

    async def material(self, enrolment_id: str) -> Material:
        """What an operator needs to see, opened in memory. Raises EnrolmentClosed."""

        async def step(tx: Transaction) -> Material:
            enrolment = await self._in_review(tx, enrolment_id)
            found = await self._enrolled.artefacts(tx, enrolment)
            opened = {artefact: await self._vault.open(tx, artefact) for artefact in found}
            return Material(
                enrolment=enrolment,
                stills=tuple(content for artefact, content in opened.items() if artefact.kind is ArtefactKind.STILL),
                voice=_first(opened, ArtefactKind.VOICE),
                video=_first(opened, ArtefactKind.REVIEW),
            )

        return await self._means.database.read(step)

    async def accept(self, enrolment_id: str, by: PersonId) -> Enrolment:
        """An operator saw that it is them. Raises EnrolmentClosed, OwnEnrolment."""
        now = self._means.clock.now()

        async def step(tx: Transaction) -> Enrolment:
            enrolment = await self._in_review(tx, enrolment_id)
            if by == enrolment.person:
                raise OwnEnrolment
            level = IdentityLevel.CHALLENGE_AND_OPERATOR
            accepted = replace(enrolment, state=EnrolmentState.ACCEPTED, level=level, decided_by=by, decided_at=now)
            return await self._settle(tx, accepted, now)

        return await self._means.database.write(step)

    async def refuse(self, enrolment_id: str, by: PersonId, reason: Refusal, *, words: str = "") -> Enrolment:
        """An operator says no; nothing of it is kept. Raises EnrolmentClosed."""
        now = self._means.clock.now()

        async def step(tx: Transaction) -> Enrolment:
            enrolment = await self._in_review(tx, enrolment_id)
            decided = replace(enrolment, decided_by=by, decided_at=now, reason=reason, reason_words=words[:REASON_LIMIT])
            return await self._settle(tx, replace(decided, state=EnrolmentState.REFUSED), now)

        return await self._means.database.write(step)

    async def withdraw(self, person: PersonId) -> bool:
        """The person stops it; nothing of it is kept. Returns whether there was anything to stop."""
        now = self._means.clock.now()

        async def step(tx: Transaction) -> bool:
            waiting = await tables.open_of(tx, person)
            for enrolment in waiting:
                await self._settle(tx, replace(enrolment, state=EnrolmentState.WITHDRAWN, decided_at=now), now)
            return bool(waiting)

        return await self._means.database.write(step)

    async def sweep(self) -> int:
        """Destroy what may wait no longer: videos after an hour, the rest after a week. Returns how many it touched."""
        now = self._means.clock.now()

        async def step(tx: Transaction) -> int:
            late = await tables.overdue(tx, now, now - REVIEW_VIDEO_FOR)
            for enrolment in late:
                await self._overdue(tx, enrolment, now)
            return len(late)

        return await self._means.database.write(step)

    async def _tries_left(self, tx: Transaction, person: PersonId, now: datetime) -> int:
        try:
            return tries_left(await tables.issued_to(tx, person, now - LOCKED_FOR), now)
        except TriesUsed:
            return 0

    async def _used(self, person: PersonId, sent_at: datetime) -> Enrolment:
        """The person's challenge, used up. It is written down before the upload is read, so that a crash gives no second try."""
        now = self._means.clock.now()

        async def step(tx: Transaction) -> Enrolment:
            for enrolment in await tables.open_of(tx, person):
                if enrolment.state is EnrolmentState.CHALLENGED and enrolment.issued_at <= sent_at < enrolment.expires_at:
                    used = replace(enrolment, state=EnrolmentState.EXPIRED, received_at=now)
                    await tables.keep(tx, used)
                    return used
            raise NoChallenge

        return await self._means.database.write(step)

    async def _faulty(self, enrolment: Enrolment, fault: UploadFault) -> int:
        now = self._means.clock.now()

        async def step(tx: Transaction) -> int:
            await self._settle(tx, replace(enrolment, state=EnrolmentState.REFUSED, fault=fault, decided_at=now), now)
            return await self._tries_left(tx, enrolment.person, now)

        return await self._means.database.write(step)

    async def _kept(self, enrolment: Enrolment, decoded: Decoded, verdicts: tuple[Verdict, ...]) -> Enrolment:
        now = self._means.clock.now()
        state, reason = judged(verdicts, operator_always=self._means.operator_always)
        came = replace(enrolment, verdicts=verdicts, has_voice=decoded.voice is not None, reason=reason, received_at=now)

        async def step(tx: Transaction) -> Enrolment:
            if state is EnrolmentState.REFUSED:
                return await self._settle(tx, replace(came, state=state, decided_at=now), now)
            for other in await tables.open_of(tx, enrolment.person):
                await self._settle(tx, replace(other, state=EnrolmentState.WITHDRAWN, decided_at=now), now)
            await self._put_away(tx, came, decoded, now)
            if state is EnrolmentState.ACCEPTED:
                return await self._settle(tx, replace(came, state=state, level=IdentityLevel.CHALLENGE, decided_at=now), now)
            waiting = replace(came, state=state)
            await tables.keep(tx, waiting)
            await self._enrolled.write_down(tx, waiting, now)
            return waiting

        return await self._means.database.write(step)

    async def _put_away(self, tx: Transaction, enrolment: Enrolment, decoded: Decoded, now: datetime) -> None:
        owner = self._means.keys.person_key(enrolment.person)
        things = [(ArtefactKind.STILL, still) for still in decoded.stills]
        things += [(ArtefactKind.VOICE, decoded.voice)] if decoded.voice else []
        for number, (kind, content) in enumerate([*things, (ArtefactKind.REVIEW, decoded.review)]):
            await self._vault.put(tx, owner, content, version=enrolment.id, kind=kind, number=number, now=now)

    async def _settle(self, tx: Transaction, enrolment: Enrolment, now: datetime) -> Enrolment:
        """Keep the decision, write it into the ledger, and destroy what no longer may be kept: all of it, or the video alone."""
        if enrolment.state is not EnrolmentState.ACCEPTED:
            await self._enrolled.end(tx, enrolment, now)
            return enrolment
        await self._enrolled.begin(tx, enrolment, now)
        await self._means.then(tx, enrolment)
        return enrolment

    async def _overdue(self, tx: Transaction, enrolment: Enrolment, now: datetime) -> None:
        if enrolment.state is EnrolmentState.CHALLENGED:
            await tables.keep(tx, replace(enrolment, state=EnrolmentState.EXPIRED))
        elif enrolment.received_at and now - enrolment.received_at >= REVIEW_FOR:
            await self._settle(tx, replace(enrolment, state=EnrolmentState.LAPSED, decided_at=now), now)
        else:
            found = await self._enrolled.artefacts(tx, enrolment)
            await self._vault.destroy(tx, [one for one in found if one.kind is ArtefactKind.REVIEW])

    async def _in_review(self, tx: Transaction, enrolment_id: str) -> Enrolment:
        enrolment = await tables.get(tx, enrolment_id)
        if enrolment is None or enrolment.state is not EnrolmentState.IN_REVIEW:
            raise EnrolmentClosed(enrolment.state if enrolment else None)
        return enrolment


async def keep_sweeping(enrolments: Enrolments) -> None:
    """Sweep every minute until cancelled."""
    while True:
        await enrolments.sweep()
        await asyncio.sleep(SWEEP_EVERY_S)


async def _bounded(upload: AsyncIterator[bytes], declared_bytes: int | None) -> bytes:
    if declared_bytes is not None and declared_bytes > MAX_UPLOAD_BYTES:
        raise UploadRefused(UploadFault.TOO_LARGE)
    body = bytearray()
    async for part in upload:
        if len(body) + len(part) > MAX_UPLOAD_BYTES:
            raise UploadRefused(UploadFault.TOO_LARGE)
        body += part
    if not body:
        raise UploadRefused(UploadFault.EMPTY)
    return bytes(body)


async def _asked(check: EnrolmentCheck, evidence: Evidence) -> Verdict:
    try:
        return await check.examine(evidence)
    except Exception as error:  # whatever broke, it has not passed
        log.error("check_broke", question=check.question, exc_info=error)
        return Verdict(question=check.question, outcome=Outcome.NOT_AVAILABLE)


def _challenge(enrolment: Enrolment, left: int) -> Challenge:
    return Challenge(
        id=enrolment.id,
        person=enrolment.person,
        name=enrolment.name,
        digits=enrolment.digits,
        turns=enrolment.turns,
        issued_at=enrolment.issued_at,
        expires_at=enrolment.expires_at,
        tries_left=left,
    )


def _first(opened: dict[Artefact, bytes], kind: ArtefactKind) -> bytes | None:
    return next((content for artefact, content in opened.items() if artefact.kind is kind), None)
