"""A set ready to be filmed: every depth painted once for a shot, exactly as wide and high as its camera will see."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import skia

from walkon.engine.drawing.camera import Frame, View
from walkon.engine.drawing.light import Light
from walkon.engine.drawing.paint import Brush, Sheet
from walkon.engine.drawing.scenery import Layer
from walkon.engine.drawing.sprites import SpriteBook

LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)
MARGIN_PX = 3
HIGHEST_SHARE = 2.6
"""Nothing on the ground is painted higher than this many frames; a rocket's camera rises hundreds of metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """A layer as a picture. zoom: the layer's own scale it was painted at; left, top: its corner in pixels from the anchor.

    solid: the row from which on everything is opaque, so that nothing behind needs to be drawn there.
    """

    layer: Layer
    image: skia.Image
    zoom: float
    left: int
    top: int
    solid: int


def layer_zoom(layer: Layer, view: View) -> float:
    """The scale of a layer under a view's zoom."""
    return 1 + (view.zoom - 1) * layer.zoom


def anchor(frame: Frame, layer: Layer, view: View) -> tuple[float, float]:
    """Where the stage's origin falls on a layer, pixels."""
    unit = frame.unit_px * layer_zoom(layer, view) * layer.parallax
    return frame.width / 2 - view.x * unit + view.dx, frame.ground_y + view.y * unit + view.dy


class Backdrop:
    """The scenery of one shot. Draws any view among those it was painted for."""

    def __init__(self, layers: Iterable[Layer], *, frame: Frame, light: Light, seed: int, views: list[View], sprites: SpriteBook) -> None:
        """Paints every layer, 10 to 40 ms each."""
        self._frame = frame
        self._kept: tuple[View, skia.Image] | None = None
        self._layers = [self._paint(layer, light, seed, views, sprites) for layer in layers]

    def draw(self, canvas: skia.Canvas, view: View, *, locked: bool) -> None:
        """Draw the set. locked: the camera keeps this view for more than one frame, so the composed picture is kept too."""
        if self._kept is not None and self._kept[0] == view:
            canvas.drawImage(self._kept[1], 0, 0)
            return
        if locked:
            self._kept = (view, self._composed(view))
            canvas.drawImage(self._kept[1], 0, 0)
            return
        self._lay_all(canvas, view)

    def _composed(self, view: View) -> skia.Image:
        surface = bgra_surface(self._frame.width, self._frame.height)
        self._lay_all(surface.getCanvas(), view)
        return surface.makeImageSnapshot()

    def _lay_all(self, canvas: skia.Canvas, view: View) -> None:
        """All layers from far to near, each only as far down as the nearer ones leave it to be seen."""
        seen: list[tuple[Painted, int]] = []
        limit = self._frame.height
        for painted in reversed(self._layers):
            seen.append((painted, limit))
            scale = layer_zoom(painted.layer, view) / painted.zoom
            limit = min(limit, math.ceil(anchor(self._frame, painted.layer, view)[1] + (painted.top + painted.solid) * scale) + 2)
        for painted, bottom in reversed(seen):
            if bottom <= 0:
                continue
            canvas.save()
            canvas.clipRect(skia.Rect.MakeWH(self._frame.width, bottom))
            self._lay(canvas, painted, view)
            canvas.restore()

    def _lay(self, canvas: skia.Canvas, painted: Painted, view: View) -> None:
        x, y = anchor(self._frame, painted.layer, view)
        scale = layer_zoom(painted.layer, view) / painted.zoom
        if abs(scale - 1) < 1e-4:
            canvas.drawImage(painted.image, round(x) + painted.left, round(y) + painted.top)
            return
        image = painted.image
        box = skia.Rect.MakeXYWH(x + painted.left * scale, y + painted.top * scale, image.width() * scale, image.height() * scale)
        canvas.drawImageRect(image, box, LINEAR)

    def _paint(self, layer: Layer, light: Light, seed: int, views: list[View], sprites: SpriteBook) -> Painted:
        zoom = max(layer_zoom(layer, view) for view in views)
        sheet = self._seen(layer, views)
        unit = self._frame.unit_px * zoom
        left, top = math.floor(sheet.left * unit) - MARGIN_PX, math.floor(sheet.top * unit) - MARGIN_PX
        right, bottom = math.ceil(sheet.right * unit) + MARGIN_PX, math.ceil(sheet.bottom * unit) + MARGIN_PX
        pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
        surface = surface_over(pixels)
        canvas = surface.getCanvas()
        canvas.translate(-left, -top)
        canvas.scale(unit, unit)
        brush = Brush(
            canvas=canvas,
            sheet=sheet,
            light=light,
            seed=seed,
            unit_px=unit,
            sprites=sprites,
            half=self._frame.width / 2 / unit,
            crown=self._frame.ground_y / unit,
        )
        layer.paint(brush)
        surface.flushAndSubmit()
        first, solid = _ink_rows(pixels)
        image = skia.Image.fromarray(pixels[first:], skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
        return Painted(layer=layer, image=image, zoom=zoom, left=left, top=top + first, solid=max(0, solid - first))

    def _seen(self, layer: Layer, views: list[View]) -> Sheet:
        """The part of a layer that any of the views shows, in metres from its anchor."""
        boxes = []
        for view in views:
            x, y = anchor(self._frame, layer, view)
            unit = self._frame.unit_px * layer_zoom(layer, view)
            boxes.append((-x / unit, -y / unit, (self._frame.width - x) / unit, (self._frame.height - y) / unit))
        left, top, right, bottom = zip(*boxes, strict=True)
        highest = min(top) if layer.fills else max(min(top), -HIGHEST_SHARE * self._frame.ground_y / self._frame.unit_px)
        return Sheet(left=min(left), top=highest, right=max(right), bottom=max(bottom))


def _ink_rows(pixels: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """The first row with anything on it, and the row from which on all are opaque (the number of rows where none is)."""
    alpha = pixels[..., 3]
    inked = np.flatnonzero(alpha.max(axis=1))
    open_rows = np.flatnonzero(alpha.min(axis=1) < 255)
    first = int(inked[0]) if len(inked) else len(alpha) - 1
    return first, int(open_rows[-1]) + 1 if len(open_rows) else 0


def surface_over(pixels: npt.NDArray[np.uint8]) -> skia.Surface:
    """A surface that draws into the caller's array (h, w, 4), which must outlive it."""
    height, width = pixels.shape[:2]
    info = skia.ImageInfo.Make(width, height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
    return skia.Surface.MakeRasterDirect(info, pixels, width * 4)


def bgra_surface(width: int, height: int) -> skia.Surface:
    """A surface of the canvas's own colour type: another type makes every blit eight times slower."""
    info = skia.ImageInfo.Make(width, height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
    return skia.Surface.MakeRaster(info)
