"""The sky of every hour and weather: gradient, stars, sun and moon, clouds."""

import math

import numpy as np
import skia

from walkon.engine.drawing.light import Rgb, mix, rgb
from walkon.engine.drawing.paint import Brush

SUN_SHARE = 0.62
"""Where sun and moon stand, as a share of the frame's width: clear of the tag in the right corner."""


def paint_sky(brush: Brush) -> None:
    """Gradient, stars, sun or moon."""
    _gradient(brush, brush.light.sky)
    if brush.light.stars:
        paint_stars(brush, brush.light.stars)
    if brush.light.sun:
        _sun(brush, brush.light.sun)


def _gradient(brush: Brush, colours: tuple[Rgb, Rgb, Rgb]) -> None:
    top, bottom = -brush.crown, -0.45
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, top), skia.Point(0, bottom)], [skia.Color(*colour) for colour in colours], [0.0, 0.58, 1.0]
    )
    sheet = brush.sheet
    brush.canvas.drawRect(
        skia.Rect(sheet.left - 1, sheet.top - 1, sheet.right + 1, sheet.bottom + 1), skia.Paint(Shader=shader, Dither=True)
    )


def paint_stars(brush: Brush, number: int) -> None:
    """Stars, thinning towards the horizon, some of them with a cross of light."""
    rng = brush.rng("stars")
    width = brush.sheet.right - brush.sheet.left
    height = -0.9 - brush.sheet.top
    for _ in range(int(number * max(1.0, height / brush.crown))):
        x = brush.sheet.left + rng.random() * width
        y = brush.sheet.top + height * rng.random() ** 1.25
        size = 0.011 + 0.016 * rng.random() ** 3
        paint = brush.glow("#FFF8E0", 0.35 + 0.6 * rng.random())
        brush.canvas.drawCircle(x, y, size, paint)
        if size > 0.0245:
            _cross(brush, x, y, size * 3.4)


def _cross(brush: Brush, x: float, y: float, reach: float) -> None:
    paint = brush.glow("#FFF8E0", 0.55)
    paint.setStrokeWidth(0.009)
    brush.canvas.drawLine(x - reach, y, x + reach, y, paint)
    brush.canvas.drawLine(x, y - reach, x, y + reach, paint)


def _sun(brush: Brush, kind: str) -> None:
    x = (SUN_SHARE - 0.5) * 2 * brush.half
    heights = {"day": 0.72, "morning": 0.42, "sunset": 0.46, "moon": 0.74}
    y = -brush.crown * heights[kind]
    radius = 0.085 * 4.08 * (0.9 if kind == "moon" else 1.15 if kind == "sunset" else 1.0)
    colour = {"day": "#FFE9A8", "morning": "#FFE3A0", "sunset": "#FFD98A", "moon": "#FFF3CF"}[kind]
    halo(brush, x, y, radius * 4, colour, 0.34 if kind == "moon" else 0.6)
    brush.canvas.drawCircle(x, y, radius, brush.glow(colour))
    if kind == "moon":
        _craters(brush, x, y, radius)


def _craters(brush: Brush, x: float, y: float, radius: float) -> None:
    for dx, dy, size in ((-0.3, -0.2, 0.2), (0.25, 0.3, 0.26), (0.3, -0.42, 0.13), (-0.35, 0.42, 0.12)):
        brush.canvas.drawCircle(x + dx * radius, y + dy * radius, size * radius, brush.glow("#E4D3A0", 0.75))


def halo(brush: Brush, x: float, y: float, radius: float, colour: str, strength: float) -> None:
    """A soft round glow."""
    red, green, blue = rgb(colour)
    colours = [skia.Color(red, green, blue, int(255 * strength * share)) for share in (1.0, 0.36, 0.0)]
    shader = skia.GradientShader.MakeRadial(skia.Point(x, y), radius, colours, [0.0, 0.4, 1.0])
    brush.canvas.drawCircle(x, y, radius, skia.Paint(AntiAlias=True, Shader=shader, Dither=True))


def paint_clouds(brush: Brush) -> None:
    """Clouds as heaps of paper discs with a flat foot and a shadow, well inside the sheet's upper edge."""
    number = brush.light.clouds
    if not number:
        return
    step = 2 * brush.half / number
    for left, rng in brush.along(step, "clouds"):
        x = left + step * (0.5 + 0.5 * rng.random())
        y = -brush.crown * (0.56 + 0.30 * rng.random())
        _cloud(brush, x, y, 0.26 + 0.24 * rng.random(), rng)


def _cloud(brush: Brush, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    path = skia.Path()
    lumps = 5
    for index in range(lumps):
        share = index / (lumps - 1)
        radius = size * (0.42 + 0.5 * math.sin(math.pi * (0.12 + 0.76 * share)) * (0.75 + 0.5 * rng.random()))
        path.addCircle(x + (share - 0.5) * size * 3.2, y - radius * 0.55, radius)
    path.addRoundRect(skia.Rect.MakeLTRB(x - size * 2.1, y - size * 0.55, x + size * 2.1, y), size * 0.27, size * 0.27)
    clip = skia.Rect.MakeLTRB(x - size * 4, y - size * 4, x + size * 4, y)
    brush.canvas.save()
    brush.canvas.clipRect(clip, True)
    shade = skia.MaskFilter.MakeBlur(skia.BlurStyle.kNormal_BlurStyle, 0.06)
    brush.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=skia.Color(0x10, 0x18, 0x30, 0x2C), MaskFilter=shade))
    light = mix(brush.light.cloud, (255, 255, 255), 0.18)
    foot = mix(brush.light.cloud, brush.light.sky[1], 0.42)
    shader = skia.GradientShader.MakeLinear([skia.Point(0, y - size * 1.1), skia.Point(0, y)], [skia.Color(*light), skia.Color(*foot)])
    brush.canvas.drawPath(path, skia.Paint(AntiAlias=True, Shader=shader))
    brush.canvas.restore()
