"""What every sound of the engine is made of: clocks, sines, noise, envelopes, filters. Mono float32 at `SAMPLE_RATE`."""

from functools import lru_cache
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from walkon.engine.performance import SAMPLE_RATE, Samples

Curve = npt.NDArray[np.float32] | float
"""A value per sample, or one for all of them."""


def single(values: npt.ArrayLike) -> Samples:
    """Any numbers as float32 sound."""
    return np.asarray(values, np.float32)


def generator(*parts: object) -> np.random.Generator:
    """A random generator of its own for one purpose: the same parts give the same numbers in every process."""
    digest = sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def frames(seconds: float) -> int:
    """Samples in so many seconds."""
    return round(seconds * SAMPLE_RATE)


def clock(seconds: float) -> Samples:
    """Time of each sample in seconds."""
    return (np.arange(frames(seconds), dtype=np.float32) / np.float32(SAMPLE_RATE)).astype(np.float32)


def tone(frequency_hz: Curve, seconds: float) -> Samples:
    """A sine whose frequency may glide: one value, or one per sample."""
    curve = np.broadcast_to(np.asarray(frequency_hz, np.float64), (frames(seconds),))
    return np.sin(2 * np.pi * np.cumsum(curve) / SAMPLE_RATE).astype(np.float32)


def glide(start_hz: float, end_hz: float, seconds: float) -> Samples:
    """A frequency curve that falls or rises evenly to the ear."""
    return np.geomspace(start_hz, end_hz, frames(seconds), dtype=np.float32)


def hiss(seconds: float, rng: np.random.Generator) -> Samples:
    """White noise of RMS 1."""
    return rng.standard_normal(frames(seconds), dtype=np.float32)


def decay(seconds: float, rate_per_s: float, attack_s: float = 0.002) -> Samples:
    """A struck envelope: up in `attack_s`, then down by e every 1/`rate_per_s` seconds."""
    time = clock(seconds)
    return single(np.minimum(time / attack_s, 1) * np.exp(-time * rate_per_s))


def swell(seconds: float, attack_s: float, release_s: float) -> Samples:
    """A held envelope with soft ends (raised cosine)."""
    time, left = clock(seconds), clock(seconds)[::-1]
    rise = np.minimum(np.minimum(time / max(attack_s, 1e-4), left / max(release_s, 1e-4)), 1)
    return single(0.5 - 0.5 * np.cos(np.pi * rise))


def padded(length: int) -> int:
    """The next power of two: other lengths make the transform up to forty times slower."""
    return 1 << max(length - 1, 1).bit_length()


@lru_cache(maxsize=64)
def _pass_band(size: int, low_hz: float, high_hz: float) -> Samples:
    frequency = np.fft.rfftfreq(size, 1 / SAMPLE_RATE).astype(np.float32) + 1e-3
    return single(1 / np.sqrt((1 + (low_hz / frequency) ** 4) * (1 + (frequency / high_hz) ** 4)))


def band(samples: Samples, low_hz: float, high_hz: float) -> Samples:
    """The part between two frequencies, 12 dB an octave on both sides, without delay."""
    size = padded(len(samples) + 1024)
    spectrum = np.fft.rfft(samples, size) * _pass_band(size, low_hz, high_hz)
    return single(np.fft.irfft(spectrum, size)[: len(samples)])


def level(samples: Samples, peak: float = 1.0) -> Samples:
    """The same sound with that peak; silence stays silence."""
    top = float(np.abs(samples).max(initial=0.0))
    return (samples * np.float32(peak / top)).astype(np.float32) if top > 0 else samples


def laid(parts: list[tuple[float, Samples]], seconds: float) -> Samples:
    """Parts laid over each other, each from its second on; what reaches past the end is cut."""
    out = np.zeros(frames(seconds), np.float32)
    for at_s, part in parts:
        start = max(frames(at_s), 0)
        room = out[start : start + len(part)]
        room += part[: len(room)]
    return out


def resampled(samples: Samples, rate_hz: float, speed: float = 1.0) -> Samples:
    """The sound at `SAMPLE_RATE`, played `speed` times as fast (pitch and formants rise with it).

    Four-fold by a padded transform, then straight lines: errors stay below -60 dB for speech.
    """
    if not len(samples):
        return np.zeros(0, np.float32)
    size = padded(len(samples) + 64)
    fine = np.fft.irfft(np.fft.rfft(samples, size), size * 4)[: len(samples) * 4] * 4
    step = rate_hz * speed / SAMPLE_RATE
    position = np.arange(int(len(samples) / step), dtype=np.float64) * (step * 4)
    return np.interp(position, np.arange(len(fine)), fine).astype(np.float32)
