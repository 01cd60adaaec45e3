"""Hours of the day in which a host stays quiet, in the machine's own time."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From start to before end, over midnight where end is the earlier. The same twice: never."""

    start: time
    end: time

    @classmethod
    def read(cls, text: str) -> "QuietHours":
        """From `HH:MM-HH:MM`. Raises ValueError."""
        start, _, end = text.partition("-")
        return cls(time.fromisoformat(start), time.fromisoformat(end))

    def until(self, now: datetime) -> datetime | None:
        """When they end, None where it is not quiet now. now: aware, in any zone."""
        local = now.astimezone()
        clock = local.time().replace(tzinfo=None)
        overnight = self.end < self.start
        quiet = (clock >= self.start or clock < self.end) if overnight else self.start <= clock < self.end
        if not quiet:
            return None
        day = local.date() + timedelta(days=1) if overnight and clock >= self.start else local.date()
        return datetime.combine(day, self.end).astimezone()
