"""What everybody in a take does: told, answered, lent and paired."""

from dataclasses import replace

from walkon.engine.drawing.figures import ALIVE, figure_of
from walkon.engine.drawing.motion.meetings import BUMP_S
from walkon.engine.drawing.motion.moves import verb_of
from walkon.engine.drawing.parts import GOAL, Part, any_ball
from walkon.scene.verbs import BALL_GAME, RIDES, TRAVEL, Verb
from walkon.types.scene import Action, Kind, Shot, Subject

MOST_VERBS = 3
FOR_TWO = frozenset({Verb.FIGHT, Verb.HUG, Verb.KISS, Verb.MEET, Verb.DANCE, Verb.TANGO})
"""Verbs whose object does the same."""
REPLIES = {
    Verb.CHASE: Verb.FLEE,
    Verb.FLEE: Verb.CHASE,
    Verb.FOLLOW: Verb.WALK,
    Verb.SCARE: Verb.SCARE,
    Verb.SAVE: Verb.SAVE,
    Verb.BUMP: Verb.BUMP,
}
"""What a living object does meanwhile."""


def give_verbs(shot: Shot, parts: dict[str, Part]) -> None:
    """The actions of each body; copies of a plural do what the first does, out of step."""
    for action in shot.actions:
        verb = verb_of(action.verb)
        for id in [action.subject, *(other for other in parts if other.startswith(f"{action.subject}#"))]:
            part = parts.get(id)
            if part is not None and len(part.verbs) < MOST_VERBS:
                part.verbs.append((verb, action))
    for part in parts.values():
        _run_into(part)
    _pair_up(parts)
    for action in shot.actions:
        _reply(action, shot, parts)
    _receive(parts)
    _shatter(parts)


def _run_into(part: Part) -> None:
    """`slides down and bumps into`: one dash, in the manner of the way there."""
    for at in range(len(part.verbs) - 1):
        if part.verbs[at + 1][0] is Verb.BUMP and part.verbs[at][0] in TRAVEL | RIDES | {Verb.ROLL}:
            part.slides = part.verbs[at][0] in (Verb.SLIDE, Verb.SKI, Verb.ROLL)
            del part.verbs[at]
            return


def _pair_up(parts: dict[str, Part]) -> None:
    """Two of a kind do to each other what needs two."""
    for id, part in list(parts.items()):
        twin = parts.get(f"{id}#2")
        if twin is None or f"{id}#3" in parts:
            continue
        for one, other in ((part, twin), (twin, part)):
            mutual = any(verb in FOR_TWO and action.object is None for verb, action in one.verbs)
            one.verbs = [(verb, replace(action, object=other.id) if verb in FOR_TWO and mutual else action) for verb, action in one.verbs]
    for one in parts.values():
        for verb, action in one.verbs:
            rival = parts.get(action.object or "")
            if verb in FOR_TWO and rival is not None and rival.leads and any(v is verb and a.object == one.id for v, a in rival.verbs):
                one.leads = rival.id > one.id


def _shatter(parts: dict[str, Part]) -> None:
    """A thing that somebody breaks breaks when it is hit."""
    for part in parts.values():
        for at, (verb, action) in enumerate(part.verbs):
            thing = parts.get(action.object or "")
            if verb is not Verb.BREAK or thing is None or thing.subject.kind in ALIVE or thing.verbs:
                continue
            part.verbs[at] = (Verb.BUMP, replace(action, verb=Verb.BUMP.value))
            thing.verbs = [(v, Action(verb=v.value, subject=thing.id)) for v in (Verb.IDLE, Verb.BREAK)]
            thing.starts = [0.0, BUMP_S - 0.5]
            return


def _receive(parts: dict[str, Part]) -> None:
    """Whoever stands by while a ball is thrown or kicked is glad to get it."""
    throws = any(verb in (Verb.THROW, Verb.KICK) for part in parts.values() for verb, _ in part.verbs)
    other = next((part for part in parts.values() if part.subject.kind in ALIVE and not part.verbs), None)
    if throws and other is not None:
        other.verbs.append((Verb.CHEER, Action(verb=Verb.CHEER.value, subject=other.id)))


def greet(parts: dict[str, Part]) -> None:
    """Somebody alone with nothing to do looks up and waves: a picture of a cat is a cat that greets."""
    living = [part for part in parts.values() if part.subject.kind in ALIVE]
    if any(verb is not Verb.IDLE for part in parts.values() for verb, _ in part.verbs):
        return
    for part in living:
        part.verbs.clear()
        for verb in (Verb.WAVE, Verb.IDLE, Verb.WAVE):
            part.verbs.append((verb, Action(verb=verb.value, subject=part.id)))


def lend_ball(parts: dict[str, Part]) -> None:
    """A ball for a game whose ball went unnamed."""
    games = [(verb, action) for part in parts.values() for verb, action in part.verbs if verb in BALL_GAME]
    named = any(
        action.object in parts and parts[action.object].subject.kind not in ALIVE and parts[action.object].subject.noun != GOAL
        for _, action in games
    )
    if not games or named or any_ball(parts) is not None:
        return
    hoops = {Verb.SHOOT, Verb.MISS, Verb.SCORE}
    emoji = "🏀" if any(verb in hoops for verb, _ in games) else "⚽"
    ball = Subject(id="ball!", noun="ball", label="ball", kind=Kind.PROP, emoji=emoji)
    parts[ball.id] = Part(id=ball.id, subject=ball, figure=figure_of(ball, doll=False))


def _reply(action: Action, shot: Shot, parts: dict[str, Part]) -> None:
    verb = verb_of(action.verb)
    other = parts.get(action.object or "")
    if other is None and verb in (Verb.MEET, Verb.HUG, Verb.FIGHT, Verb.KISS):
        others = [part for part in parts.values() if part.id != action.subject and part.subject.kind in ALIVE and not part.verbs]
        other = others[0] if others else None
    subject = parts.get(action.subject)
    if other is None or subject is None or other.verbs or other.id == subject.id:
        return
    alive = other.subject.kind in ALIVE
    answer = verb if verb in FOR_TWO and alive else REPLIES.get(verb) if alive or verb in (Verb.CHASE, Verb.FLEE) else None
    if answer is None:
        return
    back = None if verb is Verb.FOLLOW else subject.id
    other.verbs.append((answer, Action(verb=answer.value, subject=other.id, object=back)))
    if answer is Verb.SCARE:
        other.verbs.append((Verb.FLEE, Action(verb=Verb.FLEE.value, subject=other.id, object=back)))
        other.starts = [0.0, 1.3]
    other.leads = False
    if action.object is None:
        subject.verbs = [(v, replace(a, object=other.id) if v is verb else a) for v, a in subject.verbs]
