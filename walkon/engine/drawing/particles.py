"""Small things in the air. Every one is a closed formula of time: nothing is remembered from frame to frame."""

import math
from collections.abc import Callable, Mapping

import skia

from walkon.engine.drawing import chance
from walkon.engine.drawing.light import Rgb
from walkon.engine.drawing.motion.state import Puff
from walkon.engine.drawing.players import Emits
from walkon.engine.drawing.sprites import SpriteBook, SpriteKey
from walkon.scene.effects import Particle

LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)
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


def _fract(value: float) -> float:
    return value - math.floor(value)


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
        points = []
        for x, y, speed, _, _ in self._lots[:150]:
            down = _fract(y + t * fall * (0.8 + 0.4 * speed))
            at_y = (down * 1.2 - 0.1) * self._height
            at_x = _fract(x - slant * 0.4 * down) * (self._width + 60) - 30
            points += [skia.Point(at_x, at_y), skia.Point(at_x - 18 * slant, at_y + 18)]
        canvas.drawPoints(skia.Canvas.PointMode.kLines_PointMode, points, paint)
        self._splashes(canvas, t)

    def _splashes(self, canvas: skia.Canvas, t: float) -> None:
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xE4, 0xEE, 0xFA, 0x66), Style=skia.Paint.kStroke_Style, StrokeWidth=1.2)
        for x, y, speed, _, _ in self._lots[:22]:
            u = _fract(t * 1.6 + speed)
            px, py = _fract(x + math.floor(t * 1.6 + speed) * 0.37) * self._width, (0.80 + 0.18 * y) * self._height
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
                down = _fract(y + t * (0.09 + 0.035 * share) * (0.8 + 0.4 * speed))
                drift = 14 * math.sin(1.3 * t + 6.28 * swing)
                points.append(skia.Point(_fract(x + 0.02 * t) * (self._width + 20) - 10 + drift, (down * 1.06 - 0.03) * self._height))
            canvas.drawPoints(skia.Canvas.PointMode.kPoints_PointMode, points, paint)

    def wind(self, canvas: skia.Canvas, t: float) -> None:
        """Long pale strokes."""
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xFF, 0xFF, 0x55), StrokeWidth=2)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        for x, y, speed, length, _ in self._lots[:12]:
            at = _fract(x + t * (0.35 + 0.3 * speed)) * (self._width + 300) - 200
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
            down = _fract(y + t * 0.16 * (0.7 + 0.6 * speed))
            if rising:
                down = 1 - down
            at_x = _fract(x + sideways * t) * self._width + 18 * math.sin(1.7 * t + 6.28 * swing)
            turn = 40 * math.sin(1.9 * t + 6.28 * swing)
            _stamp(canvas, sprite.image, at_x, (down * 1.12 - 0.06) * self._height, turn)

    def _confetti(self, canvas: skia.Canvas, t: float) -> None:
        for index, (x, y, speed, swing, size) in enumerate(self._lots[:60]):
            code = CONFETTI[index % len(CONFETTI)]
            colour = skia.Color(int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16))
            down = _fract(y + t * 0.22 * (0.7 + 0.6 * speed))
            turn = math.sin(4 * t + 6.28 * swing)
            width, height = 6 + 5 * size, max(1.5, abs(turn) * 11)
            at_x = x * self._width + 16 * math.sin(2 * t + 6.28 * size)
            canvas.drawRect(skia.Rect.MakeXYWH(at_x, (down * 1.1 - 0.05) * self._height, width, height), skia.Paint(Color=colour))

    def bubbles(self, canvas: skia.Canvas, t: float) -> None:
        """Rising rings with a light in them."""
        ring = skia.Paint(AntiAlias=True, Color=skia.Color(0xE6, 0xFB, 0xFF, 0xA8), Style=skia.Paint.kStroke_Style, StrokeWidth=1.6)
        shine = skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xFF, 0xFF, 0xB0))
        for x, y, speed, swing, size in self._lots[:26]:
            up = 1 - _fract(y + t * 0.14 * (0.6 + 0.8 * speed))
            radius = 3 + 8 * size
            px, py = x * self._width + 10 * math.sin(2 * t + 6.28 * swing), (up * 1.1 - 0.05) * self._height
            canvas.drawCircle(px, py, radius, ring)
            canvas.drawCircle(px - radius * 0.35, py - radius * 0.35, radius * 0.22, shine)

    def _smoke(self, canvas: skia.Canvas, t: float) -> None:
        for x, y, speed, swing, size in self._lots[:24]:
            u = _fract(y + t * 0.12 * (0.7 + 0.6 * speed))
            paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xC8, 0xC8, 0xD0, int(70 * (1 - u))))
            radius = (0.03 + 0.10 * u) * self._height * (0.6 + 0.8 * size)
            canvas.drawCircle(x * self._width + 40 * math.sin(swing * 6 + t * 0.4), (0.9 - 0.7 * u) * self._height, radius, paint)

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


def _stamp(canvas: skia.Canvas, image: skia.Image, x: float, y: float, turn: float = 0.0, scale: float = 1.0, alpha: float = 1.0) -> None:
    canvas.save()
    canvas.translate(x, y)
    if abs(turn) > 0.5:
        canvas.rotate(turn)
    if scale != 1.0:
        canvas.scale(scale, scale)
    paint = None if alpha >= 1 else skia.Paint(Alphaf=max(0.0, alpha))
    canvas.drawImage(image, -image.width() / 2, -image.height() / 2, LINEAR, paint)
    canvas.restore()


def draw_puff(canvas: skia.Canvas, kind: Puff, x: float, y: float, size: float, since: float, sprites: SpriteBook) -> None:
    """What a contact throws up, `since` seconds ago. size: pixels a metre."""
    if since < 0:
        return
    if kind is Puff.DUST and since < 0.55:
        _dust(canvas, x, y, size, since)
    elif kind is Puff.SPLASH and since < 0.8:
        _drops(canvas, x, y, size, since, (0xD8, 0xF4, 0xFF))
    elif kind is Puff.DEBRIS and since < 1.6:
        _debris(canvas, x, y, size, since, sprites)
    elif kind in (Puff.STARS, Puff.SPARKS, Puff.HEARTS) and since < 0.7:
        emoji = {Puff.STARS: "💥", Puff.SPARKS: "✨", Puff.HEARTS: "❤️"}[kind]
        sprite = sprites.get(SpriteKey(emoji, max(12, round(0.42 * size)), edged=False))
        grow = 0.5 + 1.1 * min(1.0, since / 0.12) - 0.4 * since
        _stamp(canvas, sprite.image, x, y - 0.25 * size * since, 10 * math.sin(9 * since), grow, 1 - (since / 0.7) ** 2)


def _dust(canvas: skia.Canvas, x: float, y: float, size: float, since: float) -> None:
    u = since / 0.55
    out = 1 - (1 - u) ** 2
    for index in range(7):
        side = (index - 3) / 3
        radius = size * (0.05 + 0.05 * out) * (1.2 - 0.4 * abs(side))
        colour = skia.Color(0xF1, 0xE7, 0xD6, int(190 * (1 - u)))
        px = x + side * size * (0.16 + 0.42 * out)
        py = y - radius * 0.7 - size * 0.10 * out * (1 - abs(side))
        canvas.drawCircle(px, py, radius, skia.Paint(AntiAlias=True, Color=colour))


def _drops(canvas: skia.Canvas, x: float, y: float, size: float, since: float, colour: Rgb) -> None:
    for index in range(11):
        side = (index - 5) / 5
        px = x + side * size * 1.3 * since
        py = y - size * ((2.6 - 1.4 * abs(side)) * since - 4.6 * since * since)
        if py <= y + 4:
            paint = skia.Paint(AntiAlias=True, Color=skia.Color(*colour, int(230 * (1 - since / 0.8))))
            canvas.drawCircle(px, py, size * 0.04, paint)


def _debris(canvas: skia.Canvas, x: float, y: float, size: float, since: float, sprites: SpriteBook) -> None:
    if since < 0.45:
        sprite = sprites.get(SpriteKey("💥", max(20, round(2.0 * size)), edged=False))
        _stamp(canvas, sprite.image, x, y, 12 * since, 0.45 + 1.1 * min(1.0, since / 0.12), 1 - (since / 0.45) ** 3)
    for index in range(14):
        angle = index * 2.399
        speed = 1.4 + 0.9 * ((index * 37) % 10) / 10
        px = x + math.cos(angle) * speed * since * size
        py = y - (math.sin(angle) * speed + 1.6) * since * size + 4.9 * since * since * size
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(0x4A, 0x3E, 0x46, int(255 * max(0.0, 1 - since / 1.5))))
        canvas.save()
        canvas.translate(px, py)
        canvas.rotate(since * 400 + index * 40)
        canvas.drawRect(skia.Rect.MakeXYWH(-size * 0.05, -size * 0.04, size * 0.1, size * 0.08), paint)
        canvas.restore()


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
            lot = _fract(index * 0.618)
            u = _fract(since * (0.22 + 0.1 * lot) + index / 26)
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
            u = _fract(since * 0.55 + index * 0.25)
            if since * 0.55 + index * 0.25 - u < 0.2 and index * 0.25 > since * 0.55:
                continue
            side = math.sin(index * 2.4 + 3 * u) * 0.22 * size
            _stamp(canvas, image, x + side, y + 0.1 * size - 0.42 * size * u, 14 * math.sin(5 * u + index), 0.5 + 0.6 * min(1, 3 * u), 1 - u**3)

    def _notes(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float) -> None:
        """Cream glyphs: the font's blue-grey ones vanish on a red curtain."""
        for index in range(3):
            u = _fract(since * 0.5 + index / 3)
            px = x + (0.2 + 0.25 * math.sin(index * 2 + 4 * u)) * size * (1 if index % 2 else -1)
            py = y + 0.15 * size - 0.38 * size * u
            _note(canvas, px, py, 0.09 * size, 1 - u**3, index)

    def _zzz(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        image = self._sprite("💤", 0.16 * size)
        for index in range(2):
            u = _fract(since * 0.32 + index * 0.5)
            _stamp(canvas, image, x + 0.14 * size * math.sin(3 * u) + 0.1 * size, y - 0.38 * size * u, 0, 0.5 + 0.7 * u, 1 - u**2)

    def _tears(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        for index in range(4):
            u = _fract(since * 1.2 + index * 0.25)
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
            _stamp(canvas, self._sprite(emoji, 0.3 * size), x + 0.3 * size * facing, y - 0.06 * size, 4 * math.sin(2 * since), grow)

    def _steam(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        for index in range(4):
            u = _fract(since * 0.6 + index * 0.25)
            px = x + facing * 0.28 * size + 0.05 * size * math.sin(6 * u + index)
            paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xFF, 0xFF, int(130 * (1 - u))))
            canvas.drawCircle(px, y + 0.5 * size - 0.5 * size * u, size * (0.03 + 0.05 * u), paint)

    def _laughter(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xFF, 0xFA, 0xF0), Style=skia.Paint.kStroke_Style, StrokeWidth=max(2.0, 0.02 * size))
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
            u = _fract(since * 2.1 + index / 3)
            start = x - facing * (0.34 + 0.25 * u) * size
            py = y + (0.34 + 0.2 * index) * size
            canvas.drawLine(start, py, start - facing * 0.22 * size * (1 - u), py, paint)

    def _bubbles(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(0xE6, 0xFB, 0xFF, 0xB4), Style=skia.Paint.kStroke_Style, StrokeWidth=1.6)
        for index in range(4):
            u = _fract(since * 0.7 + index * 0.25)
            canvas.drawCircle(x + facing * 0.2 * size + 6 * math.sin(7 * u + index), y + 0.3 * size - 0.6 * size * u, (0.02 + 0.02 * u) * size, paint)

    def _fire(self, canvas: skia.Canvas, x: float, y: float, size: float, since: float, facing: int) -> None:
        image = self._sprite("🔥", 0.5 * size)
        for index in range(3):
            sway = 8 * math.sin(9 * since + 2 * index)
            scale = 0.85 + 0.2 * math.sin(13 * since + index)
            _stamp(canvas, image, x + (index - 1) * 0.2 * size, y + 0.75 * size, sway, scale)


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

