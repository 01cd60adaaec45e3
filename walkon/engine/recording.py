"""Puts the sounds of takes together on the clip's clock: one rate, stereo, each as long as its pictures."""

from collections.abc import Sequence

import numpy as np

from walkon.engine.performance import SAMPLE_RATE, Samples
from walkon.engine.sound.waves import resampled

SEAM_S = 0.03
"""Length of the cross-fade between two takes."""


def at_mixing_rate(wave: Samples, rate: int) -> Samples:
    """(samples, channels) at any rate to (samples, 2) at 48 kHz."""
    channels = [resampled(channel, rate) if rate != SAMPLE_RATE else channel for channel in wave.T[:2]]
    return np.ascontiguousarray(np.stack([channels[0], channels[-1]], axis=1), dtype=np.float32)


def trimmed(wave: Samples, *, skip_s: float, seconds: float) -> Samples:
    """The part from `skip_s` on, exactly `seconds` long: cut, or filled up with silence."""
    start, length = round(skip_s * SAMPLE_RATE), round(seconds * SAMPLE_RATE)
    part = wave[start : start + length]
    return np.pad(part, ((0, length - len(part)), (0, 0)))


def joined(parts: Sequence[Samples]) -> Samples:
    """The parts one after the other, without a click: each fades in and out over half a seam."""
    fade = round(SEAM_S / 2 * SAMPLE_RATE)
    ready = []
    for index, part in enumerate(parts):
        shaped = part.copy()
        ramp = np.linspace(0, 1, min(fade, len(part)), dtype=np.float32)[:, None]
        if index > 0:
            shaped[: len(ramp)] *= ramp
        if index + 1 < len(parts):
            shaped[len(shaped) - len(ramp) :] *= ramp[::-1]
        ready.append(shaped)
    return np.concatenate(ready) if ready else np.zeros((0, 2), np.float32)
