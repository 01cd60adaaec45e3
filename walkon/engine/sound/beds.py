"""Sounds of places: they last as long as the shot."""

from collections.abc import Callable, Mapping

import numpy as np

from walkon.engine.performance import Samples
from walkon.engine.sound.waves import band, clock, decay, frames, glide, hiss, laid, level, single, swell, tone

BedMaker = Callable[[float, np.random.Generator], Samples]


def _wander(seconds: float, rate_hz: float, rng: np.random.Generator) -> Samples:
    knots = rng.random(max(int(seconds * rate_hz) + 3, 3))
    return single(np.interp(clock(seconds) * rate_hz, np.arange(len(knots)), knots))


def _soft(bed: Samples, seconds: float) -> Samples:
    return bed * swell(seconds, min(0.25, seconds / 4), min(0.35, seconds / 4))


def _waves(seconds: float, rng: np.random.Generator) -> Samples:
    noise = hiss(seconds, rng)
    surf = single(np.abs(np.sin(np.pi * (clock(seconds) / 4.2 + rng.random()))) ** 3)
    return _soft(level(band(noise, 60, 700)) * (0.35 + 0.65 * surf) + level(band(noise, 1500, 7000)) * surf * 0.45, seconds)


def _wind(seconds: float, rng: np.random.Generator) -> Samples:
    noise, gust = hiss(seconds, rng), _wander(seconds, 0.9, rng)
    return _soft(level(band(noise, 120, 500)) * (0.4 + 0.6 * gust) + level(band(noise, 600, 1400)) * gust * 0.5, seconds)


def _rain(seconds: float, rng: np.random.Generator) -> Samples:
    drop = level(band(hiss(0.02, rng), 1500, 8000) * decay(0.02, 250)) * 0.5
    drops = [(seconds * rng.random(), drop * np.float32(rng.random())) for _ in range(int(seconds * 60))]
    return _soft(level(band(hiss(seconds, rng), 900, 8000)) * 0.6 + laid(drops, seconds), seconds)


def _city(seconds: float, rng: np.random.Generator) -> Samples:
    horns: list[tuple[float, Samples]] = []
    for at_s in np.arange(1.5 + 2 * rng.random(), seconds, 4.5):
        hz = 330 + 130 * rng.random()
        horns.append((float(at_s), (tone(hz, 0.3) + tone(hz * 1.26, 0.3)) * swell(0.3, 0.03, 0.1) * np.float32(0.08)))
    traffic = level(band(hiss(seconds, rng), 40, 450)) * (0.6 + 0.4 * _wander(seconds, 0.6, rng))
    return _soft(single(traffic + laid(horns, seconds)), seconds)


def _chirp(rng: np.random.Generator) -> Samples:
    low = 2400 + 2200 * rng.random()
    length = 0.07 + 0.08 * rng.random()
    return tone(glide(low, low * (0.75 + 0.6 * rng.random()), length), length) * swell(length, 0.015, 0.03)


def _birds(seconds: float, rng: np.random.Generator) -> Samples:
    calls: list[tuple[float, Samples]] = []
    at_s = 0.2 * rng.random()
    while at_s < seconds:
        one, gain = _chirp(rng), np.float32(0.4 + 0.6 * rng.random())
        calls += [(at_s + 0.14 * n, one * gain) for n in range(int(rng.integers(1, 5)))]
        at_s += 0.5 + 0.9 * rng.random()
    return _soft(laid(calls, seconds) + level(band(hiss(seconds, rng), 200, 1500)) * 0.06, seconds)


def _crickets(seconds: float, rng: np.random.Generator) -> Samples:
    time = clock(seconds)
    song = np.zeros(len(time), np.float32)
    for _ in range(3):
        rate, phase = 0.8 + 0.7 * rng.random(), rng.random()
        chirping = single((np.sin(2 * np.pi * (rate * time + phase)) > 0.1) * np.maximum(np.sin(2 * np.pi * 31 * time), 0))
        song += tone(3900 + 700 * rng.random(), seconds) * chirping
    return _soft(song, seconds)


def _bubbles(seconds: float, rng: np.random.Generator) -> Samples:
    found: list[tuple[float, Samples]] = []
    for _ in range(int(seconds * 9)):
        low, length = 250 + 500 * rng.random(), 0.05 + 0.08 * rng.random()
        found.append((seconds * rng.random(), tone(glide(low, low * 1.9, length), length) * decay(length, 22) * np.float32(rng.random())))
    return _soft(laid(found, seconds) + level(band(hiss(seconds, rng), 40, 220)) * 0.35, seconds)


def _crowd(seconds: float, rng: np.random.Generator) -> Samples:
    out = np.zeros(frames(seconds), np.float32)
    for centre in (320, 480, 700, 1100):
        out += level(band(hiss(seconds, rng), centre * 0.8, centre * 1.25)) * (0.3 + 0.7 * _wander(seconds, 5, rng))
    return _soft(out, seconds)


def _fire(seconds: float, rng: np.random.Generator) -> Samples:
    crackle = level(band(hiss(0.015, rng), 1200, 9000) * decay(0.015, 300))
    crackles = [(seconds * rng.random(), crackle * np.float32(rng.random() ** 2)) for _ in range(int(seconds * 22))]
    return _soft(level(band(hiss(seconds, rng), 50, 350)) * (0.3 + 0.3 * _wander(seconds, 4, rng)) + laid(crackles, seconds), seconds)


BEDS: Mapping[str, BedMaker] = {
    "waves": _waves,
    "wind": _wind,
    "rain": _rain,
    "city": _city,
    "birds": _birds,
    "crickets": _crickets,
    "bubbles": _bubbles,
    "crowd": _crowd,
    "fire": _fire,
}
"""Sounds of any length, with soft ends."""
