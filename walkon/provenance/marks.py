"""The visible mark: a few words in a corner of every picture that say how it came to be."""

import unicodedata
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Picture = npt.NDArray[np.uint8]
"""BGRA, shape (height, width, 4)."""

_INK, _GROUND, _GROUND_ALPHA = 0xFF, 0x14, 0.55
_MARGIN = 0.03
"""Between it and the picture's edges, as a share of the shorter side. A drawn clip has its slate at the other end of that line."""

_FONTS = ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf")
"""Looked for where the system keeps fonts. Pillow brings one of its own, which knows no accents."""


class VisibleMark:
    """Words ready to be laid over pictures of one size, in the upper right corner, inside a margin of 3 %."""

    def __init__(self, words: str, size: tuple[int, int]) -> None:
        """size: width and height in pixels."""
        width, height = size
        tag = _tag(words, max(10, round(0.031 * min(height, width * 1.1))))
        margin = round(_MARGIN * min(size))
        tag = tag[: max(0, height - margin), -max(1, width - margin) :]
        self._rows = slice(margin, margin + tag.shape[0])
        self._columns = slice(max(0, width - margin - tag.shape[1]), max(0, width - margin))
        alpha = tag[..., 1:].astype(np.uint16)
        self._keep = 255 - alpha
        self._add = tag[..., :1].astype(np.uint16) * alpha

    def put_on(self, picture: Picture) -> None:
        """Lay it over the picture, which is changed."""
        region = picture[self._rows, self._columns, :3]
        region[:] = (region * self._keep + self._add + 127) // 255


def _lettered(words: str, size_px: int) -> tuple[Any, str]:
    """A font, and the words as it can write them."""
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size_px), words
        except OSError:
            continue
    bare = "".join(letter for letter in unicodedata.normalize("NFD", words) if not unicodedata.combining(letter))
    return ImageFont.load_default(size_px), bare


@cache
def _tag(words: str, size_px: int) -> npt.NDArray[np.uint8]:
    """Grey and opacity, shape (height, width, 2)."""
    font, words = _lettered(words, size_px)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(words))
    pad = size_px // 2
    size = (right - left + 2 * pad, max(bottom - top, size_px) + pad)
    ground, ink = Image.new("L", size, 0), Image.new("L", size, 0)
    ImageDraw.Draw(ground).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), round(0.32 * size[1]), fill=round(255 * _GROUND_ALPHA))
    ImageDraw.Draw(ink).text((pad - left, (size[1] - (bottom - top)) / 2 - top), words, fill=255, font=font)
    letters = np.asarray(ink, np.float32) / 255
    behind = np.asarray(ground, np.float32) / 255
    alpha = letters + behind * (1 - letters)
    grey = (_INK * letters + _GROUND * behind * (1 - letters)) / np.maximum(alpha, 1e-6)
    return np.stack([grey, 255 * alpha], axis=-1).round().astype(np.uint8)
