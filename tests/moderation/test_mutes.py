"""Mutes as records: when they hold, and how long people mean."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkon.moderation.mutes import LONGEST, Mute, binding, read_duration
from walkon.types.ids import PersonId
from walkon.types.people import Person

SAM, MO = Person(id=PersonId("discord:3"), name="Sam"), Person(id=PersonId("discord:2"), name="Mo")
MOMENTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "j": timedelta(days=1), "w": timedelta(weeks=1)}


def mute(until: datetime | None) -> Mute:
    return Mute(person=SAM, place=None, until=until, reason="", by=MO, at=datetime(2020, 1, 1, tzinfo=UTC))


@given(MOMENTS, MOMENTS)
def test_a_mute_holds_before_its_end_and_not_from_then_on(until: datetime, now: datetime) -> None:
    assert mute(until).active_at(now) is (now < until)


@given(MOMENTS)
def test_a_mute_without_end_always_holds(now: datetime) -> None:
    assert mute(None).active_at(now)


@given(st.lists(st.none() | MOMENTS), MOMENTS)
def test_the_mute_that_binds_holds_now_and_at_least_as_long_as_any_other(ends: list[datetime | None], now: datetime) -> None:
    found = binding([mute(end) for end in ends], now)
    active = [end for end in ends if end is None or now < end]
    if not active:
        assert found is None
    elif None in active:
        assert found and found.until is None
    else:
        assert found and found.until == max(end for end in active if end)


@given(st.integers(0, 999_999), st.sampled_from("mhdjw"))
def test_a_duration_is_read_as_its_number_and_unit_within_a_minute_and_a_year(number: int, unit: str) -> None:
    length = number * UNITS[unit]
    assert read_duration(f"{number}{unit}") == (length if timedelta(minutes=1) <= length <= LONGEST else None)


@given(st.text())
def test_whatever_is_typed_a_duration_is_in_bounds_or_none(text: str) -> None:
    length = read_duration(text)
    assert length is None or timedelta(minutes=1) <= length <= LONGEST


@pytest.mark.parametrize(("text", "length"), [("1d12h", timedelta(hours=36)), (" 2 H ", timedelta(hours=2)), ("7j", timedelta(days=7))])
def test_durations_may_be_put_together_and_written_freely(text: str, length: timedelta) -> None:
    assert read_duration(text) == length


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "2.5h", "2x", "two hours", "2h!", "٢h", "9999999m"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert read_duration(text) is None
