"""The mouth of a voice, and the trimming of its silence."""

import numpy as np

from walkon.engine.performance import SAMPLE_RATE, Samples
from walkon.engine.sound.waves import single
from walkon.types.scene import FPS

LEAD_S, TAIL_S = 0.05, 0.12
"""Silence kept before and after a line, in seconds."""

_WINDOW = SAMPLE_RATE // 100
_QUIET = 0.02


def _loudness(pcm: Samples) -> Samples:
    size = -(-len(pcm) // _WINDOW) * _WINDOW
    blocks = np.zeros(size, np.float32)
    blocks[: len(pcm)] = pcm
    return single(np.sqrt(np.square(blocks).reshape(-1, _WINDOW).mean(axis=1)))


def spoken_span(pcm: Samples) -> tuple[float, float]:
    """First and last second with sound in it; (0, 0) for silence."""
    loud = _loudness(pcm)
    heard = np.flatnonzero(loud > max(float(loud.max(initial=0.0)) * _QUIET, 1e-5))
    if not len(heard):
        return 0.0, 0.0
    return int(heard[0]) / 100, min((int(heard[-1]) + 1) / 100, len(pcm) / SAMPLE_RATE)


def trimmed(pcm: Samples) -> tuple[Samples, float]:
    """The sound with `LEAD_S` and `TAIL_S` of silence left at its ends, and how many seconds were cut from the front."""
    first_s, last_s = spoken_span(pcm)
    cut = max(round((first_s - LEAD_S) * SAMPLE_RATE), 0)
    out = pcm[cut : round((last_s + TAIL_S) * SAMPLE_RATE)].copy()
    ramp = np.linspace(0, 1, min(240, len(out)), dtype=np.float32)
    out[: len(ramp)] *= ramp
    out[len(out) - len(ramp) :] *= ramp[::-1]
    return out, cut / SAMPLE_RATE


def mouth(pcm: Samples) -> tuple[float, ...]:
    """Opening 0 to 1 per picture: loudness of that 1/24 s over its 92nd percentile, to the power 0.8; shut in silence."""
    step = SAMPLE_RATE // FPS
    size = -(-len(pcm) // step) * step
    blocks = np.zeros(size, np.float32)
    blocks[: len(pcm)] = pcm
    loud = np.sqrt(np.square(blocks).reshape(-1, step).mean(axis=1))
    heard = loud[loud > 1e-4]
    if not len(heard):
        return (0.0,) * len(loud)
    opening = np.clip(loud / np.percentile(heard, 92), 0, 1) ** 0.8
    return tuple(round(float(value), 3) if value > 0.06 else 0.0 for value in opening)
