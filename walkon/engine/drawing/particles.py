"""What fills the air: weather and wished-for particles. Every one is a closed formula of time: nothing is remembered."""

import math
from collections.abc import Mapping

import skia

from walkon.engine.drawing import chance
from walkon.engine.drawing.sprites import SpriteBook, SpriteKey
from walkon.engine.drawing.stamp import fract, stamp
from walkon.scene.effects import Particle

FALLING: Mapping[str, tuple[str, ...]] = {
    Particle.STARS: ("⭐",),
    Particle.LEAVES: ("🍂", "🍁", "🍃"),
    Particle.PETALS: ("🌸",),
    Particle.HEARTS: ("❤️",),
    Particle.NOTES: ("🎵", "🎶"),
    Particle.SPARKLES: ("✨",),
}
RISING = frozenset({Particle.HEARTS, Particle.NOTES, Particle.SPARKLES})
CONFETTI = ("#E4572E", "#2E86AB", "#F2A541", "#5B8E7D", "#A23B72", "#FFD35C")


class Air:
    """What fills the air of one shot: weather and wished-for particles, drawn over the actors."""

    def __init__(self, width: int, height: int, seed: int, sprites: SpriteBook) -> None:
        self._width, self._height, self._seed, self._sprites = width, height, seed, sprites
        rng = chance.draw(seed, "air")
        self._lots = rng.random((160, 5))

    def rain(self, canvas: skia.Canvas, t: float, *, storm: bool) -> None:
        """150 slanted lines; a storm drives them harder."""
        slant = 0.55 if storm else 0.22
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xD6, 0xE4, 0xF4, 0x78), StrokeWidth=1.6)
        fall = 1.15 if not storm else 1.5
        x, y, speed = self._lots[:150, 0], self._lots[:150, 1], self._lots[:150, 2]
        down = (y + t * fall * (0.8 + 0.4 * speed)) % 1.0
        at_y = (down * 1.2 - 0.1) * self._height
        at_x = ((x - slant * 0.4 * down) % 1.0) * (self._width + 60) - 30
        points = []
        for px, py in zip(at_x.tolist(), at_y.tolist(), strict=True):
            points += [skia.Point(px, py), skia.Point(px - 18 * slant, py + 18)]
        canvas.drawPoints(skia.Canvas.PointMode.kLines_PointMode, points, paint)
        self._splashes(canvas, t)

    def _splashes(self, canvas: skia.Canvas, t: float) -> None:
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xE4, 0xEE, 0xFA, 0x66), Style=skia.Paint.kStroke_Style, StrokeWidth=1.2)
        for x, y, speed, _, _ in self._lots[:22]:
            u = fract(t * 1.6 + speed)
            px, py = fract(x + math.floor(t * 1.6 + speed) * 0.37) * self._width, (0.80 + 0.18 * y) * self._height
            canvas.drawOval(skia.Rect.MakeXYWH(px - 9 * u, py - 2.5 * u, 18 * u, 5 * u), paint)

    def snow(self, canvas: skia.Canvas, t: float) -> None:
        """110 flakes in three sizes, swaying."""
        for size, share in ((3.0, 0), (5.0, 1), (8.0, 2)):
            paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xFF, 0xFF, 0xE6), StrokeWidth=size)
            paint.setStrokeCap(skia.Paint.kRound_Cap)
            count = (52, 38, 20)[share]
            start = (0, 52, 90)[share]
            points = []
            for x, y, speed, swing, _ in self._lots[start : start + count]:
                down = fract(y + t * (0.09 + 0.035 * share) * (0.8 + 0.4 * speed))
                drift = 14 * math.sin(1.3 * t + 6.28 * swing)
                points.append(skia.Point(fract(x + 0.02 * t) * (self._width + 20) - 10 + drift, (down * 1.06 - 0.03) * self._height))
            canvas.drawPoints(skia.Canvas.PointMode.kPoints_PointMode, points, paint)

    def wind(self, canvas: skia.Canvas, t: float) -> None:
        """Long pale strokes."""
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xFF, 0xFF, 0x55), StrokeWidth=2)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        for x, y, speed, length, _ in self._lots[:12]:
            at = fract(x + t * (0.35 + 0.3 * speed)) * (self._width + 300) - 200
            py = (0.15 + 0.65 * y) * self._height
            canvas.drawLine(at, py, at + 60 + 110 * length, py - 4 + 8 * speed, paint)
        self._tumbling(canvas, t, ("🍃",), 7, sideways=0.3)

    def fog(self, canvas: skia.Canvas, t: float) -> None:
        """Two pale banks drifting over the ground."""
        for index in range(2):
            paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xE9, 0xEE, 0xF0, 0x3C))
            shift = 30 * math.sin(0.3 * t + index * 2)
            top = (0.66 + 0.12 * index) * self._height
            box = skia.Rect.MakeXYWH(-0.1 * self._width + shift, top, 1.2 * self._width, 0.16 * self._height)
            canvas.drawRoundRect(box, 40, 40, paint)

    def wished(self, canvas: skia.Canvas, particle: str, t: float) -> None:
        """Particles the prompt asked for."""
        if particle == Particle.CONFETTI:
            self._confetti(canvas, t)
        elif particle == Particle.BUBBLES:
            self.bubbles(canvas, t)
        elif particle == Particle.SMOKE:
            self._smoke(canvas, t)
        elif particle == Particle.FIREFLIES:
            self.fireflies(canvas, t)
        elif particle in FALLING:
            self._tumbling(canvas, t, FALLING[particle], 22, rising=particle in RISING)

    def _tumbling(
        self, canvas: skia.Canvas, t: float, emojis: tuple[str, ...], count: int, *, rising: bool = False, sideways: float = 0.0
    ) -> None:
        for index, (x, y, speed, swing, size) in enumerate(self._lots[:count]):
            px = max(10, round((0.028 + 0.022 * round(size * 2) / 2) * self._height))
            sprite = self._sprites.get(SpriteKey(emojis[index % len(emojis)], px, edged=False))
            down = fract(y + t * 0.16 * (0.7 + 0.6 * speed))
            if rising:
                down = 1 - down
            at_x = fract(x + sideways * t) * self._width + 18 * math.sin(1.7 * t + 6.28 * swing)
            turn = 40 * math.sin(1.9 * t + 6.28 * swing)
            stamp(canvas, sprite.image, at_x, (down * 1.12 - 0.06) * self._height, turn)

    def _confetti(self, canvas: skia.Canvas, t: float) -> None:
        for index, (x, y, speed, swing, size) in enumerate(self._lots[:60]):
            code = CONFETTI[index % len(CONFETTI)]
            colour = skia.Color(int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16))
            down = fract(y + t * 0.22 * (0.7 + 0.6 * speed))
            turn = math.sin(4 * t + 6.28 * swing)
            width, height = 6 + 5 * size, max(1.5, abs(turn) * 11)
            at_x = x * self._width + 16 * math.sin(2 * t + 6.28 * size)
            canvas.drawRect(skia.Rect.MakeXYWH(at_x, (down * 1.1 - 0.05) * self._height, width, height), skia.Paint(Color=colour))

    def bubbles(self, canvas: skia.Canvas, t: float) -> None:
        """Rising rings with a light in them."""
        ring = skia.Paint(AntiAlias=True, Color=skia.Color(0xE6, 0xFB, 0xFF, 0xA8), Style=skia.Paint.kStroke_Style, StrokeWidth=1.6)
        shine = skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xFF, 0xFF, 0xB0))
        for x, y, speed, swing, size in self._lots[:26]:
            up = 1 - fract(y + t * 0.14 * (0.6 + 0.8 * speed))
            radius = 3 + 8 * size
            px, py = x * self._width + 10 * math.sin(2 * t + 6.28 * swing), (up * 1.1 - 0.05) * self._height
            canvas.drawCircle(px, py, radius, ring)
            canvas.drawCircle(px - radius * 0.35, py - radius * 0.35, radius * 0.22, shine)

    def _smoke(self, canvas: skia.Canvas, t: float) -> None:
        for x, y, speed, swing, size in self._lots[:24]:
            u = fract(y + t * 0.12 * (0.7 + 0.6 * speed))
            paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xC8, 0xC8, 0xD0, int(70 * (1 - u))))
            radius = (0.03 + 0.10 * u) * self._height * (0.6 + 0.8 * size)
            canvas.drawCircle(x * self._width + 40 * math.sin(swing * 6 + t * 0.4), (0.9 - 0.7 * u) * self._height, radius, paint)

    def glints(self, canvas: skia.Canvas, t: float, *, top: float, bottom: float) -> None:
        """Light on water between two heights of the picture, in its middle, where no palm stands before it."""
        paint = skia.Paint(AntiAlias=True, StrokeWidth=2.2)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        for x, y, speed, swing, size in self._lots[:34]:
            glow = math.sin(2.1 * t * (0.6 + 0.6 * speed) + 6.28 * swing)
            if glow > 0.1:
                px = (0.2 + 0.6 * x) * self._width + 5 * math.sin(t + 6.28 * swing)
                py = top + (bottom - top) * y * y
                paint.setColor(skia.Color(0xFF, 0xF8, 0xE0, int(170 * glow)))
                half = (2 + 7 * size) * (0.5 + y) * glow
                canvas.drawLine(px - half, py, px + half, py, paint)

    def fireflies(self, canvas: skia.Canvas, t: float) -> None:
        """Slow lights that come and go."""
        for x, y, speed, swing, _ in self._lots[:18]:
            glow = max(0.0, math.sin(1.4 * t + 6.28 * swing))
            px = x * self._width + 26 * math.sin(0.5 * t + 6.28 * speed)
            py = (0.42 + 0.42 * y) * self._height + 14 * math.sin(0.8 * t + 6.28 * swing)
            canvas.drawCircle(px, py, 6.5, skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xF2, 0x9A, int(60 * glow))))
            canvas.drawCircle(px, py, 2.4, skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xF7, 0xC8, int(255 * glow))))

    def flash(self, canvas: skia.Canvas, t: float) -> None:
        """Lightning: twice in a while the whole picture pales."""
        since = t % 2.9 - 0.9
        if 0 <= since < 0.32:
            strength = math.exp(-9 * since) * (1 if since < 0.1 else 0.6)
            canvas.drawColor(skia.Color(0xF4, 0xF6, 0xFF, int(150 * strength)))
