"""Emoji as paper cut-outs: drawn once at the largest size a shot shows, sharpened, edged, tinted and kept."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import skia

from walkon.engine.drawing import art, crisp
from walkon.engine.drawing.fonts import Lettering, lettering

STRIKE_PX = 109
"""The only size the colour font holds; drawn at it, nothing is scaled."""
CANVAS_PX = 320
EDGE_SHARE = 0.022
"""Width of the paper edge as a share of the sprite's height."""
KEEP = 240
"""Sprites kept before the least recently used one is let go, about 60 MB at usual sizes."""
SMOOTH = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
CUBIC = skia.SamplingOptions(skia.CubicResampler.Mitchell())

Tint = tuple[float, float, float]
"""Factors for red, green and blue."""
WHITE_LIGHT: Tint = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprite:
    """A cut-out. width, height: of the art in pixels, without the `pad` pixels of edge on every side.

    fur, fur_lit: its median colour, without and with the tint; hem: the median of its lowest rows, without.
    """

    image: skia.Image
    width: int
    height: int
    pad: int
    fur: tuple[int, int, int]
    fur_lit: tuple[int, int, int]
    hem: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class SpriteKey:
    """What makes two sprites the same picture."""

    emoji: str
    height_px: int
    tint: Tint = WHITE_LIGHT
    edged: bool = True
    dark: float = 1.0
    flipped: bool = False


class SpriteBook:
    """Sprites by key, shared by clips. `hits` and `misses` count look-ups."""

    def __init__(self, letters: Lettering) -> None:
        self._letters = letters
        self._kept: OrderedDict[SpriteKey, Sprite] = OrderedDict()
        self._glyphs: dict[str, crisp.Picture] = {}
        self.hits = 0
        self.misses = 0

    def get(self, key: SpriteKey) -> Sprite:
        """The sprite of that key; an emoji the font lacks comes as the package picture."""
        kept = self._kept.get(key)
        if kept is not None:
            self.hits += 1
            self._kept.move_to_end(key)
            return kept
        self.misses += 1
        made = self._kept[key] = self._make(key)
        if len(self._kept) > KEEP:
            self._kept.popitem(last=False)
        return made

    def lend(self, name: str, picture: crisp.Picture) -> None:
        """Draw that picture (premultiplied, trimmed) wherever `name` stands in an emoji's place, until it is taken back."""
        self._glyphs[name] = picture

    def take_back(self, name: str) -> None:
        """Keep nothing of a picture that was lent."""
        self._glyphs.pop(name, None)
        for key in [key for key in self._kept if key.emoji == name]:
            del self._kept[key]

    def has(self, emoji: str) -> bool:
        """Whether the font holds a drawing of it, so that it does not come as the package."""
        return emoji == art.GENERIC or not np.array_equal(self._glyph(emoji), self._glyph(art.GENERIC))

    def aspect(self, emoji: str) -> float:
        """Width over height of the art."""
        height, width = self._glyph(emoji).shape[:2]
        return float(width / height)

    def _make(self, key: SpriteKey) -> Sprite:
        glyph = self._glyph(key.emoji)
        enlargement = max(4, key.height_px) / glyph.shape[0]
        edge = max(2.0, EDGE_SHARE * key.height_px) if key.edged else 0.0
        pad = int(edge * 1.6 + 2)
        scaled = crisp.sharpen(_scaled(glyph, enlargement, pad), enlargement)
        solid = scaled[scaled[..., 3] > 0.9]
        fur, hem = _median(solid), _median(_lowest(scaled, pad))
        tinted = _tinted(scaled, key)
        finished = crisp.paper_edge(tinted, edge) if edge else tinted
        height, width = scaled.shape[:2]
        if key.flipped:
            finished = np.ascontiguousarray(finished[:, ::-1])
        return Sprite(
            image=to_image(finished), width=width - 2 * pad, height=height - 2 * pad, pad=pad, fur=fur, fur_lit=_lit(fur, key), hem=hem
        )

    def _glyph(self, emoji: str) -> crisp.Picture:
        kept = self._glyphs.get(emoji)
        if kept is None:
            kept = self._glyphs[emoji] = self._cut_out(emoji)
        return kept

    def _cut_out(self, emoji: str) -> crisp.Picture:
        picture = self._drawn(emoji)
        if picture.shape[0] < 12 or picture.shape[1] < 8:
            picture = self._drawn(art.GENERIC)
        if emoji in art.LOOSE_SPARKLES:
            picture = crisp.trimmed(crisp.largest_island(picture))
        return picture

    def _drawn(self, emoji: str) -> crisp.Picture:
        array = np.zeros((CANVAS_PX, CANVAS_PX, 4), dtype=np.uint8)
        surface = _surface(array)
        canvas = surface.getCanvas()
        canvas.rotate(art.TURNS.get(emoji, 0.0), CANVAS_PX / 2, CANVAS_PX / 2)
        text = self._letters.emoji(emoji, STRIKE_PX)
        text.paint(canvas, (CANVAS_PX - min(text.width, CANVAS_PX)) / 2, (CANVAS_PX - text.height) / 2)
        surface.flushAndSubmit()
        return crisp.trimmed(np.asarray(array, dtype=np.float32) / np.float32(255))


def _surface(array: npt.NDArray[np.uint8]) -> skia.Surface:
    height, width = array.shape[:2]
    info = skia.ImageInfo.Make(width, height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
    return skia.Surface.MakeRasterDirect(info, array, width * 4)


def to_image(picture: crisp.Picture) -> skia.Image:
    """A premultiplied float picture as an image of the canvas's own colour type."""
    pixels = np.ascontiguousarray(np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8))
    return skia.Image.fromarray(pixels, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)


def _scaled(glyph: crisp.Picture, factor: float, pad: int) -> crisp.Picture:
    height, width = max(1, round(glyph.shape[0] * factor)), max(1, round(glyph.shape[1] * factor))
    array = np.zeros((height + 2 * pad, width + 2 * pad, 4), dtype=np.uint8)
    surface = _surface(array)
    sampling = CUBIC if factor > 0.7 else SMOOTH
    surface.getCanvas().drawImageRect(to_image(glyph), skia.Rect.MakeXYWH(pad, pad, width, height), sampling)
    surface.flushAndSubmit()
    return np.asarray(array, dtype=np.float32) / np.float32(255)


def _tinted(picture: crisp.Picture, key: SpriteKey) -> crisp.Picture:
    if key.tint == WHITE_LIGHT and key.dark == 1.0:
        return picture
    red, green, blue = (factor * key.dark for factor in key.tint)
    return np.asarray(picture * np.array([blue, green, red, 1], dtype=np.float32), dtype=np.float32)


def _lit(colour: tuple[int, int, int], key: SpriteKey) -> tuple[int, int, int]:
    red, green, blue = (min(255, int(part * factor * key.dark)) for part, factor in zip(colour, key.tint, strict=True))
    return red, green, blue


def _lowest(picture: crisp.Picture, pad: int) -> npt.NDArray[np.float32]:
    rows = picture[-pad - 8 : -pad - 1 if pad else None]
    return rows[rows[..., 3] > 0.9]


def _median(pixels: npt.NDArray[np.float32]) -> tuple[int, int, int]:
    if len(pixels) == 0:
        return (150, 150, 150)
    blue, green, red = np.median(pixels[:, :3], axis=0) * 255
    return int(red), int(green), int(blue)


@lru_cache(maxsize=1)
def sprite_book() -> SpriteBook:
    """The process's sprites. Raises BackendUnavailable."""
    return SpriteBook(lettering())
