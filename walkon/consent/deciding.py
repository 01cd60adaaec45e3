"""Deciding: answers, second thoughts and changed rules, each with all that follows from it inside consent. Steps over a transaction.

What follows outside, for clips, jobs and messages, is the caller's, in the same transaction: `bot/agreement.py`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from walkon.consent import asking, door_tables, tables
from walkon.consent import guardian_tables as guardians
from walkon.consent.asking import (
    UNANSWERED,
    Ask,
    AskClosed,
    AskState,
    Consent,
    NeverAsk,
    NotEnrolled,
    NothingLent,
    Reach,
    Together,
    TopicRefused,
    UnknownAsk,
    together,
)
from walkon.consent.casting import granted, guardian_behind, handed_on
from walkon.consent.decisions import Decision, DecisionKind, Fact, Record
from walkon.consent.grants import Grant, Lasting, Permission, Source, until, withdraw
from walkon.consent.guardians import bound, narrowed
from walkon.consent.handles import HandleTaken, skeleton
from walkon.consent.likeness import Likeness, Objection, Wish, rules_of
from walkon.consent.topics import topics_of
from walkon.store.accounts import accounts_of, person_of
from walkon.store.database import Transaction
from walkon.types.ids import AskId, ClipId, GrantId, PermissionId, PersonId, PersonKey, PlaceId, new_long_id
from walkon.types.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An ask after its answer, and what the clip's asks come to."""

    ask: Ask
    together: Together


@dataclass(frozen=True, slots=True)
class Decider:
    """record: writes decisions down."""

    record: Record

    async def approve(self, tx: Transaction, id: AskId, account: PersonId, consent: Consent, terms: Terms, now: datetime) -> Answered:
        """The person's yes. terms: of the clip as it is now; where they are not what was asked, the ask is void.

        Raises UnknownAsk, NotYoursToAnswer, AskClosed, NothingLent, NotEnrolled (a yes means nothing before that), TopicRefused.
        """
        ask, by = await _ask_and_person(tx, id, account)
        guarded = await guardians.guardianship_of(tx, ask.owner, now)
        consent = narrowed(consent) if guarded else consent
        agreed = asking.hand_on(ask, by, consent, now) if guarded else asking.approve(ask, by, consent, now)
        if agreed is ask:
            return await self._together(tx, ask, now)
        likeness = await self._lent_now(tx, ask, consent, terms, now)
        if guarded is None:
            return await self._agree(tx, agreed, _grant(agreed, likeness, consent, terms, now), consent)
        await tables.put_ask(tx, agreed)
        await self.record(tx, handed_on(agreed, await guardians.guardian_of(tx, guarded), now))
        return await self._together(tx, agreed, now)

    async def second(self, tx: Transaction, id: AskId, account: PersonId, terms: Terms, now: datetime) -> Answered:
        """The guardian's yes to exactly what the young person said yes to. Raises as `approve`."""
        ask, by = await _ask_and_person(tx, id, account)
        agreed = asking.second(ask, by, await guardian_behind(tx, ask, now), now)
        if ask.given is None:
            raise NothingLent(ask.id)
        likeness = await self._lent_now(tx, ask, ask.given, terms, now)
        return await self._agree(tx, agreed, _grant(agreed, likeness, ask.given, terms, now), ask.given, guardian=by)

    async def veto(self, tx: Transaction, id: AskId, account: PersonId, now: datetime) -> Answered:
        """The guardian's no, final. Raises UnknownAsk, NotYoursToAnswer, AskClosed."""
        ask, by = await _ask_and_person(tx, id, account)
        ended = asking.veto(ask, by, await guardian_behind(tx, ask, now), now)
        await tables.put_ask(tx, ended)
        decision = _about_ask(ended, DecisionKind.REFUSED, now)
        await self.record(tx, replace(decision, others={**decision.others, "guardian": by}))
        return await self._together(tx, ended, now)

    async def _agree(self, tx: Transaction, agreed: Ask, grant: Grant, consent: Consent, *, guardian: PersonId | None = None) -> Answered:
        now = grant.given_at
        await tables.put_ask(tx, agreed)
        await tables.put_grant(tx, grant)
        await tables.mark_used(tx, agreed.owner, now)
        decision = granted(grant, DecisionKind.APPROVED)
        others = {**decision.others, "guardian": guardian} if guardian else decision.others
        await self.record(tx, replace(decision, others=others))
        if consent.lasting is not Lasting.THIS_CLIP:
            await self._permit(tx, agreed, grant, consent, now)
        return await self._together(tx, agreed, now)

    async def _lent_now(self, tx: Transaction, ask: Ask, consent: Consent, terms: Terms, now: datetime) -> Likeness:
        likeness = await tables.likeness_of(tx, ask.owner)
        if likeness is None or now >= likeness.lapses_at:
            raise NotEnrolled(ask.owner)
        if terms.clip != ask.clip or terms.digest(ask.parts) != ask.digest:
            raise AskClosed(ask.id, AskState.VOID, now)
        young = [await guardians.guardianship_of(tx, one, now) is not None for one in (ask.owner, ask.requester)]
        likeness = bound(likeness, young_owner=young[0], young_asker=young[1])
        wish = Wish(asker=ask.requester, place=ask.place, parts=consent.parts, topics=topics_of(terms.words), at=now)
        objection = rules_of(likeness).objection(wish)
        if objection is Objection.TOPIC:
            raise TopicRefused(ask.owner, wish.topics & likeness.refused)
        if objection is not None:
            raise NothingLent(ask.id)
        return likeness

    async def _permit(self, tx: Transaction, ask: Ask, grant: Grant, consent: Consent, now: datetime) -> None:
        permission = Permission(
            id=PermissionId(new_long_id()),
            owner=ask.owner,
            to=ask.requester,
            likeness=grant.likeness,
            place=ask.place,
            parts=grant.parts,
            given_at=now,
            until=until(consent.lasting, now),
            covers_remix=consent.covers_remix,
            may_travel=consent.may_travel,
        )
        await tables.put_permission(tx, permission)
        await self.record(tx, _about_permission(permission, DecisionKind.PERMITTED, now))

    async def refuse(self, tx: Transaction, id: AskId, account: PersonId, now: datetime) -> Answered:
        """The person's no, final, also after a yes. Raises UnknownAsk, NotYoursToAnswer, AskClosed."""
        ask, by = await _ask_and_person(tx, id, account)
        return await self._say_no(tx, ask, asking.refuse(ask, by, now), DecisionKind.REFUSED, now)

    async def withdraw(self, tx: Transaction, id: AskId, account: PersonId, now: datetime) -> Answered:
        """The person's yes, taken back before the clip was shown. Raises UnknownAsk, NotYoursToAnswer, AskClosed."""
        ask, by = await _ask_and_person(tx, id, account)
        return await self._say_no(tx, ask, asking.withdraw(ask, by, now), DecisionKind.WITHDRAWN, now)

    async def _say_no(self, tx: Transaction, ask: Ask, ended: Ask, kind: DecisionKind, now: datetime) -> Answered:
        if ended is not ask:
            await tables.put_ask(tx, ended)
            await self.record(tx, _about_ask(ended, kind, now))
            await self._end_grants(tx, [grant for grant in await tables.grants_of(tx, ask.clip) if grant.owner == ask.owner], now)
        return await self._together(tx, ended, now)

    async def _together(self, tx: Transaction, ask: Ask, now: datetime) -> Answered:
        outcome = together(await tables.asks_of(tx, ask.clip), now)
        if outcome is Together.DECLINED:
            await self.drop(tx, ask.clip, now)
        return Answered(ask=ask, together=outcome)

    async def expire(self, tx: Transaction, now: datetime) -> Sequence[ClipId]:
        """Note the silence of everybody whose time is over; the clips that end by it."""
        ended: dict[ClipId, None] = {}
        for ask in await tables.run_out(tx, now):
            await tables.put_ask(tx, asking.expire(ask, now))
            await self.record(tx, _about_ask(ask, DecisionKind.EXPIRED, now))
            await self.drop(tx, ask.clip, now)
            ended[ask.clip] = None
        return tuple(ended)

    async def drop(self, tx: Transaction, clip: ClipId, now: datetime) -> None:
        """The clip will not be made as it was asked for: its open questions and the answers to them are void."""
        for ask in await tables.asks_of(tx, clip):
            ended = asking.void(ask, now)
            if ended is not ask:
                await tables.put_ask(tx, ended)
                await self.record(tx, _about_ask(ended, DecisionKind.VOIDED, now))
        await self._end_grants(tx, await tables.grants_of(tx, clip), now, DecisionKind.VOIDED)

    async def _end_grants(
        self, tx: Transaction, grants: Iterable[Grant], now: datetime, kind: DecisionKind = DecisionKind.TAKEN_BACK
    ) -> set[ClipId]:
        """End grants, and all that rest on them; the clips of both."""
        due = [grant for grant in grants if grant.withdrawn_at is None]
        clips: set[ClipId] = set()
        while due:
            for grant in due:
                await tables.put_grant(tx, withdraw(grant, now))
                await self.record(tx, replace(granted(grant, kind), at=now))
                clips.add(grant.clip)
            due = list(await tables.grants_via(tx, [grant.id for grant in due]))
        return clips

    async def take_back(self, tx: Transaction, account: PersonId, clips: Iterable[ClipId], now: datetime) -> set[ClipId]:
        """The person takes back their yes for these clips; also where they are only kept in one. The clips that end by it.

        What was made from them, the caller finds by lineage.
        """
        owner = await person_of(tx, account)
        ended: set[ClipId] = set()
        for clip in clips:
            if owner not in await tables.people_in(tx, clip):
                continue
            for ask in await tables.asks_of(tx, clip):
                if ask.owner == owner and ask.state in (*UNANSWERED, AskState.APPROVED):
                    await self._close(tx, ask, now)
            await self._end_grants(tx, [grant for grant in await tables.grants_of(tx, clip) if grant.owner == owner], now)
            ended.add(clip)
        return ended

    async def take_back_all(self, tx: Transaction, account: PersonId, now: datetime) -> set[ClipId]:
        """Every yes of a person ends, standing ones too; what they were only asked stays open. The clips that end by it."""
        owner = await person_of(tx, account)
        ended = await self._end_permissions(tx, await tables.permissions_of(tx, owner), now)
        return ended | await self.take_back(tx, owner, await tables.agreed_to_by(tx, owner), now)

    async def _close(self, tx: Transaction, ask: Ask, now: datetime) -> None:
        said_yes = ask.state in (AskState.APPROVED, AskState.WITH_GUARDIAN)
        kind = DecisionKind.WITHDRAWN if said_yes else DecisionKind.REFUSED
        state = AskState.WITHDRAWN if said_yes else AskState.REFUSED
        ended = replace(ask, state=state, answered_at=now, given=None)
        await tables.put_ask(tx, ended)
        await self.record(tx, _about_ask(ended, kind, now))

    async def take_back_from(self, tx: Transaction, account: PersonId, requester: PersonId, now: datetime) -> set[ClipId]:
        """The person takes back every yes they gave one requester, standing ones too. The clips that end by it."""
        owner, to = await person_of(tx, account), await person_of(tx, requester)
        ended = await self._end_permissions(tx, await tables.permissions_of(tx, owner, to), now)
        given = [grant for grant in await tables.grants_by(tx, owner) if grant.requester == to]
        waiting = [ask.clip for ask in await tables.open_asks_to(tx, owner) if ask.requester == to]
        return ended | await self.take_back(tx, owner, dict.fromkeys([*(grant.clip for grant in given), *waiting]), now)

    async def leave(self, tx: Transaction, account: PersonId, place: PlaceId, now: datetime) -> set[ClipId]:
        """The person has left a place: what they allowed there ends. The clips that end by it."""
        owner = await person_of(tx, account)
        ended = await self._end_permissions(tx, [one for one in await tables.permissions_of(tx, owner) if one.place == place], now)
        given = [grant.clip for grant in await tables.grants_by(tx, owner) if grant.place == place]
        waiting = [ask.clip for ask in await tables.open_asks_to(tx, owner) if ask.place == place]
        return ended | await self.take_back(tx, owner, dict.fromkeys([*given, *waiting]), now)

    async def end_permission(self, tx: Transaction, account: PersonId, id: PermissionId, now: datetime) -> set[ClipId]:
        """The person takes back one standing permission and the clips made under it. Somebody else's stays as it is."""
        owner = await person_of(tx, account)
        permission = await tables.permission_of(tx, id)
        if permission is None or permission.owner != owner:
            return set()
        return await self._end_permissions(tx, [permission], now)

    async def _end_permissions(self, tx: Transaction, permissions: Sequence[Permission], now: datetime) -> set[ClipId]:
        live = [permission for permission in permissions if permission.withdrawn_at is None]
        for permission in live:
            await tables.put_permission(tx, replace(permission, withdrawn_at=now))
            await self.record(tx, _about_permission(permission, DecisionKind.PERMISSION_ENDED, now))
        return await self._end_grants(tx, await tables.grants_via(tx, [permission.id for permission in live]), now)

    async def revoke(self, tx: Transaction, account: PersonId, now: datetime) -> set[ClipId]:
        """The person lends nothing any more: every yes and every standing permission ends. Every clip they are in ends by it."""
        owner = await person_of(tx, account)
        await self._end_permissions(tx, await tables.permissions_of(tx, owner), now)
        _, count = await tables.appearances_of(tx, owner, limit=0)
        everywhere, _ = await tables.appearances_of(tx, owner, limit=count)
        ended = await self.take_back(tx, owner, everywhere, now)
        likeness = await tables.likeness_of(tx, owner)
        if likeness is not None:
            await tables.drop_likeness(tx, owner)
            await self.record(tx, Decision(kind=DecisionKind.REVOKED, about=owner, at=now, facts={"likeness": likeness.id}))
        return ended

    async def enrol(self, tx: Transaction, likeness: Likeness, now: datetime) -> None:
        """The person lends a likeness from now on; a former one and all that was allowed with it are another likeness.

        Raises HandleTaken.
        """
        await self._put(tx, likeness, DecisionKind.ENROLLED, now)

    async def change_rules(self, tx: Transaction, likeness: Likeness, now: datetime) -> Likeness:
        """The owner's new rules bind at once, also what waits. likeness: the present one with the changes. Raises HandleTaken."""
        changed = replace(likeness, version=likeness.version + 1)
        await self._put(tx, changed, DecisionKind.RULES_CHANGED, now)
        return changed

    async def _put(self, tx: Transaction, likeness: Likeness, kind: DecisionKind, now: datetime) -> None:
        looks = skeleton(likeness.handle)
        if await tables.is_handle_taken(tx, looks, likeness.owner):
            raise HandleTaken(likeness.handle)
        await tables.put_likeness(tx, likeness, looks)
        facts: dict[str, Fact] = {
            "likeness": likeness.id,
            "version": likeness.version,
            "parts": sorted(likeness.parts),
            "audience": likeness.audience,
            "always_ask": likeness.always_ask,
            "refused": sorted(likeness.refused),
            "may_travel": likeness.may_travel,
        }
        await self.record(tx, Decision(kind=kind, about=likeness.owner, at=now, facts=facts))

    async def shut(self, tx: Transaction, door: NeverAsk, now: datetime) -> set[ClipId]:
        """Never ask again. Open questions and standing permissions behind that door end; clips that are out stay.

        The clips that this is about: those of them that are still on their way end by it.
        """
        await tables.shut(tx, door)
        questions = [ask for ask in await tables.open_asks_to(tx, door.owner) if door.closes(ask.requester, ask.place)]
        for ask in questions:
            await self._close(tx, ask, now)
        behind = [one for one in await tables.permissions_of(tx, door.owner) if door.closes(one.to, one.place)]
        for permission in behind:
            await tables.put_permission(tx, replace(permission, until=min(permission.until or now, now)))
        await self.record(tx, _about_door(door, DecisionKind.DOOR_CLOSED, now))
        resting = await tables.grants_via(tx, [permission.id for permission in behind])
        return {*(ask.clip for ask in questions), *(grant.clip for grant in resting)}

    async def shut_if_marked(self, tx: Transaction, account: PersonId, key_of: Callable[[PersonId], PersonKey], now: datetime) -> None:
        """Whoever is known only now, but closed a door before a backup without them was put back: it is closed again, to all, since to
        whom is not remembered."""
        if await door_tables.take_marks(tx, [key_of(one) for one in await accounts_of(tx, account)]):
            await self.shut(tx, NeverAsk(owner=await person_of(tx, account), reach=Reach.ANYWHERE), now)

    async def open(self, tx: Transaction, door: NeverAsk, now: datetime) -> None:
        """The person may be asked again."""
        await tables.open_door(tx, door)
        await self.record(tx, _about_door(door, DecisionKind.DOOR_OPENED, now))


async def _ask_and_person(tx: Transaction, id: AskId, account: PersonId) -> tuple[Ask, PersonId]:
    ask = await tables.ask_of(tx, id)
    if ask is None:
        raise UnknownAsk(id)
    return ask, await person_of(tx, account)


def _grant(ask: Ask, likeness: Likeness, consent: Consent, terms: Terms, now: datetime) -> Grant:
    return Grant(
        id=GrantId(new_long_id()),
        clip=ask.clip,
        owner=ask.owner,
        requester=ask.requester,
        likeness=likeness.id,
        place=ask.place,
        digest=terms.digest(consent.parts),
        parts=consent.parts,
        source=Source.ASK,
        given_at=now,
        covers_remix=consent.covers_remix,
        may_travel=consent.may_travel,
    )


def _about_ask(ask: Ask, kind: DecisionKind, now: datetime) -> Decision:
    facts: dict[str, Fact] = {
        "ask": ask.id,
        "clip": ask.clip,
        "place": ask.place,
        "parts": sorted(ask.parts),
        "digest": ask.digest.hex(),
        "heard": ask.heard,
    }
    return Decision(kind=kind, about=ask.owner, at=now, others={"requester": ask.requester}, facts=facts)


def _about_permission(permission: Permission, kind: DecisionKind, now: datetime) -> Decision:
    ends = permission.until.isoformat() if permission.until else ""
    facts: dict[str, Fact] = {
        "permission": permission.id,
        "place": permission.place,
        "parts": sorted(permission.parts),
        "until": ends,
        "covers_remix": permission.covers_remix,
        "may_travel": permission.may_travel,
    }
    return Decision(kind=kind, about=permission.owner, at=now, others={"requester": permission.to}, facts=facts)


def _about_door(door: NeverAsk, kind: DecisionKind, now: datetime) -> Decision:
    others = {"requester": door.asker} if door.reach is Reach.BY_PERSON and door.asker else {}
    return Decision(kind=kind, about=door.owner, at=now, others=others, facts={"reach": door.reach, "place": door.place or ""})
