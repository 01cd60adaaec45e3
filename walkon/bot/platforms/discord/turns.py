"""When the next request may go. Whoever changes a channel's message too early is told when to come back, and keeps no place meanwhile."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

CHANGES, WINDOW_S = 5, 5.05
"""Changes of messages in one channel, as Discord's answers were seen to allow in five seconds; a twentieth for the way there."""

MOST_KEPT = 1000


@dataclass(slots=True)
class Turns:
    """At most `most` in any `within_s` seconds, as many of them at once as there is room for; first come, first served."""

    most: int
    within_s: float
    _given: deque[float] = field(default_factory=deque)

    def next_s(self, now_s: float) -> float:
        """When whoever asks now may go, on the clock that now_s is read from. It is theirs, used or not."""
        full = len(self._given) == self.most
        turn_s = max(now_s, self._given.popleft() + self.within_s) if full else now_s
        self._given.append(turn_s)
        return turn_s

    @property
    def last_s(self) -> float:
        """The latest that was given out."""
        return self._given[-1]


@dataclass(slots=True)
class ChannelTurns:
    """Gives out turns to change a message, channel by channel. now: seconds, monotonic."""

    now: Callable[[], float] = monotonic
    _channels: dict[str, Turns] = field(default_factory=dict)
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

    def again(self, key: str) -> None:
        """Let `key` go once more without another wait, since what it sent must be put differently."""
        self._told[key] = self.now()

    def _next(self, channel: str, now_s: float) -> float:
        if len(self._channels) + len(self._told) > MOST_KEPT:
            self._tidy(now_s - WINDOW_S)
        return self._channels.setdefault(channel, Turns(CHANGES, WINDOW_S)).next_s(now_s)

    def _tidy(self, past_s: float) -> None:
        self._channels = {channel: turns for channel, turns in self._channels.items() if turns.last_s > past_s}
        # Whoever never came back for a turn has a message that is wanted no more.
        self._told = {key: turn_s for key, turn_s in self._told.items() if turn_s > past_s}
