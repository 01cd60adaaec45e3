"""Joins takes: the new one begins where the old one ended, in the same colours."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from walkon.engine.performance import Pictures

GAIN = (0.5, 2.0)
"""Bounds of the contrast correction; beyond them the model has made another scene, and stretching it would show noise."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A correction of colour: every channel of a picture times `gain` plus `lift`."""

    gain: npt.NDArray[np.float32]
    lift: npt.NDArray[np.float32]

    def applied(self, pictures: Pictures) -> Pictures:
        """The pictures, corrected."""
        graded = pictures.astype(np.float32) * self.gain + self.lift
        return np.asarray(np.clip(np.rint(graded), 0, 255), np.uint8)


def match(made: Pictures, wanted: Pictures) -> Grade:
    """What brings `made`, the model's own copy of the tail, to the mean and contrast of `wanted`, the tail itself."""
    mean, deviation = _moments(made)
    goal_mean, goal_deviation = _moments(wanted)
    gain = np.clip(goal_deviation / np.maximum(deviation, 1e-3), *GAIN).astype(np.float32)
    return Grade(gain, goal_mean - mean * gain)


def jump(before: Pictures, after: Pictures) -> float:
    """How far the mean colour leaps from the last picture before a cut to the first after it, in 1/255, the worst channel."""
    return float(np.abs(_moments(before[-1:])[0] - _moments(after[:1])[0]).max())


def _moments(pictures: Pictures) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    flat = pictures.reshape(-1, 3).astype(np.float32)
    return flat.mean(axis=0), flat.std(axis=0)
