"""Meadow, forest, mountain, desert and their kin."""

import math
from collections.abc import Callable, Sequence

import skia

from walkon.engine.drawing.paint import Brush

WINTER = {"🌳": "🌲", "🌷": "🪨", "🌾": "🪨", "🌻": "🪨", "🌹": "🪨", "🌽": "🪨", "🌿": "🪨", "🍄": "🪨", "🌺": "🪨"}
"""What stands where in snow nothing grows."""
GROUND = -0.62
"""Where the ground of the stage begins, metres above the line the actors stand on."""


def hills_far(brush: Brush) -> None:
    """Two pale ridges."""
    brush.at_distance(0.5).land(brush.ridge(-1.55, 0.28, 5.2, "far"), ("#7FA8A0", "#9CC3A0"))
    brush.at_distance(0.38).land(brush.ridge(-1.15, 0.20, 3.6, "near"), ("#7DB488", "#93C88F"))


def hills_mid(brush: Brush) -> None:
    """A near hill with clumps of trees."""
    edge = brush.ridge(-0.95, 0.16, 4.2, "mid")
    near = brush.at_distance(0.2)
    near.land(edge, ("#7CBF72", "#6AAE66"))
    trees = "🌲" if brush.light.snowy else "🌳"
    for left, rng in brush.along(0.62, "clump"):
        x = left + rng.random() * 0.5
        if rng.random() < 0.62:
            near.emoji(trees, x, edge(x) + 0.1, 0.5 + 0.3 * rng.random())


def meadow(brush: Brush) -> None:
    """Grass with tufts and a few flowers."""
    edge = brush.ridge(GROUND, 0.05, 5.5, "ground")
    codes = ("#FFFFFF", "#D5E2EE") if brush.light.snowy else ("#94D07A", "#56A055")
    brush.land(edge, codes, depth=1.5)
    if brush.light.snowy:
        drifts(brush)
    else:
        tufts(brush, "#4E9A4E")
        flowers(brush)


def drifts(brush: Brush) -> None:
    """Soft hollows in snow."""
    for left, rng in brush.along(1.1, "drift"):
        x, y = left + rng.random(), GROUND + 0.25 + 1.1 * rng.random()
        brush.oval(x, y, 0.7 + 0.6 * rng.random(), 0.07, paint=brush.ink("#C4D6E8", 0.75))


def tufts(brush: Brush, code: str) -> None:
    """Little strokes of grass."""
    paint = brush.ink(code, 0.85)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(0.022)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    for left, rng in brush.along(0.34, "tuft"):
        x, y = left + 0.3 * rng.random(), GROUND + 0.16 + 1.25 * rng.random() ** 0.8
        size = 0.05 + 0.05 * (y - GROUND)
        for lean in (-0.6, 0.0, 0.6):
            brush.canvas.drawLine(x, y, x + lean * size, y - size * (1.3 - 0.3 * abs(lean)), paint)


def flowers(brush: Brush) -> None:
    """Daisies of paint, bigger in front."""
    for left, rng in brush.along(0.5, "flower"):
        x, y = left + 0.5 * rng.random(), GROUND + 0.2 + 1.2 * rng.random()
        if rng.random() < 0.55 or abs(y) < 0.12:
            continue
        size = 0.022 + 0.018 * (y - GROUND)
        petal = brush.ink(("#FFFFFF", "#FFE27A", "#F7A8C0", "#FFB08A")[int(rng.integers(4))])
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            brush.canvas.drawCircle(x + dx * size, y + dy * size * 0.8, size * 0.75, petal)
        brush.canvas.drawCircle(x, y, size * 0.6, brush.ink("#F2A93B"))


def scatter(things: Sequence[str], step: float, height: float, back: float) -> Callable[[Brush], None]:
    """A painter that stands things about, `back` metres behind the actors, leaving the middle free."""

    def paint(brush: Brush) -> None:
        for left, rng in brush.along(step, "scatter", things[0]):
            x = left + step * rng.random() * 0.8
            if abs(x) < 0.62 * brush.half and height > 0.7:
                continue
            thing = things[int(rng.integers(len(things)))]
            if brush.light.snowy:
                thing = WINTER.get(thing, thing)
            brush.emoji(thing, x, back + 0.1 * rng.random(), height * (0.85 + 0.3 * rng.random()))

    return paint


def landmark(*things: tuple[str, float, float]) -> Callable[[Brush], None]:
    """A painter of buildings on the hill: (emoji, share of the half width, height)."""

    def paint(brush: Brush) -> None:
        near = brush.at_distance(0.12)
        for emoji, share, height in things:
            near.emoji(emoji, share * brush.half, -0.55, height)

    return paint


def wood_far(brush: Brush) -> None:
    """A wall of misty conifers."""
    far = brush.at_distance(0.5)
    edge = brush.ridge(-1.2, 0.15, 4.0, "wood")
    far.land(edge, ("#6E9C82", "#8DB89A"))
    for left, rng in brush.along(0.42, "wood"):
        x = left + 0.3 * rng.random()
        far.emoji("🌲", x, edge(x) + 0.25, 1.25 + 0.5 * rng.random())
    brush.at_distance(0.42).land(brush.ridge(-0.9, 0.08, 3.0, "wood2"), ("#6FA07A", "#6FA07A"))


def wood_mid(brush: Brush) -> None:
    """The trees one can walk between."""
    near = brush.at_distance(0.22)
    edge = brush.ridge(-0.72, 0.06, 3.0, "mid")
    trees = ("🌲",) if brush.light.snowy else ("🌲", "🌳", "🌲")
    near.land(edge, ("#E9F1F8", "#DDE8F2") if brush.light.snowy else ("#6DA562", "#5C9557"))
    for left, rng in brush.along(0.85, "trunk"):
        x = left + 0.6 * rng.random()
        near.emoji(trees[int(rng.integers(len(trees)))], x, edge(x) + 0.12, 1.7 + 0.7 * rng.random())


def wood_ground(brush: Brush) -> None:
    """Forest floor, big trees to the sides, mushrooms and ferns."""
    snowy = brush.light.snowy
    brush.land(brush.ridge(GROUND, 0.04, 4.0, "floor"), ("#FFFFFF", "#D5E2EE") if snowy else ("#7FB069", "#4C7F4A"), depth=1.4)
    for left, rng in brush.along(1.5, "giant"):
        x = left + 0.9 * rng.random()
        if abs(x) > 0.66 * brush.half:
            brush.emoji("🌲", x, -0.36, 2.7 + 0.7 * rng.random(), dark=0.94)
    if snowy:
        drifts(brush)
        return
    tufts(brush, "#3F7A42")
    scatter(("🍄", "🌿", "🍄"), 1.0, 0.26, -0.3)(brush)


def jungle_ground(brush: Brush) -> None:
    """Lush floor, palms to the sides, big leaves."""
    brush.land(brush.ridge(GROUND, 0.06, 3.0, "floor"), ("#5FA84E", "#2F6B3A"), depth=1.4)
    for left, rng in brush.along(1.25, "palm"):
        x = left + 0.9 * rng.random()
        if abs(x) > 0.6 * brush.half:
            brush.emoji("🌴", x, -0.34, 2.5 + 0.7 * rng.random(), flip=rng.random() < 0.5)
    tufts(brush, "#2C6B3A")
    scatter(("🌿", "🌺", "🪴"), 0.8, 0.4, -0.32)(brush)


def peaks(brush: Brush) -> None:
    """Mountains with snow on their heads."""
    far = brush.at_distance(0.42)
    for left, rng in brush.along(1.9, "peak"):
        x, height = left + 0.8 * rng.random(), 2.0 + 0.75 * rng.random()
        _peak(far, x, height, 1.5 + 0.4 * rng.random())
    brush.at_distance(0.3).land(brush.ridge(-0.9, 0.12, 3.0, "foot"), ("#7FA78C", "#8DB897"))


def _peak(brush: Brush, x: float, height: float, half: float) -> None:
    top = -height
    brush.shape([(x - half, 0.2), (x, top), (x + half, 0.2)], paint=brush.fade((0, top), (0, 0), ("#7C8FA8", "#93A8B0")), shadow=True)
    brush.shape([(x, top), (x + half, 0.2), (x + half * 0.25, 0.2)], paint=brush.ink("#5F7288", 0.35))
    cap = height * 0.3
    side = half * cap / (height + 0.2)
    jag = [(x - side, top + cap), (x, top), (x + side, top + cap), (x + side * 0.45, top + cap * 0.75), (x, top + cap * 1.1)]
    brush.shape([*jag, (x - side * 0.5, top + cap * 0.72)], paint=brush.ink("#F8FBFF"))


def rocks(brush: Brush) -> None:
    """Boulders on the meadow."""
    scatter(("🪨",), 1.6, 0.42, -0.36)(brush)


def conifers_mid(brush: Brush) -> None:
    """A slope with conifers."""
    near = brush.at_distance(0.2)
    edge = brush.ridge(-0.9, 0.14, 3.6, "slope")
    near.land(edge, ("#EAF2F9", "#DDE8F2") if brush.light.snowy else ("#7CAF7A", "#6AA069"))
    for left, rng in brush.along(0.55, "conifer"):
        x = left + 0.4 * rng.random()
        if rng.random() < 0.7:
            near.emoji("🌲", x, edge(x) + 0.08, 0.6 + 0.4 * rng.random())


def volcano_far(brush: Brush) -> None:
    """One smoking mountain."""
    brush.at_distance(0.4).land(brush.ridge(-1.0, 0.2, 4.0, "lava"), ("#8A6A66", "#9A7A70"))
    brush.at_distance(0.22).emoji("🌋", 0.18 * brush.half, -0.55, 2.5)


def dunes(brush: Brush) -> None:
    """Far dunes and a table mountain."""
    far = brush.at_distance(0.42)
    x = -0.45 * brush.half
    far.shape(
        [(x - 1.3, -0.7), (x - 0.95, -1.85), (x + 0.75, -1.85), (x + 1.2, -0.7)],
        paint=far.fade((0, -1.85), (0, -0.7), ("#C97B50", "#D9966A")),
        shadow=True,
    )
    far.land(brush.ridge(-1.1, 0.24, 4.6, "dune"), ("#E2B27A", "#EBC28C"))
    brush.at_distance(0.22).land(brush.ridge(-0.85, 0.16, 3.4, "dune2"), ("#E6B87E", "#DDA868"))


def sands(brush: Brush) -> None:
    """Desert floor with ripples, cacti aside."""
    desert_floor(brush, ("#EDC98B", "#C98F55"))
    scatter(("🌵",), 1.7, 1.25, -0.4)(brush)
    scatter(("🪨",), 1.9, 0.26, -0.2)(brush)


def desert_floor(brush: Brush, codes: tuple[str, str]) -> None:
    """Bare ground with wind ripples."""
    brush.land(brush.ridge(GROUND, 0.06, 5.0, "sand"), codes, depth=1.5)
    paint = brush.ink(codes[1], 0.5)
    for left, rng in brush.along(0.6, "ripple"):
        x, y = left + 0.5 * rng.random(), GROUND + 0.2 + 1.2 * rng.random()
        brush.oval(x, y, 0.35 + 0.35 * rng.random(), 0.022, paint=paint)


def ruins(brush: Brush) -> None:
    """Old stones."""
    desert_floor(brush, ("#DCC99A", "#B39A66"))
    landmark(("🏛️", 0.5, 1.5), ("🗿", -0.62, 1.1))(brush)
    scatter(("🪨", "🌿"), 1.2, 0.3, -0.3)(brush)


def ruins_floor(brush: Brush) -> None:
    """Ash and cooled lava."""
    desert_floor(brush, ("#8A7068", "#5A4640"))


def near_leaves(brush: Brush) -> None:
    """Dark fans of leaves in the lower corners, nearer than the actors; they pass by when the camera goes."""
    step = 1.94 * brush.half
    for left, rng in brush.along(step, "near"):
        x = left + step / 2
        foot = brush.sheet.bottom + 0.05
        reach = (0.46 + 0.16 * rng.random()) * min(1.0, brush.half / 3.0)
        for index in range(9):
            angle = math.radians(-164 + 148 * index / 8 + 8 * rng.random())
            _leaf(brush, x + 0.22 * (index - 4) * reach, foot, angle, reach * (0.7 + 0.4 * rng.random()), index)


def _leaf(brush: Brush, x: float, y: float, angle: float, length: float, index: int) -> None:
    tip = (x + length * math.cos(angle), y + length * math.sin(angle))
    side = 0.24 * length
    middle = (x + 0.5 * length * math.cos(angle), y + 0.5 * length * math.sin(angle))
    across = (-math.sin(angle) * side, math.cos(angle) * side)
    path = skia.Path()
    path.moveTo(x, y)
    path.quadTo(middle[0] + across[0], middle[1] + across[1], *tip)
    path.quadTo(middle[0] - across[0], middle[1] - across[1], x, y)
    codes = ("#2B4A3C", "#223E34") if not brush.light.snowy else ("#3E5A60", "#324C54")
    brush.canvas.drawPath(path, brush.ink(codes[index % 2]))
