"""What people in clips decide, carried out: the clip follows in the same transaction, the queue and the chats right after it.

The store comes first: from then on no worker begins, ends or records the clip, and no chat is shown it. A crash between any two
steps loses nothing: `reconcile` puts in line what is promised, the gate stops what is not, and cards and files are repeated.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from walkon.agreement import against
from walkon.bot.house import House
from walkon.bot.intake import line_up
from walkon.bot.takedown import Removal, after_takedown, record_takedown
from walkon.consent import guardian_tables as guardians
from walkon.consent import guarding
from walkon.consent import tables as consent
from walkon.consent.asking import Ask, AskClosed, AskState, Consent, NeverAsk, Reach, Together, UnknownAsk
from walkon.consent.deciding import Answered
from walkon.consent.likeness import Likeness
from walkon.library import tables
from walkon.library.clips import Clip, ClipState, RemovedBy
from walkon.library.endings import end_declined, end_waiting
from walkon.queue.port import QueueFull
from walkon.store import outbox
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.store.thread import Step
from walkon.types.clock import to_ms
from walkon.types.ids import AskId, ClipId, PermissionId, PersonId, PlaceId, render_job

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an answer came to. clip: as it is now."""

    ask: Ask
    clip: Clip
    together: Together


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What came to an end. stopped: clips that waited, stood in line or were rendered. removal: clips that were out, with what was
    made from them."""

    stopped: frozenset[ClipId] = frozenset()
    removal: Removal | None = None

    @property
    def taken_down(self) -> int:
        """How many clips that were finished are down now."""
        return len(self.removal.clips) - len(self.removal.stopped) if self.removal else 0


async def approve(house: House, id: AskId, by: PersonId, given: Consent) -> Outcome:
    """The person's yes; the clip enters the line once everybody has said theirs.

    Raises UnknownAsk, NotYoursToAnswer, AskClosed, NothingLent, NotEnrolled, TopicRefused.
    """

    async def step(tx: Transaction) -> tuple[Outcome, Ending]:
        clip = await _clip_of(tx, id)
        now = house.clock.now()
        return await _follow(house, tx, await house.decider.approve(tx, id, by, given, clip.terms, now), now)

    return await _answered(house, step)


async def second(house: House, id: AskId, by: PersonId) -> Outcome:
    """The guardian's yes to what the young person said yes to. Raises as `approve`."""

    async def step(tx: Transaction) -> tuple[Outcome, Ending]:
        clip = await _clip_of(tx, id)
        now = house.clock.now()
        return await _follow(house, tx, await house.decider.second(tx, id, by, clip.terms, now), now)

    return await _answered(house, step)


async def veto(house: House, id: AskId, by: PersonId) -> Outcome:
    """The guardian's no, final. Raises UnknownAsk, NotYoursToAnswer, AskClosed."""

    async def step(tx: Transaction) -> tuple[Outcome, Ending]:
        now = house.clock.now()
        return await _follow(house, tx, await house.decider.veto(tx, id, by, now), now)

    return await _answered(house, step)


async def refuse(house: House, id: AskId, by: PersonId) -> Outcome:
    """The person's no, final. Also after a yes: what was made by then comes down. Raises UnknownAsk, NotYoursToAnswer, AskClosed."""

    async def step(tx: Transaction) -> tuple[Outcome, Ending]:
        now = house.clock.now()
        return await _follow(house, tx, await house.decider.refuse(tx, id, by, now), now)

    return await _answered(house, step)


async def unreact(house: House, id: AskId, by: PersonId) -> Outcome:
    """The person took their reaction away: their yes is gone, unless the clip stands in its chat already.

    Raises UnknownAsk, NotYoursToAnswer, AskClosed where there is no yes to take back by this.
    """

    async def step(tx: Transaction) -> tuple[Outcome, Ending]:
        clip = await _clip_of(tx, id)
        now = house.clock.now()
        if clip.state is ClipState.FINISHED and await consent.is_shown(tx, clip.id):
            raise AskClosed(id, AskState.APPROVED, clip.ended_at or now)
        return await _follow(house, tx, await house.decider.withdraw(tx, id, by, now), now)

    return await _answered(house, step)


async def take_back(house: House, by: PersonId, clips: Collection[ClipId]) -> Ending:
    """The person takes back their yes for these clips: they stop or come down, with all that was made from them."""
    return await _end_by(house, lambda tx, now: house.decider.take_back(tx, by, clips, now))


async def take_back_from(house: House, by: PersonId, requester: PersonId) -> Ending:
    """The person takes back all they ever allowed one requester."""
    return await _end_by(house, lambda tx, now: house.decider.take_back_from(tx, by, requester, now))


async def end_permission(house: House, by: PersonId, id: PermissionId) -> Ending:
    """The person takes back one standing permission, and what was made under it."""
    return await _end_by(house, lambda tx, now: house.decider.end_permission(tx, by, id, now))


async def take_back_for(house: House, guardian: PersonId, ward: PersonId, clip: ClipId | None) -> Ending:
    """A guardian takes back a yes for their ward, or (clip None) every yes. Raises NotYours."""
    return await _end_by(house, lambda tx, now: guarding.take_back(tx, guardian, ward, now, clip=clip, decider=house.decider))


async def leave(house: House, by: PersonId, place: PlaceId) -> Ending:
    """The person has left a place, or it has put them out: what they allowed there ends."""
    return await _end_by(house, lambda tx, now: house.decider.leave(tx, by, place, now))


async def revoke(house: House, by: PersonId) -> Ending:
    """The person lends nothing any more: everything they are in stops or comes down."""
    return await _end_by(house, lambda tx, now: house.decider.revoke(tx, by, now))


async def change_rules(house: House, changed: Likeness) -> Ending:
    """The owner's new rules bind at once: what waits or renders and no longer fits them ends; what is out stays. Raises HandleTaken."""

    async def unfit(tx: Transaction, now: datetime) -> set[ClipId]:
        likeness = await house.decider.change_rules(tx, changed, now)
        given = [await tables.get(tx, grant.clip) for grant in await consent.grants_by(tx, likeness.owner)]
        going = [clip for clip in given if clip and not clip.state.final]
        return {clip.id for clip in going if any(one.person == likeness.owner and one.grant for one in await against(tx, clip, now))}

    return await _end_by(house, unfit)


async def withhold(house: House, clip: ClipId) -> Ending:
    """End a clip to which somebody in it no longer agrees, as was found where it was about to be shown."""

    async def found(tx: Transaction, now: datetime) -> set[ClipId]:
        return {clip}

    return await _end_by(house, found)


async def never_ask(house: House, id: AskId, by: PersonId, reach: Reach) -> Outcome:
    """The person refuses, and is not to be asked again by this requester, here, or at all. Raises as `refuse`."""

    async def step(tx: Transaction) -> tuple[Outcome, Ending]:
        now = house.clock.now()
        answered = await house.decider.refuse(tx, id, by, now)
        asker = answered.ask.requester if reach is Reach.BY_PERSON else None
        place = answered.ask.place if reach is Reach.HERE else None
        behind = await house.decider.shut(tx, NeverAsk(owner=answered.ask.owner, reach=reach, asker=asker, place=place), now)
        outcome, ending = await _follow(house, tx, answered, now)
        going = [clip for id in behind if (clip := await tables.get(tx, id)) and not clip.state.final]
        also = await _end(house, tx, {clip.id for clip in going if await against(tx, clip, now)}, now)
        return outcome, replace(ending, stopped=ending.stopped | also.stopped)

    return await _answered(house, step)


async def expire_due(house: House) -> Ending:
    """End what nobody answered in time, and give back to whoever has come of age what waited for their guardian."""
    await _note_who_came_of_age(house)
    if not await house.database.read(lambda tx: consent.run_out(tx, house.clock.now(), limit=1)):
        return Ending()
    return await _end_by(house, house.decider.expire)


async def _note_who_came_of_age(house: House) -> None:
    if await house.database.read(lambda tx: guardians.of_age(tx, house.clock.now())):
        await house.database.write(lambda tx: guarding.come_of_age(tx, house.clock.now(), house.decider.record))
        house.database.announce()


async def may_decide(house: House, id: AskId, by: PersonId) -> bool:
    """Whether this account is of the person who is asked. An ask that its owner is not to hear is nobody's."""

    async def step(tx: Transaction) -> bool:
        ask = await consent.ask_of(tx, id)
        return ask is not None and ask.heard and ask.owner == await person_of(tx, by)

    return await house.database.read(step)


async def _clip_of(tx: Transaction, id: AskId) -> Clip:
    ask = await consent.ask_of(tx, id)
    clip = await tables.get(tx, ask.clip) if ask else None
    if clip is None:
        raise UnknownAsk(id)
    return clip


async def _follow(house: House, tx: Transaction, answered: Answered, now: datetime) -> tuple[Outcome, Ending]:
    id, ending = answered.ask.clip, Ending()
    clip = await tables.get(tx, id)
    if clip is None:
        raise UnknownAsk(answered.ask.id)
    if answered.together is Together.DECLINED:
        ending = await _end(house, tx, {id}, now)
    elif answered.together is Together.AGREED and clip.state is ClipState.WAITING:
        # Everybody who was asked has said yes; whoever needed no question may have thought better of it meanwhile.
        if await against(tx, clip, now):
            ending = await _end(house, tx, {id}, now)
        else:
            await end_waiting(tx, id, now)
    else:
        await outbox.touch(tx, id, to_ms(now), urgent=False)
    after = await tables.get(tx, id)
    return Outcome(ask=answered.ask, clip=after or clip, together=answered.together), ending


async def _answered(house: House, step: Step[tuple[Outcome, Ending]]) -> Outcome:
    outcome, ending = await house.database.write(step)
    await _afterwards(house, ending)
    if outcome.clip.state is ClipState.PROMISED:
        try:
            await line_up(house, outcome.clip)
        except QueueFull:  # the promise stands; `reconcile` puts it in line as soon as there is room
            log.warning("line_full", clip=outcome.clip.id)
    return outcome


async def _end_by(house: House, decide: Callable[[Transaction, datetime], Awaitable[Collection[ClipId]]]) -> Ending:
    async def step(tx: Transaction) -> Ending:
        now = house.clock.now()
        return await _end(house, tx, await decide(tx, now), now)

    ending = await house.database.write(step)
    await _afterwards(house, ending)
    return ending


async def _end(house: House, tx: Transaction, ids: Collection[ClipId], now: datetime) -> Ending:
    """Clips somebody no longer agrees to: what is not out yet is declined, what is out is taken down with what was made from it."""
    stopped: set[ClipId] = set()
    out: set[ClipId] = set()
    for id in ids:
        clip = await tables.get(tx, id)
        if clip is None or clip.state is ClipState.TAKEN_DOWN:
            continue
        if clip.state in (ClipState.WAITING, ClipState.PROMISED, ClipState.FAILED):
            await end_declined(tx, id, now)
            stopped.add(id)
        elif clip.state in (ClipState.FINISHED, ClipState.HELD):
            out.add(id)
        await house.decider.drop(tx, id, now)
    # Of a clip that never finished nothing can have been made, but what was made from one that did may itself still be waiting.
    removal = await record_takedown(tx, out, RemovedBy.PERSON, now) if out else None
    for id in removal.clips if removal else ():
        await house.decider.drop(tx, id, now)
    return Ending(stopped=frozenset(stopped), removal=removal)


async def _afterwards(house: House, ending: Ending) -> None:
    house.database.announce()
    outcomes = await asyncio.gather(*(house.queue.cancel(render_job(id)) for id in ending.stopped), return_exceptions=True)
    for id, outcome in zip(ending.stopped, outcomes, strict=True):
        if isinstance(outcome, BaseException):
            log.warning("job_not_called_off", clip=id, reason=f"{type(outcome).__name__} {outcome}")
    if ending.removal is not None:
        await after_takedown(house, ending.removal)
