"""Instruments made of sines: one function a family, one cache of notes. Mono float32, peak near 1."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from walkon.engine.performance import SAMPLE_RATE, Samples
from walkon.engine.sound.waves import band, clock, decay, frames, generator, glide, hiss, level, single, swell, tone

Partials = tuple[tuple[float, float, float], ...]
"""Multiple of the pitch, gain, decay per second."""


def _struck(hz: float, seconds: float, partials: Partials) -> Samples:
    length = min(max(seconds * 1.6, 0.5), 2.4)
    out = np.zeros(frames(length), np.float32)
    for multiple, gain, rate in partials:
        if hz * multiple < 12_000:
            out += tone(hz * multiple, length) * decay(length, rate) * np.float32(gain)
    return out * swell(length, 0, 0.08)


def _plucked(hz: float, seconds: float, brightness: float, damping: float) -> Samples:
    partials = tuple((float(h), 1 / h**brightness, damping + 1.4 * h) for h in range(1, 7))
    return _struck(hz, seconds, partials)


def _held(hz: float, seconds: float, harmonics: tuple[float, ...], attack_s: float, detune: float) -> Samples:
    length = seconds + 0.12
    out = np.zeros(frames(length), np.float32)
    vibrato = 1 + 0.004 * np.sin(2 * np.pi * 5.2 * clock(length)) * np.minimum(clock(length) * 2, 1)
    turns = np.cumsum(vibrato, dtype=np.float64) * (hz / SAMPLE_RATE)
    for voice in (-detune, 0.0, detune) if detune else (0.0,):
        # Whole turns dropped, every harmonic is a multiple of one short phase.
        phase = single(2 * np.pi * np.mod(turns * (1 + voice), 1))
        for h, gain in enumerate(harmonics, start=1):
            if hz * h < 11_000:
                out += np.sin(phase * np.float32(h)) * np.float32(gain)
    return out * swell(length, attack_s, 0.12)


def _tremolo(hz: float, seconds: float) -> Samples:
    bow = _held(hz, seconds, (1, 0.6, 0.5, 0.35, 0.25, 0.15), 0.05, 0.004)
    return bow * single(0.6 + 0.4 * np.sin(2 * np.pi * 11 * clock(len(bow) / SAMPLE_RATE)))


def _electric(hz: float, seconds: float) -> Samples:
    bar = _struck(hz, seconds, ((1, 1.0, 2.2), (2, 0.25, 3), (4, 0.12, 7), (14, 0.06, 22)))
    return bar * single(0.85 + 0.15 * np.sin(2 * np.pi * 4.6 * clock(len(bar) / SAMPLE_RATE)))


VOICES: Mapping[str, Callable[[float, float], Samples]] = {
    "marimba": lambda hz, s: _struck(hz, s, ((1, 1.0, 5), (4, 0.35, 14), (9.2, 0.08, 30))),
    "vibraphone": lambda hz, s: _struck(hz, s, ((1, 1.0, 2), (4, 0.22, 5), (10, 0.05, 14))),
    "celesta": lambda hz, s: _struck(hz, s, ((1, 1.0, 3.2), (2, 0.3, 5), (4, 0.25, 8))),
    "bell": lambda hz, s: _struck(hz, max(s, 1.4), ((1, 1.0, 2), (2.76, 0.35, 3.5), (5.4, 0.15, 7))),
    "guitar": lambda hz, s: _plucked(hz, s, 1.1, 2.6),
    "harp": lambda hz, s: _plucked(hz, s, 1.5, 2.0),
    "pizzicato": lambda hz, s: _plucked(hz, s, 1.2, 8.0),
    "piano": lambda hz, s: _plucked(hz, s, 1.35, 1.5),
    "electric_piano": _electric,
    "strings": lambda hz, s: _held(hz, s, (1, 0.55, 0.4, 0.25, 0.15, 0.1), 0.18, 0.005),
    "violin": lambda hz, s: _held(hz, s, (1, 0.7, 0.5, 0.4, 0.25, 0.2, 0.1), 0.09, 0.0015),
    "flute": lambda hz, s: _held(hz, s, (1, 0.22, 0.08), 0.06, 0.0),
    "brass": lambda hz, s: _held(hz, s, (1, 0.9, 0.75, 0.55, 0.4, 0.28, 0.2, 0.12), 0.05, 0.003),
    "accordion": lambda hz, s: _held(hz, s, (1, 0.6, 0.55, 0.4, 0.35, 0.2, 0.15), 0.03, 0.0055),
    "tremolo": _tremolo,
    "bass": lambda hz, s: _struck(hz, s, ((1, 1.0, 2.4), (2, 0.35, 5), (3, 0.12, 9))),
}
"""Pitched instruments by name: frequency in Hz and length in seconds give the note."""


@lru_cache(maxsize=512)
def note(instrument: str, midi: int, length_ms: int) -> Samples:
    """One note of an instrument, from the cache; do not write into it. midi: 69 is the A of 440 Hz."""
    sound = level(VOICES[instrument](440 * 2 ** ((midi - 69) / 12), length_ms / 1000))
    sound.setflags(write=False)
    return sound


@lru_cache(maxsize=8)
def drum(name: str) -> Samples:
    """`kick`, `tom`, `timpani`, `clap`, `shaker` or `snare`, from the cache; do not write into it."""
    rng = generator("drum", name)
    made: dict[str, Callable[[], Samples]] = {
        "kick": lambda: tone(glide(130, 46, 0.3), 0.3) * decay(0.3, 14),
        "tom": lambda: tone(glide(150, 82, 0.45), 0.45) * decay(0.45, 9),
        "timpani": lambda: tone(glide(76, 73, 1.1), 1.1) * decay(1.1, 3.5) + band(hiss(1.1, rng), 60, 400) * decay(1.1, 30) * 0.3,
        "clap": lambda: band(hiss(0.18, rng), 900, 4200) * (decay(0.18, 28) + np.roll(decay(0.18, 60), 480) * 0.6),
        "shaker": lambda: band(hiss(0.09, rng), 5000, 12_000) * decay(0.09, 50, 0.015),
        "snare": lambda: band(hiss(0.2, rng), 700, 8000) * decay(0.2, 22) + tone(190, 0.2) * decay(0.2, 26) * 0.5,
    }
    sound = level(single(made[name]()))
    sound.setflags(write=False)
    return sound
