"""The hop: crouch, flight under gravity, landing that gives way; everything that leaves the ground is made of it."""

import math
from dataclasses import dataclass

from walkon.engine.drawing.motion.state import GRAVITY


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A hop to `height` metres after `wind_up_s` of crouching."""

    height: float
    wind_up_s: float = 0.22
    gravity: float = GRAVITY

    @property
    def speed(self) -> float:
        """Take-off speed: the root of 2 g h."""
        return math.sqrt(2 * self.gravity * self.height)

    @property
    def air_s(self) -> float:
        """Seconds off the ground."""
        return 2 * self.speed / self.gravity

    @property
    def lands_s(self) -> float:
        """Seconds from the start to contact."""
        return self.wind_up_s + self.air_s

    def height_at(self, t: float) -> float:
        """Metres off the ground."""
        u = t - self.wind_up_s
        return max(0.0, self.speed * u - self.gravity * u * u / 2) if 0 < u < self.air_s else 0.0

    def stretch_at(self, t: float) -> float:
        """Factor on the body's height: crouch, stretch with speed, pancake and one bounce."""
        if t < 0:
            return 1.0
        if t < self.wind_up_s:
            return 1 - 0.28 * math.sin(math.pi * t / self.wind_up_s)
        u = t - self.wind_up_s
        if u < self.air_s:
            return 1 + 0.22 * abs(self.speed - self.gravity * u) / self.speed
        return landing(u - self.air_s)

    def flown(self, t: float) -> float:
        """Share of the flight done, 0 to 1."""
        return min(1.0, max(0.0, (t - self.wind_up_s) / self.air_s))

    def flies(self, t: float) -> bool:
        """Whether the body is off the ground."""
        return self.wind_up_s < t < self.lands_s


def landing(since_s: float, strength: float = 0.34) -> float:
    """Factor on the height of a body that touched down `since_s` ago."""
    if since_s < 0 or since_s > 1.2:
        return 1.0
    return 1 - strength * math.exp(-9 * since_s) * math.cos(24 * since_s)
