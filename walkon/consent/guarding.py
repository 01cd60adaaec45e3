"""Guarding: how somebody comes to look after a young person's account, what they set, and how it ends. Steps over a transaction.

A guardian asks for a code and says when the young person comes of age; the young person shows it, which is their word; the guardian
confirms exactly that account. Each step that changes something is a decision about the young person.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from walkon.consent import asking, tables
from walkon.consent import guardian_tables as guardians
from walkon.consent.accounts import NotClaimed, SamePerson, UnknownCode
from walkon.consent.codes import VALID_FOR, fresh_code, sha256_of
from walkon.consent.deciding import Decider
from walkon.consent.decisions import Decision, DecisionKind, Fact, Record
from walkon.consent.guardians import AlreadyGuarded, Guardianship, Limits, MayNotGuard, NotYours, Offer
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.types.ids import ClipId, PersonId, PersonKey
from walkon.types.people import Person


async def offer(tx: Transaction, guardian: Person, of_age_at: datetime, now: datetime) -> str:
    """A fresh code for the account to look after; a former one is void. Raises MayNotGuard."""
    if await guardians.guardianship_of(tx, guardian.id, now):
        raise MayNotGuard
    await guardians.drop_offers(tx, guardian.id, now)
    code = fresh_code()
    put = Offer(guardian=guardian, code_sha256=sha256_of(code), of_age_at=of_age_at, expires_at=now + VALID_FOR)
    await guardians.put_offer(tx, put)
    return code


async def look(tx: Transaction, code: str, ward: PersonId, now: datetime) -> Offer:
    """The offer that `ward` would agree to. Raises UnknownCode, SamePerson, AlreadyGuarded, MayNotGuard."""
    found = await guardians.offer_coded(tx, sha256_of(code))
    if found is None or now >= found.expires_at or (found.ward and found.ward.id != ward):
        raise UnknownCode
    await _may_be_joined(tx, found.guardian.id, ward, now)
    return found


async def claim(tx: Transaction, code: str, ward: Person, now: datetime) -> Offer:
    """The young person agrees: nothing holds before the guardian confirms. A code is good for one account. Raises as `look`."""
    found = replace(await look(tx, code, ward.id, now), ward=ward)
    await guardians.put_offer(tx, found)
    return found


async def confirm(tx: Transaction, guardian: PersonId, ward: PersonId, limits: Limits, now: datetime, *, record: Record) -> Guardianship:
    """The guardian confirms that `ward`, which agreed, is the account meant. What the ward allowed without asking ends.

    Raises UnknownCode, NotClaimed, SamePerson, AlreadyGuarded, MayNotGuard.
    """
    found = await guardians.offer_by(tx, guardian)
    if found is None or now >= found.expires_at:
        raise UnknownCode
    if found.ward is None or found.ward.id != ward:
        raise NotClaimed
    await _may_be_joined(tx, guardian, ward, now)
    made = Guardianship(ward=found.ward, guardian=found.guardian, since=now, of_age_at=found.of_age_at, limits=limits)
    await guardians.put(tx, made)
    await guardians.drop_offers(tx, guardian, now)
    await record(tx, await _about(tx, made, DecisionKind.GUARDED, now))
    for one in await tables.permissions_of(tx, await person_of(tx, ward)):
        await tables.put_permission(tx, replace(one, until=min(one.until or now, now)))
    return made


async def _may_be_joined(tx: Transaction, guardian: PersonId, ward: PersonId, now: datetime) -> None:
    if await person_of(tx, guardian) == await person_of(tx, ward):
        raise SamePerson
    if await guardians.guardianship_of(tx, ward, now):
        raise AlreadyGuarded
    if await guardians.guardianship_of(tx, guardian, now) or await guardians.wards_of(tx, ward, now):
        raise MayNotGuard


async def settle_mark(tx: Transaction, ward: Person, owner: PersonKey, limits: Limits, now: datetime) -> None:
    """Whoever was marked is known now: they are looked after, by nobody known, until an operator ends it or they come of age.

    owner: the ward's key. Nothing new can be agreed to for them meanwhile.
    """
    if await guardians.take_mark(tx, owner) and not await guardians.guardianship_of(tx, ward.id, now):
        await guardians.put(tx, Guardianship(ward=ward, guardian=None, since=now, of_age_at=None, limits=limits))


async def set_limits(tx: Transaction, by: PersonId, ward: PersonId, limits: Limits, now: datetime, *, record: Record) -> Guardianship:
    """Other limits hold from now on. Raises NotYours."""
    changed = replace(await _mine(tx, by, ward, now), limits=limits)
    await guardians.put(tx, changed)
    await record(tx, await _about(tx, changed, DecisionKind.GUARDIAN_LIMITS, now))
    return changed


async def take_back(
    tx: Transaction, by: PersonId, ward: PersonId, now: datetime, *, clip: ClipId | None, decider: Decider
) -> Collection[ClipId]:
    """The guardian takes back a yes for their ward, or (clip None) every yes; the clips that end by it. Raises NotYours."""
    await _mine(tx, by, ward, now)
    guardian = await person_of(tx, by)

    async def record(tx: Transaction, decision: Decision) -> None:
        await decider.record(tx, replace(decision, others={**decision.others, "guardian": guardian}))

    theirs, owner = Decider(record), await person_of(tx, ward)
    if clip is None:
        return await theirs.take_back_all(tx, owner, now)
    return await theirs.take_back(tx, owner, [one for one in await tables.agreed_to_by(tx, owner) if one == clip], now)


async def end(tx: Transaction, by: PersonId, ward: PersonId, now: datetime, *, record: Record, operator: bool = False) -> Guardianship:
    """Nobody looks after the account any more. operator: `by` is one, and may end any. Raises NotYours."""
    found = await guardians.guardianship_of(tx, ward, now) if operator else await _mine(tx, by, ward, now)
    if found is None:
        raise NotYours
    await _ended(tx, found, DecisionKind.UNGUARDED, now, record)
    return found


async def come_of_age(tx: Transaction, now: datetime, record: Record) -> None:
    """Note everybody who has come of age: what waited for their guardian is theirs alone to answer again."""
    for found in await guardians.of_age(tx, now):
        await _ended(tx, found, DecisionKind.CAME_OF_AGE, now, record)


async def end_all_by(tx: Transaction, guardian: PersonId, now: datetime, record: Record) -> None:
    """The guardian looks after nobody any more, since they are about to be forgotten."""
    for found in await guardians.wards_of(tx, guardian, now):
        await _ended(tx, found, DecisionKind.UNGUARDED, now, record)


async def _ended(tx: Transaction, found: Guardianship, kind: DecisionKind, now: datetime, record: Record) -> None:
    await record(tx, await _about(tx, found, kind, now))
    await guardians.remove(tx, found.ward.id)
    owner = await person_of(tx, found.ward.id)
    for ask in await tables.open_asks_to(tx, owner):
        back = asking.hand_back(ask, now)
        if back is not ask:
            await tables.put_ask(tx, back)
            facts: dict[str, Fact] = {"ask": ask.id, "clip": ask.clip}
            await record(tx, Decision(kind=DecisionKind.HANDED_BACK, about=owner, at=now, facts=facts))


async def _mine(tx: Transaction, by: PersonId, ward: PersonId, now: datetime) -> Guardianship:
    found = await guardians.guardianship_of(tx, ward, now)
    if found is None or await guardians.guardian_of(tx, found) != await person_of(tx, by):
        raise NotYours
    return found


async def _about(tx: Transaction, found: Guardianship, kind: DecisionKind, now: datetime) -> Decision:
    owner, guardian = await person_of(tx, found.ward.id), await guardians.guardian_of(tx, found)
    limits = found.limits
    facts: dict[str, Fact] = {
        "seconds_per_day": limits.seconds_per_day or 0,
        "quiet_hours": limits.quiet_hours or "",
        "places": sorted(limits.places),
    }
    return Decision(kind=kind, about=owner, at=now, others={"guardian": guardian} if guardian else {}, facts=facts)
