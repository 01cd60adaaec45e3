"""Off the ground and back: jumps, flips, bounces, spins, falls; rockets."""

import math

from walkon.engine.drawing.motion.hops import Hop, landing
from walkon.engine.drawing.motion.state import Act, Contact, Move, Puff, State, smooth, stand, wide
from walkon.engine.drawing.poses import Pose
from walkon.scene.verbs import Verb

HOP_REACH = 0.9
"""Metres forward in one hop."""
REST_S = 0.42
"""Pause between hops, for the bounce to die away."""
ROLL_ON = 1.4
"""Speed of a board under its rider, metres a second."""


def jump_of(act: Act) -> Hop:
    """The hop of a jump: higher for taller bodies, and high enough to clear what is jumped over."""
    return Hop(height=0.35 + 0.4 * act.height + (0.25 if act.goal is not None else 0.0))


def flip_of(act: Act) -> Hop:
    """The hop of a backflip, its apex tied to the body's height."""
    return Hop(height=0.45 + 0.45 * act.height, wind_up_s=0.34)


def flip_starts(act: Act) -> float:
    """Seconds of riding in before the flip."""
    room = act.seconds - flip_of(act).lands_s - 1.3
    return min(1.4, max(0.25, 0.45 * room))


def _jumps(act: Act) -> list[float]:
    """Starts of the hops that fit."""
    hop = jump_of(act)
    if act.goal is not None:
        return [min(0.5, max(0.1, act.seconds * 0.15))]
    cycle = hop.lands_s + REST_S
    return [0.15 + index * cycle for index in range(max(1, int((act.seconds - 0.3) / cycle)))]


def _jump(act: Act, t: float) -> State:
    hop = jump_of(act)
    starts = _jumps(act)
    reach = HOP_REACH if act.goal is None else 2 * abs(act.goal - act.x)
    done = sum(1 for start in starts if t >= start + hop.lands_s)
    current = max((start for start in starts if start <= t), default=starts[0])
    u = t - current
    x = act.x + act.facing * reach * (done + (hop.flown(u) if hop.flies(u) else 0.0))
    sy = hop.stretch_at(u)
    if t > starts[-1] + hop.lands_s + 0.5:
        return stand(act, t, Pose.CHEER, x=x)
    pose = Pose.JUMP if hop.flies(u) else Pose.CROUCH if u < hop.wind_up_s + hop.air_s + 0.2 and u > 0 else Pose.IDLE
    tilt = -9 * act.facing * math.cos(math.pi * hop.flown(u)) if hop.flies(u) and act.whole else 0.0
    return State(x=x, y=hop.height_at(u), turn=tilt, sx=wide(sy), sy=sy, facing=act.facing, pose=pose, clock=t, belly=True)


def _jump_contacts(act: Act) -> tuple[Contact, ...]:
    hop = jump_of(act)
    reach = HOP_REACH if act.goal is None else 2 * abs(act.goal - act.x)
    found = []
    for index, start in enumerate(_jumps(act)):
        x = act.x + act.facing * reach * (index + 1)
        found.append(Contact(at_s=start + hop.wind_up_s, effect="boing", x=x, gain=0.7))
        found.append(Contact(at_s=start + hop.lands_s, effect="thud", x=x, puff=Puff.DUST, jolt_px=5, gain=0.8))
    return tuple(found)


def _backflip(act: Act, t: float) -> State:
    hop, start = flip_of(act), flip_starts(act)
    u = t - start
    x = act.x + (act.facing * ROLL_ON * t if act.mounted else 0.0)
    if u < 0:
        return State(x=x, facing=act.facing, pose=Pose.STAND_RIDE if act.mounted else Pose.IDLE, clock=t)
    sy = hop.stretch_at(u)
    flown = hop.flown(u)
    turn = -360 * act.facing * smooth(1.12 * flown - 0.06) if hop.flies(u) else 0.0
    pose = _flip_pose(hop, u, flown)
    after = u - hop.lands_s - 0.55
    glee = 0.10 * abs(math.sin(2 * math.pi * 1.3 * after)) if act.whole and after > 0 else 0.0
    y = hop.height_at(u) + glee
    return State(x=x, y=y, turn=turn, sx=wide(sy), sy=sy, facing=act.facing, pose=pose, clock=t, belly=hop.flies(u))


def _flip_pose(hop: Hop, u: float, flown: float) -> Pose:
    if hop.flies(u):
        return Pose.TUCK if 0.1 < flown < 0.9 else Pose.JUMP
    if u < hop.wind_up_s or u < hop.lands_s + 0.35:
        return Pose.CROUCH
    return Pose.CHEER


def _backflip_contacts(act: Act) -> tuple[Contact, ...]:
    hop, start = flip_of(act), flip_starts(act)
    lands = start + hop.lands_s
    x = act.x + (act.facing * ROLL_ON * lands if act.mounted else 0.0)
    return (
        Contact(at_s=start + hop.wind_up_s, effect="slide_whistle", x=x, gain=0.7),
        Contact(at_s=start + hop.wind_up_s + 0.05, effect="whoosh", x=x),
        Contact(at_s=lands, effect="thud", x=x, puff=Puff.DUST, jolt_px=6),
        Contact(at_s=lands + 0.42, effect="ding", x=x + 0.25 * act.facing, y=1.25 * act.height, puff=Puff.SPARKS, gain=0.8),
    )


def board_dip(act: Act, t: float) -> float:
    """Height factor of a mount that its rider leaves and lands on again."""
    if act.verb is not Verb.BACKFLIP:
        return 1.0
    return landing(t - flip_starts(act) - flip_of(act).lands_s, 0.45)


def _bounce(act: Act, t: float) -> State:
    hop = _bounce_hop(act)
    u = t % hop.air_s
    near = max(0.0, 1 - hop.height_at(u) / 0.14)
    sy = 1 - 0.26 * near + 0.06 * (1 - near)
    x = act.x + act.facing * 0.35 * t * (0 if act.goal is not None else 1)
    return State(x=x, y=hop.height_at(u), sx=wide(sy), sy=sy, facing=act.facing, pose=Pose.JUMP, clock=t)


def _bounce_hop(act: Act) -> Hop:
    return Hop(height=0.35 + 0.35 * act.height, wind_up_s=0.0)


def _bounce_contacts(act: Act) -> tuple[Contact, ...]:
    hop = _bounce_hop(act)
    count = min(24, int(act.seconds / hop.air_s))
    return tuple(
        Contact(at_s=(index + 1) * hop.air_s, effect="boing", x=act.x + act.facing * 0.35 * index * hop.air_s, puff=Puff.DUST, gain=0.6)
        for index in range(count)
    )


def _spin(act: Act, t: float) -> State:
    """A turn about the upright axis, as paper turns: edge-on for a moment."""
    width = math.cos(2 * math.pi * 1.1 * t)
    shown = max(0.08, abs(width)) * (1 if width >= 0 else -1)
    hop = 0.05 * abs(math.sin(2 * math.pi * 1.1 * t))
    return State(x=act.x, y=hop, sx=shown, facing=act.facing, pose=Pose.CHEER, clock=t)


def _spin_contacts(act: Act) -> tuple[Contact, ...]:
    return tuple(Contact(at_s=at * 1.8 + 0.1, effect="whoosh", x=act.x, gain=0.5) for at in range(max(1, int(act.seconds / 1.8))))


TOTTER_S, TOPPLE_S = 0.7, 0.38


def _fall(act: Act, t: float) -> State:
    """Totter, topple accelerating, bounce, lie."""
    totter = min(TOTTER_S, act.seconds * 0.4)
    u = t - totter
    if u < 0:
        return State(x=act.x, turn=7 * math.sin(11 * t), facing=act.facing, pose=Pose.SURPRISE, clock=t)
    if u < TOPPLE_S:
        turn = 88 * (u / TOPPLE_S) ** 2
    else:
        v = u - TOPPLE_S
        turn = 88 - 12 * math.exp(-8 * v) * abs(math.sin(14 * v))
    return State(x=act.x, y=0.03, turn=turn * act.facing, facing=act.facing, pose=Pose.FALLEN, clock=t)


def _fall_contacts(act: Act) -> tuple[Contact, ...]:
    totter = min(TOTTER_S, act.seconds * 0.4)
    lands = totter + TOPPLE_S
    x = act.x + act.facing * act.height * 0.5
    return (
        Contact(at_s=totter, effect="slide_whistle", x=act.x, gain=0.5),
        Contact(at_s=lands, effect="thud", x=x, puff=Puff.DUST, jolt_px=6),
    )


def _sink(act: Act, t: float) -> State:
    u = smooth(t / max(1.0, act.seconds * 0.9))
    return State(x=act.x, y=-1.1 * act.height * u, turn=6 * math.sin(3 * t), facing=act.facing, pose=Pose.CHEER, clock=t)


def _sink_contacts(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=0.3, effect="splash", x=act.x, puff=Puff.SPLASH), Contact(at_s=1.0, effect="pop", x=act.x, gain=0.5))


PAD_S = 1.6


def pad_s(act: Act) -> float:
    """Seconds of shaking on the pad before lift-off."""
    return min(PAD_S, 0.3 * act.seconds)


def _rise(u: float) -> float:
    return 0.55 * u * u + 0.3 * u


def _launch(act: Act, t: float) -> State:
    pad = pad_s(act)
    if t < pad:
        grow = t / pad
        shake = (0.02 + 0.04 * grow) * math.sin(2 * math.pi * 10 * t)
        sy = 1 - 0.10 * grow
        return State(x=act.x + shake, sx=wide(sy), sy=sy, facing=act.facing, pose=Pose.CROUCH, clock=t)
    u = t - pad
    sy = 1 + 0.08 * smooth(u / 0.4)
    return State(x=act.x + 0.012 * math.sin(40 * t), y=_rise(u), sx=wide(sy), sy=sy, facing=act.facing, pose=Pose.JUMP, clock=t)


def _launch_contacts(act: Act) -> tuple[Contact, ...]:
    pad = pad_s(act)
    return (
        Contact(at_s=0.0, effect="rumble", x=act.x, seconds=act.seconds, jolt_px=1.6),
        Contact(at_s=pad, effect="boom", x=act.x, puff=Puff.DUST, jolt_px=6),
    )


def touch_down_s(act: Act) -> float:
    """Seconds until a landing touches the ground."""
    return max(1.4, 0.62 * act.seconds)


def _land(act: Act, t: float) -> State:
    down = touch_down_s(act)
    if t >= down:
        sy = landing(t - down, 0.2)
        return State(x=act.x, sx=wide(sy), sy=sy, facing=act.facing, pose=Pose.CHEER, clock=t)
    u = down - t
    height = min(_rise(u), 0.45 * u * u + 0.25 * u)
    return State(x=act.x + 0.02 * math.sin(30 * t), y=height, facing=act.facing, pose=Pose.JUMP, clock=t)


def _land_contacts(act: Act) -> tuple[Contact, ...]:
    down = touch_down_s(act)
    return (
        Contact(at_s=0.0, effect="rumble", x=act.x, seconds=down, jolt_px=1.0),
        Contact(at_s=down, effect="thud", x=act.x, puff=Puff.DUST, jolt_px=6),
    )


MOVES = {
    Verb.JUMP: Move(state=_jump, contacts=_jump_contacts),
    Verb.BACKFLIP: Move(state=_backflip, contacts=_backflip_contacts, least_s=2.4),
    Verb.BOUNCE: Move(state=_bounce, contacts=_bounce_contacts),
    Verb.SPIN: Move(state=_spin, contacts=_spin_contacts),
    Verb.FALL: Move(state=_fall, contacts=_fall_contacts, least_s=1.6),
    Verb.SINK: Move(state=_sink, contacts=_sink_contacts),
    Verb.LAUNCH: Move(state=_launch, contacts=_launch_contacts, least_s=3.0),
    Verb.LAND: Move(state=_land, contacts=_land_contacts, least_s=2.4),
}
"""Verbs of gravity."""
