"""Casting: for everybody who would be in a new clip, a grant that is there already, or a question. One step over a transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from walkon.consent import asking, tables
from walkon.consent import guardian_tables as guardians
from walkon.consent.asking import (
    A_DAY,
    MOST_OF_A_PAIR,
    MOST_OF_A_PERSON,
    SHUT_S,
    Ask,
    AskState,
    Consent,
    NotEnrolled,
    TooManyAsks,
    TopicRefused,
)
from walkon.consent.decisions import Decision, DecisionKind, Fact, Record
from walkon.consent.grants import Grant, Permission, Source
from walkon.consent.guardians import Guardianship, bound, counts
from walkon.consent.likeness import Audience, Likeness, Objection, Part, Wish, needs_no_ask, rules_of
from walkon.consent.topics import topics_of
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.types.ids import AskId, GrantId, PersonId, new_long_id
from walkon.types.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Casting:
    """What came of it. asks: what must be answered first. grants: who agrees already."""

    asks: tuple[Ask, ...] = ()
    grants: tuple[Grant, ...] = ()

    @property
    def settled(self) -> bool:
        """Nobody need be asked."""
        return not self.asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Caster:
    """record: writes decisions down. open_for: how long a question stays open. chance: a random number from 0 to 1."""

    record: Record
    open_for: timedelta
    chance: Callable[[], float]

    async def cast(self, tx: Transaction, terms: Terms, named: Mapping[PersonId, frozenset[Part]], now: datetime) -> Casting:
        """Note who is in the clip, grant what may be granted, and ask the rest.

        named: whom the scene shows (accounts), and which parts it needs of each. Whoever is in the clip it takes up stays in it,
        named or not. Raises NotEnrolled for one's own likeness, TooManyAsks, and TopicRefused where the asker may know the rule;
        nothing may be kept then.
        """
        asks: list[Ask] = []
        grants: list[Grant] = []
        for person, parts, kept in await _everybody(tx, terms, named):
            await tables.appear(tx, terms.clip, person, kept=kept, now=now)
            found = await self._settle(tx, terms, person, parts, now)
            if isinstance(found, Ask):
                await self._put_ask(tx, found)
                asks.append(found)
            else:
                await self._put_grant(tx, found, now)
                grants.append(found)
        return Casting(asks=tuple(asks), grants=tuple(grants))

    async def _settle(self, tx: Transaction, terms: Terms, owner: PersonId, parts: frozenset[Part], now: datetime) -> Ask | Grant:
        asker = await person_of(tx, terms.requester)
        guarded = await guardians.guardianship_of(tx, owner, now)
        likeness = await _lent(tx, owner, now)
        if likeness is not None:
            young_asker = await guardians.guardianship_of(tx, asker, now) is not None
            likeness = bound(likeness, young_owner=guarded is not None, young_asker=young_asker)
        lent = parts & likeness.parts if likeness else parts
        wish = Wish(asker=asker, place=terms.place, parts=lent, topics=topics_of(terms.words), at=now)
        if likeness is None:
            if asker == owner:
                raise NotEnrolled(owner)
            return await self._ask(tx, terms, owner, wish, heard=not await tables.is_shut(tx, owner, asker, terms.place))
        given = await tables.permissions_of(tx, owner, asker)
        permission = next((one for one in given if one.covers(wish, likeness) and counts(guarded, one.given_at)), None)
        if objection := rules_of(likeness).objection(wish):
            if objection is Objection.TOPIC and (permission or asker == owner or _knows_the_rules(likeness)):
                raise TopicRefused(owner, wish.topics & likeness.refused)
            return await self._ask(tx, terms, owner, wish, heard=False)
        if grant := await _granted(tx, terms, likeness, wish, permission, guarded):
            return grant
        if asker == owner:
            own = await self._ask(tx, terms, owner, wish, heard=True)
            return asking.hand_on(own, owner, Consent(parts=own.parts), now)
        return await self._ask(tx, terms, owner, wish, heard=not await tables.is_shut(tx, owner, asker, terms.place))

    async def _ask(self, tx: Transaction, terms: Terms, owner: PersonId, wish: Wish, *, heard: bool) -> Ask:
        await _refuse_more_than_a_day_bears(tx, owner, wish)
        shortest, longest = SHUT_S
        shut_for = timedelta(seconds=shortest + self.chance() * (longest - shortest))
        parts = wish.parts or frozenset({Part.FACE})
        return Ask(
            id=AskId(new_long_id()),
            clip=terms.clip,
            owner=owner,
            requester=wish.asker,
            place=terms.place,
            digest=terms.digest(parts),
            parts=parts,
            asked_at=wish.at,
            expires_at=wish.at + (self.open_for if heard else min(shut_for, self.open_for)),
            heard=heard,
        )

    async def _put_ask(self, tx: Transaction, ask: Ask) -> None:
        await tables.put_ask(tx, ask)
        about: dict[str, Fact] = {"ask": ask.id, "clip": ask.clip, "place": ask.place, "digest": ask.digest.hex()}
        facts: dict[str, Fact] = {**about, "parts": sorted(ask.parts), "heard": ask.heard}
        others = {"requester": ask.requester}
        await self.record(tx, Decision(kind=DecisionKind.ASKED, about=ask.owner, at=ask.asked_at, others=others, facts=facts))
        if ask.state is AskState.WITH_GUARDIAN:
            await self.record(tx, handed_on(ask, await guardian_behind(tx, ask, ask.asked_at), ask.asked_at))

    async def _put_grant(self, tx: Transaction, grant: Grant, now: datetime) -> None:
        await tables.put_grant(tx, grant)
        await tables.mark_used(tx, grant.owner, now)
        await self.record(tx, granted(grant))


def granted(grant: Grant, kind: DecisionKind = DecisionKind.GRANTED) -> Decision:
    """The entry for a grant."""
    facts: dict[str, Fact] = {
        "grant": grant.id,
        "clip": grant.clip,
        "place": grant.place,
        "source": grant.source,
        "parts": sorted(grant.parts),
        "digest": grant.digest.hex(),
        "covers_remix": grant.covers_remix,
        "may_travel": grant.may_travel,
    }
    return Decision(kind=kind, about=grant.owner, at=grant.given_at, others={"requester": grant.requester}, facts=facts)


async def _everybody(
    tx: Transaction, terms: Terms, named: Mapping[PersonId, frozenset[Part]]
) -> list[tuple[PersonId, frozenset[Part], bool]]:
    """Each person once: those named, then those kept from the clip it takes up, with the parts that clip had of them."""
    found: dict[PersonId, tuple[frozenset[Part], bool]] = {}
    for account, parts in named.items():
        person = await person_of(tx, account)
        found[person] = (found[person][0] | parts if person in found else parts, False)
    if terms.reference is not None:
        before = {grant.owner: grant.parts for grant in await tables.grants_of(tx, terms.reference)}
        for person in await tables.people_in(tx, terms.reference):
            found.setdefault(person, (before.get(person, frozenset({Part.FACE})), True))
    return [(person, parts, kept) for person, (parts, kept) in found.items()]


async def _lent(tx: Transaction, owner: PersonId, now: datetime) -> Likeness | None:
    likeness = await tables.likeness_of(tx, owner)
    return likeness if likeness and now < likeness.lapses_at else None


def _knows_the_rules(likeness: Likeness) -> bool:
    return likeness.audience in (Audience.EVERYONE, Audience.MEMBERS_OF_PLACES)


async def guardian_behind(tx: Transaction, ask: Ask, now: datetime) -> PersonId | None:
    """The person whose second yes an ask needs, None where nobody looks after its owner, or nobody known."""
    return await guardians.guardian_of(tx, await guardians.guardianship_of(tx, ask.owner, now))


def handed_on(ask: Ask, guardian: PersonId | None, now: datetime) -> Decision:
    """The entry for a young person's yes."""
    facts: dict[str, Fact] = {"ask": ask.id, "clip": ask.clip, "place": ask.place, "digest": ask.digest.hex()}
    others = {"requester": ask.requester, **({"guardian": guardian} if guardian else {})}
    return Decision(kind=DecisionKind.HANDED_ON, about=ask.owner, at=now, others=others, facts=facts)


def _basis(terms: Terms, likeness: Likeness, wish: Wish) -> Grant:
    """The plainest yes for the wish."""
    return Grant(
        id=GrantId(new_long_id()),
        clip=terms.clip,
        owner=likeness.owner,
        requester=wish.asker,
        likeness=likeness.id,
        place=terms.place,
        digest=terms.digest(wish.parts),
        parts=wish.parts,
        source=Source.OWN,
        given_at=wish.at,
        may_travel=likeness.may_travel,
    )


async def _granted(
    tx: Transaction, terms: Terms, likeness: Likeness, wish: Wish, permission: Permission | None, guarded: Guardianship | None
) -> Grant | None:
    """The yes that is there without asking, None if there is none. For the young, only what their guardian agreed to counts."""
    plain = _basis(terms, likeness, wish)
    if wish.asker == likeness.owner:
        return None if guarded else plain
    before = await _yes_to_remixes(tx, terms, likeness, wish)
    if before is not None and counts(guarded, before.given_at):
        return replace(plain, source=Source.REMIX, via=before.id, covers_remix=True, may_travel=before.may_travel)
    remixes = terms.reference is not None and likeness.owner in await tables.people_in(tx, terms.reference)
    if permission is not None and (permission.covers_remix or not remixes):
        widened = replace(plain, covers_remix=permission.covers_remix, may_travel=permission.may_travel)
        return replace(widened, source=Source.STANDING, via=permission.id, expires_at=permission.until)
    if needs_no_ask(likeness, wish) and not await tables.is_shut(tx, likeness.owner, wish.asker, wish.place):
        return replace(plain, source=Source.AUDIENCE)
    return None


async def _yes_to_remixes(tx: Transaction, terms: Terms, likeness: Likeness, wish: Wish) -> Grant | None:
    """The yes for the clip this one takes up, where it covers remixes of that clip, here and with these parts."""
    if terms.reference is None:
        return None
    for grant in await tables.grants_of(tx, terms.reference):
        live = grant.withdrawn_at is None and (grant.expires_at is None or wish.at < grant.expires_at)
        fits = grant.owner == likeness.owner and grant.likeness == likeness.id and wish.parts <= grant.parts
        if live and fits and grant.covers_remix and (grant.may_travel or wish.place == grant.place):
            return grant
    return None


async def _refuse_more_than_a_day_bears(tx: Transaction, owner: PersonId, wish: Wish) -> None:
    since = wish.at - A_DAY
    for requester, most in ((wish.asker, MOST_OF_A_PAIR), (None, MOST_OF_A_PERSON)):
        number, first = await tables.count_asks(tx, owner, since, requester)
        if number >= most and first is not None:
            raise TooManyAsks(first + A_DAY)
