"""Sea, beach, river, pool and the world below."""

import math
from collections.abc import Callable

import skia

from walkon.engine.drawing.paint import Brush
from walkon.engine.drawing.sets.nature import GROUND, scatter, tufts

HORIZON = -1.42
"""Height of the sea's horizon over the ground line, metres."""


def sea_far(brush: Brush) -> None:
    """The open sea with its glittering road under a low sun."""
    sheet = brush.sheet
    paint = brush.fade((0, HORIZON), (0, GROUND + 0.3), ("#2C8FC9", "#4FC3D9"))
    far = brush.at_distance(0.12)
    far.rect(sheet.left - 1, HORIZON, sheet.right - sheet.left + 2, sheet.bottom - HORIZON + 1, paint=paint)
    _swell(brush)
    if brush.light.sun in ("sunset", "moon", "morning"):
        _glints(brush)


def _swell(brush: Brush) -> None:
    paint = brush.ink("#A7E3F0", 0.45)
    for left, rng in brush.along(0.36, "swell"):
        share = rng.random()
        y = HORIZON + 0.05 + share * 0.9
        brush.oval(left + 0.3 * rng.random(), y, 0.16 + 0.3 * share, 0.012 + 0.012 * share, paint=paint)


def _glints(brush: Brush) -> None:
    rng = brush.rng("glints")
    x = 0.24 * brush.half
    colour = "#FFE9B8" if brush.light.sun != "moon" else "#DDE6FF"
    for _ in range(64):
        share = float(rng.random())
        spread = (0.16 + 0.5 * share) * float(rng.normal()) * 0.6
        brush.oval(x + spread, HORIZON + 0.03 + share * 0.85, 0.1 + 0.2 * share, 0.016 + 0.012 * share, paint=brush.glow(colour, 0.6))


def islands(brush: Brush) -> None:
    """A headland far out, and a sail."""
    far = brush.at_distance(0.45)
    x = -0.5 * brush.half
    path = skia.Path()
    path.moveTo(x - 1.1, HORIZON + 0.02)
    path.cubicTo(x - 0.7, HORIZON - 0.5, x + 0.1, HORIZON - 0.42, x + 1.2, HORIZON + 0.02)
    far.canvas.drawPath(path, far.ink("#5F8F86"))
    brush.at_distance(0.3).emoji("⛵", 0.62 * brush.half, HORIZON + 0.1, 0.36)


def beach(brush: Brush) -> None:
    """Sand with a wet edge and foam, palms to the sides."""
    edge = brush.ridge(GROUND + 0.05, 0.05, 4.5, "shore")
    brush.land(lambda x: edge(x) - 0.13, ("#FFFFFF", "#FFFFFF"), depth=0.3, shadow=False)
    brush.land(lambda x: edge(x) - 0.07, ("#BFE6E6", "#BFE6E6"), depth=0.3, shadow=False)
    brush.land(edge, ("#E4C78A", "#E4C78A"), depth=0.3, shadow=False)
    brush.land(lambda x: edge(x) + 0.12, ("#F3D9A0", "#D9B070"), depth=1.4, shadow=False)
    _grains(brush)
    _palms(brush)
    scatter(("🐚", "⭐"), 1.7, 0.15, 0.35)(brush)


def _palms(brush: Brush) -> None:
    for left, rng in brush.along(1.6, "palms"):
        x = left + 0.7 * rng.random()
        if abs(x) > 0.68 * brush.half:
            brush.emoji("🌴", x, -0.32, 2.4 + 0.6 * rng.random(), flip=x > 0)


def _grains(brush: Brush) -> None:
    paint = brush.ink("#B98F55", 0.5)
    for left, rng in brush.along(0.16, "grain"):
        y = GROUND + 0.3 + 1.2 * rng.random()
        brush.canvas.drawCircle(left + 0.15 * rng.random(), y, 0.007 + 0.005 * rng.random(), paint)


def open_sea(brush: Brush) -> None:
    """Waves in front, which stand in for the ground."""
    for row, code in enumerate(("#3FA9D0", "#2F93C4", "#2380B4")):
        base = GROUND + 0.42 + 0.34 * row
        edge = _wave_edge(base, 0.055 + 0.015 * row, 0.9 + 0.25 * row, row * 1.7)
        foam = _wave_edge(base - 0.035, 0.055 + 0.015 * row, 0.9 + 0.25 * row, row * 1.7)
        brush.land(foam, ("#E8FAFF", "#E8FAFF"), depth=0.2, shadow=row > 0)
        brush.land(edge, (code, "#1B6CA0"), depth=1.6, shadow=False)


def _wave_edge(base: float, rise: float, wave: float, phase: float) -> Callable[[float], float]:
    return lambda x: base - rise * (1 - abs(math.sin(math.pi * x / wave + phase))) ** 0.8 * 1.9


def river(brush: Brush) -> None:
    """A river across the meadow, stones at its edge."""
    edge = brush.ridge(GROUND, 0.05, 5.5, "ground")
    brush.land(edge, ("#94D07A", "#56A055"), depth=1.5)
    bank = brush.ridge(GROUND + 0.16, 0.03, 2.4, "bank")
    brush.land(bank, ("#E2D3A4", "#E2D3A4"), depth=0.3, shadow=False)
    brush.land(lambda x: bank(x) + 0.03, ("#58B9DC", "#3A9CC8"), depth=0.4, shadow=False)
    brush.land(lambda x: bank(x) + 0.36, ("#8CCB74", "#56A055"), depth=1.0)
    tufts(brush, "#4E9A4E")
    scatter(("🪨", "🌾"), 1.1, 0.34, -0.1)(brush)


def pool(brush: Brush) -> None:
    """Tiles, the basin, parasols."""
    sheet = brush.sheet
    brush.rect(sheet.left - 1, GROUND - 0.1, sheet.right - sheet.left + 2, 4, paint=brush.fade((0, GROUND), (0, 1), ("#E9EEF0", "#C9D4D8")))
    brush.rect(
        sheet.left - 1, GROUND + 0.02, sheet.right - sheet.left + 2, 0.42, paint=brush.fade((0, GROUND), (0, -0.2), ("#3FBCE0", "#62D3EC"))
    )
    for left, rng in brush.along(0.5, "ripples"):
        brush.oval(left + 0.4 * rng.random(), GROUND + 0.08 + 0.3 * rng.random(), 0.3, 0.018, paint=brush.ink("#D8F7FF", 0.8))
    scatter(("⛱️", "🪴"), 1.8, 1.3, -0.1)(brush)


def harbour(brush: Brush) -> None:
    """A quay of planks with bollards, ships behind it."""
    brush.emoji("⛵", -0.62 * brush.half, -0.42, 1.7)
    brush.emoji("🚢", 0.6 * brush.half, -0.42, 1.5)
    sheet = brush.sheet
    brush.rect(sheet.left - 1, GROUND + 0.2, sheet.right - sheet.left + 2, 4, paint=brush.fade((0, GROUND), (0, 1), ("#A98561", "#7C5C40")))
    line = brush.ink("#5E4430", 0.7)
    line.setStrokeWidth(0.02)
    for left, _ in brush.along(0.45, "planks"):
        brush.canvas.drawLine(left, GROUND + 0.2, left * 1.5, 1.2, line)
    for left, rng in brush.along(2.1, "bollards"):
        x = left + rng.random()
        brush.rect(x, -0.55, 0.16, 0.26, paint=brush.ink("#4A4F5A"), round_by=0.05)


def deck(brush: Brush) -> None:
    """A ship's planks under a rail, its mast and barrels; the sea lies behind."""
    sheet = brush.sheet
    width = sheet.right - sheet.left + 2
    wood, dark = brush.ink("#8A5A34"), brush.ink("#6B4226")
    _mast(brush, -0.66 * brush.half)
    brush.rect(sheet.left - 1, -1.02, width, 0.1, paint=wood, round_by=0.03)
    for left, _ in brush.along(0.42, "posts"):
        brush.rect(left, -0.98, 0.09, 0.8, paint=dark, round_by=0.03)
    brush.rect(sheet.left - 1, -0.3, width, 0.2, paint=wood)
    brush.rect(sheet.left - 1, GROUND + 0.06, width, 4, paint=brush.fade((0, GROUND), (0, 1), ("#C08A56", "#8C5E38")))
    line = brush.ink("#6B4226", 0.7)
    line.setStrokeWidth(0.02)
    for left, _ in brush.along(0.45, "planks"):
        brush.canvas.drawLine(left, GROUND + 0.06, left * 1.5, 1.4, line)
    scatter(("🛢️", "🪢", "⚓"), 2.3, 0.55, -0.1)(brush)


def _mast(brush: Brush, x: float) -> None:
    """A mast with its sail and a flag, up out of the picture."""
    top = min(brush.sheet.top, -brush.crown) - 0.2
    brush.rect(x - 0.07, top, 0.14, GROUND - top + 0.1, paint=brush.ink("#5E3A20"))
    sail = brush.ink("#F4E9D2")
    brush.shape([(x - 0.95, -3.1), (x + 0.95, -3.1), (x + 0.78, -1.75), (x, -1.6), (x - 0.78, -1.75)], paint=sail, shadow=True)
    brush.rect(x - 1.1, -3.2, 2.2, 0.1, paint=brush.ink("#5E3A20"), round_by=0.05)


def deep_far(brush: Brush) -> None:
    """Blue ridges and shafts of light."""
    for index in range(5):
        x = (index - 2.2) * brush.half * 0.5
        shaft = brush.glow("#CFF6FF", 0.10)
        top = min(brush.sheet.top, -brush.crown) - 0.2
        brush.shape([(x, top), (x + 0.55, top), (x + 0.1 - 0.4 * index, 1.0), (x - 1.1 - 0.4 * index, 1.0)], paint=shaft)
    brush.land(brush.ridge(-1.2, 0.35, 3.6, "deep"), ("#1A6C9C", "#12507E"))


def deep_mid(brush: Brush) -> None:
    """Rocks with weeds."""
    brush.land(brush.ridge(-0.75, 0.2, 2.6, "reef"), ("#2A7FA3", "#175C86"))
    for left, rng in brush.along(0.7, "weed"):
        _weed(brush, left + 0.5 * rng.random(), -0.45, 0.7 + 0.9 * rng.random(), rng.random())


def _weed(brush: Brush, x: float, y: float, height: float, lean: float) -> None:
    path = skia.Path()
    path.moveTo(x, y + 0.2)
    for index in range(4):
        side = 0.16 if index % 2 else -0.16
        step = height / 4
        path.quadTo(x + side, y - step * (index + 0.5), x + 0.06 * (lean - 0.5), y - step * (index + 1))
    paint = brush.ink(("#2FA37C", "#3C8F5A", "#7A5FA8")[int(lean * 3)])
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(0.09)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    brush.canvas.drawPath(path, paint)


def sea_bed(brush: Brush) -> None:
    """Sand, corals, shells and starfish."""
    brush.land(brush.ridge(GROUND + 0.1, 0.09, 3.0, "bed"), ("#E8D9A8", "#B49A6A"), depth=1.4)
    scatter(("🪸", "🪸", "🌿"), 0.95, 0.85, -0.35)(brush)
    scatter(("🐚", "⭐", "🪨"), 0.9, 0.2, 0.1)(brush)
