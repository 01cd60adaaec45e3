"""Where everybody in a take stands: rows, pairs, teams, crowds, things beside the hero."""

from dataclasses import replace

from walkon.engine.drawing import chance
from walkon.engine.drawing.figures import ALIVE
from walkon.engine.drawing.motion.moves import move_of
from walkon.engine.drawing.parts import BACK_ROW, MOST_ACTORS, Part
from walkon.scene.verbs import BALL_GAME, RIDES, TRAVEL, Verb
from walkon.types.scene import Kind

CROWD_COUNT = 4
"""So many of one kind stand behind the others."""
SOURCE_HEIGHT = 1.3
"""Metres of a cake or box that somebody jumps out of."""


def row_of(parts: dict[str, Part]) -> list[str]:
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


def place_all(parts: dict[str, Part], row: list[str], *, half_u: float, basket: bool) -> None:
    """Give everybody a place, a side to look to and a depth. half_u: half the picture's width in metres."""
    _place(parts, row, half_u=half_u, basket=basket)
    _place_props(parts, half_u)
    _step_back(parts)
    _enlarge_sources(parts)


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
            parts[id].x, parts[id].depth, parts[id].facing = half_u * away * side, 1.5 * BACK_ROW, -side
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


def _place_props(parts: dict[str, Part], half_u: float) -> None:
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


def _enlarge_sources(parts: dict[str, Part]) -> None:
    """What somebody jumps out of is large enough for it."""
    for part in parts.values():
        for verb, action in part.verbs:
            source = parts.get(action.object or "")
            if verb is Verb.APPEAR and source is not None and source.subject.kind not in ALIVE:
                source.figure = replace(source.figure, height=max(source.figure.height, SOURCE_HEIGHT))
                source.x = part.x + 0.5 * part.width + 0.25
