"""Casting: which subject of a shot acts, carries, is held, flies as a ball or stands behind; and where everybody begins."""

from dataclasses import dataclass, field, replace

from walkon.engine.drawing import art, chance
from walkon.engine.drawing.figures import ALIVE, Figure, figure_of
from walkon.engine.drawing.motion.meetings import BUMP_S
from walkon.engine.drawing.motion.moves import move_of, verb_of
from walkon.engine.drawing.sprites import SpriteBook
from walkon.engine.drawing.timing import Take, TakeKind
from walkon.scene.verbs import BALL_GAME, GESTURES, HANDWORK, RESTS, RIDES, TRAVEL, Verb
from walkon.types.scene import Action, Kind, Relation, Shot, Subject

GOAL = "goal"
"""Noun of the net that a ball is kicked into."""
MOST_ACTORS = 6
MOST_VERBS = 3
CROWD_COUNT = 4
"""So many of one kind stand behind the others."""
BACK_ROW = -0.2
"""Depth from which on a body stands in the row at the back."""
SOURCE_HEIGHT = 1.3
"""Metres of a cake or box that somebody jumps out of."""
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
OWN_MOTION = {
    Kind.VEHICLE: RIDES | BALL_GAME | {Verb.LAUNCH, Verb.LAND, Verb.FLY, Verb.ROLL, Verb.WALK, Verb.RUN, Verb.ENTER, Verb.LEAVE, Verb.SINK},
    Kind.PROP: frozenset({Verb.ROLL, Verb.BOUNCE, Verb.FLY, Verb.FLOAT, Verb.LAUNCH, Verb.SINK, Verb.SPIN, Verb.SLIDE}),
}
"""Verbs a thing does as itself; for any other it becomes a doll with that thing as head."""
ALWAYS_OWN = frozenset(
    {Verb.IDLE, Verb.EXPLODE, Verb.BREAK, Verb.BURN, Verb.SHINE, Verb.GROW, Verb.SHRINK, Verb.MELT, Verb.VANISH, Verb.APPEAR}
    | {Verb.TRANSFORM, Verb.FALL, Verb.FLOAT, Verb.SINK, Verb.SPIN, Verb.FLY}
)


@dataclass(slots=True, kw_only=True)
class Part:
    """A subject's part in one take, before it has a way through time."""

    id: str
    subject: Subject
    verbs: list[tuple[Verb, Action]] = field(default_factory=list)
    figure: Figure
    x: float = 0.0
    facing: int = 1
    depth: float = 0.0
    mount: str | None = None
    held: str | None = None
    behind: bool = False
    airborne: bool = False
    ball: bool = False
    hoop: bool = False
    absent: bool = False
    speaks: bool = False
    width: float = 1.0
    leads: bool = True
    slides: bool = False
    stirs: bool = False
    starts: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The parts of a take by id, in the order of the row."""

    parts: dict[str, Part]
    row: tuple[str, ...]
    basket: bool = False

    def part(self, id: str | None) -> Part | None:
        """The part of that id."""
        return self.parts.get(id) if id is not None else None


def company(take: Take, *, seed: int, half_u: float, sprites: SpriteBook) -> Company:
    """Everybody in a take, with bodies and places."""
    shot = take.shot
    speaker = shot.lines[take.line].speaker if take.line is not None else None
    parts = {part.id: part for part in _parts(shot, speaker, seed)}
    _give_verbs(shot, parts)
    if take.kind is TakeKind.ACTION:
        _greet(parts)
    _lend_ball(parts)
    _assign(shot, parts)
    basket = _is_basketball(parts)
    for place, part in enumerate(parts.values()):
        if not (basket and part.ball):
            part.figure = _body(part, take, seed, place)
        part.width = max(0.5, part.figure.height * (0.62 if part.figure.doll else sprites.aspect(part.figure.emoji)))
    row = _row(parts)
    _place(parts, row, half_u=half_u, basket=basket)
    _place_props(parts, shot, half_u)
    _step_back(parts)
    _enlarge_sources(parts)
    return Company(parts=parts, row=tuple(row), basket=basket)


def _enlarge_sources(parts: dict[str, Part]) -> None:
    """What somebody jumps out of is large enough for it."""
    for part in parts.values():
        for verb, action in part.verbs:
            source = parts.get(action.object or "")
            if verb is Verb.APPEAR and source is not None and source.subject.kind not in ALIVE:
                source.figure = replace(source.figure, height=max(source.figure.height, SOURCE_HEIGHT))
                source.x = part.x + 0.5 * part.width + 0.25


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


def _give_verbs(shot: Shot, parts: dict[str, Part]) -> None:
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


def _greet(parts: dict[str, Part]) -> None:
    """Somebody alone with nothing to do looks up and waves: a picture of a cat is a cat that greets."""
    living = [part for part in parts.values() if part.subject.kind in ALIVE]
    if any(verb is not Verb.IDLE for part in parts.values() for verb, _ in part.verbs):
        return
    for part in living:
        part.verbs.clear()
        for verb in (Verb.WAVE, Verb.IDLE, Verb.WAVE):
            part.verbs.append((verb, Action(verb=verb.value, subject=part.id)))


def _lend_ball(parts: dict[str, Part]) -> None:
    """A ball for a game whose ball went unnamed."""
    games = [(verb, action) for part in parts.values() for verb, action in part.verbs if verb in BALL_GAME]
    named = any(
        action.object in parts and parts[action.object].subject.kind not in ALIVE and parts[action.object].subject.noun != GOAL
        for _, action in games
    )
    if not games or named or _any_ball(parts) is not None:
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
    thing = parts.get(action.object or "") or (_any_ball(parts) if verb in BALL_GAME else None)
    if thing is not None and thing.subject.noun == GOAL:
        thing = _any_ball(parts)
    if thing is None or thing.subject.kind in ALIVE or thing.id == part.id or thing.hoop:
        return
    if verb in BALL_GAME or (verb is Verb.PLAY and thing.subject.emoji in art.BALLS):
        thing.ball = True
    elif (verb in HANDWORK or verb in (Verb.STEAL, Verb.HUG, Verb.KISS)) and thing.figure.height <= 1.05 and not thing.verbs:
        part.held = thing.id


def _any_ball(parts: dict[str, Part]) -> Part | None:
    return next((part for part in parts.values() if part.subject.emoji in art.BALLS), None)


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


def _row(parts: dict[str, Part]) -> list[str]:
    """Those who stand side by side."""
    mounts = {part.mount for part in parts.values() if part.mount}
    held = {part.held for part in parts.values() if part.held}
    ids = [
        part.id
        for part in parts.values()
        if not (part.behind or part.airborne or part.absent or part.ball or part.hoop or part.id in held or part.id in mounts)
        and (part.verbs or part.subject.kind in ALIVE or part.subject.kind is Kind.VEHICLE)
    ]
    return ids[:MOST_ACTORS]


def _place(parts: dict[str, Part], row: list[str], *, half_u: float, basket: bool) -> None:
    if basket:
        _place_team(parts, row, half_u)
        return
    crowd = [id for id in row if parts[id].subject.count >= CROWD_COUNT]
    if crowd and len(crowd) < len(row):
        for index, id in enumerate(crowd):
            # Left and right of the middle in turn, so that nobody stands behind the hero.
            side = -1 if index % 2 else 1
            away = 0.42 + 0.5 * (index // 2) / max(1, (len(crowd) - 1) // 2)
            parts[id].x, parts[id].depth, parts[id].facing = half_u * away * side, -0.3, -side
            parts[id].figure = replace(parts[id].figure, height=0.82 * parts[id].figure.height)
        row = [id for id in row if id not in crowd]
    widths = [_stands_wide(parts, id) for id in row]
    gap = 0.2 if half_u < 2.2 else 0.35 if len(row) > 3 else 0.75
    total = sum(widths) + gap * (len(row) - 1) if row else 0.0
    squeeze = min(1.0, 1.75 * half_u / total) if total else 1.0
    x = -total * squeeze / 2
    for index, id in enumerate(row):
        part = parts[id]
        part.x = x + widths[index] * squeeze / 2
        part.facing = 1 if index < (len(row) + 1) // 2 else -1
        part.depth = (0.05 if index % 2 else -0.05) if len(row) > 1 else 0.0
        x += (widths[index] + gap) * squeeze
    _turn_travellers(parts, row)
    if len(row) == 1:
        part = parts[row[0]]
        part.x = -0.3 if _travels(part) else 0.0


def _place_team(parts: dict[str, Part], row: list[str], half_u: float) -> None:
    """A team at the basket: the shooter in front, the others watching from the left."""
    shooters = [id for id in row if any(verb in BALL_GAME for verb, _ in parts[id].verbs)]
    first = (shooters or row)[:1]
    others = [id for id in row if id not in first]
    reach = min(half_u * 0.66, 2.4)
    for id in first:
        parts[id].x, parts[id].facing = reach - 2.5, 1
    for index, id in enumerate(others):
        parts[id].x, parts[id].facing, parts[id].depth = reach - 3.75 - 0.9 * index, 1, -0.06


def _stands_wide(parts: dict[str, Part], id: str) -> float:
    part = parts[id]
    mount = parts.get(part.mount or "")
    return max(part.width, mount.width if mount else 0.0)


def _travels(part: Part) -> bool:
    return any(move_of(verb).travels for verb, _ in part.verbs) or part.mount is not None


def _turn_travellers(parts: dict[str, Part], row: list[str]) -> None:
    """Runners face where they go; pursuer and pursued stand in that order; those who meet start apart."""
    for id in row:
        part = parts[id]
        for verb, action in part.verbs[:1]:
            other = parts.get(action.object or "")
            if verb in (Verb.CHASE, Verb.FLEE, Verb.FOLLOW) and other is not None:
                apart = max(0.95, (part.width + other.width) / 4 + 0.4)
                ahead = apart if verb is Verb.FLEE else -apart
                part.x, part.facing, part.depth = ahead, 1, 0.0
                other.x, other.facing, other.depth = -ahead, 1, 0.0
            elif verb is Verb.BUMP and other is not None and part.leads:
                part.x, part.facing, part.depth = other.x - 3.2, 1, 0.0
                other.facing = -1
            elif verb is Verb.MEET and other is not None:
                part.x = -1.9 if part.x < other.x else 1.9
                part.facing = 1 if part.x < 0 else -1
            elif verb in RIDES or (verb in TRAVEL and other is None) or verb in (Verb.FLY, Verb.SWIM):
                part.facing = 1
            elif other is not None and other.id in row:
                part.facing = 1 if other.x > part.x else -1


def _step_back(parts: dict[str, Part]) -> None:
    """Whoever walks up to a thing starts far enough away to be seen walking."""
    for part in parts.values():
        for verb, action in part.verbs[:1]:
            other = parts.get(action.object or "")
            if verb is Verb.BUMP and other is not None and other.subject.kind not in ALIVE:
                part.x, part.facing = other.x - 3.2, 1
            if verb in TRAVEL and other is not None and other.subject.kind not in ALIVE and not other.verbs:
                side = -1 if other.x > 0 else 1
                part.x = other.x + side * (2.4 + other.width / 2)
                part.facing = -side


def _place_props(parts: dict[str, Part], shot: Shot, half_u: float) -> None:
    """Things that stand about: scenery behind, sky things up, the rest beside the hero."""
    beside = aloft = 0
    taken = [part for part in parts.values() if part.verbs or part.subject.kind in ALIVE]
    right = max([part.x + part.width / 2 for part in taken], default=0.0)
    for index, part in enumerate(parts.values()):
        side = 1 if chance.share(7, "side", part.id, index) < 0.5 else -1
        if part.behind:
            part.x, part.depth = side * half_u * 0.55, -0.3
        elif part.airborne:
            part.x = (-0.4 if aloft % 2 else 0.4) * half_u
            aloft += 1
        elif not part.verbs and part.subject.kind not in ALIVE and part.subject.kind is not Kind.VEHICLE:
            part.x = (right + 0.5 + part.width / 2 + 0.8 * beside) if taken else (beside - 0.5) * 1.2
            beside += 1
