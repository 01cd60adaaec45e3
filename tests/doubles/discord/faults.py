"""What may go wrong on the way to Discord, told in advance."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class How(StrEnum):
    """What happens to a request."""

    REFUSE = "refuse"
    """An error at once: `status` and `code`."""
    THROTTLE = "throttle"
    """429 with `retry_after_s`."""
    ACCEPT_THEN_500 = "accept_then_500"
    """It is done, and the answer says that it is not."""
    RESET_MID_UPLOAD = "reset_mid_upload"
    """The connection breaks while the request is being sent."""
    TIMEOUT = "timeout"
    """Nobody ever answers, and nothing is done."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong."""

    how: How
    status: int = 500
    code: int = 0
    retry_after_s: float = 0.05

    def answer(self) -> tuple[int, dict[str, Any]]:
        """The error as Discord says it."""
        if self.how is How.THROTTLE:
            return 429, {"message": "You are being rate limited.", "code": 0, "retry_after": self.retry_after_s, "global": False}
        return self.status, {"message": f"{self.status}: fault", "code": self.code}


class Faults:
    """Faults to come, in order, by the name of the operation (`create_message`)."""

    def __init__(self) -> None:
        self._planned: list[tuple[str, Fault]] = []

    def plan(self, operation: str, fault: Fault, times: int) -> None:
        """Let the next `times` requests of that operation go wrong; `*` is any."""
        self._planned += [(operation, fault)] * times

    def take(self, operation: str) -> Fault | None:
        """What goes wrong with this request, None for nothing."""
        for index, (name, fault) in enumerate(self._planned):
            if name in (operation, "*"):
                del self._planned[index]
                return fault
        return None
