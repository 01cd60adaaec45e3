"""Every verb's staging in one table."""

from collections.abc import Mapping

from walkon.engine.drawing.motion import air, changes, gestures, leaps, meetings, travel
from walkon.engine.drawing.motion.state import Act, Contact, Move, State
from walkon.scene.verbs import Verb

MOVES: Mapping[Verb, Move] = {**travel.MOVES, **leaps.MOVES, **air.MOVES, **gestures.MOVES, **meetings.MOVES, **changes.MOVES}
"""How each verb of the vocabulary is staged."""


def move_of(verb: Verb) -> Move:
    """The staging of a verb; breathing in place for one nobody knows."""
    return MOVES.get(verb, MOVES[Verb.IDLE])


def state_of(act: Act, t: float) -> State:
    """The body `t` seconds of the shot into it."""
    own = min(max(0.0, (t - act.start_s) * act.rate), act.seconds)
    return move_of(act.verb).state(act, own)


def contacts_of(act: Act) -> tuple[Contact, ...]:
    """The act's contacts on its own clock, within its length."""
    return tuple(contact for contact in move_of(act.verb).contacts(act) if contact.at_s <= act.seconds)


def verb_of(key: str) -> Verb:
    """The verb of a key; IDLE for a key from another version."""
    try:
        return Verb(key)
    except ValueError:
        return Verb.IDLE
