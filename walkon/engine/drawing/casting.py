"""Casting: which subject of a shot acts, carries, is held, flies as a ball or stands behind, and in which body."""

from dataclasses import replace

from walkon.engine.drawing import art
from walkon.engine.drawing.deeds import give_verbs, greet, lend_ball
from walkon.engine.drawing.figures import ALIVE, Figure, figure_of
from walkon.engine.drawing.motion.moves import move_of
from walkon.engine.drawing.parts import GOAL, MOST_ACTORS, Company, Part, any_ball
from walkon.engine.drawing.placing import place_all, row_of
from walkon.engine.drawing.sprites import SpriteBook
from walkon.engine.drawing.timing import Take, TakeKind
from walkon.scene.verbs import BALL_GAME, GESTURES, HANDWORK, RESTS, RIDES, Verb
from walkon.types.scene import Action, Kind, Relation, Shot

OWN_MOTION = {
    Kind.VEHICLE: RIDES | BALL_GAME | {Verb.LAUNCH, Verb.LAND, Verb.FLY, Verb.ROLL, Verb.WALK, Verb.RUN, Verb.ENTER, Verb.LEAVE, Verb.SINK},
    Kind.PROP: frozenset({Verb.ROLL, Verb.BOUNCE, Verb.FLY, Verb.FLOAT, Verb.LAUNCH, Verb.SINK, Verb.SPIN, Verb.SLIDE}),
}
"""Verbs a thing does as itself; for any other it becomes a doll with that thing as head."""
ALWAYS_OWN = frozenset(
    {Verb.IDLE, Verb.EXPLODE, Verb.BREAK, Verb.BURN, Verb.SHINE, Verb.GROW, Verb.SHRINK, Verb.MELT, Verb.VANISH, Verb.APPEAR}
    | {Verb.TRANSFORM, Verb.FALL, Verb.FLOAT, Verb.SINK, Verb.SPIN, Verb.FLY}
)


def company(take: Take, *, seed: int, half_u: float, sprites: SpriteBook) -> Company:
    """Everybody in a take, with bodies and places."""
    shot = take.shot
    speaker = shot.lines[take.line].speaker if take.line is not None else None
    parts = {part.id: part for part in _parts(shot, speaker, seed)}
    give_verbs(shot, parts)
    if take.kind is TakeKind.ACTION:
        greet(parts)
    lend_ball(parts)
    _assign(shot, parts)
    basket = _is_basketball(parts)
    for place, part in enumerate(parts.values()):
        if not (basket and part.ball):
            part.figure = _body(part, take, seed, place)
        part.width = max(0.5, part.figure.height * (0.62 if part.figure.doll else sprites.aspect(part.figure.emoji)))
    row = row_of(parts)
    place_all(parts, row, half_u=half_u, basket=basket)
    return Company(parts=parts, row=tuple(row), basket=basket)


def _parts(shot: Shot, speaker: str | None, seed: int) -> list[Part]:
    found: list[Part] = []
    for subject in shot.subjects:
        for copy in range(max(1, min(subject.count, MOST_ACTORS))):
            if len(found) >= MOST_ACTORS + 4:
                return found
            id = subject.id if copy == 0 else f"{subject.id}#{copy + 1}"
            figure = figure_of(subject, doll=False, seed=seed)
            found.append(Part(id=id, subject=replace(subject, id=id), figure=figure, speaks=id == speaker))
    return found


def _assign(shot: Shot, parts: dict[str, Part]) -> None:
    """Who is a mount, a held thing, a ball, a basket, scenery."""
    for part in parts.values():
        told = part.verbs or any(action.object == part.id for action in shot.actions)
        part.absent = part.subject.kind is Kind.BUILDING and part.subject.noun == shot.place and not told
        part.behind = part.subject.kind in (Kind.BUILDING, Kind.PLANT) and not part.verbs
        if part.subject.kind is Kind.SKY and all(verb in GESTURES | RESTS for verb, _ in part.verbs):
            part.airborne = part.subject.emoji not in art.EARTHBOUND
            part.stirs = part.airborne and bool(part.verbs)
            part.verbs = [] if part.airborne else part.verbs
        part.hoop = part.subject.noun in ("hoop", "basket", "rim")
    for part in parts.values():
        for verb, action in part.verbs:
            _assign_objects(part, verb, action, parts)
    for relation in shot.relations:
        _relate(relation.subject, relation.relation, relation.object, parts)
    for held in {part.held for part in parts.values() if part.held}:
        for id, part in parts.items():
            part.absent = part.absent or id.startswith(f"{held}#")


def _assign_objects(part: Part, verb: Verb, action: Action, parts: dict[str, Part]) -> None:
    mount = parts.get(action.mount or "")
    if mount is not None and mount.id != part.id:
        part.mount = mount.id
    if verb is Verb.TRANSFORM and action.object in parts and action.object != part.id:
        parts[action.object].absent = True
    thing = parts.get(action.object or "") or (any_ball(parts) if verb in BALL_GAME else None)
    if thing is not None and thing.subject.noun == GOAL:
        thing = any_ball(parts)
    if thing is None or thing.subject.kind in ALIVE or thing.id == part.id or thing.hoop:
        return
    if verb in BALL_GAME or (verb is Verb.PLAY and thing.subject.emoji in art.BALLS):
        thing.ball = True
    elif (verb in HANDWORK or verb in (Verb.STEAL, Verb.HUG, Verb.KISS)) and thing.figure.height <= 1.05 and not thing.verbs:
        part.held = thing.id


def _relate(subject: str, relation: Relation, object: str, parts: dict[str, Part]) -> None:
    other = parts.get(object)
    for id, one in parts.items():
        if other is not None and (id == subject or id.startswith(f"{subject}#")):
            _relate_one(one, relation, other)


def _relate_one(one: Part, relation: Relation, other: Part) -> None:
    rideable = other.subject.kind is Kind.VEHICLE or other.subject.emoji in art.OPEN_MOUNTS
    if relation in (Relation.ON, Relation.IN) and rideable and one.mount is None and other.mount is None and one.subject.kind in ALIVE:
        one.mount = other.id
    small = other.figure.height <= 1.05 and other.subject.kind in (Kind.PROP, Kind.FOOD) and not other.ball
    if relation is Relation.WITH and small and one.held is None and one.subject.kind in ALIVE and not other.verbs:
        one.held = other.id


def _is_basketball(parts: dict[str, Part]) -> bool:
    games = {Verb.PLAY, Verb.SHOOT, Verb.MISS, Verb.SCORE, Verb.THROW}
    plays = any(verb in games for part in parts.values() for verb, _ in part.verbs)
    return plays and any(part.subject.emoji == "🏀" for part in parts.values())


def _body(part: Part, take: Take, seed: int, place: int) -> Figure:
    needs = part.held is not None or (part.mount is not None and part.subject.kind is not Kind.ANIMAL)
    if take.kind is TakeKind.SPEECH and part.speaks:
        needs = True
    alive = part.subject.kind in ALIVE
    for verb, _ in part.verbs:
        if alive:
            needs = needs or move_of(verb).doll
        elif verb not in ALWAYS_OWN and verb not in OWN_MOTION.get(part.subject.kind, frozenset()):
            needs = True
    if part.subject.kind is Kind.SKY and not part.speaks:
        needs = False
    return figure_of(part.subject, doll=needs and not part.hoop, mood=take.shot.mood, seed=seed, place=place)
