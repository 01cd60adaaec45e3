"""Cut-outs turned and stretched once and kept: a gallop repeats itself, and a whole-pixel copy is thirty times cheaper than a turn."""

import math
from collections import OrderedDict
from dataclasses import dataclass

import skia

from walkon.engine.drawing.sprites import SMOOTH, Sprite, SpriteKey

LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)
STEP, STEP_DEGREES = 0.005, 0.5
"""Stretch and turn are rounded to these, whether kept or not, so that a frame never depends on those before it."""
LEAST_PX = 16_000
"""Smaller cut-outs are as quickly turned as copied."""
MOST_KEPT_PX = 5_000_000
"""Of all kept pictures together: 20 MB."""


@dataclass(frozen=True, slots=True)
class Pose:
    """How a cut-out stands on its feet. sx, sy: pixels a sprite's pixel; turn: degrees clockwise; belly: turned about its middle."""

    sx: float
    sy: float
    turn: float
    belly: bool

    def rounded(self) -> "Pose":
        """The nearest pose that is kept."""
        sx, sy = (max(1, round(stretch / STEP)) * STEP for stretch in (self.sx, self.sy))
        return Pose(sx, sy, round(self.turn / STEP_DEGREES) * STEP_DEGREES, self.belly and self.turn != 0)


@dataclass(frozen=True, slots=True)
class Turned:
    """A picture to lay down unscaled. left, top: its corner from the feet, pixels."""

    image: skia.Image
    left: int
    top: int


class Turnery:
    """Turned cut-outs of one take, the least recently used ones let go."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[SpriteKey, Pose], Turned] = OrderedDict()
        self._px = 0

    def get(self, key: SpriteKey, sprite: Sprite, pose: Pose) -> Turned:
        """The cut-out in a rounded pose."""
        kept = self._kept.get((key, pose))
        if kept is not None:
            self._kept.move_to_end((key, pose))
            return kept
        made = self._kept[key, pose] = _made(sprite, pose)
        self._px += made.image.width() * made.image.height()
        while self._px > MOST_KEPT_PX and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self._px -= gone.image.width() * gone.image.height()
        return made


def matrix_of(sprite: Sprite, pose: Pose) -> skia.Matrix:
    """From the sprite's own pixels to pixels from the feet."""
    matrix = skia.Matrix.Translate(-sprite.width / 2 - sprite.pad, -sprite.height - sprite.pad)
    matrix.postScale(pose.sx, pose.sy)
    if pose.turn:
        matrix.postRotate(pose.turn, 0, -sprite.height * pose.sy / 2 if pose.belly else 0.0)
    return matrix


def sampling_of(pose: Pose) -> skia.SamplingOptions:
    """Mipmaps where much is lost, else two pixels each way."""
    return SMOOTH if max(pose.sx, pose.sy) < 0.6 else LINEAR


def _made(sprite: Sprite, pose: Pose) -> Turned:
    matrix = matrix_of(sprite, pose)
    box = matrix.mapRect(skia.Rect.MakeWH(sprite.image.width(), sprite.image.height()))
    left, top = math.floor(box.left()) - 1, math.floor(box.top()) - 1
    width, height = math.ceil(box.right()) + 1 - left, math.ceil(box.bottom()) + 1 - top
    info = skia.ImageInfo.Make(width, height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
    surface = skia.Surface.MakeRaster(info)
    canvas = surface.getCanvas()
    canvas.translate(-left, -top)
    canvas.concat(matrix)
    canvas.drawImage(sprite.image, 0, 0, sampling_of(pose))
    return Turned(surface.makeImageSnapshot(), left, top)
