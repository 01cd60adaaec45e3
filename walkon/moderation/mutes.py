"""Mutes as records: who may not use walkon, where, until when. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from walkon.types.ids import ClipId, PersonId, PlaceId
from walkon.types.people import Person

REASON_LIMIT = 200
"""Characters of a reason: it stands on one card."""

LONGEST = timedelta(days=366)
"""Whoever means longer means without end."""

DURATIONS = "30m, 2h, 7d"
"""What a duration looks like."""

# d and j, for days, are both read: `7j` is what French people write.
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "j": timedelta(days=1), "w": timedelta(weeks=1)}
_PARTS = re.compile(r"(?:[0-9]{1,6}[mhdjw])+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Nobody hears this person in one place, or (None) everywhere on this host. until: None for without end."""

    person: Person
    place: PlaceId | None
    until: datetime | None
    reason: str
    by: Person
    at: datetime

    def active_at(self, now: datetime) -> bool:
        """Whether it holds at that moment. It ends by itself, at `until` exactly."""
        return self.until is None or now < self.until


def binding(mutes: Iterable[Mute], now: datetime) -> Mute | None:
    """Of those that hold now, the one that holds longest; None if none does."""
    active = [mute for mute in mutes if mute.active_at(now)]
    endless = [mute for mute in active if mute.until is None]
    return endless[0] if endless else max(active, key=lambda mute: mute.until or now, default=None)


def read_duration(text: str) -> timedelta | None:
    """The time meant by `30m`, `2h`, `7d`, `1w` or `1d12h`: a minute to LONGEST; None where it is none of these."""
    plain = "".join(text.split()).lower()
    if not _PARTS.fullmatch(plain):
        return None
    total = timedelta()
    for number, unit in re.findall(r"([0-9]+)([mhdjw])", plain):
        total += int(number) * _UNITS[unit]
    return total if timedelta(minutes=1) <= total <= LONGEST else None


class Deed(StrEnum):
    """What a moderator does; also what the log says was done."""

    MUTE = "mute"
    UNMUTE = "unmute"
    BAN = "ban"
    """A mute without end."""
    NOTE = "note"
    """A line in the log about somebody, for the moderators who come after."""
    TAKEDOWN = "takedown"
    """Takes a clip down, with all that was made from it."""
    QUEUE = "queue"
    """Shows what was reported, and leaves nothing in the log."""
    KEEP = "keep"
    """Decides that a reported clip stays."""
    CHANNEL = "channel"
    """Says where reports are shown."""
    HIDE = "hide"
    """walkon itself hid a clip that enough people reported, until somebody has looked."""
    RELEASE = "release"
    """Shows a clip that a check had held back."""
    APPEAL = "appeal"
    """Somebody asks for a second look at a line of the log."""
    UPHOLD = "uphold"
    OVERTURN = "overturn"
    RESTRICT = "restrict"
    """What the platform made of a wish for its own means beside a mute."""
    LIMITS = "limits"
    """Shows or sets the limits of a place; in the log, that one was set."""
    LOG = "log"
    """Reads the log, and leaves nothing in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the moderators' log. running, waiting: how many clips the deed stopped; of a takedown, how many it stopped and how
    many were made from the clip. place: None for everywhere. clip: what it is about, if it is about one.
    """

    seq: int
    at: datetime
    deed: Deed
    person: Person
    place: PlaceId | None
    until: datetime | None
    reason: str
    by: Person
    running: int
    waiting: int
    clip: ClipId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Somebody judged: the deed to do, on whom, by whom and where (None: everywhere).

    length: of a mute, None: without end. clip: over which clip, if it is over one. native: the platform's own means are asked for
    as well.
    """

    deed: Deed
    person: Person
    place: PlaceId | None
    by: Person
    length: timedelta | None = None
    reason: str = ""
    clip: ClipId | None = None
    native: bool = False

    def mute(self, now: datetime) -> Mute:
        """What a mute or ban leaves behind."""
        until = now + self.length if self.length else None
        return Mute(person=self.person, place=self.place, until=until, reason=self.reason, by=self.by, at=now)


def key_of(person: PersonId, place: PlaceId | None) -> tuple[str, str]:
    """What a mute is found by: everywhere is the empty place."""
    return person, place or ""
