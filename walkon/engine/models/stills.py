"""Stills of people who lend their face, for models that are shown them: opened in this process's memory, for one take."""

import io
from collections.abc import Mapping

from PIL import Image

from walkon.types.ids import PersonId
from walkon.types.scene import Scene


def stills_of(scene: Scene, index: int, portraits: Mapping[PersonId, bytes]) -> tuple[Image.Image, ...]:
    """Those (JPEG) of everybody who stands in that shot, each once, in order of appearance. Raises OSError for what is no picture."""
    subjects = scene.shots[index].subjects if scene.shots else ()
    there = dict.fromkeys(subject.person for subject in subjects if subject.person)
    return tuple(_opened(portraits[person]) for person in there if person in portraits)


def _opened(still: bytes) -> Image.Image:
    with Image.open(io.BytesIO(still), formats=["JPEG"]) as picture:
        return picture.convert("RGB")
