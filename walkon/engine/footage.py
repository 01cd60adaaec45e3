"""Reads a clip that another is built on: its pictures at the model's rate and size, its sound."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from walkon.engine.performance import SAMPLE_RATE, Pictures
from walkon.types.scene import LONGEST_EXTENDED_S

LONGEST_S = float(LONGEST_EXTENDED_S)
"""Seconds of a clip that are read; also the longest that extending can make one."""


def pictures(path: Path, size: tuple[int, int], fps: int) -> Iterator[Pictures]:
    """The clip's pictures, one at a time (1, height, width, 3): scaled to cover `size` and cut to it, repeated or skipped to `fps`."""
    shown = 0
    with av.open(str(path)) as file:
        for frame in file.decode(video=0):
            at_s = float(frame.time or 0.0)
            if at_s > LONGEST_S:
                return
            rate = frame.time_base and file.streams.video[0].average_rate
            end_s = at_s + float(1 / (rate or Fraction(fps)))
            while (shown + 0.5) / fps < end_s:
                yield np.asarray(covering(Image.fromarray(frame.to_ndarray(format="rgb24")), size))[None]
                shown += 1


def sound(path: Path) -> npt.NDArray[np.float32]:
    """The clip's sound, (samples, 2) at 48 kHz; silence where it has none."""
    with av.open(str(path)) as file:
        if not file.streams.audio:
            return np.zeros((0, 2), np.float32)
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
        stream = file.streams.audio[0]
        blocks = [out.to_ndarray() for frame in file.decode(stream) for out in resampler.resample(frame)]
        blocks += [out.to_ndarray() for out in resampler.resample(None)]
    heard = np.concatenate(blocks, axis=1).T if blocks else np.zeros((0, 2), np.float32)
    return np.ascontiguousarray(heard[: round(LONGEST_S * SAMPLE_RATE)], dtype=np.float32)


def covering(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The image in RGB, scaled until it covers `size`, the rest cut off evenly."""
    scale = max(size[0] / image.width, size[1] / image.height)
    wide, high = (max(round(edge * scale), least) for edge, least in zip(image.size, size, strict=True))
    scaled = image.convert("RGB").resize((wide, high), Image.Resampling.LANCZOS)
    left, top = (wide - size[0]) // 2, (high - size[1]) // 2
    return scaled.crop((left, top, left + size[0], top + size[1]))
