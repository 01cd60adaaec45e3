"""Voices of animals: a throat of harmonics under formants that move, and breath."""

from collections.abc import Callable, Mapping

import numpy as np

from walkon.engine.performance import Samples
from walkon.engine.sound.waves import band, clock, decay, frames, glide, hiss, laid, level, single, swell, tone

Maker = Callable[[np.random.Generator], Samples]


def throat(pitch_hz: Samples, formant_hz: Samples, harmonics: int, width_hz: float = 700) -> Samples:
    """A voiced sound: harmonics of a gliding pitch, loud where they pass a gliding formant."""
    seconds = len(pitch_hz) / 48_000
    voice = np.zeros(frames(seconds), np.float32)
    for h in range(1, harmonics):
        voice += tone(pitch_hz * h, seconds) * np.exp(-(((pitch_hz * h - formant_hz) / width_hz) ** 2)) / h**0.3
    return voice


def _bent(*points: float, seconds: float) -> Samples:
    return single(np.interp(clock(seconds) / seconds, np.linspace(0, 1, len(points)), points))


def _meow(rng: np.random.Generator) -> Samples:
    time = clock(0.75) / 0.75
    pitch = single((520 + 260 * np.sin(np.pi * time**0.7)) * (1 + 0.03 * rng.random()))
    return throat(pitch, single(500 + 2100 * np.sin(np.pi * time)), 7) * swell(0.75, 0.08, 0.25)


def _bark(rng: np.random.Generator) -> Samples:
    def one() -> Samples:
        pitch = glide(420, 190, 0.17) * np.float32(1 + 0.06 * rng.random())
        voice = throat(pitch, single(900 - 300 * clock(0.17) / 0.17), 8) * decay(0.17, 12, 0.01)
        return single(voice + band(hiss(0.17, rng), 400, 2500) * decay(0.17, 18) * 0.3)

    return laid([(0, one()), (0.3, one())], 0.5)


def _roar(rng: np.random.Generator) -> Samples:
    pitch = _bent(70, 120, 105, 60, seconds=1.5) * single(1 + 0.12 * band(hiss(1.5, rng), 15, 60))
    growl = throat(pitch, _bent(350, 900, 700, 300, seconds=1.5), 22, 500)
    return level(growl) * swell(1.5, 0.15, 0.6) + level(band(hiss(1.5, rng), 150, 1500)) * swell(1.5, 0.2, 0.7) * 0.35


def _howl(_: np.random.Generator) -> Samples:
    pitch = _bent(260, 520, 560, 550, 500, 360, seconds=2.2) * single(1 + 0.012 * np.sin(2 * np.pi * 5 * clock(2.2)))
    return throat(pitch, _bent(400, 700, 800, 750, 500, seconds=2.2), 6, 500) * swell(2.2, 0.3, 0.7)


def _moo(_: np.random.Generator) -> Samples:
    return throat(_bent(120, 165, 170, 130, seconds=1.4), _bent(250, 600, 700, 450, seconds=1.4), 14, 350) * swell(1.4, 0.2, 0.4)


def _neigh(_: np.random.Generator) -> Samples:
    shake = single(1 + 0.09 * np.sin(2 * np.pi * 13 * clock(1.4)))
    pitch = _bent(500, 1100, 950, 700, 420, seconds=1.4) * shake
    return throat(pitch, _bent(900, 2200, 1900, 1200, 800, seconds=1.4), 7, 1100) * swell(1.4, 0.08, 0.5) * shake


def _quack(_: np.random.Generator) -> Samples:
    one = throat(glide(260, 190, 0.18), _bent(1100, 1500, 900, seconds=0.18), 14, 450) * swell(0.18, 0.015, 0.07)
    return laid([(0, one), (0.26, one), (0.52, one * np.float32(0.8))], 0.75)


def _croak(_: np.random.Generator) -> Samples:
    rattle = single(np.maximum(np.sin(2 * np.pi * 38 * clock(0.4)), 0))
    one = throat(_bent(150, 210, 190, seconds=0.4), _bent(600, 1000, 800, seconds=0.4), 12, 400) * rattle * swell(0.4, 0.04, 0.1)
    return laid([(0, one), (0.6, one)], 1.05)


def _buzz(rng: np.random.Generator) -> Samples:
    pitch = _bent(*(190 + 50 * rng.random() for _ in range(9)), seconds=1.8)
    wings = sum((tone(pitch * h, 1.8) / h for h in range(2, 9)), tone(pitch, 1.8))
    return band(single(wings), 150, 3500) * swell(1.8, 0.4, 0.6)


def _hiss(rng: np.random.Generator) -> Samples:
    return band(hiss(1.1, rng), 3500, 9000) * swell(1.1, 0.12, 0.5)


def _chirp(rng: np.random.Generator) -> Samples:
    notes = []
    for n in range(4):
        low = 2600 + 1500 * rng.random()
        notes.append((0.16 * n, tone(glide(low, low * 1.35, 0.09), 0.09) * swell(0.09, 0.02, 0.04)))
    return laid(notes, 0.7)


def _scream(rng: np.random.Generator) -> Samples:
    pitch = _bent(600, 1050, 1000, 900, seconds=0.9) * single(1 + 0.02 * np.sin(2 * np.pi * 8 * clock(0.9)))
    return throat(pitch, _bent(1200, 1900, 1700, seconds=0.9), 6, 900) * swell(0.9, 0.05, 0.25) + (
        band(hiss(0.9, rng), 1500, 5000) * swell(0.9, 0.05, 0.3) * 0.05
    )


def _laughter(rng: np.random.Generator) -> Samples:
    parts = []
    for voice in range(3):
        base, at_s = 170 + 110 * voice, 0.12 * rng.random()
        for n in range(7):
            pitch = glide(base * (1.35 - 0.05 * n), base * (1.1 - 0.05 * n), 0.12)
            ha = throat(pitch, _bent(900, 750, seconds=0.12), 10, 450) * swell(0.12, 0.02, 0.06)
            parts.append((at_s, ha * np.float32(0.6 + 0.4 * rng.random())))
            at_s += 0.19 + 0.03 * rng.random()
    return laid(parts, 1.9)


ANIMALS: Mapping[str, Maker] = {
    "meow": _meow,
    "bark": _bark,
    "roar": _roar,
    "howl": _howl,
    "moo": _moo,
    "neigh": _neigh,
    "quack": _quack,
    "croak": _croak,
    "buzz": _buzz,
    "hiss": _hiss,
    "chirp": _chirp,
    "scream": _scream,
    "laughter": _laughter,
}
"""Sounds that come out of a throat, or nearly."""
