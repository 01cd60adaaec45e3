"""Loudness as ears and broadcasters measure it, and the limiter that keeps peaks below the ceiling.

Source: ITU-R BS.1770-5, annexes 1 (gated loudness) and 2 (true peak). Stereo float32, (frames, 2), at 48 kHz.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from walkon.engine.performance import SAMPLE_RATE, Samples
from walkon.engine.sound.waves import padded, single

TARGET_LUFS = -16.0
CEILING = 0.78
"""Highest sample that leaves the limiter: -2.2 dBFS, so that the coded sound stays below -1 dBTP."""

_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
_BLOCK, _HOP = 19_200, 4_800
_LOOK = 480


class SilentAudio(ValueError):
    """Every block lies below the absolute gate of -70 LKFS: there is nothing to measure."""


@lru_cache(maxsize=4)
def _weighting(size: int) -> npt.NDArray[np.complex64]:
    turn = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    out = np.ones(size // 2 + 1, np.complex128)
    for above, below in (_SHELF, _HIGH_PASS):
        out *= np.polyval(above[::-1], turn) / np.polyval(below[::-1], turn)
    return out.astype(np.complex64)


def _block_powers(pcm: Samples) -> npt.NDArray[np.float64]:
    size = padded(len(pcm) + SAMPLE_RATE // 4)
    hops = max(len(pcm), _BLOCK) // _HOP
    power = np.zeros(hops)
    for channel in pcm.T:
        weighted = np.fft.irfft(np.fft.rfft(channel, size) * _weighting(size), size)[: hops * _HOP]
        power += np.square(weighted).reshape(hops, _HOP).mean(axis=1)
    return np.convolve(power, np.ones(_BLOCK // _HOP) / (_BLOCK // _HOP), "valid")


def integrated(pcm: Samples) -> float:
    """Integrated loudness in LUFS over 400 ms blocks with both gates. Raises SilentAudio."""
    power = _block_powers(pcm)
    heard = power[power > 10 ** ((-70 + 0.691) / 10)]
    if not len(heard):
        raise SilentAudio
    gated = heard[heard > heard.mean() * 0.1]
    return float(-0.691 + 10 * np.log10(gated.mean()))


def true_peak_db(pcm: Samples) -> float:
    """Highest point between the samples too (four-fold oversampling), in dBTP; -200 for silence."""
    top = 1e-10
    for start in range(0, len(pcm), 65_000):
        piece = pcm[max(start - 256, 0) : start + 65_000 + 256]
        size = padded(len(piece) + 512)
        for channel in piece.T:
            fine = np.fft.irfft(np.fft.rfft(channel, size), size * 4)[: len(piece) * 4] * 4
            top = max(top, float(np.abs(fine).max()))
    return float(20 * np.log10(top))


def _lowest_near(values: Samples, reach: int) -> Samples:
    # Van Herk: minima of blocks run forwards and backwards meet in every window of `reach` on both sides.
    width = 2 * reach + 1
    size = -(-(len(values) + 2 * reach) // width) * width
    wide = np.ones(size, np.float32)
    wide[reach : reach + len(values)] = values
    blocks = wide.reshape(-1, width)
    forth = np.minimum.accumulate(blocks, axis=1).ravel()
    back = np.minimum.accumulate(blocks[:, ::-1], axis=1)[:, ::-1].ravel()
    return np.minimum(back[: len(values)], forth[2 * reach : 2 * reach + len(values)])


def limited(pcm: Samples, ceiling: float = CEILING) -> Samples:
    """The sound with its peaks turned down to the ceiling, 10 ms ahead and after, without a click."""
    peak = np.maximum(np.abs(pcm[:, 0]), np.abs(pcm[:, 1]))
    if float(peak.max(initial=0.0)) <= ceiling:
        return pcm
    need = single(np.minimum(1, ceiling / np.maximum(peak, 1e-9)))
    held = np.pad(_lowest_near(need, _LOOK), _LOOK, mode="edge")
    slope = np.hanning(2 * _LOOK + 3)[1:-1].astype(np.float32)
    size = padded(len(held) + len(slope))
    smooth = np.fft.irfft(np.fft.rfft(held, size) * np.fft.rfft(slope / slope.sum(), size), size)
    gain = single(smooth)[2 * _LOOK : 2 * _LOOK + len(pcm)]
    # Rounding in the transform must not touch what is not limited.
    gain = np.minimum(np.where(gain > 1 - 1e-5, np.float32(1), gain), need)
    return pcm * gain[:, None]


def mastered(pcm: Samples, target_lufs: float = TARGET_LUFS) -> Samples:
    """The sound within 0.1 LU of the target with peaks below `CEILING`; silence stays silence.

    Limiting makes it softer, so gain and limiter take turns, six at most.
    """
    out = pcm
    for _ in range(6):
        try:
            gain_db = target_lufs - integrated(out)
        except SilentAudio:
            return out
        out = limited(out * np.float32(10 ** (gain_db / 20)))
        if abs(gain_db) < 0.1:
            break
    return out
