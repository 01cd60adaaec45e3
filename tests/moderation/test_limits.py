"""Quotas as arithmetic: never more than the limit in any window, and the moment that is told is the moment that works."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkon.config import PersonQuotas, Quotas
from walkon.moderation.limits import DAY, HOUR, Quota, again_at, any_set, exceeded, lowest, most_generous, of_person, takes_all, with_limit
from walkon.types.usage import Cost, Use, Used

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
COSTS = st.builds(Cost, video_ms=st.integers(1, 20_000), energy_uwh=st.integers(0, 5_000_000))
ASKED = st.lists(st.tuples(st.integers(0, 5 * 3600), COSTS), max_size=30)
LIMITS = st.builds(
    Quotas,
    per_hour=st.none() | st.integers(1, 5),
    per_day=st.none() | st.integers(1, 8),
    seconds_per_day=st.none() | st.integers(1, 60),
    energy_wh_per_day=st.none() | st.integers(1, 20),
)
WINDOWED = [quota for quota in Quota if quota is not Quota.ACTIVE]


def within(uses: Sequence[Use], now: datetime, window: timedelta) -> list[Use]:
    """Newest first, as the store gives them."""
    return sorted((use for use in uses if now - window < use.at <= now), key=lambda use: use.at, reverse=True)


def used(uses: Sequence[Use], now: datetime) -> Used:
    day = within(uses, now, DAY)
    cost = Cost(video_ms=sum(use.cost.video_ms for use in day), energy_uwh=sum(use.cost.energy_uwh for use in day))
    return Used(hour=len(within(uses, now, HOUR)), day=len(day), cost=cost)


def taken(quota: Quota, uses: Sequence[Use]) -> float:
    if quota is Quota.SECONDS_PER_DAY:
        return sum(use.cost.video_ms for use in uses) / 1000
    return sum(use.cost.energy_uwh for use in uses) / 1e6 if quota is Quota.ENERGY_WH_PER_DAY else len(uses)


@given(LIMITS, ASKED)
def test_in_no_window_is_there_ever_more_than_the_limit(limits: Quotas, asked: list[tuple[int, Cost]]) -> None:
    uses: list[Use] = []
    now = NOON
    for pause_s, cost in asked:
        now += timedelta(seconds=pause_s)
        if not exceeded(limits, used(uses, now), cost):
            uses.append(Use(at=now, cost=cost))
    for quota in WINDOWED:
        limit = quota.of(limits)
        for use in uses:
            assert limit is None or taken(quota, within(uses, use.at, quota.window)) <= limit


@given(LIMITS, ASKED, COSTS)
def test_the_moment_that_is_told_works_and_none_before_it_does(limits: Quotas, asked: list[tuple[int, Cost]], cost: Cost) -> None:
    uses: list[Use] = []
    now = NOON
    for pause_s, each in asked:
        now += timedelta(seconds=pause_s)
        uses.append(Use(at=now, cost=each))
    for quota in exceeded(limits, used(uses, now), cost):
        limit = quota.of(limits)
        assert limit is not None
        again = again_at(quota, limit, within(uses, now, quota.window), cost)
        if takes_all(quota, limit, cost):
            continue
        assert again is not None and again > now
        assert quota not in exceeded(limits, used(uses, again), cost)
        assert quota in exceeded(limits, used(uses, again - timedelta(microseconds=1)), cost)


def test_where_there_is_room_nothing_is_waited_for() -> None:
    assert again_at(Quota.PER_HOUR, 2, [Use(at=NOON, cost=Cost(video_ms=1))], Cost(video_ms=1)) is None


def test_a_clip_that_takes_more_than_all_of_it_never_fits() -> None:
    assert takes_all(Quota.SECONDS_PER_DAY, 5, Cost(video_ms=5001))
    assert not takes_all(Quota.SECONDS_PER_DAY, 5, Cost(video_ms=5000))


def test_clips_going_count_until_they_end() -> None:
    limits = Quotas(active=2)
    assert exceeded(limits, Used(active=2), Cost(video_ms=1)) == (Quota.ACTIVE,)
    assert exceeded(limits, Used(active=1, day=99), Cost(video_ms=1)) == ()


@pytest.mark.parametrize(
    ("roles", "active", "per_day"),
    [((), 3, 5), (("Helper",), 9, 20), (("patron",), None, 8), (("helper", "patron", "nobody"), None, 20), (("nobody",), 3, 5)],
)
def test_a_role_has_its_own_limits_and_of_several_the_most_generous_counts(
    roles: tuple[str, ...], active: int | None, per_day: int
) -> None:
    by_role = {"helper": Quotas(active=9, per_day=20), "patron": Quotas(per_day=8)}
    found = of_person(PersonQuotas(per_day=5), by_role, roles)
    assert (found.active, found.per_day) == (active, per_day)


def test_of_a_hosts_and_a_places_limits_the_lower_counts() -> None:
    found = lowest(Quotas(active=9, per_day=20), Quotas(active=10, per_hour=2))
    assert found == Quotas(active=9, per_day=20, per_hour=2)
    assert most_generous([found, Quotas()]) == Quotas()


def test_a_limit_is_set_and_taken_away() -> None:
    one = with_limit(Quotas(active=1), Quota.PER_DAY, 5)
    assert one == Quotas(active=1, per_day=5)
    assert not any_set(with_limit(with_limit(one, Quota.PER_DAY, None), Quota.ACTIVE, None))
