"""Who is on stage in one take: bodies with their way through time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from walkon.engine.drawing import art
from walkon.engine.drawing.figures import Figure
from walkon.engine.drawing.motion.changes import burst_s
from walkon.engine.drawing.motion.leaps import board_dip
from walkon.engine.drawing.motion.moves import state_of
from walkon.engine.drawing.motion.state import Act, State, wide
from walkon.scene.verbs import Verb

Track = Callable[[float], State]
"""Seconds of the take to a body's state."""


class Emits(Enum):
    """What keeps coming out of a body while it does something."""

    ZZZ = auto()
    TEARS = auto()
    HEARTS = auto()
    NOTES = auto()
    THOUGHT = auto()
    FLAME = auto()
    STEAM = auto()
    SPARKLES = auto()
    FIRE = auto()
    LAUGHTER = auto()
    SPEED = auto()
    BUBBLES = auto()
    RUIN = auto()
    EXHAUST = auto()


EMITTED = {
    Verb.SLEEP: Emits.ZZZ,
    Verb.CRY: Emits.TEARS,
    Verb.HUG: Emits.HEARTS,
    Verb.KISS: Emits.HEARTS,
    Verb.SING: Emits.NOTES,
    Verb.DANCE: Emits.NOTES,
    Verb.TANGO: Emits.NOTES,
    Verb.THINK: Emits.THOUGHT,
    Verb.LAUNCH: Emits.FLAME,
    Verb.LAND: Emits.FLAME,
    Verb.COOK: Emits.STEAM,
    Verb.CONJURE: Emits.SPARKLES,
    Verb.SHINE: Emits.SPARKLES,
    Verb.TRANSFORM: Emits.SPARKLES,
    Verb.BURN: Emits.FIRE,
    Verb.LAUGH: Emits.LAUGHTER,
    Verb.RUN: Emits.SPEED,
    Verb.CHASE: Emits.SPEED,
    Verb.FLEE: Emits.SPEED,
    Verb.SWIM: Emits.BUBBLES,
    Verb.SKATE: Emits.SPEED,
    Verb.SURF: Emits.SPEED,
    Verb.SKI: Emits.SPEED,
    Verb.DRIVE: Emits.EXHAUST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Emission:
    """What comes out of a body between two moments of the take, seconds."""

    kind: Emits
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A thing in a doll's hand. height: metres; angle: degrees; low: held before the belly with both hands.

    tossed: flipped into the air again and again, as a pancake.
    """

    emoji: str
    height: float
    angle: float = -12.0
    low: bool = False
    tossed: bool = False

    @property
    def worn(self) -> bool:
        """On the head instead of in the hand."""
        return self.emoji in art.EYEWEAR or self.emoji in art.HATS


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One body of a take. order: lower is drawn earlier. depth: metres towards us. shadow: it touches the ground.

    half: half its width, metres. becomes: the drawing it turns into, and when, seconds of the take. hoop: not a body but the basket.
    board: the sport whose board or skis are under its feet.
    """

    id: str
    figure: Figure
    track: Track
    order: int = 10
    depth: float = 0.0
    acts: tuple[Act, ...] = ()
    emissions: tuple[Emission, ...] = ()
    held: Held | None = None
    shadow: bool = True
    edged: bool = True
    becomes: tuple[Figure, float] | None = None
    hoop: bool = False
    ball: bool = False
    board: Verb | None = None
    half: float = 0.5
    hidden_from_s: float | None = None

    def verb_at(self, t: float) -> Verb:
        """What it is doing."""
        return next((act.verb for act in self.acts if act.start_s <= t < act.end_s), Verb.IDLE)


def chained(acts: Sequence[Act]) -> tuple[Act, ...]:
    """The acts of one body in a row, each beginning where the one before it ended."""
    linked: list[Act] = []
    for act in acts:
        if linked:
            before = linked[-1]
            last = state_of(before, before.end_s)
            moved = last.x
            act = replace(act, x=moved, facing=act.facing if act.goal is not None else last.facing)
        linked.append(act)
    return tuple(linked)


def track_of(acts: tuple[Act, ...]) -> Track:
    """The way of a body through its acts; before the first it is in its first moment, after the last in its last."""

    def track(t: float) -> State:
        for act in acts:
            if t < act.end_s:
                return state_of(act, t)
        return state_of(acts[-1], acts[-1].end_s)

    return track


def still(x: float, y: float = 0.0, facing: int = 1) -> Track:
    """A body that never moves."""
    state = State(x=x, y=y, facing=facing)
    return lambda t: state


def lifted(track: Track, up: float) -> Track:
    """The same way, `up` metres higher."""

    def higher(t: float) -> State:
        state = track(t)
        return replace(state, y=state.y + up)

    return higher


def rider_track(mount: Track, acts: tuple[Act, ...], *, seat: float, pose_of: Callable[[State], State], aft: float = 0.0) -> Track:
    """A rider: carried by the mount, doing his own acts above the seat. aft: metres from the mount's middle, negative towards its stern."""
    own = track_of(acts)

    def track(t: float) -> State:
        below, self_ = mount(t), own(t)
        stunt = any(act.verb is Verb.BACKFLIP and act.start_s <= t <= act.end_s for act in acts)
        posed = self_ if stunt else pose_of(self_)
        turn, lift = (posed.turn, posed.y) if stunt else (below.turn, 0.0)
        return replace(posed, x=below.x + aft * below.facing, y=below.y + seat * below.sy + lift, facing=below.facing, turn=turn)

    return track


def dipping(track: Track, acts: tuple[Act, ...]) -> Track:
    """A mount that gives way when its rider lands on it."""

    def dipped(t: float) -> State:
        state = track(t)
        dip = 1.0
        for act in acts:
            if act.start_s <= t:
                dip *= board_dip(act, (t - act.start_s) * act.rate)
        return replace(state, sy=state.sy * dip, sx=state.sx * wide(dip))

    return dipped


def emissions_of(acts: Sequence[Act]) -> tuple[Emission, ...]:
    """What the acts let fly."""
    found = [Emission(kind=EMITTED[act.verb], start_s=act.start_s, end_s=act.end_s) for act in acts if act.verb in EMITTED]
    burst = [act for act in acts if act.verb is Verb.EXPLODE]
    found += [Emission(kind=Emits.RUIN, start_s=act.start_s + burst_s(act) / act.rate, end_s=act.end_s) for act in burst]
    return tuple(found)
