"""Streets, roofs, stations: blocks of paper with windows that light up."""

from walkon.engine.drawing.light import mix, rgb
from walkon.engine.drawing.paint import Brush
from walkon.engine.drawing.sets.nature import GROUND, scatter
from walkon.engine.drawing.sky import halo

BLOCKS = ("#B07A6C", "#7A88A4", "#BFA078", "#84948A", "#93758A", "#8FA3B0")
WINDOW_LIT = "#FFD977"


def skyline(brush: Brush) -> None:
    """Pale towers far away."""
    far = brush.at_distance(0.5)
    for left, rng in brush.along(0.52, "tower"):
        height = 1.3 + 1.5 * rng.random() ** 1.6
        width = 0.42 + 0.3 * rng.random()
        far.rect(left, -height, width, height + 1, paint=far.ink("#7C8698"))
        if rng.random() < 0.3:
            far.rect(left + width * 0.45, -height - 0.3, 0.03, 0.3, paint=far.ink("#7C8698"))


def blocks(brush: Brush) -> None:
    """The houses of the street, with windows, cornices, water tanks, shop fronts."""
    near = brush.at_distance(0.1)
    for left, rng in brush.along(1.12, "block"):
        height = 1.55 + 1.05 * rng.random()
        code = BLOCKS[int(rng.integers(len(BLOCKS)))]
        _house(near, left, 1.12, height, code)


def _house(brush: Brush, left: float, width: float, height: float, code: str) -> None:
    top = GROUND - height
    corners = [(left, GROUND + 0.4), (left, top), (left + width, top), (left + width, GROUND + 0.4)]
    brush.shape(corners, paint=brush.fade((0, top), (0, GROUND), (code, mix(rgb(code), (30, 30, 50), 0.12))), shadow=True)
    brush.rect(left - 0.03, top - 0.05, width + 0.06, 0.09, paint=brush.ink(mix(rgb(code), (255, 255, 255), 0.25)))
    _windows(brush, left, width, top)
    _shop(brush, left, width, code)


def _windows(brush: Brush, left: float, width: float, top: float) -> None:
    rng = brush.rng("windows", round(left * 10))
    rows = int((GROUND - 0.62 - top) / 0.34)
    columns = 4
    for row in range(rows):
        for column in range(columns):
            x, y = left + 0.1 + column * (width - 0.18) / columns, top + 0.16 + row * 0.34
            lit = rng.random() < brush.light.lit
            pane = brush.glow(WINDOW_LIT, 0.95) if lit else brush.ink("#DCEBF5" if brush.light.lit < 0.1 else "#4C587A", 0.85)
            brush.rect(x, y, 0.145, 0.2, paint=pane, round_by=0.015)


def _shop(brush: Brush, left: float, width: float, code: str) -> None:
    rng = brush.rng("shop", round(left * 10))
    brush.rect(left, GROUND - 0.5, width, 0.5, paint=brush.ink(mix(rgb(code), (40, 30, 40), 0.35)))
    lit = rng.random() < brush.light.lit * 1.4
    glass = brush.glow(WINDOW_LIT, 0.9) if lit else brush.ink("#9DB7C6")
    brush.rect(left + 0.12, GROUND - 0.36, width - 0.24, 0.3, paint=glass, round_by=0.02)
    stripes = ("#E4572E", "#2E86AB", "#5B8E7D", "#F2A541")[int(rng.integers(4))]
    for index in range(6):
        paint = brush.ink(stripes if index % 2 else "#FFF7EA")
        brush.rect(left + 0.06 + index * (width - 0.12) / 6, GROUND - 0.52, (width - 0.12) / 6, 0.16, paint=paint, round_by=0.02)


def pavement(brush: Brush) -> None:
    """Pavement, kerb and road with its markings, lamps with cones of light."""
    sheet = brush.sheet
    left, width = sheet.left - 1, sheet.right - sheet.left + 2
    brush.rect(left, GROUND, width, 4, paint=brush.fade((0, GROUND), (0, 0.3), ("#C9C4BC", "#AFA9A2")))
    _slabs(brush)
    brush.rect(left, 0.22, width, 0.05, paint=brush.ink("#E6E2DA"))
    brush.rect(left, 0.27, width, 4, paint=brush.fade((0, 0.27), (0, 1.2), ("#5A5D66", "#484B54")))
    for x, _ in brush.along(1.1, "dash"):
        brush.rect(x, 0.62, 0.5, 0.045, paint=brush.ink("#E9E4D4", 0.8), round_by=0.02)
    for x, rng in brush.along(2.9, "lamp"):
        _lamp(brush, x + 0.6 + 0.5 * rng.random())
    if brush.light.lit < 0.3:
        scatter(("🌳",), 2.4, 1.7, -0.42)(brush)


def _slabs(brush: Brush) -> None:
    line = brush.ink("#8F8A84", 0.35)
    line.setStrokeWidth(0.012)
    for x, _ in brush.along(0.55, "slab"):
        brush.canvas.drawLine(x, GROUND, x * 1.16, 0.22, line)
    brush.canvas.drawLine(brush.sheet.left, -0.3, brush.sheet.right, -0.3, line)


def _lamp(brush: Brush, x: float) -> None:
    foot = -0.42
    iron = brush.ink("#3A3F4C")
    brush.rect(x - 0.025, foot - 1.9, 0.05, 1.9, paint=iron, round_by=0.02)
    brush.rect(x - 0.07, foot - 0.1, 0.14, 0.1, paint=iron, round_by=0.02)
    brush.rect(x - 0.10, foot - 2.1, 0.20, 0.24, paint=iron, round_by=0.05)
    if brush.light.lit >= 0.4:
        halo(brush, x, foot - 1.98, 0.9, WINDOW_LIT, 0.65)
        brush.shape([(x - 0.08, foot - 1.9), (x + 0.08, foot - 1.9), (x + 0.75, 0.1), (x - 0.75, 0.1)], paint=brush.glow("#FFE9A8", 0.13))
        brush.oval(x, 0.06, 1.5, 0.2, paint=brush.glow("#FFE9A8", 0.16))
    brush.rect(x - 0.07, foot - 2.07, 0.14, 0.18, paint=brush.glow("#FFF1C2" if brush.light.lit >= 0.2 else "#D8DDE2"), round_by=0.04)


def roof(brush: Brush) -> None:
    """A flat roof with parapet, chimneys and a water tank."""
    sheet = brush.sheet
    left, width = sheet.left - 1, sheet.right - sheet.left + 2
    brush.rect(left, GROUND - 0.12, width, 0.16, paint=brush.ink("#A8705C"))
    brush.rect(left, GROUND + 0.02, width, 4, paint=brush.fade((0, GROUND), (0, 1), ("#B98A78", "#8A6052")))
    for x, rng in brush.along(1.9, "chimney"):
        at = x + rng.random()
        if abs(at) > 0.45 * brush.half:
            brush.rect(at, -1.15, 0.34, 0.8, paint=brush.ink("#8E5A4C"), round_by=0.02)
            brush.rect(at - 0.04, -1.2, 0.42, 0.1, paint=brush.ink("#6E443A"), round_by=0.02)


def station(brush: Brush) -> None:
    """A platform with a train behind it, a clock and benches."""
    for x, _ in brush.along(3.6, "train"):
        brush.emoji("🚃", x + 1.6, -0.42, 1.5)
    pavement_plain(brush)
    brush.rect(brush.sheet.left - 1, -0.12, brush.sheet.right - brush.sheet.left + 2, 0.06, paint=brush.ink("#F4D35E"))
    brush.rect(-0.58 * brush.half, -2.3, 0.06, 2.0, paint=brush.ink("#3A3F4C"))
    brush.emoji("🕰️", -0.58 * brush.half + 0.03, -2.1, 0.5)


def pavement_plain(brush: Brush) -> None:
    """A bare paved floor."""
    sheet = brush.sheet
    floor = brush.fade((0, GROUND), (0, 0.9), ("#D5D0C8", "#A39D96"))
    brush.rect(sheet.left - 1, GROUND + 0.12, sheet.right - sheet.left + 2, 4, paint=floor)
    _slabs(brush)


def airfield(brush: Brush) -> None:
    """Grass, the runway, a tower and a parked plane."""
    brush.land(brush.ridge(GROUND, 0.02, 6.0, "grass"), ("#94D07A", "#6BAA5E"), depth=1.4)
    brush.rect(-0.72 * brush.half, -1.9, 0.22, 1.5, paint=brush.ink("#E6E2DA"), round_by=0.03)
    brush.rect(-0.72 * brush.half - 0.16, -2.15, 0.54, 0.34, paint=brush.ink("#4E7A94"), round_by=0.06)
    brush.emoji("✈️", 0.55 * brush.half, -0.5, 0.7)
    sheet = brush.sheet
    brush.rect(sheet.left - 1, -0.36, sheet.right - sheet.left + 2, 4, paint=brush.fade((0, -0.3), (0, 1), ("#6A6D76", "#50535C")))
    for x, _ in brush.along(1.1, "dash"):
        brush.rect(x, 0.2, 0.6, 0.06, paint=brush.ink("#F4F1E6"), round_by=0.02)
