"""What keeps coming out of a body: tears, notes, flames, z's. Closed formulas of the time since it began."""

import math
from collections.abc import Callable

import skia

from walkon.engine.drawing.players import Emits
from walkon.engine.drawing.sprites import SpriteBook, SpriteKey
from walkon.engine.drawing.stamp import fract, stamp


class Emitter:
    """Draws what keeps coming out of a body."""

    def __init__(self, sprites: SpriteBook) -> None:
        self._sprites = sprites
        self._drawn: dict[Emits, Callable[[skia.Canvas, float, float, float, float, int], None]] = {
            Emits.ZZZ: self._zzz,
            Emits.TEARS: self._tears,
            Emits.FLAME: self._flame,
            Emits.THOUGHT: self._thought,
            Emits.STEAM: self._steam,
            Emits.LAUGHTER: self._laughter,
            Emits.SPEED: self._speed,
            Emits.BUBBLES: self._bubbles,
            Emits.FIRE: self._fire,
            Emits.RUIN: self._ruin,
            Emits.EXHAUST: self._exhaust,
        }

    def draw(self, canvas: skia.Canvas, kind: Emits, *, x: float, y: float, size: float, since: float, facing: int) -> None:
        """x, y: the top of the body (its foot for flames), pixels. size: its height in pixels."""
        drawer = self._drawn.get(kind)
        if drawer is not None:
            drawer(canvas, x, y, size, since, facing)
            return
        emoji = {Emits.HEARTS: "❤️", Emits.SPARKLES: "✨"}.get(kind)
        if emoji is None:
            self._notes(canvas, x, y, size, since)
        else:
            self._float_up(canvas, emoji, x, y, size, since)

    def smoke(self, canvas: skia.Canvas, *, x: float, ground: float, unit: float, since: float, up: float) -> None:
        """A rocket's smoke: 26 puffs that hug the ground and creep sideways, thinning as the ship leaves."""
        alpha = 215 * min(1.0, since / 0.5) * max(0.25, 1 - up / 9)
        grow = min(1.0, 0.3 + since / 2.2)
        for index in range(26):
            side = 1 if index % 2 else -1
            lot = fract(index * 0.618)
            u = fract(since * (0.22 + 0.1 * lot) + index / 26)
            radius = unit * (0.10 + 0.26 * u) * grow * (0.8 + 0.5 * lot)
            px = x + side * unit * (0.1 + 2.1 * u * grow * (0.6 + 0.6 * lot))
            py = ground - radius * 0.55 - unit * 0.16 * u
            shade = 226 - int(26 * lot)
            paint = skia.Paint(AntiAlias=True, Color=skia.Color(shade, shade, min(255, shade + 8), int(alpha * (1 - u) ** 0.7)))
            canvas.drawCircle(px, py, radius, paint)

    def _sprite(self, emoji: str, px: float) -> skia.Image:
        return self._sprites.get(SpriteKey(emoji, max(10, round(px)), edged=False)).image

    def _float_up(self, canvas: skia.Canvas, emoji: str, x: float, y: float, size: float, since: float) -> None:
        image = self._sprite(emoji, 0.15 * size)
        for index in range(4):
            u = fract(since * 0.55 + index * 0.25)
            if since * 0.55 + index * 0.25 - u < 0.2 and index * 0.25 > since * 0.55:
                continue
            side = math.sin(index * 2.4 + 3 * u) * 0.22 * size
            stamp(
                canvas, image, x + side, y + 0.1 * size - 0.42 * size * u, 14 * math.sin(5 * u + index), 0.5 + 0.6 * min(1, 3 * u), 1 - u**3
            )

    def _notes(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float) -> None:
        """Cream glyphs: the font's blue-grey ones vanish on a red curtain."""
        for index in range(3):
            u = fract(since * 0.5 + index / 3)
            px = x + (0.2 + 0.25 * math.sin(index * 2 + 4 * u)) * size * (1 if index % 2 else -1)
            py = y + 0.15 * size - 0.38 * size * u
            _note(canvas, px, py, 0.09 * size, 1 - u**3, index)

    def _zzz(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        image = self._sprite("💤", 0.16 * size)
        for index in range(2):
            u = fract(since * 0.32 + index * 0.5)
            stamp(canvas, image, x + 0.14 * size * math.sin(3 * u) + 0.1 * size, y - 0.38 * size * u, 0, 0.5 + 0.7 * u, 1 - u**2)

    def _tears(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        for index in range(4):
            u = fract(since * 1.2 + index * 0.25)
            side = -1 if index % 2 else 1
            px = x + side * size * (0.12 + 0.16 * u)
            py = y + 0.27 * size + size * (-0.25 * u + 0.62 * u * u)
            paint = skia.Paint(AntiAlias=True, Color=skia.Color(0x6C, 0xC4, 0xF5, int(235 * (1 - u**3))))
            canvas.drawCircle(px, py, 0.026 * size, paint)
            canvas.drawCircle(px, py - 0.022 * size, 0.014 * size, paint)

    def _flame(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        flicker = 1 + 0.18 * math.sin(47 * since) * math.sin(31 * since + 1)
        grow = min(1.0, 0.35 + since / 1.6)
        for code, share in (((0xFF, 0x8A, 0x2A), 1.0), ((0xFF, 0xC8, 0x3C), 0.68), ((0xFF, 0xF6, 0xC8), 0.38)):
            length, half = 0.48 * size * flicker * share * grow, 0.10 * size * share
            path = skia.Path()
            path.moveTo(x - half, y - 0.10 * size)
            path.quadTo(x - half * 1.2, y + length * 0.35, x, y + length)
            path.quadTo(x + half * 1.2, y + length * 0.35, x + half, y - 0.10 * size)
            path.close()
            canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=skia.Color(*code)))

    def _thought(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        if since > 0.5:
            grow = min(1.0, (since - 0.5) / 0.25)
            emoji = "💡" if since > 1.8 else "💭"
            stamp(canvas, self._sprite(emoji, 0.3 * size), x + 0.3 * size * facing, y - 0.06 * size, 4 * math.sin(2 * since), grow)

    def _steam(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        for index in range(4):
            u = fract(since * 0.6 + index * 0.25)
            px = x + facing * 0.28 * size + 0.05 * size * math.sin(6 * u + index)
            paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xFF, 0xFF, int(130 * (1 - u))))
            canvas.drawCircle(px, y + 0.5 * size - 0.5 * size * u, size * (0.03 + 0.05 * u), paint)

    def _laughter(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        paint = skia.Paint(
            AntiAlias=True, Color=skia.Color(0xFF, 0xFA, 0xF0), Style=skia.Paint.kStroke_Style, StrokeWidth=max(2.0, 0.02 * size)
        )
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        pulse = 0.5 + 0.5 * math.sin(2 * math.pi * 3.4 * since)
        for side in (-1, 1):
            for angle in (-0.5, 0.0, 0.5):
                dx, dy = side * math.cos(angle), math.sin(angle) - 0.3
                near, far = (0.30 + 0.03 * pulse) * size, (0.36 + 0.06 * pulse) * size
                canvas.drawLine(x + dx * near, y + 0.24 * size + dy * near, x + dx * far, y + 0.24 * size + dy * far, paint)

    def _speed(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xFF, 0xFF, 0x8C), StrokeWidth=max(2.0, 0.016 * size))
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        for index in range(3):
            u = fract(since * 2.1 + index / 3)
            start = x - facing * (0.34 + 0.25 * u) * size
            py = y + (0.34 + 0.2 * index) * size
            canvas.drawLine(start, py, start - facing * 0.22 * size * (1 - u), py, paint)

    def _bubbles(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xE6, 0xFB, 0xFF, 0xB4), Style=skia.Paint.kStroke_Style, StrokeWidth=1.6)
        for index in range(4):
            u = fract(since * 0.7 + index * 0.25)
            canvas.drawCircle(
                x + facing * 0.2 * size + 6 * math.sin(7 * u + index), y + 0.3 * size - 0.6 * size * u, (0.02 + 0.02 * u) * size, paint
            )

    def _fire(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        image = self._sprite("🔥", 0.5 * size)
        for index in range(3):
            sway = 8 * math.sin(9 * since + 2 * index)
            scale = 0.85 + 0.2 * math.sin(13 * since + index)
            stamp(canvas, image, x + (index - 1) * 0.2 * size, y + 0.75 * size, sway, scale)

    def _ruin(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        """What an explosion leaves: a scorched spot, a small fire, a column of smoke."""
        ground = y + size
        scorch = skia.Paint(AntiAlias=True, Color=skia.Color(0x28, 0x22, 0x28, 0x8C))
        canvas.drawOval(skia.Rect.MakeXYWH(x - 0.55 * size, ground - 0.05 * size, 1.1 * size, 0.11 * size), scorch)
        for index in range(9):
            u = fract(since * 0.28 + index / 9)
            shade = 70 + int(70 * u)
            paint = skia.Paint(AntiAlias=True, Color=skia.Color(shade, shade, shade + 6, int(190 * (1 - u) * min(1.0, since / 0.4))))
            px = x + size * (0.10 * math.sin(2.2 * since + index * 1.9) + 0.22 * u * math.sin(index * 2.4))
            canvas.drawCircle(px, ground - size * (0.12 + 1.25 * u), size * (0.10 + 0.20 * u), paint)
        flame = self._sprite("🔥", 0.34 * size)
        stamp(canvas, flame, x, ground - 0.16 * size, 5 * math.sin(11 * since), 0.9 + 0.12 * math.sin(15 * since))

    def _exhaust(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        """Little clouds left behind near the ground."""
        for index in range(5):
            u = fract(since * 1.1 + index / 5)
            px = x - facing * size * (0.62 + 0.75 * u)
            py = y + size * (0.86 - 0.22 * u) + 3 * math.sin(index * 2.1)
            paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xEE, 0xEC, 0xE6, int(150 * (1 - u) ** 1.4)))
            canvas.drawCircle(px, py, size * (0.05 + 0.09 * u), paint)


def _note(canvas: skia.Canvas, x: float, y: float, size: float, alpha: float, kind: int) -> None:
    paper = skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xF4, 0xD6, int(255 * alpha)))
    dark = skia.Paint(AntiAlias=True, Color=skia.Color(0x2A, 0x2A, 0x3C, int(110 * alpha)))
    for paint, shift in ((dark, 1.5), (paper, 0.0)):
        canvas.drawOval(skia.Rect.MakeXYWH(x - size * 0.6 + shift, y - size * 0.35 + shift, size * 1.1, size * 0.8), paint)
        stem = skia.Paint(paint)
        stem.setStrokeWidth(max(1.5, size * 0.2))
        canvas.drawLine(x + size * 0.42 + shift, y + shift, x + size * 0.42 + shift, y - size * 1.9 + shift, stem)
        if kind % 2:
            canvas.drawLine(x + size * 0.42 + shift, y - size * 1.9 + shift, x + size * 1.1 + shift, y - size * 1.3 + shift, stem)
