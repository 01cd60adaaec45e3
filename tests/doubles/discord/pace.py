"""Discord's rate limits: so many requests a second of one bot, and so many changes of messages in a channel."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

GLOBAL, GLOBAL_S = 50, 1.0
"""Requests of a bot (docs: topics/rate-limits)."""

EDITS, EDITS_S = 5, 5.0
"""Changes of messages in one channel, as Discord's answers say; the documentation leaves them to the headers."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the limits say to one request. wait_s: how long it comes too early. everywhere: of all requests, not of this channel."""

    wait_s: float
    everywhere: bool
    headers: dict[str, str]


@dataclass
class Pace:
    """now: seconds. refused: how many requests came too early."""

    now: Callable[[], float]
    refused: int = 0
    _all: deque[float] = field(default_factory=deque)
    _channels: dict[str, deque[float]] = field(default_factory=dict)

    def take(self, operation: str, params: dict[str, str]) -> Turn | None:
        """Count the request; None for one that no limit is for."""
        if "webhook" in operation or operation == "create_interaction_response":
            return None
        now = self.now()
        channel = self._channels.setdefault(params.get("channel_id", ""), deque()) if operation == "update_message" else deque[float]()
        waits = (_wait_s(self._all, GLOBAL, GLOBAL_S, now), _wait_s(channel, EDITS, EDITS_S, now))
        wait_s = max(waits)
        if wait_s > 0:
            self.refused += 1
        else:
            self._all.append(now)
            channel.append(now)
        left_s = channel[0] + EDITS_S - now if channel else 1.0
        headers = {"X-RateLimit-Limit": f"{EDITS}", "X-RateLimit-Remaining": f"{EDITS - len(channel)}"}
        headers |= {"X-RateLimit-Reset": f"{now + left_s:.3f}", "X-RateLimit-Reset-After": f"{left_s:.3f}"}
        return Turn(wait_s, waits[0] > 0, headers if operation == "update_message" else {})


def _wait_s(taken: deque[float], limit: int, window_s: float, now: float) -> float:
    while taken and taken[0] <= now - window_s:
        taken.popleft()
    return 0.0 if len(taken) < limit else taken[0] + window_s - now
