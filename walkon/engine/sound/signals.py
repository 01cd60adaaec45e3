"""Sounds of things that call: horns, clocks, doors, telephones."""

from collections.abc import Callable, Mapping

import numpy as np

from walkon.engine.performance import Samples
from walkon.engine.sound.waves import band, clock, decay, glide, hiss, laid, level, single, swell, tone

Maker = Callable[[np.random.Generator], Samples]


def _horn(_: np.random.Generator) -> Samples:
    def blast(seconds: float) -> Samples:
        reeds = sum((tone(hz * h, seconds) / h for hz in (392, 494) for h in range(2, 7)), tone(392, seconds) + tone(494, seconds))
        return band(single(reeds), 250, 3500) * swell(seconds, 0.02, 0.06)

    return laid([(0, blast(0.2)), (0.3, blast(0.5))], 0.85)


def _siren(_: np.random.Generator) -> Samples:
    pitch = 760 + 260 * np.sin(2 * np.pi * 0.9 * clock(2.4) - np.pi / 2)
    return (tone(pitch, 2.4) + 0.35 * tone(pitch * 2, 2.4)) * swell(2.4, 0.15, 0.3)


def _knock(rng: np.random.Generator) -> Samples:
    one = tone(glide(240, 150, 0.13), 0.13) * decay(0.13, 38) + band(hiss(0.13, rng), 400, 2500) * decay(0.13, 90) * 0.4
    return laid([(0.0, one), (0.2, one), (0.4, one)], 0.6)


def _creak(rng: np.random.Generator) -> Samples:
    pitch = single(np.interp(clock(1.3) / 1.3, [0, 0.3, 0.6, 1], [90, 150, 120, 210])) * (1 + 0.05 * rng.random())
    teeth = single(np.mod(np.cumsum(pitch) / 48_000, 1) ** 8)
    return band(teeth, 500, 4000) * swell(1.3, 0.1, 0.2)


def _footsteps(rng: np.random.Generator) -> Samples:
    def one() -> Samples:
        return band(hiss(0.12, rng), 150, 1400) * decay(0.12, 45) * 0.5 + tone(glide(110, 70, 0.12), 0.12) * decay(0.12, 40)

    return laid([(0.48 * n, one() * np.float32(0.8 + 0.2 * (n % 2))) for n in range(5)], 2.2)


def _heartbeat(_: np.random.Generator) -> Samples:
    def beat(gain: float) -> Samples:
        return tone(glide(70, 42, 0.25), 0.25) * decay(0.25, 14) * np.float32(gain)

    return laid([(0.95 * n + late, beat(gain)) for n in range(3) for late, gain in ((0.0, 1.0), (0.3, 0.7))], 2.6)


def _clock(rng: np.random.Generator) -> Samples:
    tick = band(hiss(0.05, rng), 1800, 6000) * decay(0.05, 130) + tone(2400, 0.05) * decay(0.05, 110) * 0.4
    return laid([(0.5 * n, tick * np.float32(1.0 if n % 2 else 0.7)) for n in range(5)], 2.2)


def _phone(_: np.random.Generator) -> Samples:
    ring = (tone(1320, 0.9) + tone(1568, 0.9)) * single(0.5 + 0.5 * np.sign(np.sin(2 * np.pi * 12 * clock(0.9)))) * swell(0.9, 0.01, 0.08)
    return laid([(0.0, band(ring, 500, 6000)), (1.3, band(ring, 500, 6000))], 2.3)


def _whistle(rng: np.random.Generator) -> Samples:
    pea = single(1 + 0.04 * np.sin(2 * np.pi * 42 * clock(0.7)))
    return tone(2350 * pea, 0.7) * swell(0.7, 0.03, 0.06) + band(hiss(0.7, rng), 2000, 7000) * swell(0.7, 0.03, 0.06) * 0.15


def _crash(rng: np.random.Generator) -> Samples:
    shards = []
    for _ in range(26):
        hz, at_s = 1500 + 5500 * rng.random(), 0.7 * rng.random() ** 2
        shards.append((at_s, tone(hz, 0.25) * decay(0.25, 22) * np.float32(0.3 * rng.random())))
    return level(band(hiss(1.2, rng), 200, 7000)) * decay(1.2, 7) + laid(shards, 1.2)


def _drumroll(rng: np.random.Generator) -> Samples:
    stroke = band(hiss(0.1, rng), 600, 7000) * decay(0.1, 40) + tone(190, 0.1) * decay(0.1, 45) * 0.5
    strokes = [(0.045 * n, stroke * np.float32(0.3 + 0.7 * n / 36)) for n in range(36)]
    return laid([*strokes, (1.68, band(hiss(0.7, rng), 2500, 11_000) * decay(0.7, 5))], 2.4)


SIGNALS: Mapping[str, Maker] = {
    "horn": _horn,
    "siren": _siren,
    "knock": _knock,
    "creak": _creak,
    "footsteps": _footsteps,
    "heartbeat": _heartbeat,
    "clock": _clock,
    "phone": _phone,
    "whistle": _whistle,
    "crash": _crash,
    "drumroll": _drumroll,
}
"""Sounds that mean something."""
