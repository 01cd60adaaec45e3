"""Sounds of things that happen, each built from sines and noise. `effect` makes one; `HITS` and `BEDS` list their names."""

from collections.abc import Callable, Mapping

import numpy as np

from walkon.engine.performance import Samples
from walkon.engine.sound.animals import ANIMALS
from walkon.engine.sound.beds import BEDS
from walkon.engine.sound.signals import SIGNALS
from walkon.engine.sound.waves import band, clock, decay, frames, generator, glide, hiss, laid, level, single, swell, tone

Maker = Callable[[np.random.Generator], Samples]


def _partials(seconds: float, parts: tuple[tuple[float, float, float], ...]) -> Samples:
    return single(sum((tone(hz, seconds) * decay(seconds, rate) * np.float32(gain) for hz, gain, rate in parts), np.zeros(1, np.float32)))


def _thud(rng: np.random.Generator) -> Samples:
    return tone(glide(95, 42, 0.35), 0.35) * decay(0.35, 13) + band(hiss(0.35, rng), 80, 900) * decay(0.35, 45) * 0.5


def _boing(rng: np.random.Generator) -> Samples:
    time = clock(0.7)
    pitch = 170 + 150 * np.abs(np.sin(2 * np.pi * (5.5 - 3 * time) * time)) + 20 * rng.random()
    return (tone(pitch, 0.7) + 0.35 * tone(pitch * 2, 0.7)) * decay(0.7, 4.5)


def _whoosh(rng: np.random.Generator) -> Samples:
    noise, time = hiss(0.55, rng), clock(0.55) / 0.55
    low, high = band(noise, 250, 900), band(noise, 1200, 5000)
    return single((low * (1 - time) + high * 0.8 * np.sin(np.pi * time)) * np.sin(np.pi * time) ** 2)


def _slide_whistle(rng: np.random.Generator) -> Samples:
    pitch = glide(300, 1200, 0.7) * (1 + 0.01 * np.sin(2 * np.pi * 6 * clock(0.7)))
    return tone(pitch, 0.7) * swell(0.7, 0.05, 0.08) + band(hiss(0.7, rng), 1500, 5000) * swell(0.7, 0.05, 0.1) * 0.03


def _rim(rng: np.random.Generator) -> Samples:
    ring = _partials(0.9, ((412, 1.0, 7), (1013, 0.8, 9), (1590, 0.6, 12), (2723, 0.4, 16)))
    return ring + band(hiss(0.9, rng), 500, 6000) * decay(0.9, 60) * 0.4


def _dribble(rng: np.random.Generator) -> Samples:
    return tone(glide(190, 80, 0.22), 0.22) * decay(0.22, 22) + band(hiss(0.22, rng), 300, 2200) * decay(0.22, 70) * 0.4


def _swish(rng: np.random.Generator) -> Samples:
    return band(hiss(0.4, rng), 2200, 9000) * swell(0.4, 0.06, 0.3) * single(0.7 + 0.3 * np.sin(2 * np.pi * 24 * clock(0.4)))


def _rumble(rng: np.random.Generator) -> Samples:
    return level(band(hiss(2.6, rng), 25, 160), 1) * swell(2.6, 0.3, 1.4)


def _boom(rng: np.random.Generator) -> Samples:
    body = tone(glide(75, 28, 1.6), 1.6) * decay(1.6, 3.2)
    return body + level(band(hiss(1.6, rng), 40, 700), 1) * decay(1.6, 5.5) * 0.8


def _splash(rng: np.random.Generator) -> Samples:
    drops = [(0.12 + 0.5 * rng.random(), _drop(rng) * 0.25) for _ in range(9)]
    return band(hiss(0.9, rng), 500, 7000) * decay(0.9, 6, 0.02) * 0.5 + laid(drops, 0.9)


def _drop(rng: np.random.Generator) -> Samples:
    low = 500 + 600 * rng.random()
    return tone(glide(low, low * 2.2, 0.08), 0.08) * decay(0.08, 40)


def _step(rng: np.random.Generator) -> Samples:
    return band(hiss(0.12, rng), 150, 1400) * decay(0.12, 45) * 0.5 + tone(glide(110, 70, 0.12), 0.12) * decay(0.12, 40)


def _pop(rng: np.random.Generator) -> Samples:
    return tone(glide(420, 1100 + 200 * rng.random(), 0.09), 0.09) * decay(0.09, 45)


def _ding(_: np.random.Generator) -> Samples:
    return _partials(1.4, ((1568, 1.0, 4), (3136, 0.4, 6), (4704, 0.2, 9)))


def _thunder(rng: np.random.Generator) -> Samples:
    rolls = [
        (0.25 * rng.random() + 0.3 * n, level(band(hiss(1.6, rng), 30, 260), 1) * decay(1.6, 2.6, 0.05) / (1 + 0.4 * n)) for n in range(5)
    ]
    return laid([(0, level(band(hiss(0.4, rng), 200, 5000), 1) * decay(0.4, 12)), *rolls], 3.2) * swell(3.2, 0.005, 0.8)


def _engine_hum(rng: np.random.Generator) -> Samples:
    pitch = 62 * (1 + 0.03 * np.sin(2 * np.pi * 3 * clock(2.5))) + 0 * rng.random()
    hum = sum((tone(pitch * h, 2.5) / h for h in range(1, 9)), np.zeros(1, np.float32))
    return band(single(hum), 50, 700) * swell(2.5, 0.3, 0.5)


def _claps(count: int, seconds: float, rng: np.random.Generator) -> Samples:
    one = band(hiss(0.06, rng), 700, 4500) * decay(0.06, 70)
    return laid([(seconds * 0.94 * rng.random(), one * np.float32(0.3 + 0.7 * rng.random())) for _ in range(count)], seconds)


def _applause(rng: np.random.Generator) -> Samples:
    return _claps(220, 2.6, rng) * swell(2.6, 0.25, 1.0)


def _bell(_: np.random.Generator) -> Samples:
    # Partials of a church bell as bell founders tune them: hum, prime, tierce, quint, nominal.
    return _partials(2.6, ((220, 0.5, 1.2), (440, 0.8, 1.6), (523, 0.6, 2), (660, 0.4, 2.4), (880, 0.9, 2.2), (1320, 0.3, 4)))


def _chime(rng: np.random.Generator) -> Samples:
    notes = (1047, 1175, 1319, 1568, 1760, 2093)
    order = rng.permutation(len(notes))
    return laid([(0.11 * n, _partials(1.2, ((notes[k], 1.0, 4), (notes[k] * 2.76, 0.3, 8)))) for n, k in enumerate(order)], 1.9)


def _snore(rng: np.random.Generator) -> Samples:
    rattle = single(0.55 + 0.45 * np.sign(np.sin(2 * np.pi * 32 * clock(1.1))))
    inhale = level(band(hiss(1.1, rng), 120, 900), 1) * rattle * swell(1.1, 0.45, 0.25)
    return laid([(0, inhale), (1.25, band(hiss(0.8, rng), 900, 4000) * swell(0.8, 0.2, 0.5) * 0.12)], 2.1)


HITS: Mapping[str, Maker] = {
    **ANIMALS,
    **SIGNALS,
    "thud": _thud,
    "boing": _boing,
    "whoosh": _whoosh,
    "slide_whistle": _slide_whistle,
    "rim": _rim,
    "dribble": _dribble,
    "swish": _swish,
    "rumble": _rumble,
    "boom": _boom,
    "explosion": _boom,
    "splash": _splash,
    "step": _step,
    "pop": _pop,
    "ding": _ding,
    "thunder": _thunder,
    "engine_hum": _engine_hum,
    "engine": _engine_hum,
    "applause": _applause,
    "bell": _bell,
    "chime": _chime,
    "snore": _snore,
}
"""Sounds with a length of their own."""

NAMES = frozenset(HITS) | frozenset(BEDS)
"""Every name `effect` knows."""


def effect(name: str, *, seconds: float = 0.0, seed: int = 0) -> Samples:
    """The sound of that name, mono, peak 1. seconds: length of a bed; a hit longer than that is cut softly, 0 leaves it whole.

    The same name and seed give the same sound. Raises KeyError for a name that is not in `NAMES`.
    """
    rng = generator("effect", name, seed)
    if name in BEDS:
        return level(BEDS[name](seconds or 2.0, rng))
    made = level(single(HITS[name](rng)))
    if not seconds or len(made) <= frames(seconds):
        return made
    return made[: frames(seconds)] * swell(frames(seconds) / 48_000, 0, min(0.1, seconds / 2))
