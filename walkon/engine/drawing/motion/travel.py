"""Along the ground: walking, running, chasing, riding, rolling."""

import math
from collections.abc import Callable

from walkon.engine.drawing.motion.state import Act, Contact, Move, Puff, State, breath, smooth, stand, wide
from walkon.engine.drawing.poses import Pose
from walkon.scene.verbs import Verb

SPEEDS = {
    Verb.WALK: 0.9,
    Verb.FOLLOW: 0.9,
    Verb.CRAWL: 0.5,
    Verb.ENTER: 1.0,
    Verb.LEAVE: 1.0,
    Verb.MEET: 0.9,
    Verb.SEARCH: 0.6,
    Verb.RUN: 1.5,
    Verb.CHASE: 1.5,
    Verb.FLEE: 1.5,
    Verb.STEAL: 1.5,
    Verb.DRIVE: 1.5,
    Verb.RIDE: 1.5,
    Verb.SAIL: 0.8,
    Verb.SURF: 1.4,
    Verb.SKI: 1.5,
    Verb.SKATE: 1.4,
    Verb.SLIDE: 1.4,
    Verb.ROLL: 1.1,
    Verb.PUSH: 0.35,
    Verb.PULL: 0.35,
}
"""Ground speed, metres a second; running is slower than life, else it outruns every camera."""
MEETING_GAP = 0.62
STOP_SHORT = 0.85
"""Metres between a body and what it walks up to."""


def way(act: Act, t: float) -> tuple[float, bool]:
    """Place at `t` and whether the body still moves: it stops short of its goal."""
    speed = SPEEDS.get(act.verb, 0.9)
    gone = speed * t
    if act.goal is not None and act.verb is Verb.MEET:
        room = max(0.0, abs(act.goal - act.x) / 2 - MEETING_GAP)
        return act.x + act.facing * min(gone, room), gone < room
    if act.goal is not None and act.verb not in (Verb.CHASE, Verb.FLEE, Verb.FOLLOW, Verb.STEAL, Verb.PUSH, Verb.PULL):
        room = max(0.0, abs(act.goal - act.x) - STOP_SHORT)
        if gone >= room:
            return act.x + act.facing * room, False
    return act.x + act.facing * gone, True


def _stroll(act: Act, t: float) -> State:
    x, moving = way(act, t)
    if not moving:
        return stand(act, t, Pose.WAVE if act.verb is Verb.MEET else Pose.IDLE, x=x)
    if act.whole:
        return _hobble(act, t, x, hertz=1.9, bob=0.045, rock=3.0)
    bob = 0.055 * act.height * 0.6 * abs(math.cos(2 * math.pi * (0.95 * t + act.phase)))
    pose = {Verb.CRAWL: Pose.SNEAK, Verb.SEARCH: Pose.LOOK}.get(act.verb, Pose.WALK)
    return State(x=x, y=bob, facing=act.facing, pose=pose, clock=t)


def _dash(act: Act, t: float) -> State:
    x, _ = way(act, t)
    facing = act.facing
    if act.whole:
        return _hobble(act, t, x, hertz=3.0, bob=0.12, rock=7.0)
    bob = 0.09 * act.height * abs(math.cos(2 * math.pi * (1.5 * t + act.phase)))
    return State(x=x, y=bob, facing=facing, pose=Pose.RUN, clock=t)


def _hobble(act: Act, t: float, x: float, *, hertz: float, bob: float, rock: float) -> State:
    """How a body without limbs of its own goes: hopping and rocking, stretched in the air and flat on the ground."""
    if act.flies:
        wave = math.sin(2 * math.pi * (0.8 * t + act.phase))
        flap = 1 + 0.08 * math.sin(2 * math.pi * 3.4 * t)
        return State(x=x, y=0.85 + 0.2 * wave, turn=rock * wave, sx=2 - flap, sy=flap, facing=act.facing, clock=t, belly=True)
    turn = math.pi * (hertz * t + act.phase)
    up = abs(math.sin(turn))
    sy = 1 + 0.07 * (up - 0.55)
    return State(
        x=x, y=bob * up * min(1.6, act.height), turn=rock * math.cos(turn) * act.facing, sx=wide(sy), sy=sy, facing=act.facing, clock=t
    )


def _steps(hertz: float, effect: str = "step") -> Callable[[Act], tuple[Contact, ...]]:
    def contacts(act: Act) -> tuple[Contact, ...]:
        count = 0 if act.flies else min(40, int(act.seconds * hertz))
        found = []
        for index in range(count):
            at = (index + 0.5) / hertz
            x, moving = way(act, at)
            if moving:
                found.append(
                    Contact(at_s=at, effect=effect, x=x, gain=0.5, puff=Puff.DUST if hertz > 2.5 and index % 3 == 0 else Puff.NONE)
                )
        return tuple(found)

    return contacts


def _roll_on_wheels(act: Act, t: float) -> State:
    """A vehicle, or a body that slides on its feet: an engine's tremble, a small dip now and then."""
    x, moving = way(act, t)
    start = smooth(t / 0.5)
    tremble = 0.012 * math.sin(2 * math.pi * 11 * t) * (1 if act.whole else 0)
    sy = breath(act, 3 * t) if moving else breath(act, t)
    if act.whole:
        bump = 0.05 * max(0.0, math.sin(2 * math.pi * 0.8 * t + 6 * act.phase)) ** 6
        return State(x=x, y=max(0.0, tremble) + bump, turn=-1.2 * act.facing * (1 - start), sx=wide(sy), sy=sy, facing=act.facing, clock=t)
    pose = Pose.STAND_RIDE if act.verb in (Verb.SURF, Verb.SKI, Verb.SKATE, Verb.SLIDE) else Pose.RIDE
    return State(x=x, turn=4 * act.facing, facing=act.facing, pose=pose, clock=t)


def _sail(act: Act, t: float) -> State:
    x, _ = way(act, t)
    swell = math.sin(2 * math.pi * 0.45 * t + 6 * act.phase)
    pose = Pose.IDLE if act.whole else Pose.POINT
    return State(
        x=x, y=0.06 + 0.06 * swell, turn=4.5 * math.cos(2 * math.pi * 0.45 * t + 6 * act.phase), facing=act.facing, pose=pose, clock=t
    )


def _ride(act: Act, t: float) -> State:
    """A mount with its rider gallops; a vehicle rolls. The rider's own place comes from the mount."""
    if act.mounted or not act.whole:
        return _roll_on_wheels(act, t)
    return _dash(act, t)


def _roll(act: Act, t: float) -> State:
    """Rolling without slipping: the angle is the way over the radius."""
    x, _ = way(act, t)
    radius = act.height / 2
    return State(x=x, turn=math.degrees((x - act.x) / radius), facing=act.facing, belly=True, pose=Pose.TUCK, clock=t)


def _shove(act: Act, t: float) -> State:
    x, _ = way(act, t)
    if not act.leads:
        return State(x=x, turn=1.5 * math.sin(9 * t), facing=act.facing, pose=Pose.SURPRISE, clock=t)
    pose = Pose.PULL if act.verb is Verb.PULL else Pose.PUSH
    lean = (8 if act.whole else 3) * act.facing * (-1 if act.verb is Verb.PULL else 1)
    return State(x=x, turn=lean + 1.5 * math.sin(5 * t), facing=act.facing, pose=pose, clock=t)


def _engine(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=0.0, effect="engine_hum", gain=0.7, seconds=act.seconds),) if act.whole else (Contact(at_s=0.05, effect="whoosh"),)


def _glide(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=0.1, effect="whoosh", gain=0.8),)


def _gallop(act: Act) -> tuple[Contact, ...]:
    return _steps(3.0)(act) if act.whole and not act.mounted else _glide(act)


def _scrape(act: Act) -> tuple[Contact, ...]:
    return (Contact(at_s=0.2, effect="rumble", gain=0.4, seconds=min(2.0, act.seconds)),) if act.leads else ()


_WALK = Move(state=_stroll, contacts=_steps(1.9), travels=True)
_RUN = Move(state=_dash, contacts=_steps(3.0), travels=True)
_GLIDE = Move(state=_roll_on_wheels, contacts=_glide, travels=True)
MOVES = {
    **dict.fromkeys((Verb.WALK, Verb.FOLLOW, Verb.ENTER, Verb.LEAVE, Verb.MEET), _WALK),
    Verb.CRAWL: Move(state=_stroll, travels=True),
    Verb.SEARCH: Move(state=_stroll, contacts=_steps(1.2), travels=True, doll=True),
    **dict.fromkeys((Verb.RUN, Verb.CHASE, Verb.FLEE, Verb.STEAL), _RUN),
    **dict.fromkeys((Verb.SURF, Verb.SKI, Verb.SKATE, Verb.SLIDE), _GLIDE),
    Verb.DRIVE: Move(state=_roll_on_wheels, contacts=_engine, travels=True),
    Verb.RIDE: Move(state=_ride, contacts=_gallop, travels=True),
    Verb.SAIL: Move(state=_sail, contacts=_glide, travels=True),
    Verb.ROLL: Move(state=_roll, contacts=_glide, travels=True),
    Verb.PUSH: Move(state=_shove, contacts=_scrape, doll=True, travels=True),
    Verb.PULL: Move(state=_shove, contacts=_scrape, doll=True, travels=True),
}
"""Verbs of the ground."""
