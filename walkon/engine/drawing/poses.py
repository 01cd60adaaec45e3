"""Poses of a paper doll: where its hands and feet go, by the clock of the pose.

Lengths are shares of the doll's height; x grows to where it faces, y grows upwards from the ground.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

Point = tuple[float, float]
TAU = 2 * math.pi


class Pose(Enum):
    """What the body does."""

    IDLE = auto()
    WALK = auto()
    RUN = auto()
    TALK = auto()
    SHOUT = auto()
    JUMP = auto()
    TUCK = auto()
    CROUCH = auto()
    CHEER = auto()
    CLAP = auto()
    DANCE = auto()
    TANGO = auto()
    WAVE = auto()
    BOW = auto()
    POINT = auto()
    WIND_UP = auto()
    THROW = auto()
    PUSH = auto()
    PULL = auto()
    CLIMB = auto()
    HUG = auto()
    FIGHT = auto()
    HOLD = auto()
    GIVE = auto()
    EAT = auto()
    THINK = auto()
    LOOK = auto()
    LAUGH = auto()
    SAD = auto()
    SHIVER = auto()
    SIT = auto()
    RIDE = auto()
    STAND_RIDE = auto()
    FALLEN = auto()
    FLY = auto()
    SWIM = auto()
    READ = auto()
    STIR = auto()
    WORK = auto()
    PLAY = auto()
    DRIBBLE = auto()
    KICK = auto()
    SURPRISE = auto()
    SNEAK = auto()
    MAGIC = auto()


@dataclass(frozen=True, slots=True)
class Limbs:
    """The four targets and the bend of a body. lean, tilt: degrees forward of body and head; sink: how low the hips go."""

    back_hand: Point
    front_hand: Point
    back_foot: Point = (-0.06, 0.0)
    front_foot: Point = (0.06, 0.0)
    lean: float = 0.0
    sink: float = 0.0
    tilt: float = 0.0
    nod: float = 0.0


REST_BACK, REST_FRONT = (-0.17, 0.30), (0.17, 0.30)


def _sin(t: float, hertz: float, phase: float = 0.0) -> float:
    return math.sin(TAU * (hertz * t + phase))


def _idle(t: float, phase: float) -> Limbs:
    sway = 0.008 * _sin(t, 0.4, phase)
    return Limbs((-0.17 + sway, 0.30), (0.17 + sway, 0.30), tilt=2.0 * _sin(t, 0.23, phase), nod=0.006 * _sin(t, 0.55, phase))


def _stride(t: float, phase: float, *, hertz: float, reach: float, lift: float) -> tuple[Point, Point, float]:
    turn = TAU * (hertz * t + phase)
    one = (reach * math.sin(turn), lift * max(0.0, math.cos(turn)))
    other = (-reach * math.sin(turn), lift * max(0.0, -math.cos(turn)))
    return one, other, math.sin(turn)


def _walk(t: float, phase: float) -> Limbs:
    back, front, swing = _stride(t, phase, hertz=0.95, reach=0.17, lift=0.09)
    return Limbs((-0.12 - 0.16 * swing, 0.32), (0.12 + 0.16 * swing, 0.32), back, front, lean=3, tilt=2.5 * swing)


def _run(t: float, phase: float) -> Limbs:
    back, front, swing = _stride(t, phase, hertz=1.5, reach=0.26, lift=0.14)
    return Limbs((-0.05 - 0.2 * swing, 0.42), (0.10 + 0.2 * swing, 0.42), back, front, lean=9, tilt=3 * swing)


def _sneak(t: float, phase: float) -> Limbs:
    back, front, swing = _stride(t, phase, hertz=0.7, reach=0.15, lift=0.16)
    return Limbs((0.10, 0.46 + 0.03 * swing), (0.20, 0.44 - 0.03 * swing), back, front, lean=14, sink=0.05, tilt=-4)


def _talk(t: float, phase: float) -> Limbs:
    beat = _sin(t, 1.1, phase)
    return Limbs((-0.17, 0.31), (0.20 + 0.03 * beat, 0.44 + 0.06 * beat), lean=1.5 * beat, tilt=4 * _sin(t, 0.8, phase))


def _shout(t: float, phase: float) -> Limbs:
    beat = _sin(t, 1.6, phase)
    return Limbs((-0.30, 0.55 + 0.05 * beat), (0.30, 0.62 - 0.05 * beat), lean=3 + 2 * beat, tilt=-5 + 3 * beat)


def _jump(t: float, phase: float) -> Limbs:
    return Limbs((-0.22, 0.72), (0.22, 0.72), (-0.10, 0.03), (0.09, 0.05), tilt=-3)


def _tuck(t: float, phase: float) -> Limbs:
    return Limbs((0.12, 0.24), (0.20, 0.24), (0.05, 0.16), (0.13, 0.17), lean=22, tilt=12)


def _crouch(t: float, phase: float) -> Limbs:
    return Limbs((-0.22, 0.26), (-0.06, 0.24), (-0.09, 0.0), (0.08, 0.0), lean=12, sink=0.10)


def _cheer(t: float, phase: float) -> Limbs:
    pump = 0.05 * _sin(t, 2.0, phase)
    return Limbs((-0.24, 0.76 + pump), (0.24, 0.76 - pump), tilt=3 * _sin(t, 1.0, phase), nod=0.012 * abs(_sin(t, 1.0, phase)))


def _clap(t: float, phase: float) -> Limbs:
    gap = 0.07 * abs(_sin(t, 1.6, phase))
    return Limbs((0.05 - gap, 0.50), (0.07 + gap, 0.50), tilt=3 * _sin(t, 0.8, phase))


def _dance(t: float, phase: float) -> Limbs:
    """t counts beats, not seconds."""
    sway = math.sin(math.pi * t)
    up, down = 0.66 + 0.10 * sway, 0.40 - 0.08 * sway
    lift = 0.07 * abs(sway)
    feet = ((-0.10, lift if sway > 0 else 0.0), (0.10, lift if sway < 0 else 0.0))
    return Limbs((-0.23, up), (0.23, down + 0.16), *feet, lean=5 * sway, tilt=9 * sway)


def _tango(t: float, phase: float) -> Limbs:
    """t counts beats, not seconds."""
    snap = 14 if int(t) % 2 == 0 else -12
    step = 0.14 * math.sin(math.pi * t * 0.5)
    return Limbs((-0.16, 0.52), (0.31, 0.56), (-step, 0.0), (step + 0.05, 0.03 * abs(math.sin(math.pi * t))), lean=-4, tilt=snap)


def _wave(t: float, phase: float) -> Limbs:
    return Limbs((-0.17, 0.30), (0.24 + 0.05 * _sin(t, 1.9), 0.74), tilt=4 * _sin(t, 0.9, phase), lean=-1)


def _bow(t: float, phase: float) -> Limbs:
    bend = math.sin(math.pi * min(1.0, t / 1.5)) ** 2
    return Limbs((-0.20, 0.30), (0.10 + 0.05 * bend, 0.36), lean=42 * bend, tilt=10 * bend)


def _point(t: float, phase: float) -> Limbs:
    return Limbs((-0.17, 0.30), (0.34, 0.55 + 0.012 * _sin(t, 1.2)), lean=4, tilt=2 * _sin(t, 0.5, phase))


def _wind_up(t: float, phase: float) -> Limbs:
    return Limbs((0.12, 0.52), (-0.24, 0.60), (-0.12, 0.0), (0.12, 0.06), lean=-14, tilt=-4)


def _throw(t: float, phase: float) -> Limbs:
    return Limbs((-0.16, 0.36), (0.34, 0.64), (-0.13, 0.03), (0.12, 0.0), lean=14, tilt=4)


def _push(t: float, phase: float) -> Limbs:
    back, front, swing = _stride(t, phase, hertz=0.8, reach=0.13, lift=0.04)
    return Limbs((0.27, 0.44), (0.30, 0.48 + 0.01 * swing), (back[0] - 0.12, back[1]), (front[0] - 0.05, front[1]), lean=16, tilt=6)


def _pull(t: float, phase: float) -> Limbs:
    back, front, _ = _stride(t, phase, hertz=0.8, reach=0.12, lift=0.04)
    return Limbs((0.27, 0.42), (0.31, 0.44), (back[0] + 0.05, back[1]), (front[0] + 0.12, front[1]), lean=-16, tilt=-8)


def _climb(t: float, phase: float) -> Limbs:
    step = _sin(t, 0.8, phase)
    return Limbs((0.10, 0.66 + 0.12 * step), (0.16, 0.66 - 0.12 * step), (0.02, 0.05 - 0.05 * step), (0.09, 0.05 + 0.05 * step), lean=4)


def _hug(t: float, phase: float) -> Limbs:
    return Limbs((0.26, 0.50), (0.29, 0.42), lean=8, tilt=9 + 2 * _sin(t, 0.5, phase))


def _fight(t: float, phase: float) -> Limbs:
    jab = max(0.0, _sin(t, 1.3, phase)) ** 2
    cross = max(0.0, -_sin(t, 1.3, phase)) ** 2
    return Limbs((0.08 + 0.22 * cross, 0.50), (0.14 + 0.24 * jab, 0.52), (-0.12, 0.0), (0.11, 0.0), lean=6 + 8 * jab, sink=0.03)


def _hold(t: float, phase: float) -> Limbs:
    return Limbs((0.02, 0.40), (0.20, 0.44), tilt=3 * _sin(t, 0.4, phase), nod=0.006 * _sin(t, 0.55, phase))


def _give(t: float, phase: float) -> Limbs:
    return Limbs((-0.16, 0.32), (0.33, 0.46 + 0.01 * _sin(t, 0.8)), lean=6, tilt=3)


def _eat(t: float, phase: float) -> Limbs:
    bite = max(0.0, _sin(t, 0.9, phase))
    return Limbs((-0.15, 0.32), (0.22 - 0.10 * bite, 0.40 + 0.12 * bite), tilt=5 * bite, nod=-0.012 * bite)


def _think(t: float, phase: float) -> Limbs:
    return Limbs((-0.02, 0.34), (0.12, 0.585), tilt=-7 + 2 * _sin(t, 0.3, phase), lean=-2)


def _look(t: float, phase: float) -> Limbs:
    return Limbs((-0.17, 0.32), (0.19, 0.82), lean=5 * _sin(t, 0.22, phase), tilt=7 * _sin(t, 0.22, phase))


def _laugh(t: float, phase: float) -> Limbs:
    shake = _sin(t, 3.4)
    return Limbs((-0.04, 0.36), (0.08, 0.35), lean=-5 + 1.5 * shake, tilt=-9 + 2.5 * shake, nod=0.012 * shake)


def _sad(t: float, phase: float) -> Limbs:
    sob = _sin(t, 1.2, phase)
    return Limbs((-0.09, 0.66 + 0.006 * sob), (0.09, 0.66 - 0.006 * sob), lean=5 + sob, tilt=8, sink=0.01, nod=0.006 * sob)


def _shiver(t: float, phase: float) -> Limbs:
    shake = 0.012 * _sin(t, 11.0)
    return Limbs((-0.02 + shake, 0.42), (0.04 + shake, 0.46), sink=0.02, tilt=3 * _sin(t, 9.0), nod=0.3 * shake)


def _sit(t: float, phase: float) -> Limbs:
    return Limbs((0.02, 0.27), (0.14, 0.25), (0.24, 0.02), (0.29, 0.0), sink=0.18, tilt=3 * _sin(t, 0.3, phase))


def _ride(t: float, phase: float) -> Limbs:
    return Limbs((0.17, 0.40), (0.22, 0.38), (-0.02, 0.10), (0.09, 0.08), lean=5 + 2 * _sin(t, 1.5), sink=0.12, tilt=2 * _sin(t, 1.5, 0.2))


def _stand_ride(t: float, phase: float) -> Limbs:
    sway = _sin(t, 0.7, phase)
    return Limbs((-0.27, 0.50 + 0.04 * sway), (0.27, 0.50 - 0.04 * sway), (-0.13, 0.0), (0.12, 0.0), lean=8 + 3 * sway, sink=0.06, tilt=-4)


def _fallen(t: float, phase: float) -> Limbs:
    return Limbs((-0.20, 0.62), (0.22, 0.58), (-0.10, 0.04), (0.09, 0.0), tilt=4)


def _fly(t: float, phase: float) -> Limbs:
    flap = 0.10 * _sin(t, 1.4, phase)
    return Limbs((-0.30, 0.56 + flap), (0.32, 0.60 + flap), (-0.12, 0.06), (-0.02, 0.03), lean=16, tilt=-8)


def _swim(t: float, phase: float) -> Limbs:
    stroke = TAU * (0.8 * t + phase)
    kick = 0.06 * _sin(t, 1.8, phase)
    return Limbs(
        (0.05 + 0.26 * math.cos(stroke), 0.52 + 0.2 * math.sin(stroke)),
        (0.05 - 0.26 * math.cos(stroke), 0.52 - 0.2 * math.sin(stroke)),
        (-0.06 + kick, 0.02),
        (0.04 - kick, 0.0),
        tilt=-10,
    )


def _read(t: float, phase: float) -> Limbs:
    return Limbs((0.04, 0.44), (0.20, 0.44), tilt=7 + 2.5 * _sin(t, 0.3, phase), lean=2)


def _stir(t: float, phase: float) -> Limbs:
    turn = TAU * 1.1 * t
    return Limbs((-0.16, 0.34), (0.24 + 0.05 * math.cos(turn), 0.40 + 0.035 * math.sin(turn)), lean=4, tilt=3 * _sin(t, 0.6, phase))


def _work(t: float, phase: float) -> Limbs:
    stroke = abs(_sin(t, 1.0, phase))
    return Limbs((0.12, 0.40), (0.26, 0.36 + 0.28 * stroke), lean=6 - 5 * stroke, tilt=3)


def _play(t: float, phase: float) -> Limbs:
    strum = _sin(t, 1.8)
    return Limbs((-0.06, 0.48), (0.13 + 0.02 * strum, 0.36 + 0.04 * strum), lean=2 * _sin(t, 0.9), tilt=6 * _sin(t, 0.9, phase))


def _dribble(t: float, phase: float) -> Limbs:
    """t counts beats: the hand follows the ball down once a beat."""
    down = abs(math.sin(math.pi * t))
    return Limbs((-0.17, 0.36), (0.28, 0.30 + 0.12 * down), (-0.11, 0.0), (0.10, 0.0), lean=9, sink=0.05 - 0.02 * down, tilt=-3)


def _kick(t: float, phase: float) -> Limbs:
    return Limbs((-0.24, 0.50), (0.22, 0.44), (-0.08, 0.0), (0.30, 0.14), lean=-9, tilt=2)


def _surprise(t: float, phase: float) -> Limbs:
    shake = 0.01 * _sin(t, 7)
    return Limbs((-0.26, 0.66 + shake), (0.26, 0.66 - shake), (-0.10, 0.0), (0.10, 0.0), lean=-7, tilt=-5)


def _magic(t: float, phase: float) -> Limbs:
    wave = _sin(t, 0.8, phase)
    return Limbs((-0.22, 0.46), (0.32, 0.62 + 0.10 * wave), lean=4 + 3 * wave, tilt=3 * wave)


POSES: Mapping[Pose, Callable[[float, float], Limbs]] = {
    Pose.IDLE: _idle,
    Pose.WALK: _walk,
    Pose.RUN: _run,
    Pose.TALK: _talk,
    Pose.SHOUT: _shout,
    Pose.JUMP: _jump,
    Pose.TUCK: _tuck,
    Pose.CROUCH: _crouch,
    Pose.CHEER: _cheer,
    Pose.CLAP: _clap,
    Pose.DANCE: _dance,
    Pose.TANGO: _tango,
    Pose.WAVE: _wave,
    Pose.BOW: _bow,
    Pose.POINT: _point,
    Pose.WIND_UP: _wind_up,
    Pose.THROW: _throw,
    Pose.PUSH: _push,
    Pose.PULL: _pull,
    Pose.CLIMB: _climb,
    Pose.HUG: _hug,
    Pose.FIGHT: _fight,
    Pose.HOLD: _hold,
    Pose.GIVE: _give,
    Pose.EAT: _eat,
    Pose.THINK: _think,
    Pose.LOOK: _look,
    Pose.LAUGH: _laugh,
    Pose.SAD: _sad,
    Pose.SHIVER: _shiver,
    Pose.SIT: _sit,
    Pose.RIDE: _ride,
    Pose.STAND_RIDE: _stand_ride,
    Pose.FALLEN: _fallen,
    Pose.FLY: _fly,
    Pose.SWIM: _swim,
    Pose.READ: _read,
    Pose.STIR: _stir,
    Pose.WORK: _work,
    Pose.PLAY: _play,
    Pose.DRIBBLE: _dribble,
    Pose.KICK: _kick,
    Pose.SURPRISE: _surprise,
    Pose.SNEAK: _sneak,
    Pose.MAGIC: _magic,
}


def limbs(pose: Pose, t: float, phase: float) -> Limbs:
    """The limbs of a pose at its own clock; phase (0 to 1) keeps two bodies out of step."""
    return POSES[pose](t, phase)
