"""Counting: what a clip takes from whose quota, in the very transaction that promises it, and what is left of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from walkon.bot.command import Asked, Reacted
from walkon.bot.house import House
from walkon.config import Quotas
from walkon.consent import guardian_tables as guardians
from walkon.library import spending, tables
from walkon.library.clips import Clip
from walkon.library.spending import Scope
from walkon.moderation import tables as moderation
from walkon.moderation.limits import LimitReached, PlaceRules, Quota, Whose, again_at, any_set, exceeded, lowest, of_person, takes_all
from walkon.queue.port import JobView
from walkon.store.accounts import accounts_of
from walkon.store.database import Transaction
from walkon.types.ids import ClipId, PersonId, render_job
from walkon.types.people import Person
from walkon.types.usage import Cost, Used

MODERATOR, OPERATOR = "moderator", "operator"
"""What `[limits.role.NAME]` calls the two roles that walkon itself knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whose quotas these are, what they are, and whose clips count against them."""

    whose: Whose
    quotas: Quotas
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A quota and what is used of it."""

    whose: Whose
    quota: Quota
    limit: float
    taken: float


async def cost_of(house: House, seconds: float) -> Cost:
    """What a clip of that length takes. Energy is looked up only where somebody limits it."""
    energy_wh = 0.0
    limits = house.limits
    if any(quotas.energy_wh_per_day is not None for quotas in (limits.person, limits.place, limits.all, *limits.role.values())):
        energy_wh = seconds * await house.database.read(lambda tx: tables.recent_energy(tx, house.lane))
    return Cost(video_ms=round(seconds * 1000), energy_uwh=round(energy_wh * 1e6))


async def charge(tx: Transaction, house: House, asked: Asked, clip: Clip, cost: Cost) -> None:
    """Count the clip against every quota it falls under, or raise LimitReached and count nothing."""
    reason = await no_room(tx, house, asked, cost, clip.asked_at)
    if reason:
        raise reason
    await spending.charge(tx, clip.id, (clip.asker.id, clip.place.id), cost, clip.asked_at)


async def no_room(tx: Transaction, house: House, asked: Asked, cost: Cost, now: datetime) -> LimitReached | None:
    """Why there is no room for a clip of that cost, None where there is.

    Of several reasons the one that holds longest is told, so that whoever comes back then is not sent away again.
    """
    reasons = [reason for standing in await standings(tx, house, asked) for reason in await _reasons(tx, standing, cost, now)]
    return max(reasons, key=lambda reason: (reason.too_much, reason.again or now), default=None)


async def standings(tx: Transaction, house: House, asked: Asked) -> Sequence[Standing]:
    """The quotas that hold for who asks there, as far as there are any: the person's, theirs in this place, the place's, the host's."""
    rules = await moderation.rules_of(tx, asked.place.id)
    accounts = tuple(await accounts_of(tx, asked.person.id))
    guarded = await guardians.guardianship_of(tx, asked.person.id, house.clock.now())
    young = Quotas(seconds_per_day=guarded.limits.seconds_per_day if guarded else None)
    own = Standing(whose=Whose.GUARDIAN, quotas=young, scope=Scope(accounts=accounts))
    return tuple(standing for standing in (own, *_all_standings(house, rules, asked, accounts)) if any_set(standing.quotas))


async def left(tx: Transaction, house: House, asked: Asked, now: datetime) -> Sequence[Left]:
    """What is left of each quota that holds for who asks there."""
    found: list[Left] = []
    for standing in await standings(tx, house, asked):
        used = await spending.used(tx, standing.scope, now)
        found.extend(_left(standing, used))
    return found


async def with_wait(house: House, asked: Asked, reason: LimitReached) -> LimitReached:
    """The same, with about how long until one of the clips going is done, as far as the queue can tell."""

    async def going(tx: Transaction) -> Sequence[ClipId]:
        scopes = {standing.whose: standing.scope for standing in await standings(tx, house, asked)}
        return await spending.active_clips(tx, scopes[reason.whose]) if reason.whose in scopes else ()

    clips = await house.database.read(going)
    views = await house.queue.views([render_job(clip) for clip in clips])
    waits = [wait for view in views.values() if (wait := _wait_ms(view)) is not None]
    return LimitReached(reason.whose, reason.quota, reason.limit, wait_ms=min(waits, default=None))


def _all_standings(house: House, rules: PlaceRules, asked: Asked, accounts: tuple[PersonId, ...]) -> Iterator[Standing]:
    limits, place = house.limits, asked.place.id
    own = of_person(limits.person, limits.role, _roles(house, asked.person, asked))
    yield Standing(whose=Whose.PERSON, quotas=own, scope=Scope(accounts=accounts))
    yield Standing(whose=Whose.HERE, quotas=rules.person, scope=Scope(accounts=accounts, place=place))
    yield Standing(whose=Whose.PLACE, quotas=lowest(limits.place, rules.place), scope=Scope(place=place))
    yield Standing(whose=Whose.ALL, quotas=limits.all, scope=Scope())


def _roles(house: House, person: Person, asked: Asked) -> frozenset[str]:
    named = frozenset[str]() if isinstance(asked, Reacted) else asked.roles
    own = [MODERATOR] if not isinstance(asked, Reacted) and asked.moderator else []
    return named.union(own, [OPERATOR] if person.id in house.operators else [])


async def _reasons(tx: Transaction, standing: Standing, cost: Cost, now: datetime) -> Sequence[LimitReached]:
    found: list[LimitReached] = []
    used = await spending.used(tx, standing.scope, now)
    for quota in exceeded(standing.quotas, used, cost):
        limit = quota.of(standing.quotas) or 0
        reason = LimitReached(standing.whose, quota, limit)
        if takes_all(quota, limit, cost):
            reason.too_much = True
        elif quota is not Quota.ACTIVE:
            reason.again = again_at(quota, limit, await spending.uses(tx, standing.scope, now, quota.window), cost)
        found.append(reason)
    return found


def _left(standing: Standing, used: Used) -> Iterator[Left]:
    for quota in Quota:
        limit = quota.of(standing.quotas)
        if limit is not None:
            yield Left(whose=standing.whose, quota=quota, limit=limit, taken=quota.taken(used))


def _wait_ms(view: JobView) -> float | None:
    if view.progress and view.progress.left_ms is not None:
        return max(0, view.progress.left_ms)
    return view.ahead_ms
