"""Where the camera looks: locked most of the time, one eased move a shot."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from walkon.types.scene import FPS, Camera

TILT_SHARE = 0.97
"""Share of a rise that the camera follows, so that the ship stays in the picture to the end."""
TWOS = FPS / 2
"""Steps of a zoom a second."""
Way = Callable[[float], tuple[float, float]]
"""Seconds of the shot to the hero's place, metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The picture's geometry. unit_px: pixels a stage metre at zoom 1; ground_y: pixels from the top to the ground line."""

    width: int
    height: int
    unit_px: float
    ground_y: float

    @classmethod
    def of(cls, size: tuple[int, int]) -> "Frame":
        """The geometry of a picture size: ground at 0.80 of a wide, 0.74 of a square, 0.70 of a tall picture."""
        width, height = size
        ground = 0.80 if width > height else 0.74 if width == height else 0.70
        return cls(width=width, height=height, unit_px=min(0.245 * height, 0.26 * width), ground_y=ground * height)

    @property
    def half_u(self) -> float:
        """Half the picture's width in metres at zoom 1."""
        return self.width / 2 / self.unit_px


@dataclass(frozen=True, slots=True)
class View:
    """What one frame sees. x, y: metres the camera has moved; zoom: factor; dx, dy: pixels of shake."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    dx: float = 0.0
    dy: float = 0.0


@dataclass(frozen=True, slots=True)
class Jolt:
    """A kick of the camera at a moment of the shot; pixels. seconds > 0: a rumble of that length."""

    at_s: float
    px: float = 6.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPlan:
    """One shot's camera. x, y, zoom: where it starts. seconds: of the shot. to_zoom: where a move ends.

    highest: metres the camera rises at most: under a roof it stays in the room. handheld: never quite still.
    """

    move: Camera
    seconds: float
    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    to_zoom: float = 1.0
    way: Way | None = None
    jolts: tuple[Jolt, ...] = ()
    highest: float = 1e6
    handheld: bool = False

    def view(self, t: float) -> View:
        """The view `t` seconds into the shot. A zoom goes on twos: each step is under two pixels, and scenery is scaled half as often."""
        zooms = self.move in (Camera.PULL, Camera.PUSH, Camera.CLOSE)
        x, y, zoom = self._moved(math.floor(t * TWOS + 1e-6) / TWOS if zooms else t)
        dx, dy = self._shaken(t)
        return View(round(x, 5), round(y, 5), round(zoom, 5), dx, dy)

    def _moved(self, t: float) -> tuple[float, float, float]:
        if self.move is Camera.FOLLOW and self.way is not None:
            return self.x + followed(self.way(t)[0] - self.way(0.0)[0]), self.y, self.zoom
        if self.move is Camera.TILT and self.way is not None:
            risen = max(0.0, TILT_SHARE * (self.way(t)[1] - 0.45))
            return self.x, self.y + min(self.highest, risen), self.zoom
        if self.move is Camera.PAN:
            return self.x + 1.1 * (2 * ease(t / self.seconds) - 1), self.y, self.zoom
        x = self.x
        if self.move is Camera.PULL and self.way is not None:
            x += 0.85 * (self.way(t)[0] - self.way(0.0)[0])
        return x, self.y, self.zoom + (self.to_zoom - self.zoom) * self._share(t)

    def _share(self, t: float) -> float:
        u = t / max(0.1, self.seconds)
        if self.move is Camera.PULL:
            return ease((u - 0.08) / 0.80)
        if self.move in (Camera.PUSH, Camera.CLOSE):
            return ease((u - 0.15) / 0.45)
        return ease((u - 0.30) / 0.26)

    def _shaken(self, t: float) -> tuple[float, float]:
        dx = dy = 0.0
        if self.handheld:
            dx = 4 * math.sin(2.9 * t) + 3 * math.sin(7.3 * t + 1)
            dy = 3 * math.sin(3.7 * t + 2) + 2 * math.sin(8.9 * t)
        for jolt in self.jolts:
            since = t - jolt.at_s
            if jolt.seconds and 0 <= since < jolt.seconds:
                dx += jolt.px * math.sin(61 * since)
                dy += jolt.px * math.sin(73 * since + 1)
            elif not jolt.seconds and 0 <= since < 0.45:
                dy += jolt.px * math.exp(-11 * since) * math.sin(70 * since + 0.9)
        return float(round(dx)), float(round(dy))


def ease(u: float) -> float:
    """Smoothstep of a share, clamped to 0 and 1."""
    u = min(1.0, max(0.0, u))
    return u * u * (3 - 2 * u)


def followed(way: float) -> float:
    """How far the camera goes with somebody who went `way` metres: he first gains on the frame, then it holds him."""
    ahead, sign = abs(way), 1.0 if way >= 0 else -1.0
    return sign * (0.72 * ahead if ahead < 1.2 else 0.864 + 0.97 * (ahead - 1.2))
