"""Discord's rate limits: so many requests a second of one bot, and so many changes of messages in a channel."""

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
class Bucket:
    """A window that opens with its first request and is empty again when it ends."""

    limit: int
    window_s: float
    opened_s: float = float("-inf")
    taken: int = 0

    def wait_s(self, now_s: float) -> float:
        """How long a request comes too early."""
        if now_s >= self.opened_s + self.window_s:
            self.opened_s, self.taken = now_s, 0
        return self.opened_s + self.window_s - now_s if self.taken >= self.limit else 0.0

    def headers(self, now_s: float) -> dict[str, str]:
        """What Discord tells of it with every answer."""
        left_s = self.opened_s + self.window_s - now_s
        said = {"Limit": f"{self.limit}", "Remaining": f"{self.limit - self.taken}", "Reset-After": f"{left_s:.3f}"}
        return {f"X-RateLimit-{name}": value for name, value in {**said, "Reset": f"{now_s + left_s:.3f}"}.items()}


@dataclass
class Pace:
    """now: Unix seconds. refused: how many requests came too early."""

    now: Callable[[], float]
    refused: int = 0
    _all: Bucket = field(default_factory=lambda: Bucket(GLOBAL, GLOBAL_S))
    _channels: dict[str, Bucket] = field(default_factory=dict)

    def take(self, operation: str, params: dict[str, str]) -> Turn | None:
        """Count the request; None for one that no limit is for."""
        if "webhook" in operation or operation == "create_interaction_response":
            return None
        now_s = self.now()
        buckets = [self._all]
        if operation == "update_message":
            buckets.append(self._channels.setdefault(params["channel_id"], Bucket(EDITS, EDITS_S)))
        waits = [bucket.wait_s(now_s) for bucket in buckets]
        if max(waits) > 0:
            self.refused += 1
        else:
            for bucket in buckets:
                bucket.taken += 1
        return Turn(max(waits), waits[0] > 0, buckets[-1].headers(now_s) if len(buckets) > 1 else {})
