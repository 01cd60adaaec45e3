"""Heads cut out of people's reference stills, as with scissors. They live as long as one clip is drawn, in memory only.

Nothing here knows where a face is: the still's middle is cut out, where whoever films themselves is.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from PIL import Image

from walkon.engine.drawing import art, crisp
from walkon.engine.drawing.sprites import sprite_book
from walkon.types.ids import PersonId
from walkon.types.scene import Scene, Shot

WIDTH_SHARE, HEIGHT_TO_WIDTH, MIDDLE = 0.62, 1.28, 0.46
"""Of the still's shorter side; of the oval; how far down the still its middle is."""
HEIGHT_PX = 320


@contextmanager
def lent(scene: Scene, portraits: Mapping[PersonId, bytes]) -> Iterator[Scene]:
    """The scene with these people's own heads (JPEG); what was cut out is forgotten at the end."""
    if not portraits:
        yield scene
        return
    book = sprite_book()
    names = {person: f"{art.LENT}{number}" for number, person in enumerate(sorted(portraits))}
    for person, name in names.items():
        book.lend(name, cut_out(portraits[person]))
    try:
        yield replace(scene, shots=tuple(_with_heads(shot, names) for shot in scene.shots))
    finally:
        for name in names.values():
            book.take_back(name)


def cut_out(still: bytes) -> crisp.Picture:
    """The middle of a JPEG as a premultiplied BGRA picture, everything around an upright oval clear."""
    with Image.open(io.BytesIO(still), formats=["JPEG"]) as opened:
        picture = opened.convert("RGB")
    width = min(WIDTH_SHARE * min(picture.size), picture.width, picture.height / HEIGHT_TO_WIDTH)
    height = width * HEIGHT_TO_WIDTH
    left = (picture.width - width) / 2
    top = min(max(0.0, MIDDLE * picture.height - height / 2), picture.height - height)
    size = (round(HEIGHT_PX / HEIGHT_TO_WIDTH), HEIGHT_PX)
    cut = picture.resize(size, Image.Resampling.LANCZOS, box=(left, top, left + width, top + height))
    colours = np.asarray(cut, np.float32)[:, :, ::-1] / 255
    return np.concatenate([colours, np.ones((*colours.shape[:2], 1), np.float32)], axis=2) * _oval(size[1], size[0])[:, :, None]


def _oval(height: int, width: int) -> crisp.Picture:
    y, x = np.ogrid[:height, :width]
    radius = np.hypot((x + 0.5 - width / 2) / (width / 2), (y + 0.5 - height / 2) / (height / 2))
    return np.clip((1 - radius) * min(height, width) / 2, 0, 1).astype(np.float32)


def _with_heads(shot: Shot, names: Mapping[PersonId, str]) -> Shot:
    heads = [names.get(one.person) if one.person else None for one in shot.subjects]
    subjects = [replace(one, emoji=head) if head else one for one, head in zip(shot.subjects, heads, strict=True)]
    return replace(shot, subjects=tuple(subjects))
