"""What a contact throws up: dust, drops, stars, debris. Closed formulas of the time since."""

import math

import skia

from walkon.engine.drawing.light import Rgb
from walkon.engine.drawing.motion.state import Puff
from walkon.engine.drawing.sprites import SpriteBook, SpriteKey
from walkon.engine.drawing.stamp import stamp


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
        stamp(canvas, sprite.image, x, y - 0.25 * size * since, 10 * math.sin(9 * since), grow, 1 - (since / 0.7) ** 2)


def _dust(canvas: skia.Canvas, x: float, y: float, size: float, since: float) -> None:
    """Seven puffs flying out, cut from one piece so that they do not darken where they meet."""
    u = since / 0.55
    out = 1 - (1 - u) ** 2
    path = skia.Path()
    for index in range(7):
        side = (index - 3) / 3
        lot = 0.75 + 0.5 * ((index * 5) % 7) / 7
        radius = size * (0.045 + 0.055 * out) * lot * (1.25 - 0.5 * abs(side))
        path.addCircle(x + side * size * (0.14 + 0.40 * out), y - radius * 0.6 - size * 0.12 * out * (1 - side * side) * lot, radius)
    canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=skia.Color(0xF4, 0xEA, 0xDA, int(205 * (1 - u) ** 1.3))))


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
        stamp(canvas, sprite.image, x, y, 12 * since, 0.45 + 1.1 * min(1.0, since / 0.12), 1 - (since / 0.45) ** 3)
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
