"""Quiet hours, also over midnight."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkon.types.quiet import QuietHours


def local(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute).astimezone()


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("23:00-07:00", local(23), local(7, day=25)),
        ("23:00-07:00", local(6, 59), local(7)),
        ("23:00-07:00", local(7), None),
        ("23:00-07:00", local(22, 59), None),
        ("12:00-14:00", local(12), local(14)),
        ("12:00-14:00", local(14), None),
        ("12:00-14:00", local(11, 59), None),
        ("12:00-12:00", local(12), None),
    ],
)
def test_they_hold_from_the_start_to_before_the_end(hours: str, now: datetime, until: datetime | None) -> None:
    assert QuietHours.read(hours).until(now) == until
    assert QuietHours.read(hours).until(now.astimezone(UTC)) == until


@given(st.times(), st.times(), st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_when_they_end_it_is_not_quiet_and_they_end_within_a_day(start: time, end: time, now: datetime) -> None:
    hours = QuietHours(start, end)
    until = hours.until(now)
    if until is not None:
        assert now < until <= now + timedelta(days=1, hours=1)
        assert hours.until(until) is None
