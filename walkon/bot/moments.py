"""Lengths of time and moments in words."""

from datetime import datetime, timedelta

from walkon.bot.clip_card import Speaker

_SPANS = (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("whole_minutes", timedelta(minutes=1)))
_MINUTE = timedelta(minutes=1)


def span(speaker: Speaker, length: timedelta) -> str:
    """A length of time in whole days, hours and minutes, exactly."""
    parts: list[str] = []
    for key, unit in _SPANS:
        count, length = divmod(length, unit)
        if count:
            parts.append(speaker.say(f"time.{key}", n=count))
    return " ".join(parts) or speaker.say("time.whole_minutes", n=0)


def moment(speaker: Speaker, at: datetime, now: datetime) -> str:
    """A moment in UTC, since nobody said where the reader lives; with its date where it is not today."""
    clock = speaker.say("time.clock", hour=f"{at:%H}", minute=f"{at:%M}")
    return clock if at.date() == now.date() else f"{at:%Y-%m-%d} {clock}"


def next_minute(at: datetime) -> datetime:
    """The first whole minute that is not before: a moment told in minutes must not come too early."""
    return at if at == at.replace(second=0, microsecond=0) else at.replace(second=0, microsecond=0) + _MINUTE


def whole_minutes(length: timedelta) -> timedelta:
    """A length of time rounded up to minutes, one at least."""
    return max(_MINUTE, -(-length // _MINUTE) * _MINUTE)
