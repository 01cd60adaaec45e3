"""In place: rest, gestures of the body, work of the hands, dances."""

import math
from collections.abc import Callable
from dataclasses import replace

from walkon.engine.drawing.motion.hops import landing
from walkon.engine.drawing.motion.state import Act, Contact, Move, Puff, State, breath, smooth, stand, wide
from walkon.engine.drawing.poses import Pose
from walkon.scene.verbs import Verb


def _posed(pose: Pose, sway: float = 2.0, hop: float = 0.0, hertz: float = 0.9) -> Callable[[Act, float], State]:
    """A body that holds a pose; one without limbs says it by swaying and hopping instead."""

    def state(act: Act, t: float) -> State:
        rest = stand(act, t, pose)
        if not act.whole:
            return rest
        turn = math.sin(2 * math.pi * (hertz * t + act.phase))
        up = hop * abs(math.sin(math.pi * hertz * t))
        sy = breath(act, t) + 0.04 * math.cos(2 * math.pi * hertz * t)
        return State(x=act.x, y=rest.y + up, turn=rest.turn + sway * turn, sx=wide(sy), sy=sy, facing=act.facing, pose=pose, clock=t)

    return state


def _dance(act: Act, t: float) -> State:
    beats = t / act.beat_s + act.phase * 0.12
    sway = math.sin(math.pi * beats)
    bounce = abs(math.sin(math.pi * beats))
    sy = 1 - 0.09 * (1 - bounce) + 0.03 * bounce
    side = 1 if int(beats / 4) % 2 == 0 else -1
    return State(
        x=act.x + 0.16 * math.sin(math.pi * beats / 2),
        y=0.13 * bounce,
        turn=9 * sway * (1.0 if act.whole else 0.45),
        sx=wide(sy),
        sy=sy,
        facing=act.facing * side,
        pose=Pose.DANCE,
        clock=beats,
    )


def _tango(act: Act, t: float) -> State:
    """Slow, slow, quick, quick, slow: eight beats, with a dip on the fifth."""
    beats = t / act.beat_s
    bar, at = divmod(beats, 8)
    steps = smooth(at / 0.5) + smooth((at - 2) / 0.5) - smooth((at - 4) / 0.5) - smooth((at - 5) / 0.5)
    dip = math.sin(math.pi * min(1.0, max(0.0, (at - 5.6) / 2.2))) ** 0.7 if at > 5.6 else 0.0
    heading = act.facing * (1 if int(bar) % 2 == 0 else -1)
    sy = 1 - 0.06 * abs(math.sin(math.pi * beats)) - 0.05 * dip
    return State(
        x=act.x + heading * 0.35 * steps,
        y=0.05 * abs(math.sin(math.pi * beats)) * (1 - dip),
        turn=-24 * dip * heading,
        sx=wide(sy),
        sy=sy,
        facing=heading,
        pose=Pose.TANGO,
        clock=beats,
    )


def _on_beats(effect: str, every: float, gain: float = 0.5) -> Callable[[Act], tuple[Contact, ...]]:
    def contacts(act: Act) -> tuple[Contact, ...]:
        step = act.beat_s * every
        return tuple(Contact(at_s=step * index, effect=effect, x=act.x, gain=gain) for index in range(1, min(40, int(act.seconds / step))))

    return contacts


def _sleep(act: Act, t: float) -> State:
    """Laid down, breathing deeply."""
    sy = 1 - 0.10 + 0.05 * math.sin(2 * math.pi * 0.28 * t + 6 * act.phase)
    if act.whole:
        return State(x=act.x, sx=wide(sy), sy=sy, facing=act.facing, clock=t)
    return State(x=act.x - act.facing * act.height * 0.4, y=0.10, turn=82 * act.facing, sx=1.0, sy=1.0, facing=act.facing, clock=t)


def _wake(act: Act, t: float) -> State:
    up = smooth((t - 0.6) / 0.7)
    if act.whole:
        sy = 0.8 + 0.2 * up + 0.1 * math.sin(6 * t) * math.exp(-3 * max(0.0, t - 1.2)) * (t > 1.2)
        return State(x=act.x, sx=wide(sy), sy=sy, facing=act.facing, clock=t)
    if up >= 1:
        return stand(act, t, Pose.CHEER)
    x = act.x - act.facing * act.height * 0.4 * (1 - up)
    return State(
        x=x, y=0.1 * (1 - up), turn=82 * act.facing * (1 - up), facing=act.facing, pose=Pose.CHEER if up > 0.5 else Pose.IDLE, clock=t
    )


def _laugh(act: Act, t: float) -> State:
    shake = math.sin(2 * math.pi * 3.4 * t)
    sy = 1 + 0.045 * shake
    turn = -(8 if act.whole else 3) * act.facing + 2 * shake
    return State(x=act.x, y=0.03 * abs(shake), turn=turn, sx=wide(sy), sy=sy, facing=act.facing, pose=Pose.LAUGH, clock=t)


def _cry(act: Act, t: float) -> State:
    sob = math.sin(2 * math.pi * 1.2 * t)
    sy = 1 - 0.03 + 0.025 * sob
    turn = (6 if act.whole else 2) * act.facing + 1.2 * sob
    return State(x=act.x, turn=turn, sx=wide(sy), sy=sy, facing=act.facing, pose=Pose.SAD, clock=t)


def _shiver(act: Act, t: float) -> State:
    return State(x=act.x + 0.02 * math.sin(2 * math.pi * 11 * t), sy=0.97, sx=wide(0.97), facing=act.facing, pose=Pose.SHIVER, clock=t)


def _startle(act: Act, t: float) -> State:
    """The frightened half of a scare: up in the air once, then shaking."""
    if act.leads:
        leap = smooth(t / 0.35) * (1 - 0.4 * smooth((t - 0.6) / 0.6))
        sy = 1 + 0.18 * leap * math.exp(-1.5 * max(0.0, t - 0.4))
        return State(x=act.x + act.facing * 0.3 * leap, sx=wide(sy), sy=sy, facing=act.facing, pose=Pose.SURPRISE, clock=t)
    u = t - 0.35
    y = max(0.0, 2.6 * u - 5.5 * u * u) if u > 0 else 0.0
    shake = 0.02 * math.sin(60 * t) if u > 0.47 else 0.0
    sy = landing(u - 0.473)
    return State(x=act.x + shake, y=y, sx=wide(sy), sy=sy, facing=act.facing, pose=Pose.SURPRISE, clock=t)


def _scare_contacts(act: Act) -> tuple[Contact, ...]:
    if act.leads:
        return (Contact(at_s=0.2, effect="boom", x=act.x, gain=0.6, jolt_px=3),)
    return (Contact(at_s=0.35, effect="boing", x=act.x), Contact(at_s=0.823, effect="thud", x=act.x, puff=Puff.DUST, gain=0.6))


def _hide(act: Act, t: float) -> State:
    """Steps behind and ducks."""
    goal = act.x if act.goal is None else act.goal
    u = smooth(t / 1.0)
    x = act.x + (goal - act.x) * u
    duck = smooth((t - 0.9) / 0.4)
    peep = 0.30 * max(0.0, math.sin(1.7 * (t - 1.5))) ** 4 if t > 1.5 else 0.0
    sy = 1 - 0.34 * duck + peep
    return State(x=x, sx=1.0, sy=sy, facing=act.facing, pose=Pose.WALK if u < 1 else Pose.CROUCH, clock=t)


def _play(act: Act, t: float) -> State:
    if act.dribbles:
        state = stand(act, t, Pose.DRIBBLE)
        return replace(state, clock=t / act.beat_s)
    return _posed(Pose.PLAY, sway=7, hop=0.08, hertz=1.2)(act, t)


def _one(effect: str, at: float = 0.2, gain: float = 0.7) -> Callable[[Act], tuple[Contact, ...]]:
    def contacts(act: Act) -> tuple[Contact, ...]:
        return (Contact(at_s=min(at, act.seconds * 0.5), effect=effect, x=act.x, gain=gain),)

    return contacts


def _every(effect: str, seconds: float, gain: float = 0.5) -> Callable[[Act], tuple[Contact, ...]]:
    def contacts(act: Act) -> tuple[Contact, ...]:
        return tuple(
            Contact(at_s=0.4 + seconds * index, effect=effect, x=act.x, gain=gain) for index in range(min(20, int(act.seconds / seconds)))
        )

    return contacts


MOVES = {
    Verb.IDLE: Move(state=_posed(Pose.IDLE, sway=1.2), least_s=0.8),
    Verb.WAIT: Move(state=_posed(Pose.THINK, sway=1.5)),
    Verb.SIT: Move(state=_posed(Pose.SIT, sway=1.0), doll=True),
    Verb.SLEEP: Move(state=_sleep, contacts=_every("snore", 3.6, 0.6), doll=True),
    Verb.WAKE: Move(state=_wake, contacts=_one("chime", 0.7), doll=True),
    Verb.WAVE: Move(state=_posed(Pose.WAVE, sway=5, hop=0.06), doll=True),
    Verb.CHEER: Move(state=_posed(Pose.CHEER, sway=4, hop=0.3, hertz=1.6), contacts=_one("applause"), doll=True),
    Verb.CLAP: Move(state=_posed(Pose.CLAP, sway=4, hop=0.08), contacts=_one("applause"), doll=True),
    Verb.BOW: Move(state=_posed(Pose.BOW, sway=8), doll=True),
    Verb.POINT: Move(state=_posed(Pose.POINT, sway=3), doll=True),
    Verb.LAUGH: Move(state=_laugh, doll=True),
    Verb.CRY: Move(state=_cry, doll=True),
    Verb.SHIVER: Move(state=_shiver),
    Verb.BURN: Move(state=_shiver),
    Verb.LOOK: Move(state=_posed(Pose.LOOK, sway=4, hertz=0.4), doll=True),
    Verb.THINK: Move(state=_posed(Pose.THINK, sway=3, hertz=0.4), contacts=_one("ding", 0.8, 0.4), doll=True),
    Verb.TALK: Move(state=_posed(Pose.TALK, sway=3, hop=0.03), doll=True),
    Verb.SHOUT: Move(state=_posed(Pose.SHOUT, sway=5, hop=0.06), doll=True),
    Verb.SING: Move(state=_posed(Pose.SHOUT, sway=6, hop=0.05), doll=True),
    Verb.EAT: Move(state=_posed(Pose.EAT, sway=5, hop=0.04, hertz=1.4), contacts=_every("pop", 1.1, 0.35), doll=True),
    Verb.DRINK: Move(state=_posed(Pose.EAT, sway=5), contacts=_every("pop", 1.4, 0.3), doll=True),
    Verb.HOLD: Move(state=_posed(Pose.HOLD), doll=True),
    Verb.GIVE: Move(state=_posed(Pose.GIVE), contacts=_one("chime", 0.6), doll=True),
    Verb.TAKE: Move(state=_posed(Pose.GIVE), contacts=_one("pop", 0.6), doll=True),
    Verb.READ: Move(state=_posed(Pose.READ), doll=True),
    Verb.WRITE: Move(state=_posed(Pose.STIR), doll=True),
    Verb.COOK: Move(state=_posed(Pose.STIR, sway=4), contacts=_one("bubbles", 0.1), doll=True),
    Verb.PAINT: Move(state=_posed(Pose.WORK, sway=4), doll=True),
    Verb.BUILD: Move(state=_posed(Pose.WORK, sway=5, hop=0.05), contacts=_every("pop", 0.5, 0.5), doll=True),
    Verb.REPAIR: Move(state=_posed(Pose.WORK, sway=5), contacts=_every("rim", 1.0, 0.25), doll=True),
    Verb.CLEAN: Move(state=_posed(Pose.STIR, sway=5), contacts=_every("swish", 0.9, 0.5), doll=True),
    Verb.PLANT: Move(state=_posed(Pose.STIR, sway=4), contacts=_one("pop", 0.8), doll=True),
    Verb.WORK: Move(state=_posed(Pose.WORK, sway=4), doll=True),
    Verb.PLAY: Move(state=_play, doll=True),
    Verb.CONJURE: Move(state=_posed(Pose.MAGIC, sway=5), contacts=_every("chime", 1.5, 0.6), doll=True),
    Verb.SCARE: Move(state=_startle, contacts=_scare_contacts),
    Verb.HIDE: Move(state=_hide, contacts=_one("whoosh", 0.9, 0.5)),
    Verb.DANCE: Move(state=_dance, contacts=_on_beats("step", 2, 0.35), doll=True),
    Verb.TANGO: Move(state=_tango, contacts=_on_beats("step", 2, 0.5), doll=True),
}
"""Verbs of the body in place."""
