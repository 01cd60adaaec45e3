"""Above the ground and under water for the whole act."""

import math

from walkon.engine.drawing.motion.state import Act, Contact, Move, Puff, State, smooth
from walkon.engine.drawing.poses import Pose
from walkon.scene.verbs import Verb


def _fly(act: Act, t: float) -> State:
    wave = math.sin(2 * math.pi * (0.7 * t + act.phase))
    up = 1.15 + 0.16 * wave
    x = act.x + act.facing * 1.2 * t
    flap = 1 + 0.06 * math.sin(2 * math.pi * 3.2 * t)
    tilt = (-7 + 5 * math.cos(2 * math.pi * (0.7 * t + act.phase))) * act.facing
    return State(x=x, y=up * smooth(0.55 + t), turn=tilt, sx=2 - flap, sy=flap, facing=act.facing, pose=Pose.FLY, clock=t, belly=True)


def _float(act: Act, t: float) -> State:
    y = 0.55 + 0.13 * math.sin(2 * math.pi * (0.32 * t + act.phase))
    turn = 8 * math.sin(2 * math.pi * 0.19 * t + 6 * act.phase)
    return State(x=act.x + 0.18 * act.facing * t, y=y, turn=turn, facing=act.facing, pose=Pose.FLY, clock=t, belly=True)


def _swim(act: Act, t: float) -> State:
    y = 0.7 + 0.12 * math.sin(2 * math.pi * (0.5 * t + act.phase))
    wag = math.sin(2 * math.pi * 1.8 * t)
    turn = (5 * wag if act.whole else 62) * act.facing
    return State(x=act.x + 0.8 * act.facing * t, y=y, turn=turn, sx=1 + 0.05 * wag, facing=act.facing, pose=Pose.SWIM, clock=t, belly=True)


def _dive(act: Act, t: float) -> State:
    """Up in an arc, nose down, under the ground line and out of sight."""
    u = t - 0.4
    if u < 0:
        sy = 1 - 0.25 * math.sin(math.pi * t / 0.4)
        return State(x=act.x, sy=sy, facing=act.facing, pose=Pose.CROUCH, clock=t)
    speed = math.sqrt(2 * 11 * (0.5 + 0.3 * act.height))
    y = max(-1.6 * act.height, speed * u - 5.5 * u * u)
    turn = (150 * smooth(u / (2.2 * speed / 11))) * act.facing
    return State(x=act.x + act.facing * 1.1 * min(u, 1.4), y=y, turn=turn, facing=act.facing, pose=Pose.JUMP, clock=t, belly=True)


def dive_meets_water_s(act: Act) -> float:
    """Seconds until a diver meets the surface."""
    return 0.4 + 2 * math.sqrt(2 * 11 * (0.5 + 0.3 * act.height)) / 11


def _dive_contacts(act: Act) -> tuple[Contact, ...]:
    at = dive_meets_water_s(act)
    return (Contact(at_s=at, effect="splash", x=act.x + act.facing * 1.1 * min(at - 0.4, 1.4), puff=Puff.SPLASH, jolt_px=4),)


def _air(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=0.1, effect="whoosh", x=act.x, gain=0.7),)


def _wet(act: Act) -> tuple[Contact, ...]:
    return tuple(
        Contact(at_s=0.5 + 2.2 * index, effect="splash", x=act.x, gain=0.35) for index in range(min(8, int(act.seconds / 2.2) + 1))
    )


MOVES = {
    Verb.FLY: Move(state=_fly, contacts=_air, travels=True),
    Verb.FLOAT: Move(state=_float, travels=False),
    Verb.SWIM: Move(state=_swim, contacts=_wet, travels=True),
    Verb.DIVE: Move(state=_dive, contacts=_dive_contacts),
}
"""Verbs of air and water."""
