"""What a body is at one instant, and the act it is in."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from walkon.engine.drawing.poses import Pose
from walkon.scene.verbs import Verb

GRAVITY = 11.0
"""Metres a second squared for actors; livelier than Earth's 9.8."""
BALL_GRAVITY = 9.8


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A body at one instant. x, y: metres, y upwards from the ground; turn: degrees clockwise; sx, sy: stretch about the feet.

    facing: +1 right, -1 left. clock: the pose's own time. belly: turn about the middle instead of the feet.
    """

    x: float
    y: float = 0.0
    turn: float = 0.0
    sx: float = 1.0
    sy: float = 1.0
    facing: int = 1
    pose: Pose = Pose.IDLE
    clock: float = 0.0
    scale: float = 1.0
    alpha: float = 1.0
    belly: bool = False


class Puff(Enum):
    """What flies up where bodies meet things."""

    NONE = auto()
    DUST = auto()
    SPLASH = auto()
    STARS = auto()
    SPARKS = auto()
    DEBRIS = auto()
    HEARTS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A meeting of bodies: the moment that picture and sound share. at_s: seconds of the act; jolt_px: kick of the camera."""

    at_s: float
    effect: str
    x: float = 0.0
    y: float = 0.0
    puff: Puff = Puff.NONE
    jolt_px: float = 0.0
    gain: float = 1.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One verb of one body. start_s, end_s: seconds of the shot. height: of the body, metres. whole: no limbs to move.

    goal: where its object stands, metres, or None. leads: False for the object's half of a verb for two.
    slides: on the belly. rate: 0.5 in slow motion.
    """

    verb: Verb
    start_s: float
    end_s: float
    x: float = 0.0
    facing: int = 1
    height: float = 1.3
    whole: bool = False
    phase: float = 0.0
    beat_s: float = 0.5
    goal: float | None = None
    leads: bool = True
    rate: float = 1.0
    weightless: bool = False
    mounted: bool = False
    dribbles: bool = False
    flies: bool = False
    slides: bool = False

    @property
    def seconds(self) -> float:
        """Length on the body's own clock."""
        return (self.end_s - self.start_s) * self.rate


def no_contacts(act: Act) -> tuple[Contact, ...]:
    """Nothing meets."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How a verb is staged. state: (act, its own seconds) to a state. doll: needs hands, so a whole animal becomes a doll."""

    state: Callable[[Act, float], State]
    contacts: Callable[[Act], tuple[Contact, ...]] = field(default=no_contacts)
    doll: bool = False
    travels: bool = False
    least_s: float = 1.2


def wide(sy: float) -> float:
    """The sideways stretch that keeps the volume."""
    return float(max(0.05, sy) ** -0.8)


def breath(act: Act, t: float) -> float:
    """The height factor of a body at rest: 2.5 % at 0.55 Hz, out of step with others."""
    return 1 + (0.025 if act.whole else 0.012) * math.sin(2 * math.pi * (0.55 * t + act.phase))


def stand(act: Act, t: float, pose: Pose = Pose.IDLE, *, x: float | None = None, facing: int | None = None) -> State:
    """A body in place in a pose, breathing; weightless bodies drift."""
    sy = breath(act, t)
    drift = 0.0
    if act.weightless:
        drift = 0.5 + 0.13 * math.sin(2 * math.pi * (0.32 * t + act.phase))
    return State(
        x=act.x if x is None else x,
        y=drift,
        sx=wide(sy),
        sy=sy,
        facing=facing or act.facing,
        pose=pose,
        clock=t,
        turn=6 * math.sin(1.1 * t + 6 * act.phase) if act.weightless else 0.0,
        belly=act.weightless,
    )


def smooth(u: float) -> float:
    """Smoothstep, clamped."""
    u = min(1.0, max(0.0, u))
    return u * u * (3 - 2 * u)
