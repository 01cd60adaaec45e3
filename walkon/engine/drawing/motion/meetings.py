"""Between two bodies: hugs, fights, rescues; and what hands do with balls."""

import math

from walkon.engine.drawing.motion.state import Act, Contact, Move, Puff, State, smooth, stand
from walkon.engine.drawing.poses import Pose
from walkon.scene.verbs import Verb

EMBRACE_GAP = 0.62
WIND_UP_S = 0.8
"""Seconds of winding up before a throw."""
THROW_HOP = 0.42
"""Metres the thrower rises."""


def _close_up_to(act: Act, t: float, gap: float, seconds: float) -> float:
    """Place of a body that closes its half of the distance to the other."""
    if act.goal is None:
        return act.x
    each = max(0.0, abs(act.goal - act.x) - gap) / 2
    return act.x + act.facing * each * smooth(t / seconds)


def _hug(act: Act, t: float) -> State:
    x = _close_up_to(act, t, EMBRACE_GAP, 0.8)
    rock = 3.5 * math.sin(2 * math.pi * 0.5 * t) * smooth(t - 0.8)
    if t < 0.8 and act.goal is not None:
        return State(x=x, facing=act.facing, pose=Pose.WALK, clock=t)
    return State(x=x, turn=rock + 3 * act.facing, facing=act.facing, pose=Pose.HUG, clock=t)


def _hug_contacts(act: Act) -> tuple[Contact, ...]:
    if not act.leads:
        return ()
    return (Contact(at_s=0.85, effect="chime", x=_close_up_to(act, 9, EMBRACE_GAP, 0.8), y=act.height * 0.8, puff=Puff.HEARTS),)


def _fight(act: Act, t: float) -> State:
    x = _close_up_to(act, t, 1.0, 0.6)
    turn = math.sin(2 * math.pi * 1.3 * t + (0 if act.leads else math.pi))
    lunge = 0.12 * max(0.0, turn)
    back = -0.06 * max(0.0, -turn)
    tilt = (9 * max(0.0, turn) - 6 * max(0.0, -turn)) * act.facing
    y = 0.03 * abs(math.sin(2 * math.pi * 1.3 * t))
    return State(x=x + act.facing * (lunge + back), y=y, turn=tilt, facing=act.facing, pose=Pose.FIGHT, clock=t)


def _fight_contacts(act: Act) -> tuple[Contact, ...]:
    if not act.leads:
        return ()
    found = []
    for index in range(min(24, int((act.seconds - 0.6) * 2.6))):
        at = 0.6 + (index + 0.5) / 2.6
        x = _close_up_to(act, at, 1.0, 0.6) + act.facing * 0.5
        found.append(Contact(at_s=at, effect="thud" if index % 2 else "pop", x=x, y=0.75, puff=Puff.STARS, jolt_px=2, gain=0.6))
    return tuple(found)


BUMP_S = 1.25
"""Seconds until a body that dashes at something hits it."""
BELLY_DEGREES = 68


def _bump(act: Act, t: float) -> State:
    """Dash, hit, bounce off with stars; whoever was hit wobbles."""
    since = t - BUMP_S
    wobble = math.exp(-2.4 * max(0.0, since)) * math.sin(11 * max(0.0, since))
    if not act.leads:
        if since < 0:
            return stand(act, t)
        pushed = 0.22 * (1 - math.exp(-6 * since))
        return State(x=act.x - act.facing * pushed, turn=-15 * act.facing * wobble, facing=act.facing, pose=Pose.SURPRISE, clock=t)
    goal = act.x + 2.0 * act.facing if act.goal is None else act.goal
    if since < 0:
        x = act.x + (goal - act.x) * (t / BUMP_S) ** 1.25
        turn = BELLY_DEGREES * act.facing * smooth(t / 0.35) if act.slides else 7.0 * act.facing
        bob = 0.0 if act.slides else 0.09 * abs(math.sin(2 * math.pi * 1.5 * t))
        return State(x=x, y=bob, turn=turn, facing=act.facing, pose=Pose.FALLEN if act.slides else Pose.RUN, clock=t, belly=act.slides)
    x = goal - act.facing * 0.6 * (1 - math.exp(-4 * since))
    turn = (BELLY_DEGREES * math.exp(-5 * since) if act.slides else 0.0) * act.facing - 13 * act.facing * wobble
    y = max(0.0, 2.4 * since - 5.5 * since * since)
    return State(x=x, y=y, turn=turn, facing=act.facing, pose=Pose.SURPRISE, clock=t, belly=act.slides and since < 0.4)


def _bump_contacts(act: Act) -> tuple[Contact, ...]:
    if not act.leads:
        return ()
    x = (act.x + 2.0 * act.facing if act.goal is None else act.goal) + 0.3 * act.facing
    return (
        Contact(at_s=0.05, effect="whoosh", x=act.x),
        Contact(at_s=BUMP_S, effect="thud", x=x, y=0.7, puff=Puff.STARS, jolt_px=8),
        Contact(at_s=BUMP_S + 0.02, effect="boing", x=x, gain=0.7),
    )


def _climb(act: Act, t: float) -> State:
    x = act.x if act.goal is None else act.x + (act.goal - act.x - 0.25 * act.facing) * smooth(t / 0.8)
    pull = 0.04 * math.sin(2 * math.pi * 0.8 * t)
    y = max(0.0, 0.45 * (t - 0.6)) + (pull if t > 0.7 else 0.0)
    return State(x=x, y=max(0.0, min(y, 2.2)), turn=4 * math.sin(2 * math.pi * 0.8 * t), facing=act.facing, pose=Pose.CLIMB, clock=t)


def _save(act: Act, t: float) -> State:
    """The hero dashes over and both cheer."""
    if not act.leads:
        return stand(act, t, Pose.SURPRISE if t < 1.2 else Pose.CHEER)
    x = _close_up_to(act, t, 0.2, 0.9)
    if act.goal is not None:
        x = act.x + (act.goal - act.x - 0.8 * act.facing) * smooth(t / 1.0)
    return State(x=x, facing=act.facing, pose=Pose.RUN if t < 1.0 else Pose.CHEER, clock=t)


def _save_contacts(act: Act) -> tuple[Contact, ...]:
    if not act.leads:
        return ()
    middle = ((act.goal or act.x) + act.x) / 2
    return (Contact(at_s=0.1, effect="whoosh"), Contact(at_s=1.1, effect="chime", x=middle, y=1.9, puff=Puff.HEARTS))


def release_s(act: Act) -> float:
    """Seconds until the ball leaves the hand."""
    return min(WIND_UP_S, max(0.4, act.seconds * 0.3))


def _throw(act: Act, t: float) -> State:
    release = release_s(act)
    u = t - release + 0.22
    speed = math.sqrt(2 * 11 * THROW_HOP)
    y = max(0.0, speed * u - 5.5 * u * u) if u > 0 else 0.0
    wind = min(1.0, t / max(0.1, release - 0.2))
    if u < 0:
        sy = 1 - 0.12 * wind
        return State(x=act.x, turn=-5 * wind * act.facing, sy=sy, facing=act.facing, pose=Pose.WIND_UP, clock=t)
    after = t - release
    pose = Pose.THROW if after < 0.6 else Pose.IDLE
    return State(x=act.x, y=y, turn=6 * act.facing * math.exp(-4 * max(0.0, after)), facing=act.facing, pose=pose, clock=t)


def _throw_contacts(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=release_s(act), effect="whoosh", x=act.x),)


def _kick(act: Act, t: float) -> State:
    release = release_s(act)
    u = t - release
    if u < -0.15:
        return State(x=act.x, turn=-3 * act.facing, facing=act.facing, pose=Pose.WIND_UP, clock=t)
    if u < 0.45:
        return State(x=act.x, y=0.05, turn=-6 * act.facing, facing=act.facing, pose=Pose.KICK, clock=t)
    return stand(act, t, Pose.LOOK)


def _kick_contacts(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=release_s(act), effect="thud", x=act.x + 0.4 * act.facing, puff=Puff.DUST, jolt_px=3),)


def _catch(act: Act, t: float) -> State:
    reach = smooth(t / 0.5)
    y = 0.12 * math.sin(math.pi * min(1.0, max(0.0, (t - 0.5) / 0.4)))
    if t > 1.5:
        y = 0.3 * abs(math.sin(math.pi * 1.3 * (t - 1.5))) * max(0.0, 1 - (t - 1.5) / 2.4)
    return State(x=act.x, y=y, facing=act.facing, pose=Pose.HUG if reach >= 1 and t > 0.9 else Pose.CHEER, clock=t)


def _catch_contacts(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=0.9, effect="pop", x=act.x),)


_THROW = Move(state=_throw, contacts=_throw_contacts, doll=True, least_s=2.0)
MOVES = {
    Verb.HUG: Move(state=_hug, contacts=_hug_contacts, doll=True),
    Verb.KISS: Move(state=_hug, contacts=_hug_contacts, doll=True),
    Verb.FIGHT: Move(state=_fight, contacts=_fight_contacts, doll=True),
    Verb.BUMP: Move(state=_bump, contacts=_bump_contacts, least_s=2.2),
    Verb.CLIMB: Move(state=_climb, doll=True),
    Verb.SAVE: Move(state=_save, contacts=_save_contacts, doll=True),
    **dict.fromkeys((Verb.THROW, Verb.SHOOT, Verb.MISS, Verb.SCORE), _THROW),
    Verb.KICK: Move(state=_kick, contacts=_kick_contacts, doll=True, least_s=1.6),
    Verb.CATCH: Move(state=_catch, contacts=_catch_contacts, doll=True),
}
"""Verbs of two."""
