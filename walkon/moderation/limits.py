"""How much is too much: quotas against what was used, and when there is room again. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from walkon.config import Quotas
from walkon.types.errors import WalkonError
from walkon.types.usage import Cost, Use, Used

NO_LIMITS = Quotas()

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Quota(StrEnum):
    """One kind of limit; the keys of `[limits.*]`."""

    ACTIVE = "active"
    PER_HOUR = "per_hour"
    PER_DAY = "per_day"
    SECONDS_PER_DAY = "seconds_per_day"
    ENERGY_WH_PER_DAY = "energy_wh_per_day"

    @property
    def window(self) -> timedelta:
        """How long a use counts; of ACTIVE, that it counts until the clip has ended is all that can be said."""
        return HOUR if self is Quota.PER_HOUR else DAY

    def of(self, quotas: Quotas) -> float | None:
        """The limit, None where there is none."""
        limit: float | None = getattr(quotas, self.value)
        return limit

    def taken(self, used: Used) -> float:
        """What counts against it, in its own unit."""
        return {
            Quota.ACTIVE: used.active,
            Quota.PER_HOUR: used.hour,
            Quota.PER_DAY: used.day,
            Quota.SECONDS_PER_DAY: used.cost.video_ms / 1000,
            Quota.ENERGY_WH_PER_DAY: used.cost.energy_uwh / 1e6,
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRules:
    """What the moderators of one place have set: for each person there, and for all of them together."""

    person: Quotas = NO_LIMITS
    place: Quotas = NO_LIMITS


class Whose(StrEnum):
    """Whose quota it is; keys of `refusal.limit.*` in the locales."""

    PERSON = "person"
    HERE = "here"
    """The person's, in this one place."""
    PLACE = "place"
    ALL = "all"
    GUARDIAN = "guardian"
    """The person's, set by whoever looks after them; of seconds only."""


@dataclass(eq=False)
class LimitReached(WalkonError):
    """There is no room for this clip now.

    again: when there is, None where that is not known, as with ACTIVE, or never, as with a clip that takes more than all of it
    (`too_much`). wait_ms: about how long until one of the ACTIVE clips is done, None where nobody can tell.
    """

    whose: Whose
    quota: Quota
    limit: float
    again: datetime | None = None
    too_much: bool = False
    wait_ms: float | None = None


def exceeded(quotas: Quotas, used: Used, cost: Cost) -> tuple[Quota, ...]:
    """The quotas that one more clip of that cost would break."""
    return tuple(quota for quota in Quota if (limit := quota.of(quotas)) is not None and _whole(quota, limit) < _after(quota, used, cost))


def takes_all(quota: Quota, limit: float, cost: Cost) -> bool:
    """Whether the clip alone takes more than there ever is."""
    return _after(quota, Used(), cost) > _whole(quota, limit)


def again_at(quota: Quota, limit: float, uses: Sequence[Use], cost: Cost) -> datetime | None:
    """When there is room for one more of that cost. uses: those within the quota's window, newest first. None: there is room now."""
    room = _whole(quota, limit) - _amount(quota, cost)
    for use in uses:
        room -= _amount(quota, use.cost)
        if room < 0:
            return use.at + quota.window
    return None


def most_generous(quotas: Sequence[Quotas]) -> Quotas:
    """For each key the highest of them; a missing one is higher than any."""
    return _quotas({quota: _highest([quota.of(each) for each in quotas]) for quota in Quota})


def lowest(*quotas: Quotas) -> Quotas:
    """For each key the lowest of them, as far as there is one."""
    return _quotas({quota: min((limit for each in quotas if (limit := quota.of(each)) is not None), default=None) for quota in Quota})


def of_person(person: Quotas, by_role: Mapping[str, Quotas], roles: Collection[str]) -> Quotas:
    """What holds for somebody with these roles: the most generous of their roles' quotas, or a person's if no role has any."""
    named = {role.lower() for role in roles}
    found = [quotas for role, quotas in by_role.items() if role in named]
    return most_generous(found) if found else person


def with_limit(quotas: Quotas, quota: Quota, limit: float | None) -> Quotas:
    """The same quotas, but for one; None takes it away."""
    return _quotas({each: limit if each is quota else each.of(quotas) for each in Quota})


def any_set(quotas: Quotas) -> bool:
    """Whether there is any limit in it."""
    return any(quota.of(quotas) is not None for quota in Quota)


def _quotas(limits: Mapping[Quota, float | None]) -> Quotas:
    made: Any = {quota.value: limit for quota, limit in limits.items()}
    return Quotas(**made)


def _highest(limits: Sequence[float | None]) -> float | None:
    known = [limit for limit in limits if limit is not None]
    return max(known) if len(known) == len(limits) else None


def _amount(quota: Quota, cost: Cost) -> int:
    return {Quota.SECONDS_PER_DAY: cost.video_ms, Quota.ENERGY_WH_PER_DAY: cost.energy_uwh}.get(quota, 1)


def _whole(quota: Quota, limit: float) -> int:
    """The limit in the unit that uses are counted in."""
    return round(limit * {Quota.SECONDS_PER_DAY: 1000, Quota.ENERGY_WH_PER_DAY: 1_000_000}.get(quota, 1))


def _after(quota: Quota, used: Used, cost: Cost) -> int:
    taken = {
        Quota.ACTIVE: used.active,
        Quota.PER_HOUR: used.hour,
        Quota.PER_DAY: used.day,
        Quota.SECONDS_PER_DAY: used.cost.video_ms,
        Quota.ENERGY_WH_PER_DAY: used.cost.energy_uwh,
    }
    return taken[quota] + _amount(quota, cost)
