"""The actions a drawing engine stages, by English key; `Action.verb` is always one of these.

Each group is one family of movement. `STAGED_AS` names, for the finer verbs, the plainer one that an engine may draw instead,
so that an engine needs only the verbs that are not in it.
"""

from collections.abc import Mapping
from enum import StrEnum


class Verb(StrEnum):
    """What a subject can be told to do."""

    IDLE = "idle"
    WALK = "walk"
    RUN = "run"
    CHASE = "chase"
    FLEE = "flee"
    FOLLOW = "follow"
    CRAWL = "crawl"
    ENTER = "enter"
    LEAVE = "leave"
    MEET = "meet"
    JUMP = "jump"
    BOUNCE = "bounce"
    BACKFLIP = "backflip"
    SPIN = "spin"
    DANCE = "dance"
    TANGO = "tango"
    BUMP = "bump"
    FALL = "fall"
    SINK = "sink"
    FLY = "fly"
    FLOAT = "float"
    SWIM = "swim"
    DIVE = "dive"
    DRIVE = "drive"
    RIDE = "ride"
    SAIL = "sail"
    SURF = "surf"
    SKI = "ski"
    SKATE = "skate"
    SLIDE = "slide"
    LAUNCH = "launch"
    LAND = "land"
    SLEEP = "sleep"
    SIT = "sit"
    WAIT = "wait"
    WAKE = "wake"
    WAVE = "wave"
    CHEER = "cheer"
    CLAP = "clap"
    BOW = "bow"
    POINT = "point"
    LAUGH = "laugh"
    CRY = "cry"
    SHIVER = "shiver"
    LOOK = "look"
    SEARCH = "search"
    THINK = "think"
    TALK = "talk"
    SHOUT = "shout"
    SING = "sing"
    EAT = "eat"
    DRINK = "drink"
    HOLD = "hold"
    GIVE = "give"
    TAKE = "take"
    READ = "read"
    WRITE = "write"
    COOK = "cook"
    PAINT = "paint"
    BUILD = "build"
    REPAIR = "repair"
    CLEAN = "clean"
    PLANT = "plant"
    WORK = "work"
    PLAY = "play"
    CONJURE = "conjure"
    THROW = "throw"
    SHOOT = "shoot"
    KICK = "kick"
    CATCH = "catch"
    MISS = "miss"
    SCORE = "score"
    FIGHT = "fight"
    PUSH = "push"
    PULL = "pull"
    CLIMB = "climb"
    HUG = "hug"
    KISS = "kiss"
    SAVE = "save"
    SCARE = "scare"
    STEAL = "steal"
    HIDE = "hide"
    ROLL = "roll"
    GROW = "grow"
    SHRINK = "shrink"
    MELT = "melt"
    TRANSFORM = "transform"
    VANISH = "vanish"
    APPEAR = "appear"
    EXPLODE = "explode"
    BREAK = "break"
    BURN = "burn"
    SHINE = "shine"


TRAVEL = frozenset({Verb.WALK, Verb.RUN, Verb.CHASE, Verb.FLEE, Verb.FOLLOW, Verb.CRAWL, Verb.ENTER, Verb.LEAVE, Verb.MEET, Verb.SEARCH})
"""Along the ground, on legs. CHASE: the subject runs behind `object`; FLEE: the subject runs in front and `object` runs behind.
FOLLOW: the subject walks behind `object`. MEET: subject and `object` walk up to each other. ENTER and LEAVE cross the frame's edge."""

STUNTS = frozenset({Verb.JUMP, Verb.BOUNCE, Verb.BACKFLIP, Verb.SPIN})
"""Hops and turns. JUMP with an `object` goes over it. BACKFLIP with a `mount` leaves it and lands on it again."""

DANCES = frozenset({Verb.DANCE, Verb.TANGO})
"""On the beat."""

FALLS = frozenset({Verb.FALL, Verb.SINK})
"""Down, to the ground or below the frame."""

AIR_AND_WATER = frozenset({Verb.FLY, Verb.FLOAT, Verb.SWIM, Verb.DIVE})
"""Off the ground for the whole shot."""

RIDES = frozenset({Verb.DRIVE, Verb.RIDE, Verb.SAIL, Verb.SURF, Verb.SKI, Verb.SKATE, Verb.SLIDE})
"""Carried: `mount` names the vehicle or animal; without one the subject is itself the vehicle, or slides on its feet."""

ROCKETS = frozenset({Verb.LAUNCH, Verb.LAND})
"""LAUNCH: off the pad and up. LAND: the same backwards. The subject may be any flier."""

RESTS = frozenset({Verb.IDLE, Verb.SLEEP, Verb.SIT, Verb.WAIT, Verb.WAKE})
"""In place. IDLE is breathing and looking, and stands for every verb that nobody knows how to stage."""

GESTURES = frozenset(
    {
        Verb.WAVE,
        Verb.CHEER,
        Verb.CLAP,
        Verb.BOW,
        Verb.POINT,
        Verb.LAUGH,
        Verb.CRY,
        Verb.SHIVER,
        Verb.LOOK,
        Verb.THINK,
        Verb.TALK,
        Verb.SHOUT,
        Verb.SING,
    }
)
"""Poses of the body in place. LOOK turns to `object`. TALK and SHOUT without words of their own move the mouth in silence."""

HANDWORK = frozenset(
    {
        Verb.EAT,
        Verb.DRINK,
        Verb.HOLD,
        Verb.GIVE,
        Verb.TAKE,
        Verb.READ,
        Verb.WRITE,
        Verb.COOK,
        Verb.PAINT,
        Verb.BUILD,
        Verb.REPAIR,
        Verb.CLEAN,
        Verb.PLANT,
        Verb.WORK,
        Verb.PLAY,
        Verb.CONJURE,
    }
)
"""With `object` in hand or in front. PLAY: an instrument sounds, a ball is dribbled, a toy is held. GIVE hands `object` on."""

BALL_GAME = frozenset({Verb.THROW, Verb.SHOOT, Verb.KICK, Verb.CATCH, Verb.MISS, Verb.SCORE})
"""`object` flies. MISS: the throw that meets the rim and comes back; SCORE: the one that goes in."""

CONTACT = frozenset(
    {Verb.BUMP, Verb.FIGHT, Verb.PUSH, Verb.PULL, Verb.CLIMB, Verb.HUG, Verb.KISS, Verb.SAVE, Verb.SCARE, Verb.STEAL, Verb.HIDE, Verb.ROLL}
)
"""Between subject and `object`. BUMP dashes into `object` and bounces off. STEAL grabs `object` and runs. HIDE ducks
behind `object`, or behind whatever stands there."""

CHANGES = frozenset(
    {
        Verb.GROW,
        Verb.SHRINK,
        Verb.MELT,
        Verb.TRANSFORM,
        Verb.VANISH,
        Verb.APPEAR,
        Verb.EXPLODE,
        Verb.BREAK,
        Verb.BURN,
        Verb.SHINE,
    }
)
"""The subject itself becomes other. TRANSFORM: it turns into `object`."""

STAGED_AS: Mapping[Verb, Verb] = {
    Verb.FOLLOW: Verb.WALK,
    Verb.CRAWL: Verb.WALK,
    Verb.ENTER: Verb.WALK,
    Verb.LEAVE: Verb.WALK,
    Verb.MEET: Verb.WALK,
    Verb.SEARCH: Verb.LOOK,
    Verb.SINK: Verb.FALL,
    Verb.BUMP: Verb.RUN,
    Verb.DIVE: Verb.SWIM,
    Verb.SAIL: Verb.DRIVE,
    Verb.SKI: Verb.SURF,
    Verb.SKATE: Verb.SURF,
    Verb.SLIDE: Verb.SURF,
    Verb.WAIT: Verb.IDLE,
    Verb.WAKE: Verb.CHEER,
    Verb.CLAP: Verb.CHEER,
    Verb.BOW: Verb.WAVE,
    Verb.POINT: Verb.WAVE,
    Verb.SHOUT: Verb.TALK,
    Verb.TAKE: Verb.HOLD,
    Verb.WRITE: Verb.READ,
    Verb.BUILD: Verb.PAINT,
    Verb.REPAIR: Verb.PAINT,
    Verb.CLEAN: Verb.PAINT,
    Verb.PLANT: Verb.PAINT,
    Verb.WORK: Verb.PAINT,
    Verb.CONJURE: Verb.THROW,
    Verb.MISS: Verb.SHOOT,
    Verb.SCORE: Verb.SHOOT,
    Verb.SAVE: Verb.HUG,
    Verb.SCARE: Verb.JUMP,
    Verb.MELT: Verb.SHRINK,
    Verb.TRANSFORM: Verb.GROW,
    Verb.BREAK: Verb.EXPLODE,
    Verb.BURN: Verb.SHIVER,
    Verb.SHINE: Verb.GROW,
}
"""The plainer verb to draw where an engine has no staging of its own. Never chains: its values are not among its keys."""


def plain_verb(key: str) -> Verb:
    """The verb to draw for a key of `Action.verb`: itself without the fine distinctions; IDLE for a key from another version."""
    try:
        verb = Verb(key)
    except ValueError:
        return Verb.IDLE
    return STAGED_AS.get(verb, verb)
