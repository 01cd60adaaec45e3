"""Looks at what a model made before anybody else does: black, frozen, silent. Pictures are judged as they pass by."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from walkon.engine.performance import Pictures

BLACK_MOST, FROZEN_MOST, SILENT_MOST = 6.0, 0.15, 1e-3
"""Of 255: the brightest mean of a black clip's pictures; the largest mean change between pictures of a frozen one. Of 1: the peak
of a silent one (-60 dBFS). Well below any real night scene, held shot or whisper: sensor-like noise alone changes a picture by 1."""

_STRIDE = 4


class Defect(StrEnum):
    """What is wrong with a clip as a whole."""

    NOT_FINITE = "not finite"
    BLACK = "black"
    FROZEN = "frozen"
    SILENT = "silent"


@dataclass(slots=True)
class Watch:
    """Judges one clip. Every fourth pixel of every picture is looked at."""

    _brightest: float = 0.0
    _change: float = 0.0
    _seen: int = 0
    _last: npt.NDArray[np.int16] | None = None
    _peak: float | None = None

    def see(self, pictures: Pictures) -> None:
        """The next pictures of the clip."""
        for picture in pictures[:, ::_STRIDE, ::_STRIDE].astype(np.int16):
            self._brightest = max(self._brightest, float(picture.mean()))
            if self._last is not None and self._last.shape == picture.shape:
                self._change = max(self._change, float(np.abs(picture - self._last).mean()))
            self._last = picture
            self._seen += 1

    def hear(self, sound: npt.NDArray[np.float32]) -> None:
        """A part of the clip's sound."""
        self._peak = max(self._peak or 0.0, float(np.abs(sound).max(initial=0.0)))

    def found(self) -> tuple[Defect, ...]:
        """What is wrong, once all was seen and heard."""
        wrong = []
        if self._brightest < BLACK_MOST:
            wrong.append(Defect.BLACK)
        elif self._seen > 1 and self._change < FROZEN_MOST:
            wrong.append(Defect.FROZEN)
        if self._peak is not None and self._peak < SILENT_MOST:
            wrong.append(Defect.SILENT)
        return tuple(wrong)
