"""The gate: whether everybody in a clip agrees, now. Asked at the command, before the line, at the claim, before encoding, before
the result is recorded, before every showing and before anything is built on a clip. What it says is true in its transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from walkon.consent import guardian_tables as guardians
from walkon.consent import tables
from walkon.consent.grants import Circumstances, Grant, Permission, Source, Use, Verdict, effective
from walkon.consent.guardians import bound
from walkon.consent.topics import topics_of
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.types.ids import PersonId, PlaceId
from walkon.types.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the gate found for one person in a clip. grant: what was given, if anything was. may_travel: as far as they are concerned."""

    person: PersonId
    verdict: Verdict
    grant: Grant | None = None
    may_travel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is about to happen: with which clip, where it will be seen, and whom its scene names (accounts or persons)."""

    terms: Terms
    place: PlaceId
    named: Iterable[PersonId] = ()
    use: Use = Use.MAKE


async def judge(tx: Transaction, passage: Passage, now: datetime) -> tuple[Judged, ...]:
    """A verdict for each person who is in the clip: everybody its scene names and everybody kept from what it was made from."""
    named = {await person_of(tx, person) for person in passage.named}
    people = named | set(await tables.people_in(tx, passage.terms.clip))
    if not people:
        return ()
    grants = {grant.owner: grant for grant in await tables.grants_of(tx, passage.terms.clip)}
    return tuple([await _judged(tx, passage, person, grants.get(person), now) for person in sorted(people)])


async def objections(tx: Transaction, passage: Passage, now: datetime) -> tuple[Judged, ...]:
    """Those who do not agree; empty where it may go on."""
    return tuple(judged for judged in await judge(tx, passage, now) if judged.verdict is not Verdict.LIVE)


async def _judged(tx: Transaction, passage: Passage, person: PersonId, grant: Grant | None, now: datetime) -> Judged:
    guarded = await guardians.guardianship_of(tx, person, now)
    likeness = await tables.likeness_of(tx, person)
    if likeness is not None:
        young_asker = await guardians.guardianship_of(tx, passage.terms.requester, now) is not None
        likeness = bound(likeness, young_owner=guarded is not None, young_asker=young_asker)
    facts = Circumstances(
        terms=passage.terms,
        place=passage.place,
        topics=topics_of(passage.terms.words),
        now=now,
        use=passage.use,
        likeness=likeness,
        rests_on=await _rests_on(tx, grant),
        guarded_since=guarded.since if guarded else None,
    )
    may_travel = grant is not None and facts.may_travel(grant)
    return Judged(person=person, verdict=effective(grant, facts), grant=grant, may_travel=may_travel)


async def _rests_on(tx: Transaction, grant: Grant | None) -> Permission | Grant | None:
    if grant is None or grant.via is None:
        return None
    return await (tables.permission_of(tx, grant.via) if grant.source is Source.STANDING else tables.grant_of(tx, grant.via))
