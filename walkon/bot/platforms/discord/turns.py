"""When the next message of a channel may be changed. Whoever comes too early is told when to come back, and keeps no place meanwhile."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

CHANGES, WINDOW_S = 5, 5.1
"""Changes of messages in one channel, as Discord's answers were seen to allow in five seconds; a tenth for the way there."""

MOST_KEPT = 1000


@dataclass(slots=True)
class ChannelTurns:
    """Gives out turns, first come, first served. now: seconds, monotonic."""

    now: Callable[[], float] = monotonic
    _given: dict[str, deque[float]] = field(default_factory=dict)
    _told: dict[str, float] = field(default_factory=dict)

    def wait_s(self, channel: str, key: str) -> float:
        """How long `key` comes too early; 0 where it may go now, by which its turn is over. Asked again, it keeps its turn."""
        now_s = self.now()
        turn_s = self._told.pop(key, None)
        if turn_s is None:
            turn_s = self._next(channel, now_s)
        if turn_s <= now_s:
            return 0.0
        self._told[key] = turn_s
        return turn_s - now_s

    def _next(self, channel: str, now_s: float) -> float:
        if len(self._given) + len(self._told) > MOST_KEPT:
            self._tidy(now_s - WINDOW_S)
        given = self._given.setdefault(channel, deque(maxlen=CHANGES))
        turn_s = max(now_s, given[0] + WINDOW_S) if len(given) == CHANGES else now_s
        given.append(turn_s)
        return turn_s

    def _tidy(self, past_s: float) -> None:
        self._given = {channel: given for channel, given in self._given.items() if given[-1] > past_s}
        # Whoever never came back for a turn has a message that is wanted no more.
        self._told = {key: turn_s for key, turn_s in self._told.items() if turn_s > past_s}
