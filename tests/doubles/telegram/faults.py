"""What can go wrong on the way, in the order it was planned."""

from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """How a call fails."""

    THROTTLED = "429"
    BROKEN = "500"
    ACCEPTED_THEN_BROKEN = "accept_then_500"
    """The deed is done, the answer says it is not."""
    RESET_MID_UPLOAD = "reset_mid_upload"
    """The connection is torn after the first part of the body."""
    SILENT = "timeout"
    """The deed is not done and no answer comes."""
    ACCEPTED_THEN_SILENT = "accept_then_timeout"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One failure to come."""

    kind: FaultKind
    retry_after: int = 1


class Faults:
    """Failures planned per method."""

    def __init__(self) -> None:
        self._planned: dict[str, deque[Fault]] = defaultdict(deque)
        self.outage = False

    def plan(self, method: str, kind: FaultKind, *, times: int, retry_after: int) -> None:
        """The next calls of a method fail so."""
        self._planned[method].extend(Fault(kind=kind, retry_after=retry_after) for _ in range(times))

    def take(self, method: str) -> Fault | None:
        """The failure of this call, if one is planned."""
        return self._planned[method].popleft() if self._planned[method] else None

    @property
    def pending(self) -> int:
        """Planned failures that have not happened yet."""
        return sum(map(len, self._planned.values()))
