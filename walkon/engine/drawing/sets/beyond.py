"""Moon, Mars, space and the sky itself."""

import math

import skia

from walkon.engine.drawing.paint import Brush
from walkon.engine.drawing.sets.nature import GROUND, desert_floor, scatter
from walkon.engine.drawing.sky import halo, paint_clouds


def earth_rise(brush: Brush) -> None:
    """The Earth over the moon's horizon, its night side in shade."""
    x, y, radius = 0.26 * brush.half, -brush.crown * 0.66, 0.13 * 4.08
    halo(brush, x, y, radius * 2.6, "#7FC4FF", 0.4)
    brush.canvas.drawCircle(x, y, radius, brush.glow("#3E9BE0"))
    canvas = brush.canvas
    canvas.save()
    clip = skia.Path()
    clip.addCircle(x, y, radius)
    canvas.clipPath(clip, skia.ClipOp.kIntersect, True)
    for dx, dy, width, height in ((-0.35, -0.3, 0.8, 0.6), (0.3, 0.25, 0.7, 0.9), (-0.5, 0.55, 0.5, 0.35)):
        brush.oval(x + dx * radius, y + dy * radius, width * radius, height * radius, paint=brush.glow("#6CC07A"))
    for dy in (-0.62, 0.05, 0.55):
        brush.oval(x + 0.1 * radius, y + dy * radius, 1.3 * radius, 0.14 * radius, paint=brush.glow("#FFFFFF", 0.75))
    canvas.drawCircle(x + 0.55 * radius, y + 0.35 * radius, radius * 1.25, _limb())
    canvas.restore()


def _limb() -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=skia.Color(5, 3, 30, 120))


def moon_far(brush: Brush) -> None:
    """Bare hills."""
    brush.at_distance(0.3).land(brush.ridge(-1.1, 0.26, 3.4, "hills"), ("#8F8DA8", "#A5A3BC"))


def moon_ground(brush: Brush) -> None:
    """Dust with craters, a flag left behind."""
    brush.land(brush.ridge(GROUND, 0.06, 4.0, "dust"), ("#C9C7DA", "#8F8CA8"), depth=1.5)
    for left, rng in brush.along(0.85, "crater"):
        x, y = left + 0.7 * rng.random(), GROUND + 0.16 + 1.1 * rng.random()
        width = 0.25 + 0.5 * rng.random()
        brush.oval(x, y, width, width * 0.24, paint=brush.ink("#7C7A96"))
        brush.oval(x, y + width * 0.035, width * 0.9, width * 0.18, paint=brush.ink("#A9A7BE"))
    scatter(("🪨",), 1.8, 0.3, -0.3)(brush)


def mars_far(brush: Brush) -> None:
    """Red mesas, two small moons."""
    for share, size in ((-0.2, 0.09), (0.3, 0.15)):
        brush.canvas.drawCircle(share * brush.half, -brush.crown * (0.7 + share * 0.2), size, brush.glow("#F0D2B8", 0.9))
    far = brush.at_distance(0.35)
    far.land(brush.ridge(-1.25, 0.3, 3.2, "mesa"), ("#A2553A", "#B86A48"))
    brush.at_distance(0.18).land(brush.ridge(-0.9, 0.14, 2.6, "mesa2"), ("#B5603E", "#A85536"))


def mars_ground(brush: Brush) -> None:
    """Rust and stones."""
    desert_floor(brush, ("#D98A5E", "#A85536"))
    scatter(("🪨", "🪨"), 1.0, 0.3, -0.3)(brush)


def nebula(brush: Brush) -> None:
    """Clouds of colour, a ringed planet and far worlds."""
    for share, height, colour in ((-0.5, 0.35, "#7A3FA0"), (0.35, 0.6, "#2F6FB0"), (0.8, 0.2, "#B04F8F")):
        halo(brush, share * brush.half, -brush.crown * height, 2.6, colour, 0.38)
    brush.emoji("🪐", 0.34 * brush.half, -brush.crown * 0.56, 0.95)
    brush.canvas.drawCircle(-0.72 * brush.half, -brush.crown * 0.22, 0.5, brush.glow("#E08A5F"))
    for dy in (-0.22, 0.02, 0.24):
        width = 0.96 * math.sqrt(max(0.05, 1 - (dy / 0.5) ** 2))
        brush.oval(-0.72 * brush.half, -brush.crown * 0.22 + dy, width, 0.07, paint=brush.glow("#F2B38A", 0.8))


def high_clouds(brush: Brush) -> None:
    """Clouds one flies among."""
    paint_clouds(brush)


def cloud_sea(brush: Brush) -> None:
    """The upper side of the clouds."""
    for row in range(3):
        base = -0.5 + 0.45 * row
        for x, rng in brush.along(0.6, "heap", row):
            radius = 0.4 + 0.25 * rng.random()
            brush.canvas.drawCircle(
                x + 0.3 * rng.random(), base + 0.5, radius, brush.ink(brush.light.cloud if row else brush.light.sky[2], 1.0)
            )
        paint = brush.ink(brush.light.cloud if row else brush.light.sky[2])
        brush.rect(brush.sheet.left - 1, base + 0.5, brush.sheet.right - brush.sheet.left + 2, 4, paint=paint)
