"""What a clip costs and what was used: plain numbers, whole so that sums are exact."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one clip takes. video_ms: milliseconds of film. energy_uwh: millionths of a watt-hour, an estimate until it is done."""

    video_ms: int
    energy_uwh: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A clip that was asked for at that moment, and its cost."""

    at: datetime
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What somebody used. active: clips going now. hour, day: clips in the last 60 minutes and 24 hours; the cost of the latter."""

    active: int = 0
    hour: int = 0
    day: int = 0
    cost: Cost = Cost(video_ms=0)
