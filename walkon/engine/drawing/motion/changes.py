"""The body itself becomes other: grows, shrinks, vanishes, bursts."""

import math

from walkon.engine.drawing.motion.hops import landing
from walkon.engine.drawing.motion.state import Act, Contact, Move, Puff, State, smooth, stand, wide
from walkon.engine.drawing.poses import Pose
from walkon.scene.verbs import Verb


def _overshoot(u: float) -> float:
    """0 to 1 with one swing past the end."""
    if u <= 0:
        return 0.0
    return 1 - math.exp(-5 * u) * math.cos(9 * u) if u < 2 else 1.0


def _grow(act: Act, t: float) -> State:
    scale = 1 + 1.1 * _overshoot((t - 0.4) / 1.2)
    return State(x=act.x, scale=max(0.2, scale), facing=act.facing, pose=Pose.CHEER, clock=t)


def _shrink(act: Act, t: float) -> State:
    scale = 1 - 0.65 * _overshoot((t - 0.4) / 1.2)
    return State(x=act.x, scale=max(0.15, scale), facing=act.facing, pose=Pose.SURPRISE, clock=t)


def _melt(act: Act, t: float) -> State:
    u = smooth(t / max(1.2, act.seconds * 0.85))
    sy = 1 - 0.82 * u
    return State(x=act.x, sx=1 + 0.7 * u, sy=sy, facing=act.facing, pose=Pose.SURPRISE, clock=t)


def _vanish(act: Act, t: float) -> State:
    u = t / act.seconds
    gone = smooth((u - 0.55) / 0.35)
    spin = 300 * gone * gone * act.facing
    return State(x=act.x, turn=spin, scale=max(0.0, 1 - gone), facing=act.facing, pose=Pose.WAVE, clock=t, belly=True)


RISE_S, RISE_HEIGHT = 0.95, 1.25
"""Seconds in the air and metres of the arc of whoever jumps out of something."""
RISES_AT_S = 0.45


def _jump_out(act: Act, goal: float, t: float) -> State:
    """Out of a thing in an arc, growing on the way, and beside it with a bounce."""
    u = (t - RISES_AT_S) / RISE_S
    if u <= 0:
        return State(x=goal, scale=0.0, alpha=0.0, facing=act.facing, clock=t)
    if u < 1:
        y = 0.35 * (1 - u) + 4 * RISE_HEIGHT * u * (1 - u)
        sy = 1 + 0.16 * math.cos(math.pi * u) ** 2
        return State(
            x=goal + (act.x - goal) * smooth(u),
            y=y,
            sx=wide(sy),
            sy=sy,
            scale=0.35 + 0.65 * smooth(1.7 * u),
            facing=act.facing,
            pose=Pose.JUMP,
            clock=t,
        )
    since = t - RISES_AT_S - RISE_S
    sy = landing(since)
    glee = 0.28 * abs(math.sin(math.pi * 1.2 * (since - 0.7))) if since > 0.7 else 0.0
    return State(x=act.x, y=glee, sx=wide(sy), sy=sy, facing=act.facing, pose=Pose.CHEER, clock=t)


def _appear(act: Act, t: float) -> State:
    if act.goal is not None:
        return _jump_out(act, act.goal, t)
    scale = _overshoot((t - 0.35) / 0.9)
    return State(x=act.x, scale=max(0.0, scale), facing=act.facing, pose=Pose.CHEER, clock=t, belly=False)


def burst_s(act: Act) -> float:
    """Seconds until it bursts."""
    return max(0.5, 0.42 * act.seconds)


def _explode(act: Act, t: float) -> State:
    at = burst_s(act)
    if t < at:
        u = t / at
        shake = 0.05 * u * u * math.sin(70 * t)
        return State(x=act.x + shake, scale=1 + 0.25 * u * u, facing=act.facing, pose=Pose.SURPRISE, clock=t)
    return State(x=act.x, scale=0.0, alpha=0.0, facing=act.facing, clock=t)


def _transform(act: Act, t: float) -> State:
    """A quick turn about the upright axis; half-way through the film swaps the sprite."""
    u = smooth((t - 0.4 * act.seconds) / 0.8)
    width = math.cos(3 * math.pi * u)
    shown = max(0.08, abs(width)) * (1 if width >= 0 else -1)
    hop = 0.35 * math.sin(math.pi * u)
    return State(x=act.x, y=hop, sx=shown, scale=1 + 0.2 * math.sin(math.pi * u), facing=act.facing, pose=Pose.CHEER, clock=t)


def _shine(act: Act, t: float) -> State:
    glow = 1 + 0.07 * math.sin(2 * math.pi * 1.1 * t)
    return State(x=act.x, y=0.05 + 0.05 * math.sin(2 * math.pi * 0.5 * t), scale=glow, facing=act.facing, pose=Pose.CHEER, clock=t)


def _break(act: Act, t: float) -> State:
    at = burst_s(act)
    if t < at:
        return stand(act, t, Pose.SURPRISE)
    u = t - at
    turn = 75 * smooth(u / 0.4) * act.facing
    return State(x=act.x, turn=turn, sy=0.7, facing=act.facing, pose=Pose.FALLEN, clock=t)


def _grow_contacts(act: Act) -> tuple[Contact, ...]:
    effect = "slide_whistle" if act.verb in (Verb.GROW, Verb.SHRINK) else "chime"
    return (Contact(at_s=0.4, effect=effect, x=act.x, y=act.height * 0.6, puff=Puff.SPARKS),)


def _vanish_contacts(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=0.72 * act.seconds, effect="pop", x=act.x, y=act.height * 0.5, puff=Puff.SPARKS),)


def _appear_contacts(act: Act) -> tuple[Contact, ...]:
    if act.goal is not None:
        return (
            Contact(at_s=0.1, effect="drumroll", x=act.goal, gain=0.5, seconds=0.4),
            Contact(at_s=RISES_AT_S, effect="pop", x=act.goal, y=0.9, puff=Puff.SPARKS, jolt_px=3),
            Contact(at_s=RISES_AT_S + 0.05, effect="slide_whistle", x=act.goal, gain=0.6),
            Contact(at_s=RISES_AT_S + RISE_S, effect="thud", x=act.x, puff=Puff.DUST, jolt_px=6),
        )
    return (Contact(at_s=0.35, effect="pop", x=act.x, y=act.height * 0.5, puff=Puff.SPARKS),)


def _transform_contacts(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=0.4 * act.seconds + 0.4, effect="chime", x=act.x, y=act.height * 0.5, puff=Puff.SPARKS),)


def _explode_contacts(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=burst_s(act), effect="boom", x=act.x, y=act.height * 0.5, puff=Puff.DEBRIS, jolt_px=12),)


def _break_contacts(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=burst_s(act), effect="thud", x=act.x, y=act.height * 0.4, puff=Puff.DEBRIS, jolt_px=6),)


MOVES = {
    Verb.GROW: Move(state=_grow, contacts=_grow_contacts, least_s=1.6),
    Verb.SHRINK: Move(state=_shrink, contacts=_grow_contacts, least_s=1.6),
    Verb.MELT: Move(state=_melt),
    Verb.TRANSFORM: Move(state=_transform, contacts=_transform_contacts, least_s=1.8),
    Verb.VANISH: Move(state=_vanish, contacts=_vanish_contacts),
    Verb.APPEAR: Move(state=_appear, contacts=_appear_contacts),
    Verb.EXPLODE: Move(state=_explode, contacts=_explode_contacts, least_s=1.8),
    Verb.BREAK: Move(state=_break, contacts=_break_contacts, least_s=1.6),
    Verb.SHINE: Move(state=_shine, contacts=_grow_contacts),
}
"""Verbs of change."""
