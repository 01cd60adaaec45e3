"""Puts the sounds of takes together on the clip's clock: one rate, stereo, each as long as its pictures."""

from collections.abc import Sequence

import numpy as np

from walkon.engine.performance import SAMPLE_RATE, Samples
from walkon.engine.sound.waves import resampled, single

SEAM_S = 0.03
"""Length of the cross-fade between two takes."""
LOWEST_HZ, HIGHEST_HZ = 20.0, 16_000.0
"""The deepest that ears hear, and the highest that the coder of clips keeps. What lies an octave below, or a sixteenth above, is gone."""


def at_mixing_rate(wave: Samples, rate: int) -> Samples:
    """(samples, channels) at any rate to (samples, 2) at 48 kHz, without what nobody will hear: vocoders add a constant,
    which takes the room that loudness needs, and hiss that is measured and then not coded.
    """
    # The constant first: resampling pads with zeros, beside which it would be a step.
    centred = [channel - channel.mean() if len(channel) else channel for channel in wave.T[:2]]
    channels = [_audible(resampled(channel, rate) if rate != SAMPLE_RATE else channel) for channel in centred]
    return np.ascontiguousarray(np.stack([channels[0], channels[-1]], axis=1), dtype=np.float32)


def _audible(channel: Samples) -> Samples:
    if not len(channel):
        return channel
    spectrum = np.fft.rfft(channel)
    hertz = np.fft.rfftfreq(len(channel), 1 / SAMPLE_RATE)
    kept = np.clip(2 * hertz / LOWEST_HZ - 1, 0, 1) * np.clip(17 - 16 * hertz / HIGHEST_HZ, 0, 1)
    return single(np.fft.irfft(spectrum * kept, len(channel)))


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
