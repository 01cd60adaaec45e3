"""The brush scenery is painted with: metres instead of pixels, light and distance mixed into every colour."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import skia

from walkon.engine.drawing import chance
from walkon.engine.drawing.light import Light, Rgb, mix, rgb, tinted
from walkon.engine.drawing.sprites import SMOOTH, SpriteBook, SpriteKey

Point = tuple[float, float]
SHADOW = skia.Color(0x10, 0x18, 0x30, 0x47)


MOST_PX = 300
"""Scenery is never sharpened beyond this height: it may be softer than the actors."""


def rung(height_px: float) -> int:
    """The next step of a ladder of sizes, so that trees of many heights share a few cut-outs."""
    step = math.ceil(math.log(max(8.0, height_px) / 8, 1.25) - 1e-6)
    return min(MOST_PX, round(8 * 1.25**step))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The part of a layer that any frame of the shot can show, in metres from the layer's anchor; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Brush:
    """Paints in metres; the origin is the middle of the stage on the ground line, y grows downwards.

    unit_px: pixels a metre. half, crown: metres from the anchor to the frame's side and to its top.
    distance: 0 near to 0.5 far, how much of the horizon's colour is mixed in.
    """

    canvas: skia.Canvas
    sheet: Sheet
    light: Light
    seed: int
    unit_px: float
    sprites: SpriteBook
    half: float
    crown: float
    distance: float = 0.0

    def at_distance(self, distance: float) -> "Brush":
        """The same brush for things that far away."""
        return replace(self, distance=distance)

    def rng(self, *purpose: object) -> np.random.Generator:
        """Chance for one purpose of this set."""
        return chance.draw(self.seed, *purpose)

    def along(self, step: float, *purpose: object) -> Iterator[tuple[float, np.random.Generator]]:
        """Cells of `step` metres from left to right: each cell's left edge and its own chance, the same however wide the sheet is."""
        for cell in range(math.floor(self.sheet.left / step) - 1, math.ceil(self.sheet.right / step) + 1):
            yield cell * step, self.rng(*purpose, cell)

    def ridge(self, base: float, rise: float, wave: float, *purpose: object) -> Callable[[float], float]:
        """A rolling edge: `base` metres, bumps of `rise` about every `wave` metres."""
        phases = self.rng("ridge", *purpose).uniform(0, 6.28, 3)

        def edge(x: float) -> float:
            u = x * 6.283 / wave
            bumps = math.sin(u + phases[0]) + 0.5 * math.sin(2.1 * u + phases[1]) + 0.22 * math.sin(4.7 * u + phases[2])
            return float(base - rise * bumps / 1.7)

        return edge

    def colour(self, code: str | Rgb, alpha: float = 1.0) -> int:
        """A colour as seen from here."""
        base = rgb(code) if isinstance(code, str) else code
        seen = mix(tinted(base, self.light.tint), self.light.sky[2], min(0.85, self.distance + self.light.haze * (self.distance > 0)))
        return int(skia.Color(*seen, int(alpha * 255)))

    def ink(self, code: str | Rgb, alpha: float = 1.0) -> skia.Paint:
        """A flat paint of a colour as seen from here."""
        return skia.Paint(AntiAlias=True, Color=self.colour(code, alpha))

    def glow(self, code: str, alpha: float = 1.0) -> skia.Paint:
        """A flat paint of a colour that shines by itself."""
        return skia.Paint(AntiAlias=True, Color=skia.Color(*rgb(code), int(alpha * 255)))

    def fade(self, top: Point, bottom: Point, codes: Sequence[str | Rgb]) -> skia.Paint:
        """A gradient between two points."""
        shader = skia.GradientShader.MakeLinear([skia.Point(*top), skia.Point(*bottom)], [self.colour(code) for code in codes])
        return skia.Paint(AntiAlias=True, Shader=shader)

    def land(self, edge: Callable[[float], float], codes: tuple[str, str], *, depth: float = 2.5, shadow: bool = True) -> None:
        """Land from its upper `edge` (metres over metres) down to the bottom of the sheet."""
        path = self._below(edge)
        if shadow:
            self._layer_shadow(path)
        top = edge(0)
        self.canvas.drawPath(path, self.fade((0, top), (0, top + depth), codes))

    def rect(self, left: float, top: float, width: float, height: float, *, paint: skia.Paint, round_by: float = 0.0) -> None:
        """A rectangle, rounded where wanted."""
        self.canvas.drawRoundRect(skia.Rect.MakeXYWH(left, top, width, height), round_by, round_by, paint)

    def oval(self, x: float, y: float, width: float, height: float, *, paint: skia.Paint) -> None:
        """An ellipse around (x, y)."""
        self.canvas.drawOval(skia.Rect.MakeXYWH(x - width / 2, y - height / 2, width, height), paint)

    def shape(self, points: Sequence[Point], *, paint: skia.Paint, shadow: bool = False) -> None:
        """A closed polygon."""
        path = skia.Path()
        path.addPoly([skia.Point(*point) for point in points], True)
        if shadow:
            self._layer_shadow(path)
        self.canvas.drawPath(path, paint)

    def emoji(self, emoji: str, x: float, y: float, height: float, *, dark: float = 1.0, flip: bool = False) -> None:
        """A drawing standing with its foot at (x, y), without paper edge."""
        sprite = self.sprites.get(SpriteKey(emoji, rung(height * self.unit_px), self.light.tint, False, dark))
        pixel = height / sprite.height
        canvas = self.canvas
        canvas.save()
        canvas.translate(x, y)
        canvas.scale(-pixel if flip else pixel, pixel)
        canvas.drawImage(sprite.image, -sprite.width / 2 - sprite.pad, -sprite.height - sprite.pad, SMOOTH, self._veil())
        canvas.restore()

    def _veil(self) -> skia.Paint | None:
        """Distance over a drawing: the horizon's colour laid on it, inside its shape."""
        share = min(0.8, self.distance + self.light.haze * (self.distance > 0))
        if share <= 0.01:
            return None
        colour = skia.Color(*self.light.sky[2], int(share * 255))
        return skia.Paint(ColorFilter=skia.ColorFilters.Blend(colour, skia.BlendMode.kSrcATop))

    def _below(self, edge: Callable[[float], float]) -> skia.Path:
        path = skia.Path()
        xs = np.linspace(self.sheet.left - 0.2, self.sheet.right + 0.2, max(24, int((self.sheet.right - self.sheet.left) * 12)))
        path.moveTo(float(xs[0]), self.sheet.bottom + 1)
        for x in xs:
            path.lineTo(float(x), edge(float(x)))
        path.lineTo(float(xs[-1]), self.sheet.bottom + 1)
        path.close()
        return path

    def _layer_shadow(self, path: skia.Path) -> None:
        blur = skia.MaskFilter.MakeBlur(skia.BlurStyle.kNormal_BlurStyle, 0.06)
        paint = skia.Paint(AntiAlias=True, Color=SHADOW, MaskFilter=blur)
        self.canvas.save()
        self.canvas.translate(0, -0.026)
        self.canvas.drawPath(path, paint)
        self.canvas.restore()
