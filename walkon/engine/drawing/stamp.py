"""A small picture set down turned, scaled and faded."""

import math

import skia

LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)


def fract(value: float) -> float:
    """The part of a number behind the point, 0 to 1."""
    return value - math.floor(value)


def stamp(canvas: skia.Canvas, image: skia.Image, x: float, y: float, turn: float = 0.0, scale: float = 1.0, alpha: float = 1.0) -> None:
    """Draw `image` around (x, y). turn: degrees; alpha: 0 to 1."""
    canvas.save()
    canvas.translate(x, y)
    if abs(turn) > 0.5:
        canvas.rotate(turn)
    if scale != 1.0:
        canvas.scale(scale, scale)
    paint = None if alpha >= 1 else skia.Paint(Alphaf=max(0.0, alpha))
    canvas.drawImage(image, -image.width() / 2, -image.height() / 2, LINEAR, paint)
    canvas.restore()
